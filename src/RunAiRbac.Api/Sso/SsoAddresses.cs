using System.Globalization;
using RunAiRbac.Api.SignIn;

namespace RunAiRbac.Api.Sso;

/// <summary>This service's own addresses as a provider knows them: of the configured issuer, never of a request's Host.</summary>
internal static class SsoAddresses
{
    public static string CallbackOf(this TokenIdentity identity, SsoProvider provider)
        => string.Create(CultureInfo.InvariantCulture, $"{identity.Issuer}/auth/{provider.TenantId}/{provider.Alias}/callback");
}
