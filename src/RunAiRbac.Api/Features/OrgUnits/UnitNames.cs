using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>What org units may be called.</summary>
internal static partial class UnitNames
{
    /// <summary>The department that every cluster has from its creation to its end.</summary>
    public const string Default = "default";

    private const int MaxLabel = 63;
    private const int MaxText = 253;

    /// <summary>A cluster's name: 1 to 253 visible characters, no spaces around it.</summary>
    public static string Cluster(string? name)
    {
        if (name is null) throw ApiException.Invalid("name", "is missing");
        if (!IsVisible(name)) throw ApiException.Invalid("name", $"must have 1 to {MaxText} visible characters and no spaces around them");
        return name;
    }

    /// <summary>A text that is kept beside a cluster and given back; empty is absent.</summary>
    public static string? Text(string field, string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return IsVisible(text) ? text : throw ApiException.Invalid(field, $"must have at most {MaxText} visible characters");
    }

    public static string Department(string? name)
    {
        if (name is null) throw ApiException.Invalid("name", "is missing");
        if (name.Length > MaxLabel || !UnitName().IsMatch(name))
            throw ApiException.Invalid("name", $"must start with a letter and hold only lower-case letters, digits and hyphens, at most {MaxLabel}");
        return name;
    }

    /// <summary>As a department's, and usable as a Kubernetes namespace.</summary>
    public static string Project(string? name)
    {
        Department(name);
        if (name!.EndsWith('-')) throw ApiException.Invalid("name", "must end with a letter or a digit");
        if (IsReserved(name)) throw ApiException.Invalid("name", "must not be `default` or start with `kube-` or `openshift-`");
        return name;
    }

    /// <summary>A project's namespace: the one asked for, else <c>runai-</c> and the (valid) name.</summary>
    public static string Namespace(string? requested, string name)
    {
        if (string.IsNullOrEmpty(requested))
        {
            var made = "runai-" + name;
            return made.Length <= MaxLabel ? made
                : throw ApiException.Invalid("name", $"makes a namespace of more than {MaxLabel} characters; shorten it or give `requestedNamespace`");
        }

        if (requested.Length > MaxLabel || !Label().IsMatch(requested))
            throw ApiException.Invalid("requestedNamespace", $"must be a DNS label: lower-case letters, digits and inner hyphens, at most {MaxLabel}");
        if (IsReserved(requested)) throw ApiException.Invalid("requestedNamespace", "must not be `default` or start with `kube-` or `openshift-`");
        return requested;
    }

    private static bool IsReserved(string label)
        => label == Default || label.StartsWith("kube-", StringComparison.Ordinal) || label.StartsWith("openshift-", StringComparison.Ordinal);

    private static bool IsVisible(string text)
        => text.Length is > 0 and <= MaxText && text[0] != ' ' && text[^1] != ' ' && text.EnumerateRunes().All(IsVisible);

    // Bidirectional and zero-width characters are of the category Format.
    private static bool IsVisible(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    [GeneratedRegex(@"\A[a-z][a-z0-9-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex UnitName();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
