using System.Text.Json;

namespace RunAiRbac.Api.Sso;

/// <summary>
/// What a provider says of a person: JSON objects, of which an earlier one counts before a later one. A claim is found by its name or, where none has that
/// name, by a path of names with dots between (<c>realm_access.roles</c>, <c>metadata.uid</c>).
/// </summary>
internal sealed class ProviderClaims(params JsonElement[] documents)
{
    /// <summary>The claim, never null of JSON; null: it is not there, or not mapped.</summary>
    public JsonElement? Find(string? name)
    {
        if (string.IsNullOrEmpty(name)) return null;
        foreach (var document in documents)
            if (Find(document, name) is { ValueKind: not JsonValueKind.Null } claim) return claim;
        return null;
    }

    /// <summary>A text, number or truth value, also as the only item of a list.</summary>
    public string? FindText(string? name)
    {
        if (Find(name) is not { } claim) return null;
        if (claim.ValueKind == JsonValueKind.Array && claim.GetArrayLength() == 1) claim = claim[0];
        return Scalar(claim) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Texts, numbers and truth values of a list, or a single one; null: it is not there.</summary>
    public IReadOnlyList<string>? FindTexts(string? name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Scalar).OfType<string>()],
        { } single => Scalar(single) is { Length: > 0 } text ? [text] : [],
    };

    /// <summary>Whether any of the documents has this member, with this value.</summary>
    public bool Says(string name, bool value)
        => documents.Any(document => document.TryGetProperty(name, out var member) && Truth(member) == value);

    private static bool? Truth(JsonElement member) => member switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } when bool.TryParse(member.GetString(), out var said) => said,
        _ => null,
    };

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static JsonElement? Find(JsonElement document, string path)
    {
        if (document.ValueKind != JsonValueKind.Object) return null;
        if (document.TryGetProperty(path, out var exact)) return exact;
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = path.IndexOf('.', dot + 1))
            if (document.TryGetProperty(path.AsSpan(0, dot), out var inner) && Find(inner, path[(dot + 1)..]) is { } found) return found;
        return null;
    }
}
