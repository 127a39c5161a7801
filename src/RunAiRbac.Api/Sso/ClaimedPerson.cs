using System.Text.Json;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Sso;

/// <summary>What a provider said about a person, as far as it can be kept.</summary>
internal sealed record ClaimedPerson
{
    public const int MostGroups = 1000;
    private const int MaxEmail = 254;
    private const int MostValues = 1000;
    private static readonly string[] KeptAttributes = ["gid", "supplementaryGroups", "uid"];

    public required string SubjectClaim { get; init; }

    /// <summary>In its canonical form; null: none was said, or none that is an address.</summary>
    public required string? Email { get; init; }

    /// <summary>The provider itself says that it does not know whose address it is.</summary>
    public required bool IsEmailDoubtful { get; init; }

    public required string? FirstName { get; init; }

    public required string? LastName { get; init; }

    /// <summary>Null: nothing was said.</summary>
    public required IReadOnlySet<string>? Groups { get; init; }

    /// <summary>More than we keep: which of them would be chance, so none is added (and those that are not among them end).</summary>
    public bool HasTooManyGroups => Groups?.Count > MostGroups;

    /// <summary>How many groups have names that no rule can name.</summary>
    public required int UnusableGroups { get; init; }

    /// <summary>JSON object of arrays of texts; null: none.</summary>
    public required string? Attributes { get; init; }

    /// <exception cref="SsoRefusal">The subject claim is none.</exception>
    public static ClaimedPerson Read(ProviderSignIn said)
    {
        if (!IsClaim(said.SubjectClaim)) throw new SsoRefusal(SsoRefusalCodes.SignInFailed, "The subject claim is empty, too long or not printable.");
        var groups = said.Groups?.Where(name => PlainText.IsName(name, Lengths.Name)).ToHashSet(StringComparer.Ordinal);
        return new ClaimedPerson
        {
            SubjectClaim = said.SubjectClaim,
            Email = said.Email is { } email && PlainText.IsName(email, MaxEmail) && EmailAddress.IsValid(email, out var canonical) ? canonical : null,
            IsEmailDoubtful = said.EmailVerified == false,
            FirstName = Name(said.FirstName),
            LastName = Name(said.LastName),
            Groups = groups,
            UnusableGroups = said.Groups?.Count(name => !PlainText.IsName(name, Lengths.Name)) ?? 0,
            Attributes = Keep(said.Attributes),
        };
    }

    /// <summary>Whether it can be the claim of an identity. Compared ordinally.</summary>
    public static bool IsClaim(string claim) => PlainText.IsName(claim, Lengths.Name);

    private static string? Name(string? text) => text is not null && PlainText.IsName(text) ? text : null;

    /// <summary>Always in the same order, so that the same attributes are the same text.</summary>
    private static string? Keep(IReadOnlyDictionary<string, IReadOnlyList<string>> attributes)
    {
        var kept = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in KeptAttributes)
        {
            if (!attributes.TryGetValue(name, out var values)) continue;
            var usable = values.Where(value => PlainText.IsName(value)).Take(MostValues).ToArray();
            if (usable.Length > 0) kept[name] = usable;
        }

        return kept.Count == 0 ? null : JsonSerializer.Serialize(kept);
    }
}
