namespace RunAiRbac.Policy.Tests.Reference;

/// <summary>The no-escalation law.</summary>
public sealed partial class ReferencePolicy
{
    public sealed record Lack(string ScopeId, int RoleId, string ResourceType, string Action, long? HeldUntil);

    public List<Lack> LackingToGrant(string? actorId, RoleFact role, string? scopeId, long until, long now)
    {
        var lacking = new List<Lack>();
        foreach (var type in ResourceTypes)
        {
            foreach (var action in Actions.Where(action => Holds(role, type, action)))
            {
                var held = HeldUntil(actorId, type, action, scopeId, now);
                if (held is null || held < until) lacking.Add(new Lack(scopeId!, role.Id, type, action, held));
            }
        }

        return lacking;
    }

    public List<Lack> LackingToChange(string? actorId, string? targetId, long now)
        => LackingFor(actorId, Principals(targetId, null, now).Where(p => p.Subject.Id == targetId || p.Subject.Kind == SubjectKind.Group), now);

    public List<Lack> LackingToAddTo(string? actorId, string? groupId, long until, long now)
        => LackingFor(actorId, Subjects.Where(s => s.Id == groupId).Select(s => (s, until)), now);

    private List<Lack> LackingFor(string? actorId, IEnumerable<(SubjectFact Subject, long Until)> holders, long now)
        => [.. holders
            .SelectMany(holder => Rules
                .Where(rule => rule.SubjectId == holder.Subject.Id && (rule.ExpiresAt is null || rule.ExpiresAt > now))
                .SelectMany(rule => LackingToGrant(actorId, RoleOf(rule), rule.ScopeId, Math.Min(rule.ExpiresAt ?? long.MaxValue, holder.Until), now)))
            .Distinct()
            .OrderBy(lack => lack.ScopeId, StringComparer.Ordinal)
            .ThenBy(lack => lack.RoleId)
            .ThenBy(lack => ResourceTypes.ToList().IndexOf(lack.ResourceType))
            .ThenBy(lack => Actions.ToList().IndexOf(lack.Action))];

    /// <summary>Until when the actor holds it through the one rule that lasts longest; null when not now.</summary>
    private long? HeldUntil(string? actorId, string resourceType, string action, string? scopeId, long now)
    {
        var (_, rules) = Check(actorId, null, resourceType, action, scopeId, now);
        var principals = Principals(actorId, null, now).ToDictionary(p => p.Subject.Id, p => p.Until);
        return rules
            .Select(id => Rules.Find(rule => rule.Id == id)!)
            .Select(rule => (long?)Math.Min(rule.ExpiresAt ?? long.MaxValue, principals[rule.SubjectId]))
            .Max();
    }
}
