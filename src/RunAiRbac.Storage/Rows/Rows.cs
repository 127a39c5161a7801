namespace RunAiRbac.Storage;

// Conventions of all rows: times are UTC microseconds since 1970; the tenant id leads the primary key; DeletedAt null means living;
// MadeRevision and EndedRevision are the tenant's revisions that made and that ended the row; *Folded are lower-cased copies for search;
// CreatedById is the subject that did it (null: the system), CreatedByName its name at that moment.

/// <summary>The one row that names this database, for consistency tokens.</summary>
public sealed class StoreRow
{
    public int Id { get; set; }
    public required string StoreId { get; set; }

    /// <summary>Raised by <c>new-epoch</c> after a restore: tokens of older epochs are unknown.</summary>
    public int Epoch { get; set; }
}

public sealed class TenantRow
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public long CreatedAt { get; set; }
    public long? DeletedAt { get; set; }
}

/// <summary>The tenant's revision row: every policy write takes it first, so that writers of one tenant are serial.</summary>
public sealed class RevisionRow
{
    public int TenantId { get; set; }
    public long Revision { get; set; }
    public int LastRuleId { get; set; }
}

/// <summary>One revision: the change log.</summary>
public sealed class ChangeRow
{
    public int TenantId { get; set; }
    public long Revision { get; set; }
    public long At { get; set; }
    public string? ActorId { get; set; }
    public required string ActorName { get; set; }
    public string? RequestId { get; set; }

    /// <summary>JSON array of <see cref="Policy.PolicyChange"/>.</summary>
    public required string Changes { get; set; }
}

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

public static class CredentialKinds
{
    public const string Password = "password";
    public const string Secret = "secret";

    /// <summary>A user's access key: its <see cref="CredentialRow.Id"/> is the key's id and client id, its <see cref="CredentialRow.Label"/> the name.</summary>
    public const string AccessKey = "access-key";
}

public sealed class CredentialRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }
    public required string SubjectId { get; set; }

    /// <summary>One of <see cref="CredentialKinds"/>.</summary>
    public required string Kind { get; set; }

    /// <summary>Never the secret itself: a password's salted hash with its parameters, a secret's SHA-256.</summary>
    public required string Hash { get; set; }
    public string? Label { get; set; }

    /// <summary>A temporary password that is good only for choosing another.</summary>
    public bool MustChange { get; set; }
    public long CreatedAt { get; set; }
    public long? ExpiresAt { get; set; }
    public long? LastUsedAt { get; set; }
    public long? DeletedAt { get; set; }
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

/// <summary>A sign-in: one refresh family.</summary>
public sealed class SessionRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }
    public required string SubjectId { get; set; }
    public required string Grant { get; set; }
    public string? ClientId { get; set; }

    /// <summary>The SHA-256 of the one refresh token that is good now; null: none.</summary>
    public string? RefreshHash { get; set; }
    public long CreatedAt { get; set; }
    public long LastUsedAt { get; set; }

    /// <summary>No access or refresh token of it is good from then on.</summary>
    public long ExpiresAt { get; set; }
    public long? EndedAt { get; set; }

    /// <summary>The access key it was begun with; null: something else.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>The SHA-256 of its browser cookie; null: no browser's session.</summary>
    public string? CookieHash { get; set; }

    /// <summary>The row of the identity provider that vouched for its subject: it ends with it. Null: a local sign-in.</summary>
    public string? ProviderId { get; set; }

    /// <summary>What signing out at the provider needs, sealed by Data Protection.</summary>
    public string? SignOutHint { get; set; }

    /// <summary>What the browser calls itself.</summary>
    public string? UserAgent { get; set; }

    /// <summary>A browser's session that is good only for choosing another password; null: no.</summary>
    public bool? MustChangePassword { get; set; }
}

/// <summary>A sign-in at a provider that has been begun and not finished. It is taken once.</summary>
public sealed class SignInAttemptRow
{
    public int TenantId { get; set; }

    /// <summary>The SHA-256 of the handle that the provider gives back.</summary>
    public required string HandleHash { get; set; }

    /// <summary>The SHA-256 of the cookie of the browser that began it.</summary>
    public required string BrowserHash { get; set; }
    public required string ProviderId { get; set; }

    /// <summary>The rest of the attempt as JSON, sealed by Data Protection.</summary>
    public required string Secrets { get; set; }
    public long ExpiresAt { get; set; }
}

/// <summary>An authorization code of a program on a person's own machine. Used ones stay for a while, so that a second use is seen.</summary>
public sealed class AuthorizationCodeRow
{
    public int TenantId { get; set; }
    public required string CodeHash { get; set; }
    public required string SubjectId { get; set; }
    public int SessionEpoch { get; set; }

    /// <summary>The browser's session in which it was given.</summary>
    public required string BrowserSessionId { get; set; }
    public string? ProviderId { get; set; }
    public required string ClientId { get; set; }
    public required string RedirectUri { get; set; }

    /// <summary>PKCE, S256.</summary>
    public required string CodeChallenge { get; set; }
    public long ExpiresAt { get; set; }

    /// <summary>The session that its use made; null: not used.</summary>
    public string? SessionId { get; set; }

    /// <summary>When it was presented again.</summary>
    public long? ReplayedAt { get; set; }
}

/// <summary>An identity provider as it is set up. Its alias is the source of its groups and the provider of its identities.</summary>
public sealed class IdentityProviderRow
{
    public int TenantId { get; set; }
    public required string Id { get; set; }

    /// <summary>Unique among the tenant's living providers; holds no <c>_</c>.</summary>
    public required string Alias { get; set; }

    /// <summary><c>oidc</c>, <c>saml</c> or <c>openshift-v4</c>; never changes.</summary>
    public required string Type { get; set; }
    public required string Name { get; set; }

    /// <summary>JSON object of what its type needs and of its mappers; no secrets.</summary>
    public required string Settings { get; set; }

    /// <summary>The client secret, encrypted by Data Protection; null: its type has none.</summary>
    public string? ProtectedSecret { get; set; }

    /// <summary>JSON array of mail domains whose addresses its word binds to pending users; <c>*</c> is every one.</summary>
    public required string TrustedEmailDomains { get; set; }

    /// <summary>Whether its groups are the ones that rules name.</summary>
    public bool GroupsTrusted { get; set; }
    public long CreatedAt { get; set; }
    public string? CreatedById { get; set; }
    public required string CreatedByName { get; set; }
    public long UpdatedAt { get; set; }
    public long? DeletedAt { get; set; }
    public long MadeRevision { get; set; }
    public long? EndedRevision { get; set; }
}

/// <summary>A security setting that somebody has set; the others have their defaults.</summary>
public sealed class SecuritySettingRow
{
    public int TenantId { get; set; }
    public required string Key { get; set; }

    /// <summary>JSON object.</summary>
    public required string Value { get; set; }
    public long UpdatedAt { get; set; }
    public string? UpdatedById { get; set; }
    public required string UpdatedByName { get; set; }
}

public sealed class SigningKeyRow
{
    /// <summary>The <c>kid</c>.</summary>
    public required string Id { get; set; }
    public required string Algorithm { get; set; }

    /// <summary>The public key as SubjectPublicKeyInfo, base64.</summary>
    public required string PublicKey { get; set; }

    /// <summary>The private key as PKCS #8, encrypted by Data Protection.</summary>
    public required string ProtectedPrivateKey { get; set; }
    public long CreatedAt { get; set; }

    /// <summary>It signs from then on (published before that, so that caches of the key set know it).</summary>
    public long SignsFrom { get; set; }

    /// <summary>It verifies until then.</summary>
    public long VerifiesUntil { get; set; }
}

/// <summary>The key with which a tenant's SAML requests are signed.</summary>
public sealed class SamlKeyRow
{
    public int TenantId { get; set; }

    /// <summary>Signed by itself; DER, base64.</summary>
    public required string Certificate { get; set; }

    /// <summary>The private key as PKCS #8, encrypted by Data Protection.</summary>
    public required string ProtectedPrivateKey { get; set; }
    public long CreatedAt { get; set; }
}

/// <summary>A SAML assertion that was used, until it would be too old anyway.</summary>
public sealed class SamlAssertionRow
{
    public int TenantId { get; set; }
    public required string ProviderId { get; set; }

    /// <summary>SHA-256 of its id.</summary>
    public required string Hash { get; set; }
    public long ExpiresAt { get; set; }
}
