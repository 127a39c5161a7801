using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Sso;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Identities;

/// <summary>Reads a user's identities, and the accounts that wait to become one, for who may read the user.</summary>
internal sealed class IdentityLists(PolicyStore store, TimeProvider clock)
{
    public async Task<UserIdentities> OfUserAsync(HttpContext context, string userId)
    {
        Acting.Reading(context.Admitted(), clock).DemandReadable(HomedKind.User, userId);
        var version = context.Admitted().Version;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await db.Identities.AsNoTracking()
            .Where(x => x.TenantId == version.TenantId && x.SubjectId == userId && x.DeletedAt == null)
            .OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).ToListAsync(context.RequestAborted);
        var providers = await ProvidersAsync(db, version.TenantId, context.RequestAborted);
        var groups = await GroupsAsync(db, version.TenantId, userId, context.RequestAborted);
        return new UserIdentities
        {
            Identities = [.. rows.Select(row => Show(row, row.ProviderId is { } id ? providers.GetValueOrDefault(id) : null) with { Groups = [.. groups[row.Provider]] })],
            Requests = await WaitingAsync(db, providers, version.TenantId, userId, context.RequestAborted),
            Revision = version.Token,
        };
    }

    public async Task<IdentityRequests> RequestsAsync(HttpContext context, string userId)
    {
        Acting.Reading(context.Admitted(), clock).DemandReadable(HomedKind.User, userId);
        var version = context.Admitted().Version;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var providers = await ProvidersAsync(db, version.TenantId, context.RequestAborted);
        return new IdentityRequests { Requests = await WaitingAsync(db, providers, version.TenantId, userId, context.RequestAborted) };
    }

    private async Task<List<IdentityRequest>> WaitingAsync(
        RunAiRbacDbContext db, Dictionary<string, IdentityProviderRow> providers, int tenantId, string userId, CancellationToken cancellationToken)
    {
        var rows = await PendingLinks.Living(db, tenantId, clock.NowMicros())
            .Where(x => x.UserId == userId).OrderByDescending(x => x.LastAt).ThenBy(x => x.Id).ToListAsync(cancellationToken);
        return [.. rows.Where(row => providers.ContainsKey(row.ProviderId)).Select(row => Show(row, providers[row.ProviderId]))];
    }

    /// <summary>An identity without its groups and revision.</summary>
    public static UserIdentity Show(IdentityRow row, IdentityProviderRow? provider) => new()
    {
        Id = row.Id,
        Provider = row.Provider,
        ProviderName = provider?.Name,
        Type = provider?.Type ?? IdentitiesService.Local,
        SubjectClaim = row.Claim,
        Email = row.Email,
        Attributes = row.Attributes is null ? null : JsonSerializer.Deserialize<IdentityAttributes>(row.Attributes, JsonSerializerOptions.Web),
        CreatedAt = Micros.ToTime(row.CreatedAt),
        LastSeenAt = row.SeenAt is { } seen ? Micros.ToTime(seen) : null,
        GroupsStaleSince = row.GroupsStaleSince is { } since ? Micros.ToTime(since) : null,
        Groups = [],
    };

    private static IdentityRequest Show(IdentityRequestRow row, IdentityProviderRow provider) => new()
    {
        Id = row.Id,
        Provider = provider.Alias,
        ProviderName = provider.Name,
        SubjectClaim = row.Claim,
        Email = row.Email,
        FirstName = row.FirstName,
        LastName = row.LastName,
        FirstAt = Micros.ToTime(row.FirstAt),
        LastAt = Micros.ToTime(row.LastAt),
        Attempts = row.Attempts,
    };

    private static Task<Dictionary<string, IdentityProviderRow>> ProvidersAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
        => db.IdentityProviders.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).ToDictionaryAsync(x => x.Id, StringComparer.Ordinal, cancellationToken);

    private static async Task<ILookup<string, IdentityGroup>> GroupsAsync(RunAiRbacDbContext db, int tenantId, string userId, CancellationToken cancellationToken)
    {
        var query =
            from membership in db.Memberships.AsNoTracking()
            join g in db.Groups on new { membership.TenantId, Id = membership.GroupId } equals new { g.TenantId, g.Id }
            where membership.TenantId == tenantId && membership.UserId == userId && membership.EndedRevision == null && g.DeletedAt == null
            orderby g.Name
            select new { g.Source, g.Name, membership.SeenAt, membership.ValidUntil };
        var rows = await query.ToListAsync(cancellationToken);
        return rows.ToLookup(
            x => x.Source,
            x => new IdentityGroup { Name = x.Name, SeenAt = Micros.ToTime(x.SeenAt), ValidUntil = x.ValidUntil is { } until ? Micros.ToTime(until) : null },
            StringComparer.Ordinal);
    }
}
