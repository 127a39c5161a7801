using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.SignIn;

namespace RunAiRbac.Api.Sso.OpenId;

/// <summary>Tests OpenID providers by the rules of sign-in: discovery, keys, endpoints, and whether the token endpoint knows the client.</summary>
internal sealed class OidcTester(TrialHttp http, TokenIdentity identity) : IProviderTester
{
    private const string WellKnown = "/.well-known/openid-configuration";

    public string Type => ProviderTypes.Oidc;

    public async Task TestAsync(ProviderTrial trial, CancellationToken cancellationToken)
    {
        var address = trial.Provider.Settings.Oidc!.DiscoverDocumentUrl;
        if (await FindConfigurationAsync(trial, address, cancellationToken) is not { } configuration)
        {
            trial.Failed("discovery_document", $"No discovery document could be read there. Its address ends in {WellKnown}, is https, and not in a private network unless Sso:AllowedPrivateNetworks names that; the service's log says what was wrong.");
            return;
        }

        trial.Passed("discovery_document", "The discovery document was read.");
        if (OidcMetadata.IsAtItsIssuer(configuration, address)) trial.Passed("issuer", "The document names the issuer at whose address it is.");
        else trial.Failed("issuer", $"The document is of another issuer than its own address says: it must be at the issuer's address followed by {WellKnown}.");
        CheckEndpoints(trial, configuration);
        await CheckKeysAsync(trial, configuration, cancellationToken);
        CheckScopes(trial, configuration);
        await CheckClientAsync(trial, configuration, cancellationToken);
        trial.NotChecked("sign_in", "Whether people get in, and with which address and groups, only a sign-in shows. The provider must know the redirect address exactly.");
    }

    /// <summary>Whatever is no document of a provider is none at all, so that nobody learns of other things that answer there.</summary>
    private async Task<OpenIdConnectConfiguration?> FindConfigurationAsync(ProviderTrial trial, string address, CancellationToken cancellationToken)
    {
        if (await http.FindAsync(trial, address, cancellationToken) is not { } document) return null;
        try
        {
            var configuration = OpenIdConnectConfiguration.Create(Encoding.UTF8.GetString(document));
            if (!string.IsNullOrEmpty(configuration.Issuer) && !string.IsNullOrEmpty(configuration.AuthorizationEndpoint)) return configuration;
            http.Note(trial, "The document names no issuer or no authorization_endpoint.");
        }
        catch (Exception malformed) when (malformed is not OperationCanceledException)
        {
            // Whatever a document that is none makes of its reader.
            http.Note(trial, $"The document is no discovery document: {malformed.GetType().Name}.");
        }

        return null;
    }

    private void CheckEndpoints(ProviderTrial trial, OpenIdConnectConfiguration configuration)
    {
        var endpoints = OidcMetadata.Endpoints(configuration);
        var missing = endpoints.Where(x => (x.Name is "token_endpoint" or "jwks_uri") && string.IsNullOrEmpty(x.Address)).Select(x => x.Name).ToList();
        var unusable = http.Unusable(trial, endpoints);
        if (missing.Count > 0) trial.Failed("endpoints", $"The document does not name {string.Join(", ", missing)}.");
        else if (unusable.Count > 0) trial.Failed("endpoints", $"These are no https addresses: {string.Join(", ", unusable)}.");
        else trial.Passed("endpoints", "All endpoints are https addresses.");
    }

    private async Task CheckKeysAsync(ProviderTrial trial, OpenIdConnectConfiguration configuration, CancellationToken cancellationToken)
    {
        if (IdTokens.Algorithms(configuration).Count == 0) trial.Failed("signing_keys", "The provider signs ID tokens by no algorithm with a public key (RS, PS or ES 256 to 512).");
        else if (await CountKeysAsync(trial, configuration, cancellationToken) is var count and > 0) trial.Passed("signing_keys", $"Keys that can verify ID tokens: {count}.");
        else trial.Failed("signing_keys", "No key that could verify ID tokens could be read from jwks_uri; the service's log says what was wrong.");
    }

    private async Task<int> CountKeysAsync(ProviderTrial trial, OpenIdConnectConfiguration configuration, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(configuration.JwksUri) || await http.FindAsync(trial, configuration.JwksUri, cancellationToken) is not { } document) return 0;
        try
        {
            return new JsonWebKeySet(Encoding.UTF8.GetString(document)).GetSigningKeys().Count(key => key is not SymmetricSecurityKey);
        }
        catch (Exception malformed) when (malformed is not OperationCanceledException)
        {
            http.Note(trial, $"jwks_uri is no key set: {malformed.GetType().Name}.");
            return 0;
        }
    }

    /// <summary>Providers need not name all of theirs, so this is no more than a hint.</summary>
    private static void CheckScopes(ProviderTrial trial, OpenIdConnectConfiguration configuration)
    {
        var named = configuration.ScopesSupported;
        var unknown = OidcProtocol.Scopes(trial.Provider).Where(scope => !named.Contains(scope)).ToList();
        if (named.Count == 0) trial.NotChecked("scopes", "The provider does not say which scopes it has.");
        else if (unknown.Count > 0) trial.Warn("scopes", $"The provider does not name these among its scopes: {string.Join(", ", unknown)}.");
        else trial.Passed("scopes", "The provider has every scope that is asked for.");
    }

    /// <summary>
    /// The secret goes where a sign-in would send it, with a code that nobody gave out. A token endpoint must judge the client before the code (RFC 6749,
    /// section 4.1.3) and tells which of them it refuses (section 5.2); every other answer says nothing.
    /// </summary>
    private async Task CheckClientAsync(ProviderTrial trial, OpenIdConnectConfiguration configuration, CancellationToken cancellationToken)
    {
        if (trial.InsteadOfClient is { } other) trial.Add(other);
        else if (trial.HasFailed) trial.NotChecked("client", "The client's secret is not sent to a provider of which something else is wrong.");
        else if (trial.Provider.Secret is null) trial.NotChecked("client", "There is no client secret.");
        else await AskTokenEndpointAsync(trial, configuration, cancellationToken);
    }

    private async Task AskTokenEndpointAsync(ProviderTrial trial, OpenIdConnectConfiguration configuration, CancellationToken cancellationToken)
    {
        var client = new CodeClient(trial.Provider.Settings.Oidc!.ClientId, trial.Provider.Secret, identity.CallbackOf(trial.Provider));
        var made = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
        using var request = CodeFlow.TokenRequest(OidcProtocol.Server(configuration), client, made, made);
        var answer = await http.FindAsync(trial, request, cancellationToken);
        var error = answer?.Status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized ? ProviderJson.FindObject(answer.Body)?.Text("error") : null;
        switch (error)
        {
            case "invalid_grant":
                trial.Passed("client", "The token endpoint takes the client id and secret: of a request with a made-up code it refused only the code.");
                break;
            case "invalid_client":
                trial.Failed("client", "The token endpoint refuses the client id or the client secret.");
                break;
            case "unauthorized_client":
                trial.Failed("client", "The token endpoint does not let this client use authorization codes.");
                break;
            default:
                if (answer is not null) http.Note(trial, $"The token endpoint answered {(int)answer.Status}.");
                trial.NotChecked("client", "The token endpoint did not tell whether it knows the client id and secret; a sign-in will.");
                break;
        }
    }
}
