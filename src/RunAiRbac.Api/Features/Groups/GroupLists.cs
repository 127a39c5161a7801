using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;
using Fields = RunAiRbac.Api.Http.ListFields<RunAiRbac.Api.Features.SubjectManagement.SubjectRecord>;

namespace RunAiRbac.Api.Features.Groups;

/// <summary>Reads groups and their members as the caller may see them.</summary>
internal sealed class GroupLists(PolicyStore store, TimeProvider clock)
{
    public static readonly ListTable<SubjectRecord> Table = new(
        Fields.Text("id", x => x.Row.Id),
        [Fields.Text("name", x => x.Row.NameFolded), Fields.Text("createdBy", x => x.CreatedByFolded), Fields.Date("createdAt", x => x.Row.CreatedAt)],
        defaultSort: "name");

    public static readonly ListTable<SubjectRecord> Members = new(
        Fields.Text("id", x => x.Row.Id), [Fields.Text("username", x => x.Row.NameFolded)], defaultSort: "username");

    public async Task<IReadOnlyList<Group>> PageAsync(HttpContext context, ListQuery query)
    {
        var acting = Acting.Reading(context.Admitted(), clock);
        if (!acting.CanAnywhere("groups", "read")) return [];
        var version = context.Admitted().Version;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await Table.PageAsync(db.Living(version.TenantId, SubjectKind.Group), db, query, context.RequestAborted);
        var ids = rows.ConvertAll(row => row.Id);
        var sources = await db.Groups
            .Where(x => x.TenantId == version.TenantId && x.DeletedAt == null && ids.Contains(x.SubjectId))
            .Select(x => new { x.SubjectId, x.Source })
            .ToListAsync(context.RequestAborted);
        var bySubject = sources.ToLookup(x => x.SubjectId, x => x.Source, StringComparer.Ordinal);
        return rows.ConvertAll(row => Show(row, [.. bySubject[row.Id].Order(StringComparer.Ordinal)], version, acting.Moment));
    }

    public async Task<IReadOnlyList<GroupMember>> MembersAsync(HttpContext context, string groupId, ListQuery query)
    {
        var acting = Acting.Reading(context.Admitted(), clock);
        var group = acting.Snapshot.FindSubject(groupId);
        var isReadable = group.IsKnown && acting.Snapshot.Subject(group).Kind == SubjectKind.Group && acting.CanAnywhere("groups", "read");
        if (!isReadable) throw ApiException.NotFound("group");

        var tenantId = context.Admitted().Caller.TenantId;
        await using var db = await store.OpenAsync(context.RequestAborted);
        // Few, and read first: as a join inside the condition they have made PostgreSQL, without statistics, walk all memberships for each user.
        var sourceOf = await db.Groups.Where(g => g.TenantId == tenantId && g.SubjectId == groupId && g.DeletedAt == null)
            .ToDictionaryAsync(g => g.Id, g => g.Source, StringComparer.Ordinal, context.RequestAborted);
        var groups = sourceOf.Keys.ToArray();
        var memberships = db.Memberships.Where(m => m.TenantId == tenantId && groups.Contains(m.GroupId)
            && m.EndedRevision == null && (m.ValidUntil == null || m.ValidUntil > acting.Moment));
        var members = db.ReadableUsers(tenantId, acting).Where(user => memberships.Any(m => m.UserId == user.Id));
        var rows = await Members.PageAsync(members, db, query, context.RequestAborted);
        var ids = rows.ConvertAll(row => row.Id);
        var found = await memberships.Where(m => ids.Contains(m.UserId)).Select(m => new { m.UserId, m.GroupId }).ToListAsync(context.RequestAborted);
        var sources = found.ToLookup(m => m.UserId, m => sourceOf[m.GroupId], StringComparer.Ordinal);
        return rows.ConvertAll(row => new GroupMember
        {
            Id = row.Id,
            Username = row.Name,
            Enabled = row.Enabled,
            Sources = [.. sources[row.Id].Order(StringComparer.Ordinal)],
        });
    }

    private static Group Show(SubjectRow row, IReadOnlyList<string> sources, PolicyVersion version, long now)
    {
        var group = version.Snapshot.FindSubject(row.Id);
        return new Group
        {
            Id = row.Id,
            Name = row.Name,
            Sources = sources,
            MemberCount = group.IsKnown ? version.Snapshot.CountMembers(group, now) : 0,
            CreatedBy = version.Snapshot.CreatedBy(row),
            CreatedAt = Micros.ToTime(row.CreatedAt),
            Revision = version.Token,
        };
    }
}
