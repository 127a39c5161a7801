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

    /// <summary>The users that a GET by id would show: all, or, without the permission, the caller itself.</summary>
    public static IQueryable<SubjectRow> ReadableUsers(this RunAiRbacDbContext db, int tenantId, Acting acting)
    {
        var users = db.Living(tenantId, SubjectKind.User);
        if (acting.CanRead(HomedKind.User)) return users;
        var self = acting.Snapshot.Subject(acting.Subject).Id;
        return users.Where(x => x.Id == self);
    }

    /// <summary>Names that contain the text, whatever the case.</summary>
    public static IQueryable<SubjectRow> Matching(this IQueryable<SubjectRow> rows, string? search)
    {
        if (search is null) return rows;
        var folded = search.ToLowerInvariant();
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

    /// <summary>The names of the groups that count for the user at that moment.</summary>
    public static IReadOnlyList<string> GroupNames(this PolicySnapshot snapshot, string userId, long now)
    {
        var user = snapshot.FindSubject(userId);
        if (!user.IsKnown) return [];
        return [.. snapshot.GroupsOf(user).Where(x => x.ValidUntil > now).Select(x => snapshot.Subject(x.Group).Name).Order(StringComparer.Ordinal)];
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
