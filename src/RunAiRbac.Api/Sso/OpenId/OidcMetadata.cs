using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace RunAiRbac.Api.Sso.OpenId;

/// <summary>Discovery documents and key sets of providers (OpenID Connect Discovery 1.0), fetched by <see cref="OutgoingHttp"/>.</summary>
internal sealed class OidcMetadata(OutgoingHttp http, OutgoingAddresses addresses, TimeProvider clock)
{
    private const string WellKnown = "/.well-known/openid-configuration";

    private readonly ProviderCache<OpenIdConnectConfiguration> _cache = new(clock);
    private readonly Retriever _retriever = new(http);

    public Task<OpenIdConnectConfiguration> GetAsync(SsoProvider provider, CancellationToken cancellationToken)
        => _cache.GetAsync(Key(provider), stop => FetchAsync(Address(provider), stop), cancellationToken);

    /// <summary>After a key that this one does not know.</summary>
    public Task<OpenIdConnectConfiguration> RefreshAsync(SsoProvider provider, OpenIdConnectConfiguration outdated, CancellationToken cancellationToken)
        => _cache.RefreshAsync(Key(provider), outdated, stop => FetchAsync(Address(provider), stop), cancellationToken);

    /// <summary>Whether the document's issuer has the document's address.</summary>
    public static bool IsAtItsIssuer(OpenIdConnectConfiguration configuration, string address)
        => Uri.TryCreate(configuration.Issuer.TrimEnd('/') + WellKnown, UriKind.Absolute, out var own) && own == new UriBuilder(address) { Query = string.Empty }.Uri;

    /// <summary>The addresses that the document names; any may be absent.</summary>
    public static (string Name, string? Address)[] Endpoints(OpenIdConnectConfiguration configuration) =>
    [
        ("authorization_endpoint", configuration.AuthorizationEndpoint), ("token_endpoint", configuration.TokenEndpoint), ("jwks_uri", configuration.JwksUri),
        ("userinfo_endpoint", configuration.UserInfoEndpoint), ("end_session_endpoint", configuration.EndSessionEndpoint),
    ];

    private static string Address(SsoProvider provider) => provider.Settings.Oidc!.DiscoverDocumentUrl;

    private static string Key(SsoProvider provider) => provider.Id + " " + Address(provider);

    private async Task<OpenIdConnectConfiguration> FetchAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(address, _retriever, cancellationToken);
            Demand(configuration, address);
            return configuration;
        }
        catch (Exception failed) when (failed is not (SsoRefusal or OperationCanceledException))
        {
            // Whatever a document that is none makes of its reader.
            throw CodeFlow.Unavailable($"The discovery document cannot be read: {failed.Message}");
        }
    }

    private void Demand(OpenIdConnectConfiguration configuration, string address)
    {
        if (string.IsNullOrEmpty(configuration.Issuer) || string.IsNullOrEmpty(configuration.AuthorizationEndpoint) || string.IsNullOrEmpty(configuration.TokenEndpoint) || configuration.SigningKeys.Count == 0)
            throw CodeFlow.Unavailable("The discovery document lacks issuer, authorization_endpoint, token_endpoint or keys.");
        // Section 4.3: whoever is described must be whoever was asked.
        if (!IsAtItsIssuer(configuration, address))
            throw CodeFlow.Unavailable($"The discovery document is of the issuer {configuration.Issuer}, whose address it does not have.");
        foreach (var (_, endpoint) in Endpoints(configuration))
            if (!string.IsNullOrEmpty(endpoint)) addresses.Demand(new Uri(endpoint, UriKind.Absolute));
    }

    private sealed class Retriever(OutgoingHttp http) : IDocumentRetriever
    {
        public Task<string> GetDocumentAsync(string address, CancellationToken cancel) => http.GetTextAsync(new Uri(address, UriKind.Absolute), cancel);
    }
}
