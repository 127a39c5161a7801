using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Features.SecuritySettings;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>What SAML providers, and browsers that come from them, ask besides the sign-in itself.</summary>
internal static class SamlEndpoints
{
    private const string MetadataType = "application/samlmetadata+xml";

    public static void MapSaml(this IEndpointRouteBuilder routes)
    {
        // Marked as a page for its budget: every answer is signed.
        routes.MapGet("/auth/{tenantId}/{alias}/metadata", MetadataAsync).WithTags("Sign-in").IsPublic().WithMetadata(PageMark.Instance)
            .Describe("get_saml_metadata", "This service's SAML metadata for an identity provider", "Signed with the tenant's key, which signs requests too.")
            .Produces(200, contentType: MetadataType).FailsWith(404);
        var pages = routes.MapPages();
        pages.MapGet("/auth/{tenantId}/{alias}/signed-out", SignedOutAsync).Describe("finish_saml_logout", "Come back from signing out at a SAML identity provider");
        pages.MapPost("/auth/{tenantId}/{alias}/signed-out", SignedOutAsync).Describe("finish_saml_logout_by_form", "Come back from signing out at a SAML identity provider that answers by a form");
    }

    private static async Task<IResult> MetadataAsync(HttpContext context, string tenantId, string alias, ProviderRequests requests, SamlRequests saml, SamlKeys keys)
    {
        var provider = await FindAsync(context, tenantId, alias, requests);
        var key = await keys.GetAsync(provider.TenantId, context.RequestAborted);
        return TypedResults.Text(SamlRequests.Sign(saml.Metadata(provider, key), key), MetadataType);
    }

    // The session here had ended before the browser went to the provider: whatever the answer says, there is nothing left to do, so it is not read.
    // A provider that begins a sign-out itself must not be told that it was done.
    private static async Task<IResult> SignedOutAsync(HttpContext context, string tenantId, string alias, ProviderRequests requests, PolicyStore store)
    {
        var provider = await FindAsync(context, tenantId, alias, requests);
        var form = await ProviderRequests.FindFormAsync(context);
        if (context.Request.Query.ContainsKey("SAMLRequest") || form?.ContainsKey("SAMLRequest") == true)
            throw new ApiException(Kinds.NotImplemented, "A sign-out that the identity provider begins is not supported: sign out here too.");
        await using var db = await store.OpenAsync(context.RequestAborted);
        var wanted = (await SecuritySettingRows.ReadAsync(db, provider.TenantId, context.RequestAborted)).LogoutRedirectUri.Uri;
        return new SeeOther(wanted ?? SignOutAddresses.SignedOut(provider.TenantId));
    }

    private static async Task<SsoProvider> FindAsync(HttpContext context, string tenantId, string alias, ProviderRequests requests)
        => await requests.FindProviderAsync(context, tenantId, alias) is { Type: ProviderTypes.Saml } provider ? provider : throw ApiException.NotFound("SAML identity provider");
}
