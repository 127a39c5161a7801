using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A request for tokens. Which members count depends on the grant; member names are read in any case.</summary>
public sealed record TokenRequest
{
    /// <summary><c>app_token</c>, <c>client_credentials</c>, <c>password</c> or <c>refresh_token</c>.</summary>
    public string? GrantType { get; init; }

    /// <summary><c>app_token</c>: the application's client id or id.</summary>
    [JsonPropertyName("appID")]
    public string? AppId { get; init; }

    /// <summary><c>app_token</c>: the application's secret.</summary>
    public string? AppSecret { get; init; }

    /// <summary><c>client_credentials</c>: the application's client id or id. <c>password</c>: the name of the calling program, optional.</summary>
    [JsonPropertyName("clientID")]
    public string? ClientId { get; init; }

    /// <summary><c>client_credentials</c>: the application's secret.</summary>
    public string? ClientSecret { get; init; }

    /// <summary><c>password</c>: the user's e-mail address.</summary>
    public string? Username { get; init; }

    /// <summary><c>password</c>: the user's password.</summary>
    public string? Password { get; init; }

    /// <summary><c>refresh_token</c>: the refresh token; it is good once.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>Of the grant <c>exchange_token</c>, which is not served.</summary>
    public string? Code { get; init; }

    /// <summary>Of the grant <c>exchange_token</c>, which is not served.</summary>
    public string? RedirectUri { get; init; }

    /// <summary>Of the grant <c>external_token_exchange</c>, which is not served.</summary>
    public string? ExternalToken { get; init; }

    /// <summary>The tenant's id, when it is not the one of the host name or the first one.</summary>
    public string? TenantId { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(TokenRequest)} {{ GrantType = {GrantType}, ClientId = {ClientId}, Username = {Username} }}";
}

/// <summary>Tokens.</summary>
public sealed record TokenResponse
{
    /// <summary>The access token: a JWT, to be sent as <c>Authorization: Bearer …</c>.</summary>
    public required string AccessToken { get; init; }

    /// <summary>The refresh token, good once; applications get none.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>Absent: the access token says who its subject is.</summary>
    public string? IdToken { get; init; }

    /// <summary>Seconds until the access token expires.</summary>
    public required int ExpiresIn { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(TokenResponse)} {{ ExpiresIn = {ExpiresIn} }}";
}

/// <summary>A request for tokens as a form (RFC 6749).</summary>
public sealed record OAuthTokenRequest
{
    /// <summary><c>authorization_code</c>, <c>client_credentials</c>, <c>password</c> or <c>refresh_token</c>.</summary>
    [JsonPropertyName("grant_type")]
    public required string GrantType { get; init; }

    /// <summary>The application's client id or id (also by HTTP Basic).</summary>
    [JsonPropertyName("client_id")]
    public string? ClientId { get; init; }

    /// <summary>The application's secret (also by HTTP Basic).</summary>
    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    /// <summary>The user's e-mail address.</summary>
    [JsonPropertyName("username")]
    public string? Username { get; init; }

    /// <summary>The user's password.</summary>
    [JsonPropertyName("password")]
    public string? Password { get; init; }

    /// <summary>The refresh token; it is good once.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary><c>authorization_code</c>: the code; it is good once.</summary>
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    /// <summary><c>authorization_code</c>: the redirect address exactly as it was when the code was asked for.</summary>
    [JsonPropertyName("redirect_uri")]
    public string? RedirectUri { get; init; }

    /// <summary><c>authorization_code</c>: the secret whose SHA-256 was the challenge (RFC 7636).</summary>
    [JsonPropertyName("code_verifier")]
    public string? CodeVerifier { get; init; }

    /// <summary>The tenant's id, when it is not the one of the host name or the first one.</summary>
    [JsonPropertyName("tenant_id")]
    public string? TenantId { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(OAuthTokenRequest)} {{ GrantType = {GrantType}, ClientId = {ClientId}, Username = {Username} }}";
}

/// <summary>Tokens (RFC 6749, section 5.1).</summary>
public sealed record OAuthTokenResponse
{
    /// <summary>The access token.</summary>
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    /// <summary>Always <c>Bearer</c>.</summary>
    [JsonPropertyName("token_type")]
    public required string TokenType { get; init; }

    /// <summary>Seconds until the access token expires.</summary>
    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }

    /// <summary>The refresh token, good once; applications get none.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>Absent: the access token says who its subject is.</summary>
    [JsonPropertyName("id_token")]
    public string? IdToken { get; init; }

    /// <summary>Absent: what a token is good for is decided when it is used.</summary>
    [JsonPropertyName("scope")]
    public string? Scope { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(OAuthTokenResponse)} {{ ExpiresIn = {ExpiresIn} }}";
}

/// <summary>An error of the OAuth endpoints (RFC 6749, section 5.2).</summary>
public sealed record OAuthError
{
    /// <summary>The kind of error for programs.</summary>
    [JsonPropertyName("error")]
    public required string Error { get; init; }

    /// <summary>What went wrong, for people.</summary>
    [JsonPropertyName("error_description")]
    public string? ErrorDescription { get; init; }
}

/// <summary>A token to end, with its session (RFC 7009).</summary>
public sealed record RevocationRequest
{
    /// <summary>An access or refresh token.</summary>
    [JsonPropertyName("token")]
    public required string Token { get; init; }

    /// <summary><c>access_token</c> or <c>refresh_token</c>; not needed.</summary>
    [JsonPropertyName("token_type_hint")]
    public string? TokenTypeHint { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(RevocationRequest)} {{ TokenTypeHint = {TokenTypeHint} }}";
}

/// <summary>The older request for an application's token.</summary>
public sealed record AppTokenRequest
{
    /// <summary>The application's id.</summary>
    public string? Id { get; init; }

    /// <summary>The application's name (client id); counts when there is no id.</summary>
    public string? Name { get; init; }

    /// <summary>The application's secret.</summary>
    public string? Secret { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(AppTokenRequest)} {{ Id = {Id}, Name = {Name} }}";
}

/// <summary>The older answer with an application's token.</summary>
public sealed record AppTokenResponse
{
    /// <summary>The access token.</summary>
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    /// <summary>The access token once more: older clients send this one.</summary>
    [JsonPropertyName("id_token")]
    public required string IdToken { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => nameof(AppTokenResponse);
}
