using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>Identity providers of the tenant (reference sheet §1.12).</summary>
internal static class IdentityProvidersEndpoints
{
    private const string ResourceType = IdentityProvidersService.ResourceType;
    private const string Law = "Needs what a System administrator holds in the whole tenant: a provider's operator can act as anyone it is trusted for.";

    private const string TestAbout = " Fetches what a sign-in would fetch and judges what can be judged without a person; writes nothing. What cannot be is `not_checked`. Why something could not be reached stands in the log alone.";

    private const string Example =
        """{"name":"okta","type":"oidc","oidcData":{"clientId":"runai","clientSecret":"…","discoverDocumentUrl":"https://idp.example.com/.well-known/openid-configuration","scopes":["profile"]}}""";

    public static void MapIdentityProviders(this IEndpointRouteBuilder routes)
    {
        var idps = routes.MapGroup("/api/v1/idps").WithTags("Idps");
        idps.MapGet("", ListAsync).Needs(ResourceType, "read", At.Tenant)
            .Describe("get_idps", "List identity providers", "Secrets are masked.").Produces<IdentityProvider[]>();
        idps.MapPost("", CreateAsync).Needs(ResourceType, "create", At.Tenant)
            .Describe("create_idp", "Create an identity provider", Law + " Its alias is made of its name, else of its type. Nothing is fetched from it now.")
            .Reads(typeof(IdentityProviderRequest), Example).Produces<IdentityProviderCreated>(201).FailsWith(409).GivesRevision();
        idps.MapGet("/{idp}", GetAsync).Needs(ResourceType, "read", At.Tenant)
            .Describe("get_idp", "Get an identity provider", "Secrets are masked.").Produces<IdentityProvider>().FailsWith(404);
        idps.MapPut("/{idp}", UpdateAsync).Needs(ResourceType, "update", At.Tenant)
            .Describe("update_idp", "Change an identity provider", Law + " What is absent stays; data of its type is replaced as a whole. The secret `*******` keeps the stored one. Type and alias stay.")
            .Reads(typeof(IdentityProviderRequest), Example).Produces<EmptyAnswer>().FailsWith(404).GivesRevision();
        idps.MapDelete("/{idp}", DeleteAsync).Needs(ResourceType, "delete", At.Tenant)
            .Describe("delete_idp", "Delete an identity provider", Law + " Its identities, groups and memberships end with it.")
            .Produces<EmptyAnswer>().FailsWith(404).GivesRevision();
        idps.MapPost("/test", TestNewAsync).Needs(ResourceType, "create", At.Tenant)
            .Describe("test_new_idp", "Test an identity provider before it is created", Law + TestAbout)
            .Reads(typeof(IdentityProviderRequest), Example).Produces<IdentityProviderTest>().FailsWith(429);
        idps.MapPost("/{idp}/test", TestAsync).Needs(ResourceType, "update", At.Tenant)
            .Describe("test_idp", "Test an identity provider", Law + TestAbout + " With a body it is tested as it would be after that change.")
            .Reads(typeof(IdentityProviderRequest), Example, optional: true).Produces<IdentityProviderTest>().FailsWith(404, 429);
        idps.MapGet("/{idp}/mappers", GetMappersAsync).Needs(ResourceType, "read", At.Tenant)
            .Describe("get_idp_mappers", "Get an identity provider's mappers").Produces<Mappers>().FailsWith(404);
        idps.MapPut("/{idp}/mappers", UpdateMappersAsync).Needs(ResourceType, "update", At.Tenant)
            .Describe("update_idp_mappers", "Change an identity provider's mappers", Law + " What is absent stays; an empty name maps nothing.")
            .Reads(typeof(Mappers), """{"email":"mail","groups":"groups"}""").Produces<EmptyAnswer>(202).FailsWith(404).GivesRevision();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IdentityProvidersService idps)
        => TypedResults.Json(await idps.ListAsync(context), JsonBody.Answers);

    private static async Task<IResult> CreateAsync(HttpContext context, IdentityProvidersService idps)
    {
        var alias = await idps.CreateAsync(context, await JsonBody.ReadAsync<IdentityProviderRequest>(context, JsonBody.Lenient));
        return TypedResults.Json(new IdentityProviderCreated(alias), JsonBody.Answers, statusCode: 201);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string idp, IdentityProvidersService idps)
        => TypedResults.Json(await idps.GetAsync(context, idp), JsonBody.Answers);

    private static async Task<IResult> UpdateAsync(HttpContext context, string idp, IdentityProvidersService idps)
    {
        await idps.UpdateAsync(context, idp, await JsonBody.ReadAsync<IdentityProviderRequest>(context, JsonBody.Lenient));
        return TypedResults.Json(new EmptyAnswer(), JsonBody.Answers);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string idp, IdentityProvidersService idps)
    {
        await idps.DeleteAsync(context, idp);
        return TypedResults.Json(new EmptyAnswer(), JsonBody.Answers);
    }

    private static async Task<IResult> TestNewAsync(HttpContext context, ProviderTestService tests)
        => TypedResults.Json(await tests.NewAsync(context, await JsonBody.ReadAsync<IdentityProviderRequest>(context, JsonBody.Lenient)), JsonBody.Answers);

    private static async Task<IResult> TestAsync(HttpContext context, string idp, ProviderTestService tests)
        => TypedResults.Json(await tests.StoredAsync(context, idp, await JsonBody.ReadOptionalAsync<IdentityProviderRequest>(context, JsonBody.Lenient)), JsonBody.Answers);

    private static async Task<IResult> GetMappersAsync(HttpContext context, string idp, IdentityProvidersService idps)
        => TypedResults.Json((await idps.GetAsync(context, idp)).Mappers, JsonBody.Answers);

    private static async Task<IResult> UpdateMappersAsync(HttpContext context, string idp, IdentityProvidersService idps)
    {
        await idps.UpdateMappersAsync(context, idp, await JsonBody.ReadAsync<Mappers>(context, JsonBody.Lenient));
        return TypedResults.Json(new EmptyAnswer(), JsonBody.Answers, statusCode: 202);
    }
}
