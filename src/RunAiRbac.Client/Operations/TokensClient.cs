using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Takes and ends tokens. A client with <see cref="RunAiRbacCredentials"/> does so by itself; this is for everything else.</summary>
public sealed class TokensClient
{
    internal static readonly Operation GrantForm = Operation.Post("/api/v2/token").Open();
    private static readonly Operation Grant = Operation.Post("/api/v1/token").Open();
    private static readonly Operation GrantAppToken = Operation.Post("/v1/k8s/auth/oauth/apptoken").Open();
    private static readonly Operation Revoke = Operation.Post("/oauth2/revoke").Open();
    private readonly Transport _transport;

    internal TokensClient(Transport transport) => _transport = transport;

    /// <summary>Takes tokens at <c>POST /api/v1/token</c>. 401 when the credentials are wrong, 429 when they were wrong too often.</summary>
    /// <param name="request">The grant and its members.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<TokenResponse> GrantAsync(TokenRequest request, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<TokenResponse>(new Call(Grant).Json(request), cancellationToken);

    /// <summary>Takes tokens at <c>POST /api/v2/token</c> (RFC 6749); errors have its codes, such as <c>invalid_client</c>.</summary>
    /// <param name="request">The grant and its fields.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<OAuthTokenResponse> GrantFormAsync(OAuthTokenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.ReadAsync<OAuthTokenResponse>(new Call(GrantForm).Form(
            ("grant_type", request.GrantType), ("client_id", request.ClientId), ("client_secret", request.ClientSecret), ("username", request.Username),
            ("password", request.Password), ("refresh_token", request.RefreshToken), ("tenant_id", request.TenantId)), cancellationToken);
    }

    /// <summary>Takes an application's token the oldest way; deprecated in the API, use <see cref="GrantFormAsync"/>.</summary>
    /// <param name="request">The application.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AppTokenResponse> GrantAppTokenAsync(AppTokenRequest request, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<AppTokenResponse>(new Call(GrantAppToken).Json(request), cancellationToken);

    /// <summary>Ends a token's session (RFC 7009); also good when the token is not.</summary>
    /// <param name="request">The access or refresh token.</param>
    /// <param name="cancellationToken">Gives up; whether it was ended is then not known.</param>
    public Task<Written> RevokeAsync(RevocationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _transport.WriteAsync(new Call(Revoke).Form(("token", request.Token), ("token_type_hint", request.TokenTypeHint)), cancellationToken);
    }
}
