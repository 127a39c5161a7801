using System.Text.Json;

namespace RunAiRbac.Api.Sso;

/// <summary>JSON of providers, read strictly: a member that stands twice would be one thing to the judge and another to the reader.</summary>
internal static class ProviderJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>The object; null: it is none.</summary>
    public static JsonElement? FindObject(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            DemandTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The object; refused when it is none.</summary>
    public static JsonElement DemandObject(ReadOnlyMemory<byte> utf8, string what)
        => FindObject(utf8) ?? throw new SsoRefusal(SsoRefusalCodes.SignInFailed, $"{what} is not a JSON object, holds a member twice, or a text that is none.");

    /// <summary>A member that is a string and not empty; else null.</summary>
    public static string? Text(this JsonElement element, string name)
        => element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>Strings of a list; none when it is absent or no list.</summary>
    public static IEnumerable<string> Texts(this JsonElement element, string name)
        => element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)
            : [];

    /// <summary>Half of a surrogate pair (`"\ud83d"`) is no mistake to the parser, but whoever reads the text later would fail.</summary>
    private static void DemandTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) DemandTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    DemandTexts(member.Value);
                }

                break;
        }
    }
}
