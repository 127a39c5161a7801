using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>Changes the quotas of a department or a project.</summary>
internal sealed class UnitResourcesService(Writes writes)
{
    public Task<IReadOnlyList<Resources>> ReplaceAsync(HttpContext context, string type, string id, IReadOnlyList<Resources> resources)
        => ChangeAsync(context, type, id, resources, (_, given) => given);

    public Task<IReadOnlyList<Resources>> MergeAsync(HttpContext context, string type, string id, IReadOnlyList<Resources> resources)
        => ChangeAsync(context, type, id, resources, UnitResources.Merge);

    private async Task<IReadOnlyList<Resources>> ChangeAsync(
        HttpContext context, string type, string id, IReadOnlyList<Resources> given, Func<IReadOnlyList<Resources>, IReadOnlyList<Resources>, IReadOnlyList<Resources>> change)
    {
        new UnitDetails { Resources = given }.Validated();
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var row = await UnitWrites.RowAsync(write, new Sight(acting).Demand(type, "update", id));
            var before = UnitDetails.Of(row.Details);
            var details = before with { Resources = change(before.Resources ?? [], given) };
            row.Details = details.ToJson();
            write.TouchScope(row);
            return details.Answer();
        });
        return written.Value;
    }
}
