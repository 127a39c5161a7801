using System.Globalization;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>What SAML providers, and browsers that come from them, ask besides the sign-in itself.</summary>
internal static class SamlEndpoints
{
    private const string MetadataType = "application/samlmetadata+xml";

    public static void MapSaml(this IEndpointRouteBuilder routes)
        => routes.MapGet("/auth/{tenantId}/{alias}/metadata", MetadataAsync).WithTags("Sign-in").IsPublic()
            .Describe("get_saml_metadata", "This service's SAML metadata for an identity provider", "Signed with the tenant's key, which signs requests too.")
            .Produces(200, contentType: MetadataType).FailsWith(404);

    private static async Task<IResult> MetadataAsync(HttpContext context, string tenantId, string alias, SsoProviders providers, SamlRequests requests, SamlKeys keys, Tenancy tenancy)
    {
        var provider = await FindAsync(context, tenantId, alias, providers, tenancy) ?? throw ApiException.NotFound("SAML identity provider");
        var key = await keys.GetAsync(provider.TenantId, context.RequestAborted);
        return TypedResults.Text(SamlRequests.Sign(requests.Metadata(provider, key), key), MetadataType);
    }

    /// <summary>By the host too: what a tenant's host serves is that tenant's alone.</summary>
    private static async Task<SsoProvider?> FindAsync(HttpContext context, string tenantId, string alias, SsoProviders providers, Tenancy tenancy)
    {
        if (tenancy.Of(context, tenantId).TenantId is not { } id || id.ToString(CultureInfo.InvariantCulture) != tenantId || Aliases.Read(alias) is not { } stored) return null;
        return await providers.FindAsync(id, stored, context.RequestAborted) is { Type: ProviderTypes.Saml } provider ? provider : null;
    }
}
