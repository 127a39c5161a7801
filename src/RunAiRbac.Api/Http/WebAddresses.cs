using System.Buffers;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Http;

/// <summary>Addresses that administrators give: absolute, plain, without credentials or fragment. One without a scheme is taken as https, as existing clients leave it out.</summary>
internal sealed class WebAddresses(IHostEnvironment environment)
{
    public const int MaxLength = 2048;

    /// <summary>The characters of RFC 3986 but <c>#</c> (a fragment) and <c>@</c> (credentials, in an authority).</summary>
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]!$&'()*+,;=%@");

    /// <summary>
    /// The address of something this service will call and believe: https, or in Development plain http on this machine. Nothing is called here; private
    /// networks are judged when it is, by the address that the name then has.
    /// </summary>
    public string DemandService(string field, string text)
    {
        var (address, uri) = Read(field, text);
        if (uri.Scheme == Uri.UriSchemeHttps || (uri.IsLoopback && environment.IsDevelopment())) return address;
        throw ApiException.Invalid(field, "must be an https address");
    }

    /// <summary>The address of a page that a browser is sent to: https or http.</summary>
    public static string DemandPage(string field, string text) => Read(field, text).Address;

    private static (string Address, Uri Uri) Read(string field, string text)
    {
        if (text.Length > MaxLength) throw ApiException.Invalid(field, $"must have at most {MaxLength} characters");
        var hasScheme = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        var address = hasScheme ? text : "https://" + text;
        if (text.AsSpan().ContainsAnyExcept(Allowed) || (!hasScheme && text.Contains("://", StringComparison.Ordinal)) || Authority(address).Contains('@', StringComparison.Ordinal))
            throw NoAddress(field);
        // The framework reads a port that is not there and hosts in brackets that are none.
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6) || uri.Port is < 1 or > 65535)
            throw NoAddress(field);
        return (address, uri);
    }

    private static string Authority(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = address.AsSpan(start).IndexOfAny('/', '?');
        return end < 0 ? address[start..] : address.Substring(start, end);
    }

    private static ApiException NoAddress(string field)
        => ApiException.Invalid(field, "must be a web address such as https://idp.example.com/path: a host, no credentials, no fragment, no blanks");
}
