namespace RunAiRbac.Storage;

/// <summary>
/// One event of the audit log. It never changes once written, but for <see cref="Number"/> and <see cref="Hash"/>, which the sealer sets
/// (docs/decisions/0010-audit-chain.md).
/// </summary>
public sealed class AuditEventRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }
    public long At { get; set; }

    /// <summary>Who did it; null: the system, or somebody unknown.</summary>
    public string? SubjectId { get; set; }
    public required string Subject { get; set; }
    public required string SubjectFolded { get; set; }

    /// <summary>One of <see cref="AuditSubjectTypes"/>.</summary>
    public required string SubjectType { get; set; }
    public string? SourceIp { get; set; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public required string Action { get; set; }
    public string? HttpMethod { get; set; }

    /// <summary>The path, without the query.</summary>
    public string? Url { get; set; }
    public string? EntityType { get; set; }
    public string? EntityName { get; set; }
    public string? EntityNameFolded { get; set; }
    public string? EntityId { get; set; }

    /// <summary>One of <see cref="AuditResults"/>.</summary>
    public required string Result { get; set; }
    public int? HttpStatusCode { get; set; }
    public string? ClusterId { get; set; }
    public string? ClusterName { get; set; }
    public string? ClusterNameFolded { get; set; }

    /// <summary>The same for all events of one request.</summary>
    public string? RequestId { get; set; }

    /// <summary>JSON object of texts.</summary>
    public string? Metadata { get; set; }

    /// <summary>JSON of the object before; null: it was not there, or nothing of it changed that may be shown. Never a secret or a hash.</summary>
    public string? Before { get; set; }

    /// <summary>JSON of the object after.</summary>
    public string? After { get; set; }

    /// <summary>The ids of the scopes it belongs to below the tenant, at that moment, separated by <c>/</c>; empty: the tenant's alone.</summary>
    public required string Scopes { get; set; }

    /// <summary>Its place in the tenant's chain; null: not sealed yet.</summary>
    public long? Number { get; set; }
    public string? Hash { get; set; }
}

/// <summary>The index of <see cref="AuditEventRow.Scopes"/>: what a reader of one scope searches by.</summary>
public sealed class AuditScopeRow
{
    public int TenantId { get; set; }
    public required string ScopeId { get; set; }
    public required string EventId { get; set; }
}

/// <summary>A tenant's chain: where it stands, where it begins since old events were dropped, and which replica seals it.</summary>
public sealed class AuditHeadRow
{
    public int TenantId { get; set; }

    /// <summary>Number and hash of the newest sealed event.</summary>
    public long LastNumber { get; set; }
    public required string LastHash { get; set; }

    /// <summary>Number and hash of the last event that retention dropped: the chain goes on from it.</summary>
    public long DroppedNumber { get; set; }
    public required string DroppedHash { get; set; }
    public string? LeaseOwner { get; set; }
    public long LeaseUntil { get; set; }
}

public static class AuditActions
{
    public const string Create = "create";
    public const string Update = "update";
    public const string Delete = "delete";
    public const string SignIn = "sign-in";
    public const string SignOut = "sign-out";
    public const string ResetPassword = "reset-password";
}

public static class AuditResults
{
    public const string Succeeded = "Succeeded";
    public const string Failed = "Failed";
}

public static class AuditSubjectTypes
{
    public const string User = "User";

    /// <summary>An application, and the system itself.</summary>
    public const string App = "App";

    public static string Of(Policy.SubjectKind? kind) => kind == Policy.SubjectKind.User ? User : App;
}

/// <summary>The <c>entity_type</c> of events. Scopes go by their own type.</summary>
public static class AuditEntities
{
    public const string User = "user";
    public const string Group = "group";
    public const string Application = "application";
    public const string AllAuthenticated = "all-authenticated-users";
    public const string AccessRule = "access-rule";
    public const string Role = "role";
    public const string Session = "session";
    public const string IdentityProvider = "identity-provider";
    public const string SecuritySetting = "security-setting";
    public const string AccessKey = "access-key";
    public const string Identity = "identity";
    public const string Tenant = "tenant";

    public static string Of(Policy.SubjectKind kind) => kind switch
    {
        Policy.SubjectKind.User => User,
        Policy.SubjectKind.Group => Group,
        Policy.SubjectKind.Application => Application,
        _ => AllAuthenticated,
    };
}
