using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.SubjectManagement;

/// <summary>Reads living subjects for lists: a constant number of queries per page, in an order that no two rows share.</summary>
internal static class SubjectRows
{
    public static IQueryable<SubjectRow> Living(this RunAiRbacDbContext db, int tenantId, SubjectKind kind)
        => db.Subjects.AsNoTracking().Where(x => x.TenantId == tenantId && x.Kind == kind && x.DeletedAt == null);

    /// <summary>Names that contain the text, whatever the case.</summary>
    public static IQueryable<SubjectRow> Matching(this IQueryable<SubjectRow> rows, string? search)
    {
        if (search is null) return rows;
        var folded = PlainText.Demand("search", search).ToLowerInvariant();
        return rows.Where(x => x.NameFolded.Contains(folded));
    }

    /// <summary>One page. What was never there (no sign-in, no kind) sorts first, on every database.</summary>
    public static Task<List<SubjectRow>> PageAsync(
        this IQueryable<SubjectRow> rows, RunAiRbacDbContext db, ListQuery query, CancellationToken cancellationToken)
    {
        var sorted = query.SortBy switch
        {
            "createdBy" => rows.By(
                x => db.Subjects.Where(c => c.TenantId == x.TenantId && c.Id == x.CreatedById && c.DeletedAt == null).Select(c => c.Name).FirstOrDefault() ?? x.CreatedByName,
                query.Descending),
            "lastLogin" => rows.By(x => x.LastLogin ?? long.MinValue, query.Descending),
            "createdAt" or "creationTime" => rows.By(x => x.CreatedAt, query.Descending),
            "updatedAt" or "lastUpdated" => rows.By(x => x.UpdatedAt, query.Descending),
            "type" => rows.By(x => x.IsLocal == null ? 0 : x.IsLocal == true ? 1 : 2, query.Descending),
            "enabled" => rows.By(x => x.Enabled, query.Descending),
            _ => rows.By(x => x.NameFolded, query.Descending),
        };
        return sorted.ThenBy(x => x.Id).Skip(query.Offset).Take(query.Limit).ToListAsync(cancellationToken);
    }

    /// <summary>Each user's groups that count now, by user id, from whatever source: one query for all of them.</summary>
    public static async Task<ILookup<string, string>> GroupNamesAsync(
        this RunAiRbacDbContext db, int tenantId, IReadOnlyCollection<string> userIds, long now, CancellationToken cancellationToken)
    {
        if (userIds.Count == 0) return Enumerable.Empty<string>().ToLookup(x => x);
        var names =
            from membership in db.Memberships
            join g in db.Groups on new { membership.TenantId, Id = membership.GroupId } equals new { g.TenantId, g.Id }
            where membership.TenantId == tenantId && membership.EndedRevision == null && g.DeletedAt == null
                && (membership.ValidUntil == null || membership.ValidUntil > now) && userIds.Contains(membership.UserId)
            select new { membership.UserId, g.Name };
        var rows = await names.Distinct().ToListAsync(cancellationToken);
        return rows.OrderBy(x => x.Name, StringComparer.Ordinal).ToLookup(x => x.UserId, x => x.Name, StringComparer.Ordinal);
    }

    /// <summary>The name that the creator has now; the one it had, when it is gone.</summary>
    public static string CreatedBy(this PolicySnapshot snapshot, SubjectRow row)
        => row.CreatedById is { } id && snapshot.FindSubject(id) is { IsKnown: true } creator ? snapshot.Subject(creator).Name : row.CreatedByName;

    /// <summary>The home scope as it is shown.</summary>
    public static ScopeFact Home(this PolicySnapshot snapshot, SubjectRow row)
    {
        if (row.HomeScopeId is { } id && snapshot.FindScope(id) is { IsKnown: true } home) return snapshot.Scope(home);
        return snapshot.Scope(snapshot.FindScope("tenant", row.TenantId.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static IOrderedQueryable<SubjectRow> By<TKey>(this IQueryable<SubjectRow> rows, Expression<Func<SubjectRow, TKey>> key, bool descending)
        => descending ? rows.OrderByDescending(key) : rows.OrderBy(key);
}
