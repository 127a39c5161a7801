using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.SubjectManagement;

/// <summary>A subject with its creator's name, folded: one row of a list.</summary>
internal sealed class SubjectRecord
{
    public required SubjectRow Row { get; init; }
    public required string CreatedByFolded { get; init; }
}

/// <summary>Reads living subjects for lists: a constant number of queries per page.</summary>
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

    /// <summary>The rows with what lists filter and sort by.</summary>
    public static IQueryable<SubjectRecord> Records(this IQueryable<SubjectRow> rows, RunAiRbacDbContext db)
        => from row in rows
           join c in db.Subjects on new { row.TenantId, Id = row.CreatedById } equals new { c.TenantId, Id = (string?)c.Id } into creators
           from creator in creators.DefaultIfEmpty()
           select new SubjectRecord { Row = row, CreatedByFolded = creator.NameFolded ?? row.CreatedByName.ToLower() };

    /// <summary>One page of a list. First the ids alone, which an index holds in most orders: the rows before the page would cost more than the page.</summary>
    public static async Task<List<SubjectRow>> PageAsync(
        this ListTable<SubjectRecord> table, IQueryable<SubjectRow> rows, RunAiRbacDbContext db, ListQuery query, CancellationToken cancellationToken)
    {
        var ids = await table.Page(table.Filter(rows.Matching(query.Search).Records(db), query), query).Select(x => x.Row.Id).ToListAsync(cancellationToken);
        var page = await rows.Where(x => EF.Parameter(ids).Contains(x.Id)).ToDictionaryAsync(x => x.Id, StringComparer.Ordinal, cancellationToken);
        // One that has been deleted in between is not shown.
        return [.. ids.Where(page.ContainsKey).Select(id => page[id])];
    }

    /// <summary>How many rows the whole list has.</summary>
    public static Task<long> CountAsync(
        this ListTable<SubjectRecord> table, IQueryable<SubjectRow> rows, RunAiRbacDbContext db, ListQuery query, CancellationToken cancellationToken)
        => table.Filter(rows.Matching(query.Search).Records(db), query).LongCountAsync(cancellationToken);

    /// <summary>Names that contain the text, whatever the case.</summary>
    public static IQueryable<SubjectRow> Matching(this IQueryable<SubjectRow> rows, string? search)
    {
        if (search is null) return rows;
        var folded = Folding.Fold(search);
        return rows.Where(x => x.NameFolded.Contains(folded));
    }

    /// <summary>The names of the groups that count for the user at that moment.</summary>
    public static IReadOnlyList<string> GroupNames(this PolicySnapshot snapshot, string userId, long now)
    {
        var user = snapshot.FindSubject(userId);
        if (!user.IsKnown) return [];
        return [.. snapshot.GroupsOf(user).Where(x => x.ValidUntil > now).Select(x => snapshot.Subject(x.Group).Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>The name that the creator has now; the one it had, when it is gone.</summary>
    public static string CreatedBy(this PolicySnapshot snapshot, SubjectRow row) => snapshot.NameOf(row.CreatedById, row.CreatedByName);

    /// <summary>The name that somebody has now; the one it had, when it is gone.</summary>
    public static string NameOf(this PolicySnapshot snapshot, string? id, string formerName)
        => id is not null && snapshot.FindSubject(id) is { IsKnown: true } subject ? snapshot.Subject(subject).Name : formerName;

    /// <summary>The home scope as it is shown.</summary>
    public static ScopeFact Home(this PolicySnapshot snapshot, SubjectRow row)
    {
        if (row.HomeScopeId is { } id && snapshot.FindScope(id) is { IsKnown: true } home) return snapshot.Scope(home);
        return snapshot.Scope(snapshot.FindScope("tenant", row.TenantId.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }
}
