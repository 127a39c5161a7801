using System.Linq.Expressions;

namespace RunAiRbac.Api.Http;

/// <summary>
/// One field of a list. It sorts and filters by the same expression, so that <c>&lt;=</c> and the order agree. What has no value sorts first and passes
/// only <c>!=</c> and <c>!@</c>.
/// </summary>
internal abstract class ListField<TRow>(string name)
{
    public string Name => name;

    /// <summary>Whether <c>sortBy</c> takes it.</summary>
    public bool IsSorted { get; private set; } = true;

    /// <summary>Whether <c>filterBy</c> takes it.</summary>
    public bool IsFiltered { get; private set; } = true;

    /// <summary>Whether rows have no data of it: then they all sort as equal.</summary>
    public virtual bool IsEmpty => false;

    public ListField<TRow> OnlySorted()
    {
        IsFiltered = false;
        return this;
    }

    public ListField<TRow> OnlyFiltered()
    {
        IsSorted = false;
        return this;
    }

    public abstract IOrderedQueryable<TRow> Sort(IQueryable<TRow> rows, bool descending);

    public abstract IOrderedQueryable<TRow> ThenSort(IOrderedQueryable<TRow> rows);

    /// <summary>The rows that pass the term; 400 naming <c>filterBy</c> for an operator or a value that the field does not take.</summary>
    public abstract Expression<Func<TRow, bool>> Where(ListFilter term);
}

/// <summary>A field with a key to sort by and a way to filter.</summary>
internal sealed class ListField<TRow, TKey>(string name, Expression<Func<TRow, TKey>> key, Func<ListFilter, Expression<Func<TRow, bool>>> where) : ListField<TRow>(name)
{
    public override IOrderedQueryable<TRow> Sort(IQueryable<TRow> rows, bool descending) => descending ? rows.OrderByDescending(key) : rows.OrderBy(key);

    public override IOrderedQueryable<TRow> ThenSort(IOrderedQueryable<TRow> rows) => rows.ThenBy(key);

    public override Expression<Func<TRow, bool>> Where(ListFilter term) => where(term);
}

/// <summary>A field that we hold no data of: accepted, sorts as equal and matches nothing (reference sheet §8.13).</summary>
internal sealed class EmptyListField<TRow>(string name) : ListField<TRow>(name)
{
    public override bool IsEmpty => true;

    public override IOrderedQueryable<TRow> Sort(IQueryable<TRow> rows, bool descending) => throw new NotSupportedException("There is nothing to sort by.");

    public override IOrderedQueryable<TRow> ThenSort(IOrderedQueryable<TRow> rows) => rows;

    public override Expression<Func<TRow, bool>> Where(ListFilter term) => _ => false;
}
