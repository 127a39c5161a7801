namespace RunAiRbac.Api.Sso;

/// <summary>
/// One attempt to sign in: made before the browser is sent away, taken once when it comes back, within ten minutes, by the same browser, for the same tenant
/// and provider. A row shared by all replicas, which keeps a hash of <see cref="Handle"/> and the secrets sealed.
/// </summary>
/// <param name="Handle">256 random bits, base64url: OIDC <c>state</c>, SAML <c>RelayState</c>.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="ProviderId">The provider's row id.</param>
/// <param name="Alias">The provider's alias.</param>
/// <param name="ReturnUrl">Where the browser goes afterwards: a path of this service.</param>
/// <param name="Nonce">256 random bits, base64url: OIDC <c>nonce</c>.</param>
/// <param name="CodeVerifier">43 characters: PKCE.</param>
/// <param name="RequestId"><c>_</c> and 32 hexadecimal digits: the ID of a SAML AuthnRequest.</param>
/// <param name="ExpiresAt">It cannot be taken from then on.</param>
internal sealed record SignInAttempt(
    string Handle, int TenantId, string ProviderId, string Alias, string ReturnUrl, string Nonce, string CodeVerifier, string RequestId, DateTimeOffset ExpiresAt)
{
    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"attempt at {Alias} of tenant {TenantId}";
}
