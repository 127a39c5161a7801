using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RunAiRbac.Api.Tests.Lists;

/// <summary>An object as a list shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Json">Itself.</param>
/// <param name="SubjectKey">Of a rule: its subject's id, which the list does not show.</param>
internal sealed record Listed(string Id, JsonElement Json, string? SubjectKey = null);

/// <summary>One term of <c>filterBy</c>.</summary>
internal sealed record Term(string Field, string Operator, string Value)
{
    public override string ToString() => Field + Operator + Value;
}

/// <summary>What filters and orders mean, written from the reference sheet and applied to what is shown. Slow and obvious on purpose.</summary>
internal sealed class ListReference(SheetList list)
{
    public bool Passes(Listed item, Term term)
    {
        if (list.IsQuota(term.Field)) return false;
        var shown = Shown(item, term.Field);
        if (shown is null) return term.Operator is "!=" or "!@";
        if (list.IsDate(term.Field)) return Compared(term.Operator, Time(shown).CompareTo(Time(term.Value)));
        if (term.Field == "roleId" && term.Operator is "==" or "!=" or "<=" or ">=" && int.TryParse(term.Value, CultureInfo.InvariantCulture, out var number))
            return Compared(term.Operator, int.Parse(shown, CultureInfo.InvariantCulture).CompareTo(number));
        var (text, value) = (shown.ToLowerInvariant(), term.Value.ToLowerInvariant());
        // A subject is named by what is shown or by its id.
        var isNamed = text == value || (term.Field == "subjectId" && item.SubjectKey == value);
        return term.Operator switch
        {
            "==" => isNamed,
            "!=" => !isNamed,
            "<=" => ByCodePoint(text, value) <= 0,
            ">=" => ByCodePoint(text, value) >= 0,
            "=@" => text.Contains(value, StringComparison.Ordinal),
            "!@" => !text.Contains(value, StringComparison.Ordinal),
            "=^" => text.StartsWith(value, StringComparison.Ordinal),
            "=$" => text.EndsWith(value, StringComparison.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(term), term.Operator),
        };
    }

    public bool IsFound(Listed item, string search)
        => list.Searched.Any(field => Shown(item, field)!.ToLowerInvariant().Contains(search.ToLowerInvariant(), StringComparison.Ordinal));

    /// <summary>What has no value comes first; what is equal follows by id. By id alone the order may be reversed.</summary>
    public List<Listed> Sort(IEnumerable<Listed> items, string? sortBy, bool descending)
    {
        var byId = items.OrderBy(item => item.Id, Comparer<string>.Create(CompareIds)).ToList();
        var field = sortBy ?? list.DefaultSort;
        if (field is null && descending) byId.Reverse();
        if (field is null || list.IsQuota(field)) return byId;
        var compare = Comparer<string?>.Create((a, b) => CompareValues(field, a, b));
        return [.. descending ? byId.OrderByDescending(item => Shown(item, field), compare) : byId.OrderBy(item => Shown(item, field), compare)];
    }

    /// <summary>The value as text; null: none.</summary>
    public string? Shown(Listed item, string field)
    {
        var json = item.Json;
        return field switch
        {
            "phase" => Text(json.GetProperty("status"), "phase"),
            "creationTime" => Text(json, "createdAt"),
            "lastUpdated" => Text(json, "updatedAt"),
            "departmentId" => Text(json, "parentId"),
            "parentName" => json.TryGetProperty("parent", out var parent) && parent.ValueKind == JsonValueKind.Object ? Text(parent, "name") : null,
            "type" => Text(json, "isLocal") switch { null => null, "true" => "local", _ => "sso" },
            _ => Text(json, field),
        };
    }

    private int CompareValues(string field, string? a, string? b)
    {
        if (a is null || b is null) return (a is null ? 0 : 1) - (b is null ? 0 : 1);
        if (list.IsDate(field)) return Time(a).CompareTo(Time(b));
        if (field == "roleId") return CompareIds(a, b);
        return ByCodePoint(a.ToLowerInvariant(), b.ToLowerInvariant());
    }

    private static int CompareIds(string a, string b)
        => int.TryParse(a, CultureInfo.InvariantCulture, out var x) && int.TryParse(b, CultureInfo.InvariantCulture, out var y) ? x.CompareTo(y) : string.CompareOrdinal(a, b);

    private static int ByCodePoint(string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));

    private static bool Compared(string op, int order) => op switch { "==" => order == 0, "!=" => order != 0, "<=" => order <= 0, _ => order >= 0 };

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string? Text(JsonElement json, string field) => !json.TryGetProperty(field, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
