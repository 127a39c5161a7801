using System.Text.Json;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.Authorize;

/// <summary>
/// Reads the usual form of checks without the serializer, which takes longer than everything else that a check needs. INVARIANT: what it accepts, the serializer
/// accepts too and reads the same; whatever is unusual or wrong (a member unknown or twice, null, an escape, groups, consistency) it leaves to the serializer, which
/// knows how to name it.
/// </summary>
internal static class CheckReader
{
    private static readonly KnownTexts Actions = new(Catalogue.Default.Actions);
    private static readonly KnownTexts ResourceTypes = new(Catalogue.Default.ResourceTypes.Select(type => type.Name));
    private static readonly KnownTexts Types = new(["tenant", "cluster", "department", "project", "user", "group", "application", "app", "service-account"]);

    public static bool TryReadCheck(ReadOnlySpan<byte> body, out CheckRequest? request)
    {
        request = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || !TryReadItem(ref reader, out var parts) || reader.Read()) return false;
            request = new CheckRequest { Subject = parts.Subject!, Action = parts.Action!, ResourceType = parts.ResourceType!, Scope = parts.Scope! };
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or not UTF-8.
            return false;
        }
    }

    public static bool TryReadBatch(ReadOnlySpan<byte> body, out BatchCheckRequest? request)
    {
        request = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("checks"u8)) return false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
            var checks = new List<CheckItem>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (!TryReadItem(ref reader, out var parts)) return false;
                checks.Add(new CheckItem { Subject = parts.Subject!, Action = parts.Action!, ResourceType = parts.ResourceType!, Scope = parts.Scope! });
            }

            if (!reader.Read() || reader.TokenType != JsonTokenType.EndObject || reader.Read()) return false;
            request = new BatchCheckRequest { Checks = checks };
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private ref struct Parts
    {
        public CheckSubject? Subject;
        public string? Action;
        public string? ResourceType;
        public CheckScope? Scope;
    }

    private static bool TryReadItem(ref Utf8JsonReader reader, out Parts parts)
    {
        parts = default;
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("subject"u8))
            {
                if (parts.Subject is not null || !TryReadPlace(ref reader, out var type, out var id)) return false;
                parts.Subject = new CheckSubject { Type = type!, Id = id! };
            }
            else if (reader.ValueTextEquals("action"u8))
            {
                if (parts.Action is not null || !TryReadText(ref reader, Actions, out parts.Action)) return false;
            }
            else if (reader.ValueTextEquals("resourceType"u8))
            {
                if (parts.ResourceType is not null || !TryReadText(ref reader, ResourceTypes, out parts.ResourceType)) return false;
            }
            else if (reader.ValueTextEquals("scope"u8))
            {
                if (parts.Scope is not null || !TryReadPlace(ref reader, out var type, out var id)) return false;
                parts.Scope = new CheckScope { Type = type!, Id = id! };
            }
            else
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    /// <summary>An object of type and id.</summary>
    private static bool TryReadPlace(ref Utf8JsonReader reader, out string? type, out string? id)
    {
        (type, id) = (null, null);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                if (id is not null || !TryReadText(ref reader, null, out id)) return false;
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                if (type is not null || !TryReadText(ref reader, Types, out type)) return false;
            }
            else
            {
                return false;
            }
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    private static bool TryReadText(ref Utf8JsonReader reader, KnownTexts? known, out string? text)
    {
        text = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped) return false;
        text = known?.Find(reader.ValueSpan) ?? reader.GetString();
        return true;
    }

    /// <summary>Texts that come again and again, found by their UTF-8 without making another.</summary>
    private sealed class KnownTexts
    {
        private readonly (byte[] Bytes, string Text)[] _table;

        public KnownTexts(IEnumerable<string> texts)
        {
            var all = texts.ToList();
            _table = new (byte[], string)[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(all.Count * 4))];
            foreach (var text in all)
            {
                var bytes = System.Text.Encoding.UTF8.GetBytes(text);
                var at = Place(bytes);
                while (_table[at].Bytes is not null) at = (at + 1) & (_table.Length - 1);
                _table[at] = (bytes, text);
            }
        }

        public string? Find(ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty) return null;
            for (var at = Place(bytes); _table[at].Bytes is { } found; at = (at + 1) & (_table.Length - 1))
            {
                if (bytes.SequenceEqual(found)) return _table[at].Text;
            }

            return null;
        }

        private int Place(ReadOnlySpan<byte> bytes) => ((((((bytes.Length * 31) + bytes[0]) * 31) + bytes[bytes.Length / 2]) * 31) + bytes[^1]) & (_table.Length - 1);
    }
}
