using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Client.Credentials;

/// <summary>Takes tokens for one application or user at <c>POST /api/v2/token</c> (RFC 6749).</summary>
internal sealed class SignIn(Transport anonymous, string grant, string name, string secret, string? tenantId)
{
    /// <summary>A token by the refresh token if there is one and it is good, else by the secret.</summary>
    public async Task<IssuedToken> TakeAsync(string? refreshToken, TimeProvider clock)
    {
        var askedAt = clock.GetTimestamp();
        var answer = (refreshToken is null ? null : await RefreshAsync(refreshToken).ConfigureAwait(false))
            ?? await anonymous.SignInAsync<OAuthTokenResponse>(Request(), mayRepeat: true, CancellationToken.None).ConfigureAwait(false);
        if (!RunAiRbacCredentials.IsToken(answer.AccessToken) || answer.ExpiresIn < 1)
            throw new RunAiRbacException(RunAiRbacErrorCodes.MalformedAnswer, "The token endpoint's answer holds no token.");
        return new IssuedToken(answer.AccessToken, answer.RefreshToken, TimeSpan.FromSeconds(answer.ExpiresIn), askedAt);
    }

    private async Task<OAuthTokenResponse?> RefreshAsync(string refreshToken)
    {
        var call = new Call(TokensClient.GrantForm).Form(("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("tenant_id", tenantId));
        try
        {
            // Never twice: a refresh token is good once, and the second use ends the session.
            return await anonymous.SignInAsync<OAuthTokenResponse>(call, mayRepeat: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RunAiRbacException)
        {
            // Not good any more, or perhaps used up by an answer that never came: the secret decides.
            return null;
        }
    }

    private Call Request() => grant == "password"
        ? new Call(TokensClient.GrantForm).Form(("grant_type", grant), ("username", name), ("password", secret), ("tenant_id", tenantId))
        : new Call(TokensClient.GrantForm).Form(("grant_type", grant), ("client_id", name), ("client_secret", secret), ("tenant_id", tenantId));
}
