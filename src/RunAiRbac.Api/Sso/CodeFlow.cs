using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace RunAiRbac.Api.Sso;

/// <summary>An authorization server, as far as the code flow needs it.</summary>
/// <param name="Issuer">Its issuer.</param>
/// <param name="AuthorizationEndpoint">Where browsers go.</param>
/// <param name="TokenEndpoint">Where codes are exchanged.</param>
/// <param name="NamesItself">Its answers carry <c>iss</c> (RFC 9207).</param>
/// <param name="SecretInBody">The secret goes into the form (client_secret_post) and not into a header (client_secret_basic).</param>
internal sealed record AuthorizationServer(string Issuer, string AuthorizationEndpoint, string TokenEndpoint, bool NamesItself, bool SecretInBody);

/// <summary>This service at an authorization server.</summary>
internal sealed record CodeClient(string Id, string? Secret, string RedirectUri)
{
    /// <summary>Without the secret, so that no log shows it.</summary>
    public override string ToString() => Id;
}

/// <summary>Authorization code flow (RFC 6749, section 4.1) with PKCE (RFC 7636, S256) and the issuer's name in the answer (RFC 9207).</summary>
internal sealed class CodeFlow(OutgoingHttp http)
{
    private const int MaxParameter = 8192;

    /// <summary>Where the browser is sent.</summary>
    public static string AuthorizationAddress(AuthorizationServer server, CodeClient client, SignInAttempt attempt, string scope, string? nonce)
    {
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = client.Id,
            ["redirect_uri"] = client.RedirectUri,
            ["scope"] = scope,
            ["state"] = attempt.Handle,
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.CodeVerifier))),
            ["code_challenge_method"] = "S256",
        };
        if (nonce is not null) query["nonce"] = nonce;
        return QueryHelpers.AddQueryString(server.AuthorizationEndpoint, query);
    }

    /// <summary>The code in a callback, after the checks of an answer.</summary>
    public static string DemandCode(IQueryCollection query, AuthorizationServer server, SignInAttempt attempt)
    {
        if (Single(query, "state") is not { } state || !SameText(state, attempt.Handle)) throw Failed("The state is not that of the attempt.");
        // First of all who answers: what a stranger says of errors does not matter.
        var issuer = Single(query, "iss");
        if (issuer is null && server.NamesItself) throw Failed("The answer does not name its issuer, as this provider's do.");
        if (issuer is not null && !SameText(issuer, server.Issuer)) throw Failed("The answer is of another issuer.");
        if (Single(query, "error") is { } error) throw Failed($"The provider answered with the error {Code(error)}.");
        return Single(query, "code") ?? throw Failed("The answer holds no code.");
    }

    /// <summary>Exchanges the code.</summary>
    public async Task<JsonElement> ExchangeAsync(AuthorizationServer server, CodeClient client, string code, string codeVerifier, CancellationToken cancellationToken)
    {
        using var request = TokenRequest(server, client, code, codeVerifier);
        return await SendAsync(request, "the token endpoint", cancellationToken);
    }

    /// <summary>The request that exchanges the code, with what shows who the client is.</summary>
    public static HttpRequestMessage TokenRequest(AuthorizationServer server, CodeClient client, string code, string codeVerifier)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = client.RedirectUri,
            ["code_verifier"] = codeVerifier,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, server.TokenEndpoint);
        if (client.Secret is null || server.SecretInBody)
        {
            form["client_id"] = client.Id;
            if (client.Secret is not null) form["client_secret"] = client.Secret;
        }
        else
        {
            // Each encoded as in a form before they are joined (RFC 6749, section 2.3.1).
            var pair = $"{WebUtility.UrlEncode(client.Id)}:{WebUtility.UrlEncode(client.Secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }

        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    /// <summary>Reads a document that the access token opens.</summary>
    public async Task<JsonElement> GetAsync(string address, string accessToken, string what, CancellationToken cancellationToken)
    {
        // It goes into a header.
        if (accessToken.AsSpan().ContainsAnyExceptInRange('!', '~')) throw Failed("The access token holds characters that no token has.");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return await SendAsync(request, what, cancellationToken);
    }

    public static SsoRefusal Failed(string detail) => new(SsoRefusalCodes.SignInFailed, detail);

    public static SsoRefusal Unavailable(string detail) => new(SsoRefusalCodes.ProviderUnavailable, detail);

    /// <summary>A parameter that stands exactly once and is not empty; null: it is not there. Twice is refused (RFC 6749, section 3.1).</summary>
    public static string? Single(IQueryCollection query, string name)
    {
        var values = query.TryGetValue(name, out var found) ? found : StringValues.Empty;
        if (values.Count > 1 || values.ToString().Length > MaxParameter) throw Failed($"The parameter {name} stands more than once or is too long.");
        return values.Count == 1 && values[0] is { Length: > 0 } value ? value : null;
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        OutgoingAnswer answer;
        try
        {
            answer = await http.SendAsync(request, cancellationToken);
        }
        catch (OutgoingHttpException failed)
        {
            throw Unavailable($"{what}: {failed.Message}");
        }

        if (answer.Status == HttpStatusCode.OK) return ProviderJson.DemandObject(answer.Body, what);
        if ((int)answer.Status >= 500 || answer.Status == HttpStatusCode.TooManyRequests) throw Unavailable($"{what} answered {(int)answer.Status}.");
        var error = ProviderJson.FindObject(answer.Body)?.Text("error");
        throw Failed($"{what} answered {(int)answer.Status}{(error is null ? string.Empty : $", {Code(error)}")}.");
    }

    /// <summary>An error code as it may stand in a log: whatever is none is not repeated.</summary>
    private static string Code(string error) => error.Length <= 64 && error.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? error : "(no error code)";

    private static bool SameText(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
