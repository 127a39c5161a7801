namespace RunAiRbac.Storage;

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
