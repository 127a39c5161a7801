using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.SignIn;

namespace RunAiRbac.Api.Sso.OpenShift;

/// <summary>OAuth at an OpenShift 4 API server (its documentation, "Authentication and authorization"): it is no OpenID provider, so the person is read from its user API.</summary>
internal sealed partial class OpenShiftProtocol(
    OutgoingHttp http, OutgoingAddresses addresses, CodeFlow flow, TokenIdentity identity, TimeProvider clock, ILogger<OpenShiftProtocol> logger) : IProviderProtocol
{
    /// <summary>The least that lets a token read whose it is.</summary>
    private const string DefaultScope = "user:info";

    /// <summary>Only such a token may delete itself; one of <c>user:info</c> opens nothing but its owner's name and groups.</summary>
    private const string FullScope = "user:full";

    public const string MetadataPath = "/.well-known/oauth-authorization-server";

    private const string TokenPrefix = "sha256~";

    private readonly ProviderCache<AuthorizationServer> _servers = new(clock);

    public string Type => ProviderTypes.OpenShift;

    public static string MetadataAddress(SsoProvider provider) => Api(provider, MetadataPath);

    public async Task<IResult> BeginAsync(HttpContext context, SsoProvider provider, SignInAttempt attempt)
    {
        var server = await ServerAsync(provider, context.RequestAborted);
        return TypedResults.Redirect(CodeFlow.AuthorizationAddress(server, Client(provider), attempt, Scope(provider), nonce: null));
    }

    public string? FindHandle(HttpContext context, IFormCollection? form)
        => context.Request.Query.TryGetValue("state", out var state) && state.Count == 1 ? state[0] : null;

    public async Task<ProviderSignIn> FinishAsync(HttpContext context, IFormCollection? form, SsoProvider provider, SignInAttempt attempt)
    {
        var cancellationToken = context.RequestAborted;
        var server = await ServerAsync(provider, cancellationToken);
        var code = CodeFlow.DemandCode(context.Request.Query, server, attempt);
        var answer = await flow.ExchangeAsync(server, Client(provider), code, attempt.CodeVerifier, cancellationToken);
        var token = answer.Text("access_token") ?? throw CodeFlow.Failed("The token endpoint gave no access token.");
        var user = await flow.GetAsync(Api(provider, "/apis/user.openshift.io/v1/users/~"), token, "the user API", cancellationToken);
        await DeleteAsync(provider, token, cancellationToken);
        return Map(provider, user);
    }

    /// <summary>OpenShift has no sign-out that a client could send a browser to.</summary>
    public Task<string?> SignOutAddressAsync(SsoProvider provider, string? signOutHint, string returnTo, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private static ProviderSignIn Map(SsoProvider provider, JsonElement user)
    {
        var metadata = user.Text("kind") == "User" && user.TryGetProperty("metadata", out var found) && found.ValueKind == JsonValueKind.Object ? found : throw CodeFlow.Failed("The user API gave no user.");
        // The bootstrap user kubeadmin has no uid on older servers, and is nobody in particular.
        var subject = metadata.Text("uid") ?? throw CodeFlow.Failed("The user has no metadata.uid.");
        if (subject.Length > 255) throw CodeFlow.Failed("The user's metadata.uid is too long.");
        var said = ClaimMapping.Map(provider, subject, new ProviderClaims(user));
        // The list is always complete here; null is how its server may write an empty one.
        var isNull = provider.Settings.Mappers.Groups == "groups" && user.TryGetProperty("groups", out var groups) && groups.ValueKind == JsonValueKind.Null;
        return said with { FirstName = said.FirstName ?? user.Text("fullName"), Groups = isNull ? [] : said.Groups };
    }

    private Task<AuthorizationServer> ServerAsync(SsoProvider provider, CancellationToken cancellationToken)
    {
        var address = MetadataAddress(provider);
        return _servers.GetAsync(provider.Id + " " + address, stop => FetchAsync(address, stop), cancellationToken);
    }

    private async Task<AuthorizationServer> FetchAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            var metadata = ProviderJson.FindObject(await http.GetAsync(new Uri(address), cancellationToken)) ?? throw CodeFlow.Unavailable("The API server's OAuth metadata is not a JSON object.");
            var server = new AuthorizationServer(
                Address(metadata, "issuer"), Address(metadata, "authorization_endpoint"), Address(metadata, "token_endpoint"),
                metadata.TryGetProperty("authorization_response_iss_parameter_supported", out var names) && names.ValueKind == JsonValueKind.True,
                // Client ids such as system:serviceaccount:… hold colons, which its server does not decode in a header.
                SecretInBody: true);
            return server;
        }
        catch (OutgoingHttpException failed)
        {
            throw CodeFlow.Unavailable($"The API server's OAuth metadata: {failed.Message}");
        }
    }

    private string Address(JsonElement metadata, string name)
    {
        var address = metadata.Text(name) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : throw CodeFlow.Unavailable($"The API server's OAuth metadata holds no {name}.");
        addresses.Demand(address);
        return metadata.Text(name)!;
    }

    /// <summary>A token that could do all its owner can is not left lying about.</summary>
    private async Task DeleteAsync(SsoProvider provider, string token, CancellationToken cancellationToken)
    {
        if (!token.StartsWith(TokenPrefix, StringComparison.Ordinal) || !Scope(provider).Split(' ').Contains(FullScope)) return;
        var name = TokenPrefix + WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(token[TokenPrefix.Length..])));
        using var request = new HttpRequestMessage(HttpMethod.Delete, Api(provider, "/apis/oauth.openshift.io/v1/useroauthaccesstokens/" + name));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            var answer = await http.SendAsync(request, cancellationToken);
            if ((int)answer.Status >= 300) Log.NotDeleted(logger, provider.Alias, provider.TenantId, $"the API server answered {(int)answer.Status}");
        }
        catch (OutgoingHttpException failed)
        {
            Log.NotDeleted(logger, provider.Alias, provider.TenantId, failed.Message);
        }
    }

    private CodeClient Client(SsoProvider provider) => new(
        provider.Settings.OpenShift!.ClientId ?? throw CodeFlow.Failed("The provider has no client id."), provider.Secret, identity.CallbackOf(provider));

    private static string Api(SsoProvider provider, string path) => provider.Settings.OpenShift!.IdpBaseUrl.TrimEnd('/') + path;

    private static string Scope(SsoProvider provider) => provider.Settings.OpenShift!.Scopes is { Count: > 0 } scopes ? string.Join(' ', scopes) : DefaultScope;

    private static partial class Log
    {
        [LoggerMessage(EventId = 1710, Level = LogLevel.Warning, Message = "The OpenShift token of a sign-in by {Provider} of tenant {TenantId} could not be deleted: {Why}")]
        public static partial void NotDeleted(ILogger logger, string provider, int tenantId, string why);
    }
}
