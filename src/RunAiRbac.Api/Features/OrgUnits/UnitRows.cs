using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Http;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>A unit with its parent's name, as far as the caller may read it: one row of a list.</summary>
internal sealed class UnitRecord
{
    public required ScopeRow Row { get; init; }

    /// <summary>Null when the caller may not read the parent: a filter or an order must not tell its name either.</summary>
    public string? ParentFolded { get; init; }
}

/// <summary>Reads the rows of clusters, departments and projects: single ones, pages and counts, a constant number of queries each.</summary>
internal static class UnitRows
{
    public static Task<ScopeRow?> FindAsync(RunAiRbacDbContext db, int tenantId, string type, string id, CancellationToken cancellationToken)
        => Living(db, tenantId, type).SingleOrDefaultAsync(row => row.Id == id, cancellationToken);

    /// <summary>The rows of a type that the caller may read.</summary>
    public static IQueryable<ScopeRow> Readable(RunAiRbacDbContext db, int tenantId, string type, Sight sight)
    {
        var rows = Living(db, tenantId, type);
        if (sight.Ids(type) is not { } ids) return rows;
        // The ids travel as one array parameter, however many they are.
        return type == UnitTypes.Project
            ? rows.Where(row => ids.Contains(row.Id) || ids.Contains(row.ParentId))
            : rows.Where(row => ids.Contains(row.Id));
    }

    /// <summary>The rows with what lists filter and sort by.</summary>
    public static IQueryable<UnitRecord> Records(this IQueryable<ScopeRow> rows, RunAiRbacDbContext db, Sight sight)
    {
        var seen = sight.Ids(UnitTypes.Department);
        var seesAll = seen is null;
        var ids = seen ?? [];
        return from row in rows
               join p in db.Scopes on new { row.TenantId, Id = row.ParentId } equals new { p.TenantId, Id = (string?)p.Id } into parents
               from parent in parents.DefaultIfEmpty()
               select new UnitRecord { Row = row, ParentFolded = seesAll || ids.Contains(parent.Id) ? parent.NameFolded : null };
    }

    /// <summary>Only names that contain the text, whatever the case.</summary>
    public static IQueryable<ScopeRow> Search(this IQueryable<ScopeRow> rows, string? text)
    {
        if (text is null) return rows;
        var folded = Folding.Fold(text);
        return rows.Where(row => row.NameFolded.Contains(folded));
    }

    /// <summary>One page, and the offset of the next one.</summary>
    public static async Task<(List<ScopeRow> Rows, int? Next)> PageAsync(
        this ListTable<UnitRecord> table, IQueryable<UnitRecord> records, ListQuery list, CancellationToken cancellationToken)
    {
        var sorted = table.Sort(table.Filter(records, list), list);
        var page = await sorted.Skip(list.Offset).Take(list.Limit + 1).Select(x => x.Row).ToListAsync(cancellationToken);
        if (page.Count <= list.Limit) return (page, null);
        page.RemoveAt(list.Limit);
        return (page, list.Offset + list.Limit);
    }

    private static IQueryable<ScopeRow> Living(RunAiRbacDbContext db, int tenantId, string type)
        => db.Scopes.AsNoTracking().Where(row => row.TenantId == tenantId && row.Type == type && row.DeletedAt == null);
}
