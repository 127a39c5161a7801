namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>Where a browser may be sent on to because a request said so: paths of this service, and nothing that any browser could take for another address.</summary>
internal static class LocalPath
{
    public const string Home = "/";
    private const int MaxLength = 2048;

    /// <summary>The path with its query; <see cref="Home"/> when it is none of this service.</summary>
    public static string Read(string? text) => text is not null && IsLocal(text) ? text : Home;

    public static bool IsLocal(string text)
    {
        if (text.Length is 0 or > MaxLength || text[0] != '/') return false;
        // Encoded forms too, and those encoded once more: whoever decodes on the way must not get another address.
        for (var turn = 0; turn < 3; turn++)
        {
            var path = text.AsSpan();
            var end = path.IndexOfAny('?', '#');
            if (end >= 0) path = path[..end];
            if (text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('\\', StringComparison.Ordinal) || path.Contains("//", StringComparison.Ordinal)) return false;
            var decoded = Uri.UnescapeDataString(text);
            if (decoded == text) return true;
            // Blanks and other alphabets are good in a query, once encoded.
            text = string.Concat(decoded.Select(c => char.IsControl(c) ? c : c is > '~' or ' ' ? 'x' : c));
        }

        return true;
    }
}
