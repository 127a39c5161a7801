using System.Globalization;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Features.SubjectManagement;

/// <summary>Texts that people read: nothing in them may hide, reorder or break what stands beside them.</summary>
internal static class PlainText
{
    public const int MaxLength = 256;

    /// <summary>400 unless the text is short enough and holds no control, line-separating or bidirectional-control character.</summary>
    public static string Demand(string field, string text, int maxLength = MaxLength)
    {
        if (text.Length > maxLength) throw ApiException.Invalid(field, $"must have at most {maxLength} characters");
        if (!IsPlain(text)) throw ApiException.Invalid(field, "must not contain control or bidirectional-control characters");
        return text;
    }

    /// <summary>As <see cref="Demand"/>; null and empty give null.</summary>
    public static string? DemandOptional(string field, string? text) => string.IsNullOrEmpty(text) ? null : Demand(field, text);

    private static bool IsPlain(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // Half of a surrogate pair is enumerated as U+FFFD: it could not be stored as it is.
            if (rune.Value == 0xFFFD || IsBidiControl(rune.Value)) return false;
            if (System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) return false;
        }

        return true;
    }

    private static bool IsBidiControl(int c) => c is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
