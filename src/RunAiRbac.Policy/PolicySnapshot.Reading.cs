using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using RunAiRbac.Policy.Collections;
using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>Looking things up.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>The subject of <see cref="SubjectKind.AllAuthenticated"/>; unknown when the facts had none.</summary>
    public SubjectRef AllAuthenticated => new(_state.AllAuthenticated);

    /// <summary>All roles by id.</summary>
    public IReadOnlyList<RoleFact> Roles => _state.Roles.All;

    /// <summary>Number of living rules.</summary>
    public int RuleCount => _state.Rules.Count;

    /// <summary>Resolves a living subject of that kind by id, else by key (a user's canonical e-mail, an application's client id, a group's name). Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public SubjectRef FindSubject(SubjectKind kind, string idOrKey)
    {
        var hash = StringIndex.HashOf(idOrKey);
        var index = _state.FindSubjectId(idOrKey, hash);
        if (index < 0 || _state.Subjects[index]!.Kind != kind) index = _state.FindSubjectKey(kind, idOrKey, hash);
        return new SubjectRef(index);
    }

    /// <summary>
    /// Resolves a living subject of that kind by key alone. Groups are addressed by nothing else: a name in the form of another group's id must not find that
    /// group. Allocates nothing.
    /// </summary>
    public SubjectRef FindSubjectByKey(SubjectKind kind, string key) => new(_state.FindSubjectKey(kind, key, StringIndex.HashOf(key)));

    /// <summary>Resolves a living subject of any kind by its id.</summary>
    public SubjectRef FindSubject(string id) => new(_state.FindSubjectId(id));

    /// <summary>Resolves a living scope by type and id; a scope of another type is unknown. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ScopeRef FindScope(string type, string id)
    {
        var index = _state.FindScope(id);
        return index >= 0 && string.Equals(_state.Scopes[index]!.Type, type, StringComparison.Ordinal) ? new ScopeRef(index) : default;
    }

    /// <summary>Resolves a living scope by id alone.</summary>
    public ScopeRef FindScope(string id) => new(_state.FindScope(id));

    /// <summary>The attributes of a known subject. Its home scope is null when that scope has ended.</summary>
    public SubjectFact Subject(SubjectRef subject)
    {
        var record = Record(subject);
        return record.Fact(record.Home < 0 ? null : _state.Scopes[record.Home]!.Names.Id);
    }

    /// <summary>The attributes of a known scope.</summary>
    public ScopeFact Scope(ScopeRef scope)
    {
        var place = Place(scope);
        return place.Fact(place.Parent < 0 ? null : _state.Scopes[place.Parent]!.Names.Id);
    }

    /// <summary>The parent of a known scope; unknown for a root.</summary>
    public ScopeRef Parent(ScopeRef scope) => Place(scope).Parent is >= 0 and var parent ? new ScopeRef(parent) : default;

    /// <summary>The scopes directly below a known scope, in any order.</summary>
    public IEnumerable<ScopeRef> Children(ScopeRef scope) => Place(scope).Children.Keys.Select(index => new ScopeRef(index));

    /// <summary>A known scope and everything below it, parents before children.</summary>
    public IEnumerable<ScopeRef> Subtree(ScopeRef scope)
    {
        _ = Place(scope);
        return Walk(scope.Index);

        IEnumerable<ScopeRef> Walk(int top)
        {
            var waiting = new Stack<int>([top]);
            while (waiting.TryPop(out var index))
            {
                yield return new ScopeRef(index);
                foreach (var child in _state.Scopes[index]!.Children.Keys) waiting.Push(child);
            }
        }
    }

    /// <summary>Whether <paramref name="scope"/> is <paramref name="ancestor"/> or lies below it. False when one of them is unknown.</summary>
    public bool IsWithin(ScopeRef scope, ScopeRef ancestor)
        => ancestor.IsKnown && _state.Scopes[scope.Index] is { } place && place.Path.Contains(ancestor.Index);

    /// <summary>The path from the root down to a known scope, itself included.</summary>
    public IReadOnlyList<ScopeRef> Path(ScopeRef scope)
    {
        var ancestry = Place(scope).Ancestry;
        var path = new ScopeRef[ancestry.Length];
        for (var i = 0; i < path.Length; i++) path[i] = new ScopeRef(ancestry[^(i + 1)]);
        return path;
    }

    /// <summary>A role by id.</summary>
    public bool TryGetRole(int id, [NotNullWhen(true)] out RoleFact? role)
    {
        role = _state.Roles.TryGetIndex(id, out var index) ? _state.Roles[index] : null;
        return role is not null;
    }

    /// <summary>A living rule by id, whether or not it is active.</summary>
    public bool TryGetRule(int id, [NotNullWhen(true)] out Rule? rule) => _state.Rules.TryGet(id, out rule);

    /// <summary>The living rule of this subject, role and scope with the latest end (of several, the one with the lowest id), whether or not it is active.</summary>
    public Rule? FindRule(SubjectRef subject, int roleId, ScopeRef scope)
    {
        if (!scope.IsKnown || _state.Subjects[subject.Index] is not { } record) return null;
        return RulesHere.All(record.Rules.Find(scope.Index)).Where(rule => rule.RoleId == roleId).MaxBy(rule => rule.ExpiresAt);
    }

    /// <summary>The living rules written on this subject itself, in any order.</summary>
    public IEnumerable<Rule> RulesOf(SubjectRef subject) => Record(subject).Rules.All();

    /// <summary>The living rules written at this very scope, in any order.</summary>
    public IEnumerable<Rule> RulesAt(ScopeRef scope) => Place(scope).Rules.Values;

    /// <summary>The groups of a user with the end of each membership (<see cref="long.MaxValue"/>: none), ended ones included.</summary>
    public IEnumerable<(SubjectRef Group, long ValidUntil)> GroupsOf(SubjectRef user)
    {
        var record = Record(user);
        return record.Groups.ToArray().Select((group, position) => (new SubjectRef(group), record.GroupEnd(position)));
    }

    /// <summary>The users of a group with the end of each membership (<see cref="long.MaxValue"/>: none), ended ones included.</summary>
    public IEnumerable<(SubjectRef User, long ValidUntil)> MembersOf(SubjectRef group)
        => Record(group).Members.Keys.Select(user => (new SubjectRef(user), _state.Subjects[user]!.EndIn(group.Index)));

    /// <summary>How many users the group has at that moment. Looks only at those whose membership has an end.</summary>
    public int CountMembers(SubjectRef group, long now)
    {
        var record = Record(group);
        return record.Members.Count - record.EndingMembers.Keys.Count(user => _state.Subjects[user]!.EndIn(group.Index) <= now);
    }

    /// <summary>
    /// Whether a token of this subject, session epoch and session is still good: the subject is living and enabled, the epoch equal, the session not ended.
    /// Allocates nothing.
    /// </summary>
    public bool IsSessionLive(string subjectId, int sessionEpoch, string sessionId)
        => _state.Subjects[_state.FindSubjectId(subjectId)] is { Enabled: true } subject
            && subject.SessionEpoch == sessionEpoch
            && !_state.Sessions.Contains(sessionId);

    /// <summary>
    /// Number of enabled users with a password that have an active rule of their own with role 1 (System administrator, while it is enabled) at the tenant's root
    /// and without an end: the last-administrator rule wants at least one.
    /// </summary>
    public int LocalAdministrators(long now) => _state.Administrators.Values
        .Where(rule => rule.IsActiveAt(now) && _state.Roles[rule.RoleIndex].Enabled)
        .Select(rule => rule.Subject)
        .Distinct()
        .Count(subject => Record(subject).CanUsePassword);
}
