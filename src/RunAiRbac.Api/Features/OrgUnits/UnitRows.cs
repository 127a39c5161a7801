using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Http;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.OrgUnits;

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

    /// <summary>Only names that contain the text, whatever the case.</summary>
    public static IQueryable<ScopeRow> Search(this IQueryable<ScopeRow> rows, string? text)
    {
        if (text is null) return rows;
        var folded = text.ToLowerInvariant();
        return rows.Where(row => row.NameFolded.Contains(folded));
    }

    /// <summary>One page in a stable order, by name unless told otherwise, and the offset of the next one.</summary>
    public static async Task<(List<ScopeRow> Rows, int? Next)> PageAsync(
        this IQueryable<ScopeRow> rows, RunAiRbacDbContext db, ListQuery list, CancellationToken cancellationToken)
    {
        var page = await Order(rows, db, list).Skip(list.Offset).Take(list.Limit + 1).ToListAsync(cancellationToken);
        if (page.Count <= list.Limit) return (page, null);
        page.RemoveAt(list.Limit);
        return (page, list.Offset + list.Limit);
    }

    private static IQueryable<ScopeRow> Order(IQueryable<ScopeRow> rows, RunAiRbacDbContext db, ListQuery list) => list.SortBy switch
    {
        null or "name" => By(rows, row => row.NameFolded, list.Descending),
        "clusterId" => By(rows, row => row.ClusterId, list.Descending),
        "departmentId" or "parentId" => By(rows, row => row.ParentId, list.Descending),
        "parentName" => By(rows, row => db.Scopes.Where(p => p.TenantId == row.TenantId && p.Id == row.ParentId).Select(p => p.NameFolded).First(), list.Descending),
        "createdAt" => By(rows, row => row.CreatedAt, list.Descending),
        _ => rows.OrderBy(row => row.Id), // Quota, usage and phase: the same for all.
    };

    private static IQueryable<ScopeRow> By<TKey>(IQueryable<ScopeRow> rows, Expression<Func<ScopeRow, TKey>> key, bool descending)
        => (descending ? rows.OrderByDescending(key) : rows.OrderBy(key)).ThenBy(row => row.Id);

    private static IQueryable<ScopeRow> Living(RunAiRbacDbContext db, int tenantId, string type)
        => db.Scopes.AsNoTracking().Where(row => row.TenantId == tenantId && row.Type == type && row.DeletedAt == null);
}
