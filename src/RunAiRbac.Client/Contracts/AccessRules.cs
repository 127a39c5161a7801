using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new access rule: <c>subject is a role in a scope</c>.</summary>
public sealed record AccessRuleCreation
{
    /// <summary>A user's e-mail or id, a group's name, an application's name (client id) or id.</summary>
    public string? SubjectId { get; init; }

    /// <summary><c>user</c>, <c>app</c>, <c>service-account</c> or <c>group</c>.</summary>
    public string? SubjectType { get; init; }

    /// <summary>The role's id.</summary>
    public int? RoleId { get; init; }

    /// <summary>The scope's id.</summary>
    public string? ScopeId { get; init; }

    /// <summary><c>system</c>, <c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</summary>
    public string? ScopeType { get; init; }

    /// <summary>Derived from the scope; one that contradicts it is refused.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The first moment at which the rule holds, RFC 3339, at most microseconds.</summary>
    public string? NotBefore { get; init; }

    /// <summary>The first moment at which the rule no longer holds, RFC 3339, at most microseconds.</summary>
    public string? ExpiresAt { get; init; }

    /// <summary>Why the rule exists; at most 1,024 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>Whether a rule takes effect.</summary>
/// <param name="Phase"><c>Ready</c>; <c>NotReady</c> when it has not started or has expired; <c>Deleting</c> when deleted.</param>
/// <param name="Message">Why not.</param>
public sealed record AccessRuleStatus(string Phase, string? Message);

/// <summary>An access rule.</summary>
public record AccessRule
{
    /// <summary>A user's e-mail, a group's name, an application's name.</summary>
    public required string SubjectId { get; init; }

    /// <summary><c>user</c>, <c>app</c>, <c>service-account</c>, <c>group</c> or <c>all-authenticated-users</c>.</summary>
    public required string SubjectType { get; init; }

    /// <summary>The role's id.</summary>
    public required int RoleId { get; init; }

    /// <summary>The scope's id.</summary>
    public required string ScopeId { get; init; }

    /// <summary>The scope's type.</summary>
    public required string ScopeType { get; init; }

    /// <summary>The cluster of a cluster, department or project scope.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The role's name.</summary>
    public required string RoleName { get; init; }

    /// <summary>The scope's name.</summary>
    public required string ScopeName { get; init; }

    /// <summary>The rule's id.</summary>
    public required int Id { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed (created or deleted).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was deleted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The tenant.</summary>
    public required int TenantId { get; init; }

    /// <summary>Who created it, by the name of the moment.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Whether it takes effect.</summary>
    public required AccessRuleStatus Status { get; init; }

    /// <summary>The first moment at which it holds.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The first moment at which it no longer holds.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Why it exists.</summary>
    public string? Reason { get; init; }

    /// <summary>The consistency token of the state this was read at or made.</summary>
    public string? Revision { get; init; }

    /// <summary>The scope's path by names, from the tenant down; only when rules are read, and while the scope lives.</summary>
    public string? ScopePath { get; init; }
}

/// <summary>A page of access rules.</summary>
/// <param name="TotalRecords">How many there are.</param>
/// <param name="DisplayRecords">How many this page shows.</param>
/// <param name="AccessRules">This page.</param>
public sealed record AccessRulePage(long TotalRecords, int DisplayRecords, IReadOnlyList<AccessRule> AccessRules);

/// <summary>One of the caller's own rules, through groups and all authenticated too.</summary>
public sealed record MyAccessRule
{
    /// <summary>A user's e-mail, a group's name, an application's name.</summary>
    public required string SubjectId { get; init; }

    /// <summary>The subject's type.</summary>
    public required string SubjectType { get; init; }

    /// <summary>The role's id.</summary>
    public required int RoleId { get; init; }

    /// <summary>The scope's id.</summary>
    public required string ScopeId { get; init; }

    /// <summary>The scope's type.</summary>
    public required string ScopeType { get; init; }

    /// <summary>The cluster of a cluster, department or project scope.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The role's name.</summary>
    public required string RoleName { get; init; }

    /// <summary>The scope's name.</summary>
    public required string ScopeName { get; init; }

    /// <summary>The rule's id.</summary>
    public required int Id { get; init; }

    /// <summary>The tenant.</summary>
    public required int TenantId { get; init; }
}

/// <summary>A page of the caller's own rules.</summary>
/// <param name="TotalRecords">How many there are.</param>
/// <param name="DisplayRecords">How many this page shows.</param>
/// <param name="AccessRules">This page.</param>
public sealed record MyAccessRulePage(int TotalRecords, int DisplayRecords, IReadOnlyList<MyAccessRule> AccessRules);

/// <summary>The caller's own rules, in the envelope that existing clients expect.</summary>
/// <param name="AccessRules">The page.</param>
public sealed record MyAccessRulesResponse(MyAccessRulePage AccessRules);

/// <summary>A number of objects.</summary>
/// <param name="Count">How many.</param>
public sealed record CountResponse(long Count);

/// <summary>The question of <c>permitted-scopes</c>.</summary>
public sealed record PermittedScopesRequest
{
    /// <summary>The resource type.</summary>
    public string? ResourceType { get; init; }

    /// <summary>Only this action; absent: all.</summary>
    public string? Action { get; init; }
}

/// <summary>The highest scopes where one action is permitted.</summary>
public sealed record PermittedScopes
{
    /// <summary>Whether it is permitted at the system.</summary>
    public bool System { get; init; }

    /// <summary>Tenant ids.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>The tenant id; deprecated, use <see cref="Tenants"/>.</summary>
    public string? Tenant { get; init; }

    /// <summary>Cluster ids.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Department ids.</summary>
    public IReadOnlyList<string> Departments { get; init; } = [];

    /// <summary>Project ids.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];
}

/// <summary>Where the caller may do what; everything below a scope is included in it.</summary>
/// <param name="Create">Where creating is permitted.</param>
/// <param name="Read">Where reading is permitted.</param>
/// <param name="Update">Where updating is permitted.</param>
/// <param name="Delete">Where deleting is permitted.</param>
public sealed record PermittedScopesResponse(PermittedScopes Create, PermittedScopes Read, PermittedScopes Update, PermittedScopes Delete);
