using System.Text.RegularExpressions;
using RunAiRbac.Api.Errors;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Applications;

/// <summary>A validated request for an application.</summary>
internal sealed partial record NewApplication(string Name, string? ScopeType, string? ScopeId)
{
    private const int MaxNameLength = 255;

    public static NewApplication Read(ApplicationCreation body) => new(ReadName(body.Name), body.ScopeType, body.ScopeId);

    private static string ReadName(string? name)
    {
        if (string.IsNullOrEmpty(name)) throw ApiException.Invalid("name", "is missing");
        if (name.Length > MaxNameLength) throw ApiException.Invalid("name", $"must have at most {MaxNameLength} characters");
        if (!Pattern().IsMatch(name)) throw ApiException.Invalid("name", "must start with a letter, end with a letter or digit, and hold only lower-case letters, digits, `-` and `_`");
        // Where a name or an id is accepted, an id wins: a name must never look like one.
        return Guid.TryParse(name, out _) ? throw ApiException.Invalid("name", "must not have the form of a UUID") : name;
    }

    [GeneratedRegex(@"^[a-z][-_a-z0-9]*[a-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
