using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>What somebody may do in one state and not in another.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>
    /// What a subject may do after and not before, and the other way round, at one moment: all that <see cref="Check(SubjectRef, int, int, ScopeRef, long)"/>
    /// answers differently. Of the scopes where that is so, only the highest are given: those whose parent is not one of them. Below a gained scope there may
    /// be some where the permission was held before, below a lost one some where it still is. A subject that one state does not know may do nothing in it.
    /// The two must have the same scopes at the same places, as states have that differ by their rules, subjects, memberships or roles: what a moved scope gains
    /// or loses by its new ancestors is not looked for. Time proportional to the rules of the subject's principals.
    /// </summary>
    /// <param name="before">A state of a tenant.</param>
    /// <param name="after">Another state of it, such as <see cref="Apply"/> gives.</param>
    /// <param name="subjectId">The subject's id in both.</param>
    /// <param name="now">UTC microseconds since 1970.</param>
    /// <exception cref="ArgumentException">The two number permissions differently.</exception>
    public static AccessDifference Difference(PolicySnapshot before, PolicySnapshot after, string subjectId, long now)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (!ReferenceEquals(before.Catalogue, after.Catalogue)) throw new ArgumentException("The snapshots have different catalogues.", nameof(after));
        var (held, holds) = (before.HeldByScope(before.FindSubject(subjectId), null, now), after.HeldByScope(after.FindSubject(subjectId), null, now));
        return new AccessDifference(after.Beyond(holds, before, held), before.Beyond(held, after, holds));
    }

    /// <summary>What is held here and not there, by scope path depth, scope id, resource type.</summary>
    private List<PermissionDifference> Beyond(
        Dictionary<int, (PermissionSet Permissions, List<Rule> Rules)> here, PolicySnapshot other, Dictionary<int, (PermissionSet Permissions, List<Rule> Rules)> there)
    {
        var beyond = new List<PermissionDifference>();
        // A change of one rule leaves nearly every scope as it was: those are left out before anything is sorted or compared along their paths.
        foreach (var index in TopDown(here.Keys.Where(scope => !IsHeldThere(scope))))
        {
            var fresh = Highest(index, here);
            if (other._state.Scopes[other._state.FindScope(_state.Scopes[index]!.Names.Id)] is { } same)
            {
                foreach (var ancestor in same.Ancestry)
                {
                    if (there.TryGetValue(ancestor, out var held)) fresh = fresh.Except(held.Permissions);
                }
            }

            beyond.AddRange(fresh.Indexes()
                .GroupBy(permission => permission / _actionCount)
                .Select(type => new PermissionDifference(type.Key, [.. type.Select(permission => permission % _actionCount)], new ScopeRef(index))));
        }

        return beyond;

        bool IsHeldThere(int scope)
            => there.TryGetValue(other._state.FindScope(_state.Scopes[scope]!.Names.Id), out var held) && held.Permissions.Contains(here[scope].Permissions);
    }

    /// <summary>What is held at this scope and not above it.</summary>
    private PermissionSet Highest(int scope, Dictionary<int, (PermissionSet Permissions, List<Rule> Rules)> held)
    {
        var highest = held[scope].Permissions;
        foreach (var ancestor in _state.Scopes[scope]!.Ancestry[1..])
        {
            if (held.TryGetValue(ancestor, out var above)) highest = highest.Except(above.Permissions);
        }

        return highest;
    }

    private IEnumerable<int> TopDown(IEnumerable<int> scopes)
        => scopes.OrderBy(scope => _state.Scopes[scope]!.Levels).ThenBy(scope => _state.Scopes[scope]!.Names.Id, StringComparer.Ordinal);
}
