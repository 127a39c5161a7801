namespace RunAiRbac.Storage;

public sealed class RoleRow
{
    public int TenantId { get; set; }
    public int Id { get; set; }
    public required string Name { get; set; }

    /// <summary>Nullable because it came later; the migration filled it, and every write sets it.</summary>
    public string? NameFolded { get; set; }
    public required string Description { get; set; }
    public bool Enabled { get; set; } = true;

    /// <summary>JSON array of <see cref="Policy.Permission"/>.</summary>
    public required string Permissions { get; set; }
    public long CreatedAt { get; set; }
    public long UpdatedAt { get; set; }
    public required string CreatedByName { get; set; }
}

public sealed class ScopeRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }
    public required string Type { get; set; }
    public string? ParentId { get; set; }

    /// <summary>The cluster it belongs to (a cluster: itself); null for tenant and system.</summary>
    public string? ClusterId { get; set; }
    public required string Name { get; set; }
    public required string NameFolded { get; set; }

    /// <summary>Names are unique per (type, this): the cluster's id for departments and projects, empty for the rest.</summary>
    public required string NameScope { get; set; }

    /// <summary>Projects: the Kubernetes namespace, unique among the cluster's living projects.</summary>
    public string? Namespace { get; set; }

    /// <summary>JSON object of what clients gave (quota, scheduling, description, domain …) and get back; not policy.</summary>
    public string? Details { get; set; }
    public long CreatedAt { get; set; }
    public string? CreatedById { get; set; }
    public required string CreatedByName { get; set; }
    public long UpdatedAt { get; set; }
    public string? UpdatedById { get; set; }
    public string? UpdatedByName { get; set; }
    public long? DeletedAt { get; set; }
    public long MadeRevision { get; set; }
    public long? EndedRevision { get; set; }
}

public sealed class AccessRuleRow
{
    public int TenantId { get; set; }
    public int Id { get; set; }
    public required string SubjectId { get; set; }

    /// <summary>How its creator named the type, given back as it came (<c>app</c> and <c>service-account</c> are the same); null: by the subject's kind.</summary>
    public string? SubjectType { get; set; }
    public int RoleId { get; set; }
    public required string ScopeId { get; set; }
    public long? NotBefore { get; set; }
    public long? ExpiresAt { get; set; }
    public string? Reason { get; set; }
    public long CreatedAt { get; set; }
    public string? CreatedById { get; set; }
    public required string CreatedByName { get; set; }
    public long UpdatedAt { get; set; }
    public long? DeletedAt { get; set; }
    public long MadeRevision { get; set; }
    public long? EndedRevision { get; set; }
}
