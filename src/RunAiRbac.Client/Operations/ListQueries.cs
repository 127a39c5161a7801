using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>A page of a list.</summary>
public record PageQuery
{
    /// <summary>How many at most, 1 to 500; null: the list's own default (50, users 500).</summary>
    public int? Limit { get; init; }

    /// <summary>How many are left out at the beginning.</summary>
    public int? Offset { get; init; }

    /// <summary>Only what contains this text, at most 256 characters, whatever the case.</summary>
    public string? Search { get; init; }

    internal virtual Call AddTo(Call call) => call.Query("limit", Limit).Query("offset", Offset).Query("search", Search);
}

/// <summary>A page of a list that can be sorted and filtered.</summary>
public record ListQuery : PageQuery
{
    /// <summary>The field to sort by.</summary>
    public string? SortBy { get; init; }

    /// <summary><c>asc</c> (default) or <c>desc</c>.</summary>
    public string? SortOrder { get; init; }

    /// <summary>
    /// Terms of a field, an operator (<c>==</c>, <c>!=</c>, <c>&lt;=</c>, <c>&gt;=</c>, <c>=@</c> contains, <c>!@</c> does not contain, <c>=^</c> starts with,
    /// <c>=$</c> ends with) and a value, such as <c>name=@vision</c>; all must hold.
    /// </summary>
    public IReadOnlyList<string>? FilterBy { get; init; }

    internal override Call AddTo(Call call) => base.AddTo(call).Query("sortBy", SortBy).Query("sortOrder", SortOrder).Query("filterBy", FilterBy);
}

/// <summary>Which objects to count.</summary>
public record CountQuery
{
    /// <summary>As in the list.</summary>
    public IReadOnlyList<string>? FilterBy { get; init; }

    /// <summary>As in the list.</summary>
    public string? Search { get; init; }

    internal virtual Call AddTo(Call call) => call.Query("filterBy", FilterBy).Query("search", Search);
}
