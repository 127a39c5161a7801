using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace RunAiRbac.Policy;

/// <summary>The one canonical form in which e-mail addresses are compared.</summary>
public static partial class EmailAddress
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>
    /// Lower-cases ASCII letters and puts the domain into its ASCII form (IDNA); nothing else is folded or removed. Gives the same string back when it is
    /// canonical already.
    /// </summary>
    /// <param name="address">The address as it arrived.</param>
    /// <param name="canonical">The canonical form.</param>
    /// <returns>False when it has no local part, no domain, or a domain that cannot be put into ASCII.</returns>
    public static bool TryCanonicalize(string address, [NotNullWhen(true)] out string? canonical)
    {
        ArgumentNullException.ThrowIfNull(address);
        canonical = null;
        var at = address.LastIndexOf('@');
        if (at <= 0 || at == address.Length - 1) return false;

        var isAscii = true;
        var hasUpper = false;
        for (var i = 0; i < address.Length; i++)
        {
            hasUpper |= char.IsAsciiLetterUpper(address[i]);
            if (i > at) isAscii &= char.IsAscii(address[i]);
        }

        if (isAscii)
        {
            canonical = hasUpper ? LowerAscii(address) : address;
            return true;
        }

        try
        {
            // IDNA folds case before it encodes; the runtime's mapping, which has no culture data here, leaves that to us.
            canonical = LowerAscii(string.Concat(address.AsSpan(0, at + 1), Idn.GetAscii(address[(at + 1)..].ToLowerInvariant())));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether it has the form that the compatible API accepts for new users (after its domain is put into ASCII), and its canonical form.</summary>
    public static bool IsValid(string address, [NotNullWhen(true)] out string? canonical)
        => TryCanonicalize(address, out canonical) && canonical.Length <= 254 && Form().IsMatch(canonical);

    [GeneratedRegex(@"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.([a-zA-Z]{2,}|xn--[a-zA-Z0-9-]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    private static string LowerAscii(string text)
        => string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var c = source[i];
                span[i] = char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
            }
        });
}
