namespace RunAiRbac.Api.Http;

/// <summary>
/// A list's fields over its rows: what <c>sortBy</c> and <c>filterBy</c> take and the SQL they become. The order is always complete: rows that are equal in
/// the field follow by <paramref name="id"/>.
/// </summary>
/// <param name="id">What no two rows share; the order when nothing else is asked for.</param>
/// <param name="fields">The fields.</param>
/// <param name="limits">The page size.</param>
/// <param name="operators">Allowed operators; null: all eight.</param>
/// <param name="defaultSort">The field to sort by when none is asked for; null: the id.</param>
internal sealed class ListTable<TRow>(
    ListField<TRow> id, ListField<TRow>[] fields, ListLimits? limits = null, string[]? operators = null, string? defaultSort = null)
    : ListSpec([.. fields.Where(f => f.IsSorted).Select(f => f.Name)], [.. fields.Where(f => f.IsFiltered).Select(f => f.Name)], limits, operators)
{
    public override void Demand(ListFilter term) => Filtered(term).Where(term);

    /// <summary>The rows that pass every term.</summary>
    public IQueryable<TRow> Filter(IQueryable<TRow> rows, ListQuery list)
        => list.Filters.Aggregate(rows, (passing, term) => passing.Where(Filtered(term).Where(term)));

    public IQueryable<TRow> Sort(IQueryable<TRow> rows, ListQuery list)
    {
        if ((list.SortBy ?? defaultSort) is not { } name) return id.Sort(rows, list.Descending);
        var field = fields.Single(f => f.IsSorted && f.Name == name);
        return field.IsEmpty ? id.Sort(rows, descending: false) : id.ThenSort(field.Sort(rows, list.Descending));
    }

    /// <summary>The sorted rows of one page.</summary>
    public IQueryable<TRow> Page(IQueryable<TRow> rows, ListQuery list) => Sort(rows, list).Skip(list.Offset).Take(list.Limit);

    private ListField<TRow> Filtered(ListFilter term) => fields.Single(f => f.IsFiltered && f.Name == term.Field);
}
