using System.Globalization;
using System.Text;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Http;

/// <summary>Texts that people read: nothing in them may hide, reorder or break what stands beside them.</summary>
internal static class PlainText
{
    public const int MaxLength = 256;

    /// <summary>400 unless the text is short enough and holds no control, line-separating or bidirectional-control character.</summary>
    public static string Demand(string field, string text, int maxLength = MaxLength)
    {
        if (text.Length > maxLength) throw ApiException.Invalid(field, $"must have at most {maxLength} characters");
        DemandPlain(field, text);
        return text;
    }

    /// <summary>As <see cref="Demand"/>; null and empty give null.</summary>
    public static string? DemandOptional(string field, string? text, int maxLength = MaxLength) => string.IsNullOrEmpty(text) ? null : Demand(field, text, maxLength);

    /// <summary>As <see cref="Demand"/>, for names that are compared: they may hold nothing invisible either, so that two that look alike are alike.</summary>
    public static string DemandName(string field, string text, int maxLength = MaxLength)
    {
        Demand(field, text, maxLength);
        foreach (var rune in text.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format) throw ApiException.Invalid(field, "must not contain invisible characters");
        return text;
    }

    /// <summary>Whether <see cref="DemandName"/> would take it: for texts that do not come from the caller.</summary>
    public static bool IsName(string text, int maxLength = MaxLength)
    {
        if (text.Length is 0 || text.Length > maxLength) return false;
        foreach (var rune in text.EnumerateRunes())
            if (!IsPlain(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format) return false;
        return true;
    }

    /// <summary>As <see cref="Demand"/>, of any length.</summary>
    public static void DemandPlain(string field, string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (!IsPlain(rune)) throw ApiException.Invalid(field, "must not contain control or bidirectional-control characters");
    }

    // Half of a surrogate pair is enumerated as U+FFFD: it could not be stored as it is.
    private static bool IsPlain(Rune rune) => rune.Value != 0xFFFD && !IsBidiControl(rune.Value)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static bool IsBidiControl(int c) => c is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
