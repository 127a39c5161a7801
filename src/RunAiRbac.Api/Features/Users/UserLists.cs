using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Groups;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;
using Fields = RunAiRbac.Api.Http.ListFields<RunAiRbac.Api.Features.SubjectManagement.SubjectRecord>;

namespace RunAiRbac.Api.Features.Users;

/// <summary>Reads users as the caller may see them.</summary>
internal sealed class UserLists(PolicyStore store, TimeProvider clock)
{
    public static readonly ListTable<SubjectRecord> Table = new(
        Fields.Text("id", x => x.Row.Id),
        [
            Fields.Text("username", x => x.Row.NameFolded),
            Fields.Text("createdBy", x => x.CreatedByFolded),
            Fields.Date("lastLogin", x => x.Row.LastLogin),
            Fields.Date("creationTime", x => x.Row.CreatedAt),
            Fields.Date("lastUpdated", x => x.Row.UpdatedAt),
            Fields.Flag("isLocal", x => x.Row.IsLocal).OnlyFiltered(),
            Fields.Choice("type", ["local", "sso"], x => x.Row.IsLocal == null ? -1 : x.Row.IsLocal == true ? 0 : 1).OnlySorted(),
        ],
        new ListLimits(Default: 500),
        operators: ["==", "<=", ">=", "=@"],
        defaultSort: "username");

    /// <summary>The older parameter <c>filter=runai.is_local:true</c> as the term of <c>filterBy</c> that it means.</summary>
    public static ListQuery WithLegacyFilter(IQueryCollection query, ListQuery list) => ListQuery.ReadOne(query, "filter") switch
    {
        null => list,
        "runai.is_local:true" or "runai.is_local:True" => list with { Filters = [.. list.Filters, new ListFilter("isLocal", "==", "true")] },
        "runai.is_local:false" or "runai.is_local:False" => list with { Filters = [.. list.Filters, new ListFilter("isLocal", "==", "false")] },
        _ => throw ApiException.Invalid("filter", "must be runai.is_local:true or runai.is_local:false; everything else is asked by `filterBy`"),
    };

    public async Task<IReadOnlyList<User>> PageAsync(HttpContext context, ListQuery query)
    {
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await Table.PageAsync(Visible(db, context), db, query, context.RequestAborted);
        return rows.ConvertAll(row => Show(row, context.Admitted().Version));
    }

    public async Task<long> CountAsync(HttpContext context, ListQuery query)
    {
        await using var db = await store.OpenAsync(context.RequestAborted);
        return await Table.CountAsync(Visible(db, context), db, query, context.RequestAborted);
    }

    public async Task<User> GetAsync(HttpContext context, string id)
    {
        Acting.Reading(context.Admitted(), clock).DemandReadable(HomedKind.User, id);
        var version = context.Admitted().Version;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await db.Living(version.TenantId, SubjectKind.User).SingleOrDefaultAsync(x => x.Id == id, context.RequestAborted);
        if (row is null) throw ApiException.NotFound(HomedKind.User.Noun);
        return Show(row, version) with { Memberships = await UserMemberships.ReadAsync(db, version.TenantId, id, clock.NowMicros(), context.RequestAborted) };
    }

    /// <summary>The user as it is shown; not judged.</summary>
    public User Show(SubjectRow row, PolicyVersion version)
    {
        var home = version.Snapshot.Home(row);
        return new User
        {
            Id = row.Id,
            Username = row.Name,
            CreatedBy = version.Snapshot.CreatedBy(row),
            CreatedAt = Micros.ToTime(row.CreatedAt),
            UpdatedAt = Micros.ToTime(row.UpdatedAt),
            LastLogin = row.LastLogin is { } at ? Micros.ToTime(at) : null,
            IsLocal = row.IsLocal,
            Groups = version.Snapshot.GroupNames(row.Id, clock.NowMicros()),
            Enabled = row.Enabled,
            Pending = row.IsPending,
            FirstName = row.FirstName,
            LastName = row.LastName,
            ScopeType = home.Type,
            ScopeId = home.Id,
            Revision = version.Token,
        };
    }

    private IQueryable<SubjectRow> Visible(RunAiRbacDbContext db, HttpContext context)
    {
        var admitted = context.Admitted();
        return db.ReadableUsers(admitted.Caller.TenantId, Acting.Reading(admitted, clock));
    }
}
