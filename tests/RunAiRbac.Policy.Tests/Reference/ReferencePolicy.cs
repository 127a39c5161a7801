namespace RunAiRbac.Policy.Tests.Reference;

/// <summary>
/// What the engine must say, in the words of the specification: short, slow, obvious, straight on lists of facts. It shares nothing with the engine but the facts.
/// </summary>
public sealed partial class ReferencePolicy
{
    public required IReadOnlyList<string> ResourceTypes { get; init; }

    public required IReadOnlyList<string> Actions { get; init; }

    public List<RoleFact> Roles { get; init; } = [];

    public List<ScopeFact> Scopes { get; init; } = [];

    public List<SubjectFact> Subjects { get; init; } = [];

    public List<MembershipFact> Memberships { get; init; } = [];

    public List<RuleFact> Rules { get; init; } = [];

    public List<EndedSession> EndedSessions { get; init; } = [];

    public SubjectFact? FindSubject(SubjectKind kind, string idOrKey)
        => Subjects.Find(s => s.Kind == kind && s.Id == idOrKey) ?? Subjects.Find(s => s.Kind == kind && s.Key == idOrKey);

    public SubjectFact? FindSubject(string? id) => Subjects.Find(s => s.Id == id);

    public ScopeFact? FindScope(string? id) => Scopes.Find(s => s.Id == id);

    public RoleFact RoleOf(RuleFact rule) => Roles.Find(r => r.Id == rule.RoleId)!;

    /// <summary>The scope and those above it, from the root down.</summary>
    public List<ScopeFact> Path(string? scopeId)
    {
        var path = new List<ScopeFact>();
        for (var scope = FindScope(scopeId); scope is not null; scope = FindScope(scope.ParentId)) path.Insert(0, scope);
        return path;
    }

    public bool IsWithin(string scopeId, string ancestorId) => Path(scopeId).Exists(s => s.Id == ancestorId);

    public static bool IsActive(RuleFact rule, long now) => (rule.NotBefore is null || rule.NotBefore <= now) && (rule.ExpiresAt is null || now < rule.ExpiresAt);

    /// <summary>Whether a role's permissions have the pair; nobody is ever granted <c>sync</c>.</summary>
    public bool Holds(RoleFact role, string resourceType, string action)
        => action != "sync"
            && ResourceTypes.Contains(resourceType)
            && Actions.Contains(action)
            && role.Permissions.Any(p => p.ResourceType == resourceType && p.Actions.Contains(action));

    /// <summary>The subject, its groups whose membership holds (or those that stand in for them), all authenticated; each with its end.</summary>
    public List<(SubjectFact Subject, long Until)> Principals(string? subjectId, IReadOnlyList<string>? groups, long now)
    {
        if (FindSubject(subjectId) is not { } subject) return [];
        var principals = new List<(SubjectFact, long)> { (subject, long.MaxValue) };
        if (subject.Kind == SubjectKind.User)
        {
            foreach (var group in Subjects.Where(s => s.Kind == SubjectKind.Group).OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                var membership = Memberships.Find(m => m.UserId == subject.Id && m.GroupId == group.Id);
                if (groups is not null && groups.Contains(group.Id)) principals.Add((group, long.MaxValue));
                if (groups is null && membership is not null && (membership.ValidUntil is null || now < membership.ValidUntil)) principals.Add((group, membership.ValidUntil ?? long.MaxValue));
            }
        }

        if (subject.Kind is SubjectKind.User or SubjectKind.Application)
        {
            principals.AddRange(Subjects.Where(s => s.Kind == SubjectKind.AllAuthenticated).Select(s => (s, long.MaxValue)));
        }

        return principals;
    }

    /// <summary>The reason, and every rule that allows.</summary>
    public (string Reason, List<int> Rules) Check(string? subjectId, IReadOnlyList<string>? groups, string resourceType, string action, string? scopeId, long now)
    {
        if (!ResourceTypes.Contains(resourceType)) return ("unknown_resource_type", []);
        if (!Actions.Contains(action)) return ("unknown_action", []);
        if (FindScope(scopeId) is null) return ("unknown_scope", []);
        if (FindSubject(subjectId) is not { } subject) return ("unknown_subject", []);
        if (!subject.Enabled) return ("subject_disabled", []);
        var rules = Allowing(Principals(subjectId, groups, now), Path(scopeId), resourceType, action, now);
        return (rules.Count > 0 ? "granted" : "no_matching_rule", rules);
    }

    /// <summary>The rules of these principals on that path that hold now and allow it, by id.</summary>
    private List<int> Allowing(List<(SubjectFact Subject, long Until)> principals, List<ScopeFact> path, string resourceType, string action, long now)
        => [.. Rules
            .Where(rule => principals.Exists(p => p.Subject.Id == rule.SubjectId) && path.Exists(s => s.Id == rule.ScopeId) && IsActive(rule, now))
            .Where(rule => RoleOf(rule).Enabled && Holds(RoleOf(rule), resourceType, action))
            .Select(rule => rule.Id)
            .Order()];

    public bool IsSessionLive(string subjectId, int epoch, string sessionId)
        => FindSubject(subjectId) is { Enabled: true } subject && subject.SessionEpoch == epoch && !EndedSessions.Exists(s => s.SessionId == sessionId);

    public int LocalAdministrators(long now) => Subjects.Count(subject =>
        subject is { Kind: SubjectKind.User, Enabled: true, HasPassword: true }
        && Rules.Exists(rule =>
            rule.SubjectId == subject.Id && rule.RoleId == 1 && rule.ExpiresAt is null && IsActive(rule, now) && RoleOf(rule).Enabled
            && FindScope(rule.ScopeId) is { Type: "tenant", ParentId: null }));

    public string Sentence(RuleFact rule)
    {
        var subject = FindSubject(rule.SubjectId)!;
        var scope = FindScope(rule.ScopeId)!;
        var who = subject.Kind switch
        {
            SubjectKind.User => $"User {subject.Name} is",
            SubjectKind.Group => $"Group {subject.Name} is",
            SubjectKind.Application => $"Application {subject.Name} is",
            _ => "All authenticated users are",
        };
        var where = scope.Type switch
        {
            "tenant" => $"Account {scope.Name}",
            "system" => "System",
            _ => $"{scope.Type[..1].ToUpperInvariant()}{scope.Type[1..]} {scope.Name}",
        };
        return $"{who} a {RoleOf(rule).Name} in {where}";
    }
}
