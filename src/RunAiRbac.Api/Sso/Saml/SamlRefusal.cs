namespace RunAiRbac.Api.Sso.Saml;

internal static class SamlRefusal
{
    /// <summary>The one answer to everything that is wrong with a response; the detail goes to the log.</summary>
    public static SsoRefusal Because(string detail) => new(SsoRefusalCodes.SignInFailed, "SAML: " + detail);

    public static SsoRefusal Unavailable(string detail) => new(SsoRefusalCodes.ProviderUnavailable, "SAML: " + detail);

    /// <summary>What a message said, fit for a log line.</summary>
    public static string Quote(string? text)
    {
        if (text is null) return "nothing";
        var cut = text.Length > 200 ? text[..200] + "…" : text;
        return "`" + string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c)) + "`";
    }
}

/// <summary>A signature of the right form that none of the provider's keys made: it may have a new one.</summary>
internal sealed class UnknownSignerException() : Exception("SAML: none of the provider's certificates verifies the signature.");
