using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Groups;

/// <summary>The one source of memberships that is written by hand.</summary>
internal static class DirectoryGroups
{
    public const string Source = GroupSources.Directory;
    private const int MaxNames = 1000;

    /// <summary>The validated names, each once, exactly as given.</summary>
    public static IReadOnlyCollection<string> Read(UserGroups body)
    {
        if (body.Source is null) throw ApiException.Invalid("source", "is missing");
        if (body.Source != Source) throw ApiException.Invalid("source", $"must be {Source}: other sources report their memberships themselves");
        if (body.Groups is null) throw ApiException.Invalid("groups", "is missing");
        if (body.Groups.Count > MaxNames) throw ApiException.Invalid("groups", $"must hold at most {MaxNames} names");
        return body.Groups.Select(ReadName).ToHashSet(StringComparer.Ordinal);
    }

    private static string ReadName(string? name, int index)
    {
        var field = $"groups[{index}]";
        return string.IsNullOrEmpty(name) ? throw ApiException.Invalid(field, "is empty") : PlainText.DemandName(field, name);
    }
}
