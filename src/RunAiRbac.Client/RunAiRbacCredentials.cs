using RunAiRbac.Client.Credentials;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client;

/// <summary>
/// Who a client calls as. Tokens are taken when they are first needed, once for all calls that wait for one, renewed shortly before they expire, and
/// taken anew once when the service refuses one (401).
/// </summary>
public abstract class RunAiRbacCredentials
{
    private protected RunAiRbacCredentials()
    {
    }

    /// <summary>Nobody: no token is sent.</summary>
    public static RunAiRbacCredentials None { get; } = new NoCredentials();

    /// <summary>An application, or a user through an access key (RFC 6749, section 4.4).</summary>
    /// <param name="clientId">The client id.</param>
    /// <param name="clientSecret">The secret.</param>
    /// <param name="tenantId">The tenant; null: the one of the service's host name, else its first one.</param>
    public static RunAiRbacCredentials ClientCredentials(string clientId, string clientSecret, string? tenantId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(clientId);
        ArgumentException.ThrowIfNullOrEmpty(clientSecret);
        return new SecretCredentials("client_credentials", clientId, clientSecret, tenantId);
    }

    /// <summary>A local user (RFC 6749, section 4.3). The token is renewed with its refresh token, and with the password when that is not good any more.</summary>
    /// <param name="username">The e-mail address.</param>
    /// <param name="password">The password.</param>
    /// <param name="tenantId">The tenant; null: the one of the service's host name, else its first one.</param>
    public static RunAiRbacCredentials Password(string username, string password, string? tenantId = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(username);
        ArgumentException.ThrowIfNullOrEmpty(password);
        return new SecretCredentials("password", username, password, tenantId);
    }

    /// <summary>An access token that the caller has; it is not renewed.</summary>
    /// <param name="accessToken">The token: the characters that RFC 6750, section 2.1, allows, else an <see cref="ArgumentException"/>.</param>
    public static RunAiRbacCredentials Bearer(string accessToken)
    {
        if (!IsToken(accessToken)) throw new ArgumentException("This cannot be an access token.", nameof(accessToken));
        return new BearerCredentials(accessToken);
    }

    /// <summary>Access tokens from elsewhere.</summary>
    /// <param name="provider">Gives a token; asked for every call, and once more when the service refused the token. It caches for itself.</param>
    public static RunAiRbacCredentials FromProvider(Func<CancellationToken, ValueTask<string>> provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new ProvidedCredentials(provider);
    }

    /// <summary>Whether a text has the form of a bearer token (RFC 6750, section 2.1).</summary>
    /// <param name="text">The text after <c>Bearer </c>.</param>
    public static bool IsToken(string? text)
    {
        var token = text.AsSpan().TrimEnd('=');
        return token.Length > 0 && token.IndexOfAnyExcept(TokenCharacters) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> TokenCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");

    /// <summary>Where the tokens come from.</summary>
    /// <param name="anonymous">For calls of the token endpoint.</param>
    /// <param name="options">The client's options.</param>
    internal abstract ITokenSource Source(Transport anonymous, RunAiRbacClientOptions options);
}
