using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Users;

/// <summary>Reads users as the caller may see them.</summary>
internal sealed class UserLists(PolicyStore store, TimeProvider clock)
{
    public static readonly ListSpec Spec = new(
        SortFields: ["username", "createdBy", "lastLogin", "creationTime", "lastUpdated", "type"],
        FilterFields: ["username", "createdBy", "lastLogin", "creationTime", "lastUpdated", "isLocal"],
        DefaultLimit: 500,
        Operators: ["==", "<=", ">=", "=@"]);

    /// <summary>The compatible API's older parameter: never ignored, since it would leave rows out.</summary>
    public static void RefuseLegacyFilter(IQueryCollection query)
    {
        if (ListQuery.ReadOne(query, "filter") is not null) throw new ApiException(Kinds.NotImplemented, "`filter` is not served; use `filterBy`.", "filter");
    }

    public async Task<IReadOnlyList<User>> PageAsync(HttpContext context, ListQuery query)
    {
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await Visible(db, context).Matching(query.Search).PageAsync(db, query, context.RequestAborted);
        return rows.ConvertAll(row => Show(row, context.Admitted().Version));
    }

    public async Task<long> CountAsync(HttpContext context, string? search)
    {
        await using var db = await store.OpenAsync(context.RequestAborted);
        return await Visible(db, context).Matching(search).LongCountAsync(context.RequestAborted);
    }

    public async Task<User> GetAsync(HttpContext context, string id)
    {
        Acting.Reading(context.Admitted(), clock).DemandReadable(HomedKind.User, id);
        var version = context.Admitted().Version;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await db.Living(version.TenantId, SubjectKind.User).SingleOrDefaultAsync(x => x.Id == id, context.RequestAborted);
        return row is null ? throw ApiException.NotFound(HomedKind.User.Noun) : Show(row, version);
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
