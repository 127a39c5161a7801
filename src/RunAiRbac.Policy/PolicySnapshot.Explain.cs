using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>Why a decision is what it is.</summary>
public sealed partial class PolicySnapshot
{
    private const int MostNearest = 3;

    /// <summary>Explains one check. <paramref name="groups"/>, when not null, stands in for a user's stored memberships.</summary>
    public Explanation Explain(SubjectRef subject, IReadOnlyList<SubjectRef>? groups, int resourceType, int action, ScopeRef scope, long now)
    {
        var decision = groups is null
            ? Check(subject, resourceType, action, scope, now)
            : Check(subject, [.. groups], resourceType, action, scope, now);
        var principals = PrincipalsOf(subject, groups, now);
        var path = _state.Scopes[scope.Index] is null ? [] : Path(scope);
        var permission = IsKnownPermission(resourceType, action) ? Catalogue.Permission(resourceType, action) : -1;
        var grants = path
            .SelectMany(place => principals.SelectMany(principal => RulesHere.All(principal.Record.Rules.Find(place.Index))).OrderBy(rule => rule.Id))
            .Select(rule => Explain(rule, permission, now, principals[0].Record.Enabled))
            .ToList();
        var nearest = decision.Reason == DecisionReason.NoMatchingRule ? Nearest(permission, Place(scope).Type) : [];
        return new Explanation(decision, [.. principals.Select(principal => principal.Subject)], path, grants, nearest);
    }

    private ExplainedRule Explain(Rule rule, int permission, long now, bool subjectEnabled)
    {
        RuleMismatch? whyNot = null;
        if (permission < 0 || !_state.Roles.Permissions[rule.RoleIndex].Contains(permission)) whyNot = RuleMismatch.PermissionNotInRole;
        else if (!_state.Roles[rule.RoleIndex].Enabled) whyNot = RuleMismatch.RoleDisabled;
        else if (now < rule.NotBefore) whyNot = RuleMismatch.NotYetStarted;
        else if (now >= rule.ExpiresAt) whyNot = RuleMismatch.Expired;
        else if (!subjectEnabled) whyNot = RuleMismatch.SubjectDisabled;
        return new ExplainedRule(rule, whyNot is null, whyNot);
    }

    /// <summary>The smallest enabled predefined roles that hold the permission: of the tenant's roles, or at <c>system</c> of the one that belongs there.</summary>
    private List<RoleFact> Nearest(int permission, string scopeType)
    {
        var candidates = _state.Roles.All
            .Where(role => role.Id < PredefinedRoles.FirstCustomId && role.Enabled)
            .Where(role => (role.Id == PredefinedRoles.PlatformAdministrator) == (scopeType == ScopeTypes.System))
            .Select(role => (Role: role, Held: PermissionSet.Of(Catalogue, role)))
            .Where(candidate => candidate.Held.Contains(permission))
            .ToList();
        return [.. candidates
            .Where(candidate => !candidates.Exists(other => candidate.Held.Contains(other.Held) && !other.Held.Contains(candidate.Held)))
            .OrderBy(candidate => candidate.Held.Count)
            .ThenBy(candidate => candidate.Role.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Role)
            .Take(MostNearest)];
    }
}
