using System.Text.Json;
using System.Text.Json.Serialization;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>What a provider's row keeps as JSON: what its type needs, without the secret, and the mappers.</summary>
internal sealed record ProviderSettings
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public OidcSettings? Oidc { get; init; }

    public SamlSettings? Saml { get; init; }

    public OpenShiftSettings? OpenShift { get; init; }

    public required Mappers Mappers { get; init; }

    public string ToText() => JsonSerializer.Serialize(this, Json);

    public static ProviderSettings Read(string text) => JsonSerializer.Deserialize<ProviderSettings>(text, Json) ?? throw new JsonException("A provider's settings are null.");

    public static string DomainsToText(IReadOnlyList<string> domains) => JsonSerializer.Serialize(domains, Json);

    public static IReadOnlyList<string> ReadDomains(string text) => JsonSerializer.Deserialize<string[]>(text, Json) ?? throw new JsonException("A provider's mail domains are null.");
}

internal sealed record OidcSettings(string ClientId, string DiscoverDocumentUrl, IReadOnlyList<string> Scopes, MandatoryClaim? MandatoryClaim);

/// <param name="IdpBaseUrl">The API server.</param>
/// <param name="ClientId">Null: none was given.</param>
/// <param name="Scopes">What is asked for.</param>
internal sealed record OpenShiftSettings(string IdpBaseUrl, string? ClientId, IReadOnlyList<string> Scopes);

/// <param name="MetadataUrl">Where the metadata is; null: it was given as a file.</param>
/// <param name="FileName">The file's name, for people.</param>
/// <param name="Metadata">What the file says; null: it has not been read.</param>
/// <param name="EntityId">This service's entity id there; null: the default.</param>
internal sealed record SamlSettings(string? MetadataUrl, string? FileName, SamlMetadata? Metadata, string? EntityId);

/// <param name="Document">The document itself, base64, unchanged: it may be signed.</param>
/// <param name="EntityId">The provider's entity id.</param>
/// <param name="SingleSignOnServiceUrl">Where sign-in requests go.</param>
/// <param name="SigningCertificates">Its certificates, base64 (DER), as the document orders them.</param>
internal sealed record SamlMetadata(string Document, string EntityId, string SingleSignOnServiceUrl, IReadOnlyList<string> SigningCertificates);

/// <summary>What sign-in needs of a provider's metadata.</summary>
/// <param name="EntityId">The provider's entity id.</param>
/// <param name="SignOnRedirect">Where sign-in requests go by redirect; null: nowhere.</param>
/// <param name="SignOnPost">Where they go by POST; null: nowhere.</param>
/// <param name="SignOutRedirect">Where sign-out requests go by redirect; null: nowhere.</param>
/// <param name="SigningCertificates">Its certificates, base64 (DER), as the document orders them.</param>
/// <param name="ValidUntil">From when on the document must not be used; null: it does not say.</param>
internal sealed record SamlProviderMetadata(
    string EntityId, string? SignOnRedirect, string? SignOnPost, string? SignOutRedirect, IReadOnlyList<string> SigningCertificates, DateTimeOffset? ValidUntil);
