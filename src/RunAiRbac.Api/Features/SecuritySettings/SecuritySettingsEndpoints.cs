using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.SecuritySettings;

/// <summary>Security settings of the tenant (reference sheet §1.13), unwrapped as in 1.224.</summary>
internal static class SecuritySettingsEndpoints
{
    private const string ResourceType = IdentityProvidersService.ResourceType;

    public static void MapSecuritySettings(this IEndpointRouteBuilder routes)
    {
        var settings = routes.MapGroup("/api/v1/security/settings").WithTags("Settings");
        settings.MapGet("", GetAllAsync).Needs(ResourceType, "read", At.Tenant)
            .Describe("get_security_settings", "Get all security settings").Produces<SecuritySettingsResponse>();
        settings.MapGet("/{key}", GetAsync).Needs(ResourceType, "read", At.Tenant)
            .Describe("get_security_setting_by_key", "Get one security setting", "The keys are autoRedirectSSO, browserSessionTimeout and logoutRedirectUri.")
            .Produces<Dictionary<string, object>>().FailsWith(404);
        settings.MapPut("/{key}", PutAsync).Needs(ResourceType, "update", At.Tenant)
            .Describe("update_security_setting_by_key", "Set one security setting", "A member that is absent or null gets its default.")
            .Reads(typeof(SecuritySettingUpdate), """{"idleTimeout":60}""").Produces<EmptyAnswer>().FailsWith(404).GivesRevision();
    }

    private static async Task<IResult> GetAllAsync(HttpContext context, SecuritySettingsService settings)
        => TypedResults.Json(await settings.GetAsync(context), JsonBody.Answers);

    private static async Task<IResult> GetAsync(HttpContext context, string key, SecuritySettingsService settings)
        => TypedResults.Json(await settings.GetAsync(context, key), JsonBody.Answers);

    private static async Task<IResult> PutAsync(HttpContext context, string key, SecuritySettingsService settings)
    {
        SecuritySettingsService.DemandKnown(key);
        await settings.PutAsync(context, key, await JsonBody.ReadAsync<SecuritySettingUpdate>(context, JsonBody.Lenient));
        return TypedResults.Json(new EmptyAnswer(), JsonBody.Answers);
    }
}
