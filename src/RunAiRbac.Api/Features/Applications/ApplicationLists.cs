using System.Globalization;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;
using Fields = RunAiRbac.Api.Http.ListFields<RunAiRbac.Api.Features.SubjectManagement.SubjectRecord>;

namespace RunAiRbac.Api.Features.Applications;

/// <summary>Reads applications as the caller may see them.</summary>
internal sealed class ApplicationLists(PolicyStore store, TimeProvider clock)
{
    /// <summary>The compatible API has no paging here and its clients expect all of them: only a limit that is given counts.</summary>
    public static readonly ListTable<SubjectRecord> Table = new(
        Fields.Text("id", x => x.Row.Id),
        [
            Fields.Text("name", x => x.Row.NameFolded),
            Fields.Text("clientId", x => x.Row.NameFolded),
            Fields.Text("createdBy", x => x.CreatedByFolded),
            Fields.Date("createdAt", x => x.Row.CreatedAt),
            Fields.Date("updatedAt", x => x.Row.UpdatedAt),
            Fields.Date("lastLogin", x => x.Row.LastLogin),
            Fields.Flag("enabled", x => x.Row.Enabled),
        ],
        new ListLimits(Default: int.MaxValue),
        defaultSort: "name");

    public async Task<IReadOnlyList<Application>> PageAsync(HttpContext context, ListQuery query)
    {
        var acting = Acting.Reading(context.Admitted(), clock);
        if (!acting.CanRead(HomedKind.Application)) return [];
        var version = context.Admitted().Version;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await Table.PageAsync(db.Living(version.TenantId, SubjectKind.Application), db, query, context.RequestAborted);
        return rows.ConvertAll(row => Show(row, version));
    }

    public async Task<Application> GetAsync(HttpContext context, string id)
    {
        Acting.Reading(context.Admitted(), clock).DemandReadable(HomedKind.Application, id);
        var version = context.Admitted().Version;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await db.Living(version.TenantId, SubjectKind.Application).SingleOrDefaultAsync(x => x.Id == id, context.RequestAborted);
        return row is null ? throw ApiException.NotFound(HomedKind.Application.Noun) : Show(row, version);
    }

    private static Application Show(SubjectRow row, PolicyVersion version)
    {
        var home = version.Snapshot.Home(row);
        return new Application
        {
            Id = row.Id,
            Name = row.Name,
            ClientId = row.Key,
            CreatedBy = version.Snapshot.CreatedBy(row),
            CreatedAt = Micros.ToTime(row.CreatedAt),
            UpdatedAt = Micros.ToTime(row.UpdatedAt),
            LastLogin = row.LastLogin is { } at ? Micros.ToTime(at) : null,
            Enabled = row.Enabled,
            TenantId = row.TenantId.ToString(CultureInfo.InvariantCulture),
            ScopeType = home.Type,
            ScopeId = home.Id,
            Revision = version.Token,
        };
    }
}
