using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>Rules as the wire shows them.</summary>
internal static class RuleAnswers
{
    public static AccessRule Of(RuleRecord record, PolicyVersion version, DateTimeOffset now)
    {
        var rule = record.Rule;
        return new AccessRule
        {
            Id = rule.Id,
            SubjectId = record.SubjectName,
            SubjectType = rule.SubjectType ?? WireType(record.SubjectKind),
            RoleId = rule.RoleId,
            RoleName = record.RoleName,
            ScopeId = rule.ScopeId,
            ScopeType = record.ScopeType,
            ScopeName = record.ScopeName,
            ClusterId = record.ClusterId,
            CreatedAt = Micros.ToTime(rule.CreatedAt),
            UpdatedAt = Micros.ToTime(rule.UpdatedAt),
            DeletedAt = Time(rule.DeletedAt),
            TenantId = rule.TenantId,
            CreatedBy = record.CreatedBy,
            Status = Status(rule, Micros.From(now)),
            NotBefore = Time(rule.NotBefore),
            ExpiresAt = Time(rule.ExpiresAt),
            Reason = rule.Reason,
            Revision = version.Token,
        };
    }

    public static MyAccessRule Mine(PolicySnapshot snapshot, Rule rule, int tenantId)
    {
        var subject = snapshot.Subject(rule.Subject);
        var scope = snapshot.Scope(rule.Scope);
        return new MyAccessRule
        {
            Id = rule.Id,
            SubjectId = subject.Name,
            SubjectType = WireType(subject.Kind),
            RoleId = rule.RoleId,
            RoleName = snapshot.TryGetRole(rule.RoleId, out var role) ? role.Name : string.Empty,
            ScopeId = scope.Id,
            ScopeType = scope.Type,
            ScopeName = scope.Name,
            ClusterId = ClusterOf(snapshot, rule.Scope),
            TenantId = tenantId,
        };
    }

    public static string? ClusterOf(PolicySnapshot snapshot, ScopeRef scope)
        => snapshot.Path(scope).Select(snapshot.Scope).FirstOrDefault(s => s.Type == "cluster")?.Id;

    private static AccessRuleStatus Status(AccessRuleRow rule, long now) => rule switch
    {
        { DeletedAt: not null } => new AccessRuleStatus("Deleting", "The rule is deleted."),
        _ when rule.NotBefore > now => new AccessRuleStatus("NotReady", "The rule has not started yet."),
        _ when rule.ExpiresAt <= now => new AccessRuleStatus("NotReady", "The rule has expired."),
        _ => new AccessRuleStatus("Ready", null),
    };

    private static string WireType(SubjectKind kind) => kind == SubjectKind.Application ? "app" : Subjects.Type(kind);

    private static DateTimeOffset? Time(long? micros) => micros is { } value ? Micros.ToTime(value) : null;
}
