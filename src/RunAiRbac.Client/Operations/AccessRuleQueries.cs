using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>A page of access rules.</summary>
public sealed record AccessRuleQuery : ListQuery
{
    /// <summary>Only rules of this type of subject: <c>user</c>, <c>app</c>, <c>service-account</c>, <c>group</c>, <c>all-authenticated-users</c>.</summary>
    public string? SubjectType { get; init; }

    /// <summary>Only rules of these subjects: ids, e-mails or names.</summary>
    public IReadOnlyList<string>? SubjectIds { get; init; }

    /// <summary>Deprecated: one of <see cref="SubjectIds"/>.</summary>
    public string? SubjectIdFilter { get; init; }

    /// <summary>Only rules in this cluster.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Deprecated: only rules at scopes of this type.</summary>
    public string? ScopeType { get; init; }

    /// <summary>Only rules at this scope.</summary>
    public string? ScopeId { get; init; }

    /// <summary>Deprecated: only rules of this role.</summary>
    public int? RoleId { get; init; }

    /// <summary>Deleted rules too; they stay listed for at least 90 days.</summary>
    public bool? IncludeDeleted { get; init; }

    /// <summary>Only rules created or deleted at or after this moment; with <see cref="IncludeDeleted"/> an incremental feed.</summary>
    public DateTimeOffset? LastUpdated { get; init; }

    internal override Call AddTo(Call call) => base.AddTo(call)
        .Query("subjectType", SubjectType).Query("subjectIds", SubjectIds).Query("subjectIdFilter", SubjectIdFilter).Query("clusterId", ClusterId)
        .Query("scopeType", ScopeType).Query("scopeId", ScopeId).Query("roleId", RoleId).Query("includeDeleted", IncludeDeleted).Query("lastUpdated", LastUpdated);
}

/// <summary>Which access rules to count.</summary>
public sealed record AccessRuleCountQuery : CountQuery
{
    /// <summary>Deleted rules too.</summary>
    public bool? IncludeDeleted { get; init; }

    internal override Call AddTo(Call call) => base.AddTo(call).Query("includeDeleted", IncludeDeleted);
}
