using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.SignIn;

namespace RunAiRbac.Api.Sso.OpenId;

/// <summary>OpenID Connect Core 1.0, code flow.</summary>
internal sealed partial class OidcProtocol(OidcMetadata metadata, IdTokens idTokens, CodeFlow flow, TokenIdentity identity, ILogger<OidcProtocol> logger) : IProviderProtocol
{
    /// <summary>Asked for when an administrator names no scopes: without an e-mail address nobody can sign in.</summary>
    private static readonly string[] DefaultScopes = ["profile", "email"];

    /// <summary>Sign-out sends the ID token in an address: without it the provider asks the person once more.</summary>
    private const int MaxHint = 4096;

    public string Type => ProviderTypes.Oidc;

    public async Task<IResult> BeginAsync(HttpContext context, SsoProvider provider, SignInAttempt attempt)
    {
        var server = Server(await metadata.GetAsync(provider, context.RequestAborted));
        return TypedResults.Redirect(CodeFlow.AuthorizationAddress(server, Client(provider), attempt, Scope(provider), attempt.Nonce));
    }

    public string? FindHandle(HttpContext context, IFormCollection? form)
        => context.Request.Query.TryGetValue("state", out var state) && state.Count == 1 ? state[0] : null;

    public async Task<ProviderSignIn> FinishAsync(HttpContext context, IFormCollection? form, SsoProvider provider, SignInAttempt attempt)
    {
        var cancellationToken = context.RequestAborted;
        var configuration = await metadata.GetAsync(provider, cancellationToken);
        var (server, client) = (Server(configuration), Client(provider));
        var code = CodeFlow.DemandCode(context.Request.Query, server, attempt);
        var answer = await flow.ExchangeAsync(server, client, code, attempt.CodeVerifier, cancellationToken);
        var (idToken, accessToken) = (answer.Text("id_token"), answer.Text("access_token"));
        if (idToken is null) throw CodeFlow.Failed("The token endpoint gave no ID token.");
        var said = await idTokens.DemandAsync(idToken, new ExpectedIdToken(provider, configuration, client.Id, attempt.Nonce, accessToken), cancellationToken);
        var subject = said.Text("sub")!;
        var claims = new ProviderClaims(said);
        if (configuration.UserInfoEndpoint is { Length: > 0 } userInfo && accessToken is not null && IsIncomplete(provider, claims))
            claims = new ProviderClaims(said, await UserInfoAsync(userInfo, accessToken, subject, cancellationToken));
        DemandClaim(provider, claims);
        var mapped = ClaimMapping.Map(provider, subject, claims) with { SignOutHint = idToken.Length <= MaxHint ? idToken : null };
        if (!HasOverage(said, provider)) return mapped;
        Log.Overage(logger, provider.Alias, provider.TenantId);
        return mapped with { Groups = null };
    }

    public async Task<string?> SignOutAddressAsync(SsoProvider provider, string? signOutHint, string returnTo, CancellationToken cancellationToken)
    {
        if (await FindSignOutAsync(provider, cancellationToken) is not { Length: > 0 } endpoint) return null;
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = provider.Settings.Oidc!.ClientId,
            ["post_logout_redirect_uri"] = returnTo,
            ["state"] = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16)),
        };
        if (signOutHint is not null) query["id_token_hint"] = signOutHint;
        return QueryHelpers.AddQueryString(endpoint, query);
    }

    /// <summary>Nobody stays signed in here because a provider is down.</summary>
    private async Task<string?> FindSignOutAsync(SsoProvider provider, CancellationToken cancellationToken)
    {
        try
        {
            return (await metadata.GetAsync(provider, cancellationToken)).EndSessionEndpoint;
        }
        catch (SsoRefusal unavailable)
        {
            Log.NoSignOut(logger, provider.Alias, provider.TenantId, unavailable.Message);
            return null;
        }
    }

    /// <summary>What is asked for, each once.</summary>
    public static IEnumerable<string> Scopes(SsoProvider provider)
    {
        var scopes = provider.Settings.Oidc!.Scopes.SelectMany(scope => scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        return ((IEnumerable<string>)["openid", .. scopes.Count > 0 ? scopes : [.. DefaultScopes]]).Distinct(StringComparer.Ordinal);
    }

    private CodeClient Client(SsoProvider provider) => new(provider.Settings.Oidc!.ClientId, provider.Secret, identity.CallbackOf(provider));

    public static AuthorizationServer Server(OpenIdConnectConfiguration configuration)
    {
        var methods = configuration.TokenEndpointAuthMethodsSupported;
        var inBody = methods.Count > 0 && !methods.Contains("client_secret_basic") && methods.Contains("client_secret_post");
        return new(configuration.Issuer, configuration.AuthorizationEndpoint, configuration.TokenEndpoint, configuration.AuthorizationResponseIssParameterSupported, inBody);
    }

    private static string Scope(SsoProvider provider) => string.Join(' ', Scopes(provider));

    private static bool IsIncomplete(SsoProvider provider, ProviderClaims claims)
        => ClaimMapping.Mapped(provider.Settings.Mappers).Append(provider.Settings.Oidc!.MandatoryClaim?.Claim).Any(name => !string.IsNullOrEmpty(name) && claims.Find(name) is null);

    /// <summary>Of the same person, or it is somebody else's (Core, section 5.3.2).</summary>
    private async Task<JsonElement> UserInfoAsync(string endpoint, string accessToken, string subject, CancellationToken cancellationToken)
    {
        var said = await flow.GetAsync(endpoint, accessToken, "the userinfo endpoint", cancellationToken);
        return said.Text("sub") == subject ? said : throw CodeFlow.Failed("The userinfo endpoint speaks of another subject.");
    }

    private static void DemandClaim(SsoProvider provider, ProviderClaims claims)
    {
        if (provider.Settings.Oidc!.MandatoryClaim is not { Claim: { } name, Values: { } wanted }) return;
        if (claims.FindTexts(name)?.Any(value => wanted.Contains(value, StringComparer.Ordinal)) == true) return;
        throw new SsoRefusal(SsoRefusalCodes.NotPermitted, $"The mandatory claim {name} is absent or has none of the values.");
    }

    /// <summary>Entra ID leaves out the groups of people who are in too many, and says where they could be asked for: that is no list of groups.</summary>
    private static bool HasOverage(JsonElement said, SsoProvider provider)
    {
        if (provider.Settings.Mappers.Groups is not { Length: > 0 } groups) return false;
        var elsewhere = said.TryGetProperty("_claim_names", out var names) && names.ValueKind == JsonValueKind.Object && names.TryGetProperty(groups, out _);
        return elsewhere || new ProviderClaims(said).Says("hasgroups", true);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1700, Level = LogLevel.Warning, Message = "The provider {Provider} of tenant {TenantId} left out a person's groups because they are too many; those known are kept.")]
        public static partial void Overage(ILogger logger, string provider, int tenantId);

        [LoggerMessage(EventId = 1701, Level = LogLevel.Warning, Message = "A sign-out goes on without the provider {Provider} of tenant {TenantId}: {Why}")]
        public static partial void NoSignOut(ILogger logger, string provider, int tenantId, string why);
    }
}
