using System.Text;
using RunAiRbac.Api.Errors;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>What providers are called in paths: <c>a-z</c>, <c>0-9</c> and <c>-</c>. Clients may write <c>_</c> for <c>-</c>, since some exchange the two.</summary>
internal static class Aliases
{
    /// <summary>As the compatible API allows; what is longer than a column is no living provider's.</summary>
    private const int MaxLength = 255;

    /// <summary>The provider of local identities, and the source of groups that is written by hand.</summary>
    private static readonly string[] Reserved = ["local", GroupSources.Directory];

    /// <summary>The alias that a new provider's name gives; 400 when it gives none.</summary>
    public static string Make(string name)
    {
        var alias = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c)) alias.Append(char.ToLowerInvariant(c));
            else if (alias.Length > 0 && alias[^1] != '-') alias.Append('-');
        }

        if (alias.Length > 0 && alias[^1] == '-') alias.Length--;
        if (alias.Length is 0 or > Lengths.Source) throw ApiException.Invalid("name", $"must hold 1 to {Lengths.Source} letters of a to z or digits, of which the alias is made");
        var made = alias.ToString();
        return Reserved.Contains(made, StringComparer.Ordinal) ? throw ApiException.Invalid("name", $"gives the alias {made}, which is reserved") : made;
    }

    /// <summary>The alias as it is stored; null: no provider can have this one.</summary>
    public static string? Read(string text)
        => text.Length is > 0 and <= MaxLength && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_') ? text.Replace('_', '-') : null;
}
