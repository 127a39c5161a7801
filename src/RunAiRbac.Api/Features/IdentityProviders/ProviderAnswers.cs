using System.Globalization;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>Rows as clients see them: secrets masked, addresses of this service computed.</summary>
internal sealed class ProviderAnswers(TokenIdentity identity)
{
    public IdentityProvider Show(IdentityProviderRow row)
    {
        var settings = ProviderSettings.Read(row.Settings);
        var own = string.Create(CultureInfo.InvariantCulture, $"{identity.Issuer}/auth/{row.TenantId}/{row.Alias}");
        return new IdentityProvider
        {
            Alias = row.Alias,
            Name = row.Name,
            Type = row.Type,
            RedirectUri = own + "/callback",
            OidcData = settings.Oidc is { } oidc ? Show(oidc) : null,
            SamlData = settings.Saml is { } saml ? Show(saml, own + "/metadata") : null,
            OcpData = settings.OpenShift is { } ocp ? new OcpData { IdpBaseUrl = ocp.IdpBaseUrl, ClientId = ocp.ClientId, ClientSecret = ProviderReader.Mask, Scopes = ocp.Scopes } : null,
            Mappers = settings.Mappers,
            TrustedEmailDomains = ProviderSettings.ReadDomains(row.TrustedEmailDomains),
            GroupsTrusted = row.GroupsTrusted,
        };
    }

    private static OidcData Show(OidcSettings oidc) => new()
    {
        ClientId = oidc.ClientId,
        ClientSecret = ProviderReader.Mask,
        DiscoverDocumentUrl = oidc.DiscoverDocumentUrl,
        Scopes = oidc.Scopes,
        MandatoryClaim = oidc.MandatoryClaim,
    };

    private static SamlData Show(SamlSettings saml, string ownMetadata) => new()
    {
        SigningCertificate = saml.Metadata?.SigningCertificates[0],
        SingleSignOnServiceUrl = saml.Metadata?.SingleSignOnServiceUrl,
        IdpEntityId = saml.Metadata?.EntityId,
        EntityId = saml.EntityId ?? ownMetadata,
        ServiceProviderMetadataUrl = ownMetadata,
        MetadataXmlType = saml.MetadataUrl is null ? "file" : "url",
        MetadataXmlUrl = saml.MetadataUrl,
        FileName = saml.FileName,
    };
}
