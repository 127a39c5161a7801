using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>
/// Ids of access rules as clients send them: the ids are numbers, but the compatible API's description types those of a batch as texts. Both are read, as
/// texts; texts are written.
/// </summary>
internal sealed class RuleIdListConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var ids = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) ids.Add(ReadId(ref reader));
        return ids;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var id in value) writer.WriteStringValue(id);
        writer.WriteEndArray();
    }

    private static string ReadId(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number when reader.HasValueSequence => Encoding.UTF8.GetString(reader.ValueSequence),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw new JsonException(),
    };
}
