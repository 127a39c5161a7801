using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Features.AccessRules;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Features.Users;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Groups;

/// <summary>Replaces a user's directory memberships.</summary>
internal sealed class MembershipsService(Writes writes, UserLists users, SimulationService simulation)
{
    public async Task<User> ReplaceAsync(HttpContext context, string userId, IReadOnlyCollection<string> names)
    {
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            await ReplaceAsync(write, acting, userId, names);
            return await write.RowAsync(userId, CancellationToken.None);
        });
        return users.Show(written.Value, written.Version);
    }

    /// <summary>What that would change for the user; refuses what it would refuse, and writes nothing.</summary>
    public Task<SimulationResponse> SimulateAsync(HttpContext context, string userId, IReadOnlyCollection<string> names, int? limit, string? cursor)
        => simulation.RunAsync(context, limit, cursor, async (write, acting) =>
        {
            await ReplaceAsync(write, acting, userId, names);
            return [userId];
        });

    private static async Task ReplaceAsync(PolicyWrite write, Acting acting, string userId, IReadOnlyCollection<string> names)
    {
        var user = acting.DemandReadable(HomedKind.User, userId);
        acting.Demand("groups", "update", acting.Tenant);
        acting.DemandChange(user);
        await DemandAddedAsync(write, acting, userId, names);
        await write.SetGroupsAsync(userId, DirectoryGroups.Source, names, CancellationToken.None);
    }

    /// <summary>
    /// The law for every group that the directory did not name yet, whether or not another source does: that one's word may end, the directory's stays.
    /// </summary>
    private static async Task DemandAddedAsync(PolicyWrite write, Acting acting, string userId, IReadOnlyCollection<string> names)
    {
        var present = await (
            from membership in write.Db.Memberships
            join g in write.Db.Groups on new { membership.TenantId, Id = membership.GroupId } equals new { g.TenantId, g.Id }
            where membership.TenantId == write.TenantId && membership.UserId == userId && membership.EndedRevision == null && membership.ValidUntil == null
                && g.DeletedAt == null && g.Source == DirectoryGroups.Source
            select g.Name).ToHashSetAsync(StringComparer.Ordinal, CancellationToken.None);
        foreach (var name in names)
        {
            var group = acting.Snapshot.FindSubjectByKey(SubjectKind.Group, name);
            // A group that nobody knows yet has no rules.
            if (group.IsKnown && !present.Contains(name)) acting.DemandAddTo(group, until: null);
        }
    }
}
