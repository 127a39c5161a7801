using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http.Features;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Api.Sso;

namespace RunAiRbac.Api.SignIn.Browser;

/// <summary>To a provider, and back from it.</summary>
internal static class ProviderEndpoints
{
    private const long MaxFormBytes = 1 << 20;

    public static void MapProviderSignIn(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        pages.MapGet("/auth/{tenantId}/{alias}/login", BeginAsync).Describe("begin_provider_login", "Go to an identity provider to sign in");
        pages.MapGet("/auth/{tenantId}/{alias}/callback", FinishAsync).Describe("finish_provider_login", "Come back from an identity provider");
        pages.MapPost("/auth/{tenantId}/{alias}/callback", FinishAsync).Describe("finish_provider_login_by_form", "Come back from an identity provider that answers by a form");
    }

    public static string LoginAddress(int tenantId, string alias, string returnUrl)
        => string.Create(CultureInfo.InvariantCulture, $"/auth/{tenantId}/{alias}/login?returnUrl={UrlEncoder.Default.Encode(returnUrl)}");

    private static async Task<IResult> BeginAsync(
        HttpContext context, string tenantId, string alias, SsoProviders providers, IEnumerable<IProviderProtocol> protocols, SignInAttempts attempts, Tenancy tenancy)
    {
        var provider = await FindAsync(context, tenantId, alias, providers, tenancy);
        var protocol = Protocol(protocols, provider);
        var attempt = await attempts.BeginAsync(context, provider, LocalPath.Read(context.Request.Query["returnUrl"]));
        return await protocol.BeginAsync(context, provider, attempt);
    }

    private static async Task<IResult> FinishAsync(
        HttpContext context, string tenantId, string alias, SsoProviders providers, IEnumerable<IProviderProtocol> protocols, Tenancy tenancy, ProviderSignIns signIns)
    {
        var provider = await FindAsync(context, tenantId, alias, providers, tenancy);
        var form = HttpMethods.IsPost(context.Request.Method) ? await ReadFormAsync(context) : null;
        return new SeeOther(await signIns.FinishAsync(context, form, provider, Protocol(protocols, provider)));
    }

    private static async Task<SsoProvider> FindAsync(HttpContext context, string tenantId, string alias, SsoProviders providers, Tenancy tenancy)
    {
        // By the host too: what a tenant's host serves is that tenant's alone.
        if (tenancy.Of(context, tenantId).TenantId is not { } id || id.ToString(CultureInfo.InvariantCulture) != tenantId || Aliases.Read(alias) is not { } stored) throw Unknown();
        return await providers.FindAsync(id, stored, context.RequestAborted) ?? throw Unknown();
    }

    private static SsoRefusal Unknown() => new(SsoRefusalCodes.SignInFailed, "There is no such identity provider.");

    private static IProviderProtocol Protocol(IEnumerable<IProviderProtocol> protocols, SsoProvider provider)
        => protocols.FirstOrDefault(x => x.Type == provider.Type) ?? throw new InvalidOperationException($"There is no protocol for {provider.Type}.");

    private static async Task<IFormCollection> ReadFormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType) throw new SsoRefusal(SsoRefusalCodes.SignInFailed, "The answer is no form.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxFormBytes;
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception odd) when (odd is InvalidDataException or BadHttpRequestException)
        {
            throw new SsoRefusal(SsoRefusalCodes.SignInFailed, "The form could not be read: " + odd.Message);
        }
    }
}
