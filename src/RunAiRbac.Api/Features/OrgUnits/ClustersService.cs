using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.OrgUnits;

internal sealed class ClustersService(PolicyStore store, Writes writes, TimeProvider clock)
{
    public async Task<DisplayedCluster> CreateAsync(HttpContext context, ClusterCreationRequest request)
    {
        var name = UnitNames.Cluster(request.Name);
        var details = new ClusterDetails(UnitNames.Text("domain", request.Domain), UnitNames.Text("version", request.Version)).ToJson();
        var written = await writes.RunAsync(context, (write, acting) =>
        {
            acting.Demand(UnitTypes.Cluster, "create", acting.Tenant);
            return UnitWrites.AddClusterAsync(write, acting.Snapshot.Scope(acting.Tenant).Id, name, details);
        });
        return Answer(written.Value) with { Revision = written.Version.Token };
    }

    public async Task<List<DisplayedCluster>> ListAsync(HttpContext context, bool full)
    {
        var admitted = context.Admitted();
        var sight = new Sight(Acting.Reading(admitted, clock));
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await UnitRows.Readable(db, admitted.Caller.TenantId, UnitTypes.Cluster, sight)
            .OrderBy(row => row.NameFolded).ThenBy(row => row.Id).ToListAsync(context.RequestAborted);
        return [.. rows.Select(row => Answer(row, full))];
    }

    public async Task<DisplayedCluster> GetAsync(HttpContext context, string id, bool full)
    {
        var admitted = context.Admitted();
        new Sight(Acting.Reading(admitted, clock)).Find(UnitTypes.Cluster, id);
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await UnitRows.FindAsync(db, admitted.Caller.TenantId, UnitTypes.Cluster, id, context.RequestAborted)
            ?? throw ApiException.NotFound(UnitTypes.Cluster);
        return Answer(row, full) with { Revision = admitted.Version.Token };
    }

    public async Task RenameAsync(HttpContext context, string id, ClusterUpdateRequest request)
    {
        var name = UnitNames.Cluster(request.Name);
        await writes.RunAsync(context, async (write, acting) =>
        {
            var row = await UnitWrites.RowAsync(write, new Sight(acting).Demand(UnitTypes.Cluster, "update", id));
            await UnitWrites.RenameAsync(write, row, name);
            return row;
        });
    }

    /// <summary>Ends the cluster with all that is below it, at once.</summary>
    public Task DeleteAsync(HttpContext context, string id) => writes.RunAsync(context, async (write, acting) =>
    {
        new Sight(acting).Demand(UnitTypes.Cluster, "delete", id);
        await write.EndScopeAsync(id, CancellationToken.None);
        return id;
    });

    private static DisplayedCluster Answer(ScopeRow row, bool full = true)
    {
        var details = ClusterDetails.Of(row.Details);
        return new DisplayedCluster
        {
            Uuid = row.Id,
            TenantId = row.TenantId,
            Name = row.Name,
            Domain = details.Domain,
            Version = details.Version,
            Status = full ? ClusterStatus.Constant : null,
            CreatedAt = Micros.ToTime(row.CreatedAt),
            UpdatedAt = Micros.ToTime(row.UpdatedAt),
        };
    }

    private sealed record ClusterDetails(string? Domain, string? Version)
    {
        public static ClusterDetails Of(string? json)
            => (json is null ? null : JsonSerializer.Deserialize<ClusterDetails>(json, JsonBody.Answers)) ?? new ClusterDetails(null, null);

        public string ToJson() => JsonSerializer.Serialize(this, JsonBody.Answers);
    }
}
