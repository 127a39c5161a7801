using System.Text.RegularExpressions;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Features.SubjectManagement;

/// <summary>Names of applications and access keys.</summary>
internal static partial class ClientNames
{
    private const int MaxLength = 255;

    /// <summary>The body's <c>name</c>; 400 when it is none.</summary>
    public static string Read(string? name)
    {
        if (string.IsNullOrEmpty(name)) throw ApiException.Invalid("name", "is missing");
        if (name.Length > MaxLength) throw ApiException.Invalid("name", $"must have at most {MaxLength} characters");
        if (!Pattern().IsMatch(name)) throw ApiException.Invalid("name", "must start with a letter, end with a letter or digit, and hold only lower-case letters, digits, `-` and `_`");
        // Where a name or an id is accepted, an id wins: a name must never look like one.
        return Guid.TryParse(name, out _) ? throw ApiException.Invalid("name", "must not have the form of a UUID") : name;
    }

    [GeneratedRegex(@"^[a-z][-_a-z0-9]*[a-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
