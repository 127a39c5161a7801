namespace RunAiRbac.Client.Contracts;

/// <summary>An identity provider to create, or the new values of one. In an update what is absent stays as it is.</summary>
public sealed record IdentityProviderRequest
{
    /// <summary>Its name for people (at most 256 characters; default: the type). Its alias is made of it at creation: lower case letters, digits and <c>-</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>oidc</c>, <c>saml</c> or <c>openshift-v4</c>; stays as it was created.</summary>
    public string? Type { get; init; }

    /// <summary>For <c>saml</c>.</summary>
    public SamlCreationData? SamlData { get; init; }

    /// <summary>For <c>oidc</c>.</summary>
    public OidcCreationData? OidcData { get; init; }

    /// <summary>For <c>openshift-v4</c>.</summary>
    public OcpCreationData? OcpData { get; init; }

    /// <summary>Which claims say what; those that are absent have their defaults.</summary>
    public Mappers? Mappers { get; init; }

    /// <summary>Mail domains (<c>*</c>: all) whose addresses its sign-ins bind to users that rules named before. Default: all for a tenant's first provider, none for later ones.</summary>
    public IReadOnlyList<string?>? TrustedEmailDomains { get; init; }

    /// <summary>Whether its groups are the ones that rules name. Default: true for a tenant's first provider.</summary>
    public bool? GroupsTrusted { get; init; }
}

/// <summary>A SAML identity provider's metadata.</summary>
public sealed record SamlCreationData
{
    /// <summary>Where the metadata is; not fetched at creation.</summary>
    public string? MetadataXmlUrl { get; init; }

    /// <summary>The metadata document, base64.</summary>
    public string? MetadataXmlFile { get; init; }

    /// <summary>The name that the document's file had.</summary>
    public string? FileName { get; init; }

    /// <summary><c>url</c> or <c>file</c>; default: whichever is given.</summary>
    public string? MetadataXmlType { get; init; }

    /// <summary>The entity id by which the provider knows this service; default: the address of this service's metadata.</summary>
    public string? EntityId { get; init; }
}

/// <summary>A client of an OpenID Connect provider.</summary>
public sealed record OidcCreationData
{
    /// <summary>The client id.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client secret; in an update <c>*******</c> keeps the stored one.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>The address of the provider's discovery document.</summary>
    public string? DiscoverDocumentUrl { get; init; }

    /// <summary>Scopes to ask for besides <c>openid</c>.</summary>
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>A claim that a sign-in must have.</summary>
    public MandatoryClaim? MandatoryClaim { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(OidcCreationData)} {{ ClientId = {ClientId}, DiscoverDocumentUrl = {DiscoverDocumentUrl} }}";
}

/// <summary>A claim that a sign-in must have, with one of these values.</summary>
public sealed record MandatoryClaim
{
    /// <summary>The claim's name.</summary>
    public string? Claim { get; init; }

    /// <summary>The values that are let in.</summary>
    public IReadOnlyList<string?>? Values { get; init; }
}

/// <summary>A client of an OpenShift API server.</summary>
public sealed record OcpCreationData
{
    /// <summary>The client id.</summary>
    public string? ClientId { get; init; }

    /// <summary>The API server's address.</summary>
    public string? IdpBaseUrl { get; init; }

    /// <summary>The client secret; in an update <c>*******</c> keeps the stored one.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Scopes to ask for.</summary>
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(OcpCreationData)} {{ ClientId = {ClientId}, IdpBaseUrl = {IdpBaseUrl} }}";
}

/// <summary>Which claims or attributes say what. An empty name: it is not mapped.</summary>
public sealed record Mappers
{
    /// <summary>The group id.</summary>
    public string? Gid { get; init; }

    /// <summary>The user id.</summary>
    public string? Uid { get; init; }

    /// <summary>The groups.</summary>
    public string? Groups { get; init; }

    /// <summary>The supplementary groups.</summary>
    public string? SupplementaryGroups { get; init; }

    /// <summary>The e-mail address; must be mapped.</summary>
    public string? Email { get; init; }

    /// <summary>The first name.</summary>
    public string? FirstName { get; init; }

    /// <summary>The last name.</summary>
    public string? LastName { get; init; }
}

/// <summary>What a new identity provider is called in paths.</summary>
/// <param name="Alias">The alias.</param>
public sealed record IdentityProviderCreated(string Alias);

/// <summary>An identity provider. Secrets are masked.</summary>
public sealed record IdentityProvider
{
    /// <summary>What it is called in paths; unique in the tenant.</summary>
    public required string Alias { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary><c>oidc</c>, <c>saml</c> or <c>openshift-v4</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The address to which it sends people back.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>For <c>saml</c>.</summary>
    public SamlData? SamlData { get; init; }

    /// <summary>For <c>oidc</c>.</summary>
    public OidcData? OidcData { get; init; }

    /// <summary>For <c>openshift-v4</c>.</summary>
    public OcpData? OcpData { get; init; }

    /// <summary>Which claims say what.</summary>
    public required Mappers Mappers { get; init; }

    /// <summary>Mail domains (<c>*</c>: all) whose addresses its sign-ins bind to users that rules named before.</summary>
    public required IReadOnlyList<string> TrustedEmailDomains { get; init; }

    /// <summary>Whether its groups are the ones that rules name.</summary>
    public required bool GroupsTrusted { get; init; }
}

/// <summary>A SAML identity provider as it is set up. What metadata says is absent while it has not been read (metadata by address).</summary>
public sealed record SamlData
{
    /// <summary>The provider's first signing certificate, base64 (DER).</summary>
    public string? SigningCertificate { get; init; }

    /// <summary>Where sign-in requests go.</summary>
    public string? SingleSignOnServiceUrl { get; init; }

    /// <summary>The entity id by which the provider knows this service.</summary>
    public required string EntityId { get; init; }

    /// <summary>The address of this service's metadata.</summary>
    public required string ServiceProviderMetadataUrl { get; init; }

    /// <summary>The provider's own entity id.</summary>
    public string? IdpEntityId { get; init; }

    /// <summary><c>url</c> or <c>file</c>.</summary>
    public required string MetadataXmlType { get; init; }

    /// <summary>Where the provider's metadata is.</summary>
    public string? MetadataXmlUrl { get; init; }

    /// <summary>The name that the metadata's file had.</summary>
    public string? FileName { get; init; }
}

/// <summary>A client of an OpenID Connect provider.</summary>
public sealed record OidcData
{
    /// <summary>The client id.</summary>
    public required string ClientId { get; init; }

    /// <summary>Always <c>*******</c>.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>The address of the provider's discovery document.</summary>
    public required string DiscoverDocumentUrl { get; init; }

    /// <summary>Scopes to ask for.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>A claim that a sign-in must have.</summary>
    public MandatoryClaim? MandatoryClaim { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(OidcData)} {{ ClientId = {ClientId}, DiscoverDocumentUrl = {DiscoverDocumentUrl} }}";
}

/// <summary>A client of an OpenShift API server.</summary>
public sealed record OcpData
{
    /// <summary>The API server's address.</summary>
    public required string IdpBaseUrl { get; init; }

    /// <summary>The client id.</summary>
    public string? ClientId { get; init; }

    /// <summary>Always <c>*******</c>.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>Scopes to ask for.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(OcpData)} {{ ClientId = {ClientId}, IdpBaseUrl = {IdpBaseUrl} }}";
}
