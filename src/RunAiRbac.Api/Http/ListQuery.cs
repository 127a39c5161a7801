using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.Http;

/// <summary>The parameter that says how many rows a page has.</summary>
internal sealed record ListLimits(int Default = 50, string Name = "limit", int Min = 1, int Max = 500);

/// <summary>What one list accepts (reference sheet §1.1).</summary>
/// <param name="sortFields">Allowed <c>sortBy</c> values.</param>
/// <param name="filterFields">Allowed fields of <c>filterBy</c>.</param>
/// <param name="limits">The page size.</param>
/// <param name="operators">Allowed operators of <c>filterBy</c>; null: all eight.</param>
internal class ListSpec(string[] sortFields, string[] filterFields, ListLimits? limits = null, string[]? operators = null)
{
    private static readonly string[] AllOperators = ["==", "!=", "<=", ">=", "=@", "!@", "=^", "=$"];

    /// <summary>A list with paging and nothing else.</summary>
    public static readonly ListSpec PagingOnly = new([], []);

    public string[] SortFields => sortFields;

    public string[] FilterFields => filterFields;

    public ListLimits Limits { get; } = limits ?? new ListLimits();

    public string[] FilterOperators { get; } = operators ?? AllOperators;

    /// <summary>400 for a term of a known field whose operator or value the field does not take.</summary>
    public virtual void Demand(ListFilter term)
    {
    }
}

/// <summary>One term of <c>filterBy</c>; terms are ANDed.</summary>
internal sealed record ListFilter(string Field, string Operator, string Value);

/// <summary>The validated paging, sorting and filtering parameters of a list request.</summary>
internal sealed record ListQuery(int Limit, int Offset, string? SortBy, bool Descending, IReadOnlyList<ListFilter> Filters, string? Search)
{
    private const int MaxTerms = 50;

    public static ListQuery Read(IQueryCollection query, ListSpec spec)
    {
        var limit = ReadInt(query, spec.Limits.Name, spec.Limits.Min, spec.Limits.Max) ?? spec.Limits.Default;
        var offset = ReadInt(query, "offset", 0, int.MaxValue) ?? 0;
        var sortBy = ReadOne(query, "sortBy");
        if (sortBy is not null && spec.SortFields.Length > 0 && !spec.SortFields.Contains(sortBy, StringComparer.Ordinal))
            throw ApiException.Invalid("sortBy", $"must be one of {string.Join(", ", spec.SortFields)}");
        var sortOrder = ReadOne(query, "sortOrder");
        if (sortOrder is not (null or "asc" or "desc")) throw ApiException.Invalid("sortOrder", "must be asc or desc");
        return new ListQuery(limit, offset, sortBy, sortOrder == "desc", ReadFilters(query, spec), ReadSearch(query));
    }

    /// <summary>What a count takes of its list: filters and search. Paging and sorting are unknown parameters there, which are ignored.</summary>
    public static ListQuery ReadCount(IQueryCollection query, ListSpec spec)
        => new(spec.Limits.Default, 0, null, false, ReadFilters(query, spec), ReadSearch(query));

    /// <summary>A parameter's values as they are; 400 for control characters, which name nothing and of which PostgreSQL refuses NUL.</summary>
    public static StringValues ReadAll(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var values)) return StringValues.Empty;
        foreach (var value in values)
            if (value is not null) PlainText.DemandPlain(name, value);
        return values;
    }

    /// <summary>A parameter's single value; null when absent or empty. The same value twice is accepted, two different ones are 400.</summary>
    public static string? ReadOne(IQueryCollection query, string name)
    {
        var values = ReadAll(query, name);
        if (values.Count == 0) return null;
        var distinct = values.Where(v => !string.IsNullOrEmpty(v)).Distinct(StringComparer.Ordinal).ToArray();
        return distinct.Length switch
        {
            0 => null,
            1 => distinct[0],
            _ => throw ApiException.Invalid(name, "is given more than once with different values"),
        };
    }

    public static int? ReadInt(IQueryCollection query, string name, int min, int max)
    {
        if (ReadOne(query, name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        throw ApiException.Invalid(name, max == int.MaxValue ? $"must be a whole number of at least {min}" : $"must be a whole number from {min} to {max}");
    }

    /// <summary>true, True, false, False; anything else is 400.</summary>
    public static bool ReadBool(IQueryCollection query, string name, bool absent = false)
        => ReadOne(query, name) switch
        {
            null => absent,
            "true" or "True" => true,
            "false" or "False" => false,
            _ => throw ApiException.Invalid(name, "must be true or false"),
        };

    private static string? ReadSearch(IQueryCollection query)
    {
        var search = ReadOne(query, "search");
        return search is { Length: > 256 } ? throw ApiException.Invalid("search", "must have at most 256 characters") : search;
    }

    /// <summary>Splits at a comma only where a known field and an operator follow (sheet §8.13); repeated values are not split further.</summary>
    private static List<ListFilter> ReadFilters(IQueryCollection query, ListSpec spec)
    {
        var filters = new List<ListFilter>();
        // Where nothing can be filtered it is a parameter like every unknown one.
        if (spec.FilterFields.Length == 0) return filters;
        var values = ReadAll(query, "filterBy");
        foreach (var value in values)
        {
            if (string.IsNullOrEmpty(value)) continue;
            foreach (var term in values.Count == 1 ? Split(value, spec) : [value])
                filters.Add(Parse(term, spec) ?? throw ApiException.Invalid("filterBy",
                    $"must be terms of a field ({string.Join(", ", spec.FilterFields)}), an operator ({string.Join(" ", spec.FilterOperators)}) and a value"));
        }

        // Each term is a condition of the statement, whose depth databases limit.
        if (filters.Count > MaxTerms) throw ApiException.Invalid("filterBy", $"must have at most {MaxTerms} terms");
        foreach (var term in filters) spec.Demand(term);
        return filters;
    }

    private static IEnumerable<string> Split(string value, ListSpec spec)
    {
        var start = 0;
        for (var comma = value.IndexOf(',', StringComparison.Ordinal); comma >= 0; comma = value.IndexOf(',', comma + 1))
        {
            if (!TryParse(value.AsSpan(comma + 1), spec, out _, out _)) continue;
            yield return value[start..comma];
            start = comma + 1;
        }

        yield return value[start..];
    }

    private static ListFilter? Parse(string term, ListSpec spec)
        => TryParse(term, spec, out var field, out var op) ? new ListFilter(field, op, term[(field.Length + op.Length)..]) : null;

    private static bool TryParse(ReadOnlySpan<char> term, ListSpec spec, [NotNullWhen(true)] out string? field, [NotNullWhen(true)] out string? op)
    {
        foreach (var known in spec.FilterFields)
        {
            if (!term.StartsWith(known, StringComparison.Ordinal)) continue;
            var rest = term[known.Length..];
            foreach (var knownOperator in spec.FilterOperators)
            {
                if (rest.Length <= knownOperator.Length || !rest.StartsWith(knownOperator, StringComparison.Ordinal)) continue;
                (field, op) = (known, knownOperator);
                return true;
            }
        }

        (field, op) = (null, null);
        return false;
    }
}
