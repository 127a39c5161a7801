using System.Globalization;
using RunAiRbac.Api.SignIn;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>What this service is called and where it is to be reached, as a provider knows it: by the configured issuer, never by a request's Host.</summary>
internal sealed class SamlAddresses(TokenIdentity identity)
{
    public string EntityId(SsoProvider provider) => provider.Settings.Saml?.EntityId ?? Of(provider, "metadata");

    public string Callback(SsoProvider provider) => identity.CallbackOf(provider);

    /// <summary>Where answers to sign-out requests go.</summary>
    public string SignedOut(SsoProvider provider) => Of(provider, "signed-out");

    private string Of(SsoProvider provider, string what) => string.Create(CultureInfo.InvariantCulture, $"{identity.Issuer}/auth/{provider.TenantId}/{provider.Alias}/{what}");
}
