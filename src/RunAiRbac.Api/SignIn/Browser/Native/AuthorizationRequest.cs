using System.Globalization;
using System.Text.RegularExpressions;
using RunAiRbac.Api.Errors;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn.Browser.Native;

/// <summary>A program that asks for a code: to whom the answer goes is known and good.</summary>
/// <param name="ClientId">One of <see cref="NativeClients"/>.</param>
/// <param name="RedirectUri">A loopback address, as it was given.</param>
/// <param name="State">Given back as it is; null: none.</param>
internal sealed partial record AuthorizationRequest(string ClientId, string RedirectUri, string? State)
{
    private const int MaxStateLength = 1024;

    /// <summary>PKCE, S256; null: there is a <see cref="Problem"/>.</summary>
    public string? CodeChallenge { get; init; }

    /// <summary>What the program is told is wrong, as RFC 6749 names it; null: nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>As a content policy names where the page's form may be sent on to; it knows no addresses in brackets.</summary>
    public string FormTarget => RedirectUri.StartsWith("http://[", StringComparison.Ordinal) ? "http:" : new Uri(RedirectUri).GetLeftPart(UriPartial.Authority);

    /// <summary>The request. What is wrong with the client or with where the answer goes is told to the person: it must not be sent anywhere.</summary>
    public static AuthorizationRequest Read(Func<string, string?> field)
    {
        var client = field("client_id");
        if (client is null || !NativeClients.IsKnown(client)) throw ApiException.Invalid("client_id", "is no program that may sign people in");
        var redirect = field("redirect_uri");
        if (redirect is null || !IsLoopback(redirect)) throw ApiException.Invalid("redirect_uri", "must be http://127.0.0.1, http://[::1] or http://localhost with a port and a path");
        var state = field("state");
        if (state?.Length > MaxStateLength) throw ApiException.Invalid("state", $"must have at most {MaxStateLength} characters");
        var request = new AuthorizationRequest(client, redirect, state);
        if (field("response_type") != "code") return request with { Problem = "unsupported_response_type" };
        var challenge = field("code_challenge");
        var isPkce = field("code_challenge_method") == "S256" && challenge is not null && Challenge().IsMatch(challenge);
        return isPkce ? request with { CodeChallenge = challenge } : request with { Problem = "invalid_request" };
    }

    public static bool IsLoopback(string address)
        => address.Length <= Lengths.Url && Loopback().Match(address) is { Success: true } match && int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) <= 65535;

    [GeneratedRegex(@"^http://(?:127\.0\.0\.1|localhost|\[::1\]):([1-9][0-9]{0,4})/[A-Za-z0-9._~/-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Loopback();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{43}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Challenge();
}
