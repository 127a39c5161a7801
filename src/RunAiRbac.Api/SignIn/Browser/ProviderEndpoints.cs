using System.Globalization;
using System.Text.Encodings.Web;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Api.Sso;

namespace RunAiRbac.Api.SignIn.Browser;

/// <summary>To a provider, and back from it.</summary>
internal static class ProviderEndpoints
{
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
        HttpContext context, string tenantId, string alias, ProviderRequests requests, IEnumerable<IProviderProtocol> protocols, SignInAttempts attempts)
    {
        var provider = await requests.FindProviderAsync(context, tenantId, alias) ?? throw Unknown();
        var protocol = Protocol(protocols, provider);
        var attempt = await attempts.BeginAsync(context, provider, LocalPath.Read(context.Request.Query["returnUrl"]));
        return await protocol.BeginAsync(context, provider, attempt);
    }

    private static async Task<IResult> FinishAsync(
        HttpContext context, string tenantId, string alias, ProviderRequests requests, IEnumerable<IProviderProtocol> protocols, ProviderSignIns signIns)
    {
        var provider = await requests.FindProviderAsync(context, tenantId, alias) ?? throw Unknown();
        var form = await ProviderRequests.FindFormAsync(context);
        return new SeeOther(await signIns.FinishAsync(context, form, provider, Protocol(protocols, provider)));
    }

    private static SsoRefusal Unknown() => new(SsoRefusalCodes.SignInFailed, "There is no such identity provider.");

    private static IProviderProtocol Protocol(IEnumerable<IProviderProtocol> protocols, SsoProvider provider)
        => protocols.FirstOrDefault(x => x.Type == provider.Type) ?? throw new InvalidOperationException($"There is no protocol for {provider.Type}.");
}
