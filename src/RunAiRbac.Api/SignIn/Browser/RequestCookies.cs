using System.Diagnostics.CodeAnalysis;

namespace RunAiRbac.Api.SignIn.Browser;

/// <summary>
/// Reads one cookie from the header itself: the framework keeps one of several with the same name, and which one is the browser's secret. Two of a name are a
/// cookie that somebody else has slipped in, so none of them counts.
/// </summary>
internal static class RequestCookies
{
    /// <summary>The only cookie of that name; false: there is none, or more than one.</summary>
    public static bool TryFind(HttpRequest request, string name, [NotNullWhen(true)] out string? value)
    {
        value = null;
        foreach (var header in request.Headers.Cookie)
        {
            var rest = header.AsSpan();
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf(';');
                var pair = (end < 0 ? rest : rest[..end]).Trim();
                rest = end < 0 ? default : rest[(end + 1)..];
                var equals = pair.IndexOf('=');
                // Some servers and proxies take names in any case: what differs by nothing else is as good as a second one.
                if (equals < 0 || !pair[..equals].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
                if (value is not null) return false;
                value = pair[..equals].SequenceEqual(name) ? pair[(equals + 1)..].ToString() : string.Empty;
            }
        }

        return value is { Length: > 0 };
    }
}
