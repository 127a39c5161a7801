using System.Buffers.Text;
using System.Globalization;
using System.Text;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Features.Authorize;

/// <summary>An opaque place in an ordered answer: the key of the last entry seen, with its kind of list and its tenant.</summary>
internal static class Cursor
{
    private const char Separator = '\n';

    /// <summary>Room for the longest name of a subject, encoded.</summary>
    private const int MaxLength = 4_096;

    public static string Write(string list, int tenantId, string[] key)
        => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, [list, tenantId.ToString(CultureInfo.InvariantCulture), .. key])));

    /// <summary>The key; null when there is no cursor.</summary>
    public static string[]? Read(string? cursor, string list, int tenantId, int keyLength)
    {
        if (cursor is null) return null;
        if (cursor.Length <= MaxLength && Base64Url.IsValid(cursor))
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator);
            if (parts.Length == keyLength + 2 && parts[0] == list && parts[1] == tenantId.ToString(CultureInfo.InvariantCulture)) return parts[2..];
        }

        throw ApiException.Invalid("cursor", "is not a cursor of this list");
    }
}
