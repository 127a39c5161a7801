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
        var acting = Acting.Reading(context.Admitted(), clock);
        if (!acting.CanRead(HomedKind.User)) return [];
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await db.Living(context.Admitted().Caller.TenantId, SubjectKind.User).Matching(query.Search).PageAsync(db, query, context.RequestAborted);
        return await ShowAsync(db, rows, context.Admitted().Version, context.RequestAborted);
    }

    public async Task<long> CountAsync(HttpContext context, string? search)
    {
        var acting = Acting.Reading(context.Admitted(), clock);
        if (!acting.CanRead(HomedKind.User)) return 0;
        await using var db = await store.OpenAsync(context.RequestAborted);
        return await db.Living(context.Admitted().Caller.TenantId, SubjectKind.User).Matching(search).LongCountAsync(context.RequestAborted);
    }

    public async Task<User> GetAsync(HttpContext context, string id)
    {
        var admitted = context.Admitted();
        Acting.Reading(admitted, clock).DemandReadable(HomedKind.User, id);
        return await GetAsync(admitted.Version, id, context.RequestAborted);
    }

    /// <summary>The user as of a version; not judged.</summary>
    public async Task<User> GetAsync(PolicyVersion version, string id, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        var row = await db.Living(version.TenantId, SubjectKind.User).SingleOrDefaultAsync(x => x.Id == id, cancellationToken);
        if (row is null) throw ApiException.NotFound(HomedKind.User.Noun);
        return (await ShowAsync(db, [row], version, cancellationToken))[0];
    }

    private async Task<List<User>> ShowAsync(RunAiRbacDbContext db, List<SubjectRow> rows, PolicyVersion version, CancellationToken cancellationToken)
    {
        var groups = await db.GroupNamesAsync(version.TenantId, rows.ConvertAll(row => row.Id), clock.NowMicros(), cancellationToken);
        return rows.ConvertAll(row => Show(row, [.. groups[row.Id]], version));
    }

    private static User Show(SubjectRow row, IReadOnlyList<string> groups, PolicyVersion version)
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
            Groups = groups,
            Enabled = row.Enabled,
            Pending = row.IsPending,
            FirstName = row.FirstName,
            LastName = row.LastName,
            ScopeType = home.Type,
            ScopeId = home.Id,
            Revision = version.Token,
        };
    }
}
