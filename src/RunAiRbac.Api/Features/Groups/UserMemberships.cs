using Microsoft.EntityFrameworkCore;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Groups;

/// <summary>Reads which source puts a user into which group.</summary>
internal static class UserMemberships
{
    /// <summary>By group, then source; those that no longer count too, until their source takes them back.</summary>
    public static async Task<IReadOnlyList<UserMembership>> ReadAsync(RunAiRbacDbContext db, int tenantId, string userId, long now, CancellationToken cancellationToken)
    {
        var query =
            from membership in db.Memberships.AsNoTracking()
            join g in db.Groups on new { membership.TenantId, Id = membership.GroupId } equals new { g.TenantId, g.Id }
            where membership.TenantId == tenantId && membership.UserId == userId && membership.EndedRevision == null && g.DeletedAt == null
            select new { g.Name, g.Source, membership.SeenAt, membership.ValidUntil };
        var rows = await query.ToListAsync(cancellationToken);
        var trusted = rows.Count == 0 ? [] : await GroupSources.TrustedAsync(db, tenantId, cancellationToken);
        return
        [
            .. rows.OrderBy(row => row.Name, StringComparer.Ordinal).ThenBy(row => row.Source, StringComparer.Ordinal).Select(row => new UserMembership
            {
                Group = row.Name,
                Source = row.Source,
                SeenAt = Micros.ToTime(row.SeenAt),
                ValidUntil = row.ValidUntil is { } until ? Micros.ToTime(until) : null,
                Counts = trusted.Contains(row.Source) && (row.ValidUntil is null || row.ValidUntil > now),
            }),
        ];
    }
}
