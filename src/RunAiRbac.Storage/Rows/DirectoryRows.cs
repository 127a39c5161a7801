namespace RunAiRbac.Storage;

/// <summary>Users, groups (by name), applications and the built-in subject of all authenticated: what rules name.</summary>
public sealed class SubjectRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }
    public Policy.SubjectKind Kind { get; set; }

    /// <summary>A user's canonical e-mail, an application's client id, a group's name. Unique per kind among the living.</summary>
    public required string Key { get; set; }
    public required string Name { get; set; }
    public required string NameFolded { get; set; }
    public string? FirstName { get; set; }
    public string? LastName { get; set; }

    /// <summary>A user that nobody has signed in as or created yet: it exists because a rule or membership names its e-mail.</summary>
    public bool IsPending { get; set; }

    /// <summary>A local user (as against one of a provider); null for other kinds and for pending users.</summary>
    public bool? IsLocal { get; set; }
    public bool Enabled { get; set; } = true;
    public int SessionEpoch { get; set; }
    public string? HomeScopeId { get; set; }
    public long CreatedAt { get; set; }
    public string? CreatedById { get; set; }
    public required string CreatedByName { get; set; }
    public long UpdatedAt { get; set; }
    public long? LastLogin { get; set; }
    public long? DeletedAt { get; set; }
    public long MadeRevision { get; set; }
    public long? EndedRevision { get; set; }
}

/// <summary>A group as one source knows it. Rules name the subject; memberships name this.</summary>
public sealed class GroupRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }

    /// <summary>A provider's alias, <c>scim:…</c> or <c>directory</c>.</summary>
    public required string Source { get; set; }
    public string? ExternalId { get; set; }
    public required string Name { get; set; }

    /// <summary>The group of this name that rules name.</summary>
    public required string SubjectId { get; set; }
    public long CreatedAt { get; set; }
    public long? DeletedAt { get; set; }
}

public sealed class MembershipRow
{
    public int TenantId { get; set; }
    public required string UserId { get; set; }
    public required string GroupId { get; set; }
    public long MadeRevision { get; set; }
    public long? EndedRevision { get; set; }

    /// <summary>When the source last said so.</summary>
    public long SeenAt { get; set; }
    public long? ValidUntil { get; set; }
}

/// <summary>A way to be recognized as a subject: provider alias and that provider's subject claim (local: <c>local</c> and the subject's id).</summary>
public sealed class IdentityRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }
    public required string SubjectId { get; set; }
    public required string Provider { get; set; }

    /// <summary>The row of that provider: another one of the same alias is another. Null for local ones.</summary>
    public string? ProviderId { get; set; }
    public required string Claim { get; set; }

    /// <summary>What the provider calls the person's address; the user's own may be another. Null: it says none.</summary>
    public string? Email { get; set; }

    /// <summary>JSON object of arrays of texts: <c>uid</c>, <c>gid</c>, <c>supplementaryGroups</c>.</summary>
    public string? Attributes { get; set; }
    public long CreatedAt { get; set; }

    /// <summary>The last sign-in through it; null: none yet. No policy, as <see cref="SubjectRow.LastLogin"/> is none.</summary>
    public long? SeenAt { get; set; }

    /// <summary>Since when the provider has not said anything useful of the person's groups; null: it did the last time.</summary>
    public long? GroupsStaleSince { get; set; }
    public long? DeletedAt { get; set; }
}

/// <summary>
/// A sign-in that was refused because the address belongs to a user that has not been linked to the provider's account: what an administrator needs to link
/// them. The last of each account.
/// </summary>
public sealed class IdentityRequestRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }

    /// <summary>The user whose address it is.</summary>
    public required string UserId { get; set; }
    public required string ProviderId { get; set; }
    public required string Claim { get; set; }
    public required string Email { get; set; }
    public string? FirstName { get; set; }
    public string? LastName { get; set; }
    public long FirstAt { get; set; }
    public long LastAt { get; set; }
    public int Attempts { get; set; }
}
