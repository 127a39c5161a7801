using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>Through whom a subject has rules; for the questions that are not the hot path.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>A subject through which another has rules, until a moment (<see cref="long.MaxValue"/>: for ever).</summary>
    private readonly record struct Principal(SubjectRef Subject, SubjectRecord Record, long Until);

    /// <summary>The subject, its groups by key, all authenticated; memberships that have ended do not count, a disabled subject does.</summary>
    private List<Principal> PrincipalsOf(SubjectRef subject, IReadOnlyList<SubjectRef>? groups, long now)
    {
        if (_state.Subjects[subject.Index] is not { } record) return [];
        var principals = new List<Principal> { new(subject, record, long.MaxValue) };
        if (record.Kind == SubjectKind.User)
        {
            var through = groups is null
                ? GroupsOf(subject).Where(membership => membership.ValidUntil > now)
                : groups.Distinct().Select(group => (Group: group, ValidUntil: long.MaxValue));
            principals.AddRange(through
                .Where(membership => _state.Subjects[membership.Group.Index] is { Kind: SubjectKind.Group })
                .Select(membership => new Principal(membership.Group, Record(membership.Group), membership.ValidUntil))
                .OrderBy(principal => principal.Record.Names.Key, StringComparer.Ordinal));
        }

        if (record.IsAuthenticated && _state.Subjects[_state.AllAuthenticated] is { } everybody)
        {
            principals.Add(new Principal(AllAuthenticated, everybody, long.MaxValue));
        }

        return principals;
    }

    /// <summary>What the rule's role holds; nothing while it is disabled.</summary>
    private PermissionSet Effective(Rule rule)
        => _state.Roles[rule.RoleIndex].Enabled ? _state.Roles.Permissions[rule.RoleIndex] : PermissionSet.None(Catalogue);

    private bool IsKnownPermission(int resourceType, int action) => (uint)resourceType < (uint)_resourceTypeCount && (uint)action < (uint)_actionCount;
}
