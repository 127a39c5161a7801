using System.Text;

namespace RunAiRbac.Api.SignIn;

/// <summary>Client authentication by HTTP Basic (RFC 6749, section 2.3.1): both parts are form-encoded before they are joined.</summary>
internal static class BasicCredentials
{
    private const string Scheme = "Basic ";

    /// <summary>False when there is a Basic header that cannot be read; no credentials when there is none.</summary>
    public static bool TryRead(HttpRequest request, out (string Client, string Secret)? credentials)
    {
        credentials = null;
        var values = request.Headers.Authorization;
        if (values.Count == 0 || values[0]?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true) return true;
        Span<byte> bytes = stackalloc byte[2048];
        if (values.Count != 1 || !Convert.TryFromBase64String(values[0]![Scheme.Length..], bytes, out var length)) return false;
        var text = Encoding.UTF8.GetString(bytes[..length]);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return false;
        var (client, secret) = (Decode(text[..colon]), Decode(text[(colon + 1)..]));
        // PostgreSQL refuses NUL even in a question.
        if (client.Contains('\0', StringComparison.Ordinal)) return false;
        credentials = (client, secret);
        return true;
    }

    private static string Decode(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));
}
