using System.Globalization;
using System.Text.RegularExpressions;
using RunAiRbac.Api.Errors;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Http;

/// <summary>Reads moments in time.</summary>
internal static partial class Times
{
    /// <summary>A moment in RFC 3339 with at most six digits of a second (finer ones could not be kept exactly), as UTC microseconds; else 400 naming the field.</summary>
    public static long ReadMicros(string text, string field)
    {
        if (Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return Micros.From(time);
        throw ApiException.Invalid(field, "must be a time such as 2030-01-31T12:00:00Z, with at most six digits of a second");
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();
}
