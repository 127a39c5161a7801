using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy;

/// <summary>The no-escalation law: nobody hands out what they do not hold.</summary>
public sealed partial class PolicySnapshot
{
    /// <summary>
    /// The no-escalation law for one rule: which permissions of the role the actor cannot hand out at the scope until that moment. The actor hands out
    /// what it holds now through active rules (and memberships) that last at least as long, at the scope or above it. Disabled roles count as enabled on
    /// the side of what is handed out. Empty: it may. An unknown or disabled actor lacks everything.
    /// </summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="role">The role handed out.</param>
    /// <param name="scope">Where.</param>
    /// <param name="until">Until when (<see cref="long.MaxValue"/>: for ever), UTC microseconds since 1970.</param>
    /// <param name="now">UTC microseconds since 1970.</param>
    public IReadOnlyList<Lacking> LackingToGrant(SubjectRef actor, RoleFact role, ScopeRef scope, long until, long now)
        => [.. Lacking(role, PermissionSet.Of(Catalogue, role), scope, until, HeldUntil(Hands(actor, now), scope, now))];

    /// <summary>
    /// The no-escalation law for a change to a user or application: as <see cref="LackingToGrant"/> for every rule of the target that has not expired, its
    /// own and, until each membership ends, those of its groups; future rules count, and so they do when the target is disabled. Rules of all authenticated
    /// do not count: everybody has them.
    /// </summary>
    /// <returns>Each once: by scope id, then role id, then the catalogue's order.</returns>
    public IReadOnlyList<Lacking> LackingToChange(SubjectRef actor, SubjectRef target, long now)
    {
        var rules = PrincipalsOf(target, null, now)
            .Where(principal => principal.Subject == target || principal.Record.Kind != SubjectKind.AllAuthenticated)
            .SelectMany(principal => principal.Record.Rules.All().Select(rule => (Rule: rule, Until: Math.Min(rule.ExpiresAt, principal.Until))));
        return LackingFor(actor, rules, now);
    }

    /// <summary>The no-escalation law for adding somebody to a group until that moment: the group's rules that have not expired.</summary>
    /// <returns>Each once: by scope id, then role id, then the catalogue's order.</returns>
    public IReadOnlyList<Lacking> LackingToAddTo(SubjectRef actor, SubjectRef group, long until, long now)
    {
        if (_state.Subjects[group.Index] is not { } record) return [];
        return LackingFor(actor, record.Rules.All().Select(rule => (rule, Math.Min(rule.ExpiresAt, until))), now);
    }

    private List<Lacking> LackingFor(SubjectRef actor, IEnumerable<(Rule Rule, long Until)> rules, long now)
    {
        var hands = Hands(actor, now);
        var lacking = new List<Lacking>();
        var byScope = rules.Where(rule => rule.Rule.ExpiresAt > now).GroupBy(rule => rule.Rule.Scope);
        foreach (var here in byScope.OrderBy(scope => Place(scope.Key).Names.Id, StringComparer.Ordinal))
        {
            var held = HeldUntil(hands, here.Key, now);
            foreach (var role in here.GroupBy(rule => rule.Rule.RoleIndex).OrderBy(role => _state.Roles[role.Key].Id))
            {
                // What the longest of several rules of one role lets through, it lets through of the shorter ones.
                lacking.AddRange(Lacking(_state.Roles[role.Key], _state.Roles.Permissions[role.Key], here.Key, role.Max(rule => rule.Until), held));
            }
        }

        return lacking;
    }

    /// <summary>The principals through which an actor hands things out: none when it is unknown or disabled.</summary>
    private List<Principal> Hands(SubjectRef actor, long now)
        => _state.Subjects[actor.Index] is { Enabled: true } ? PrincipalsOf(actor, null, now) : [];

    /// <summary>For each permission, until when the principals hold it at that scope through one rule that is active now; <see cref="long.MinValue"/>: not at all.</summary>
    private long[] HeldUntil(List<Principal> hands, ScopeRef scope, long now)
    {
        var held = new long[Catalogue.PermissionCount];
        Array.Fill(held, long.MinValue);
        if (_state.Scopes[scope.Index] is not { } place) return held;
        foreach (var principal in hands)
        {
            foreach (var index in place.Ancestry)
            {
                foreach (var rule in RulesHere.All(principal.Record.Rules.Find(index)).Where(rule => rule.IsActiveAt(now)))
                {
                    var until = Math.Min(rule.ExpiresAt, principal.Until);
                    foreach (var permission in Effective(rule).Indexes()) held[permission] = Math.Max(held[permission], until);
                }
            }
        }

        return held;
    }

    private IEnumerable<Lacking> Lacking(RoleFact role, PermissionSet permissions, ScopeRef scope, long until, long[] held)
        => permissions.Indexes()
            .Where(permission => held[permission] == long.MinValue || held[permission] < until)
            .Select(permission => new Lacking(
                Catalogue.ResourceTypes[permission / _actionCount].Name,
                Catalogue.Actions[permission % _actionCount],
                scope,
                role,
                held[permission] == long.MinValue ? null : held[permission]));
}
