using Microsoft.EntityFrameworkCore;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Sso;

/// <summary>
/// Sign-ins refused because the address is taken, kept for a while so that an administrator can link the account without typing its claim. No policy: they
/// let nobody do anything.
/// </summary>
internal sealed partial class PendingLinks(PolicyStore store, TimeProvider clock, ILogger<PendingLinks> logger)
{
    /// <summary>Accounts waiting for one user. Whoever runs a provider can make as many as it likes.</summary>
    public const int MostPerUser = 20;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>The living ones: of providers that still are, no older than they are kept.</summary>
    public static IQueryable<IdentityRequestRow> Living(RunAiRbacDbContext db, int tenantId, long now)
    {
        var since = now - (long)Kept.TotalMicroseconds;
        return db.IdentityRequests.AsNoTracking().Where(x => x.TenantId == tenantId && x.LastAt >= since
            && db.IdentityProviders.Any(p => p.TenantId == tenantId && p.Id == x.ProviderId && p.DeletedAt == null));
    }

    /// <summary>Notes one. What fails here is logged: the refusal is the answer all the same.</summary>
    public async Task NoteAsync(SsoProvider provider, ClaimedPerson person, string userId)
    {
        try
        {
            await using var db = await store.OpenAsync(CancellationToken.None);
            var now = clock.NowMicros();
            await SweepAsync(db, provider.TenantId, userId, now);
            if (await RepeatAsync(db, provider, person, userId, now)) return;
            db.IdentityRequests.Add(new IdentityRequestRow
            {
                TenantId = provider.TenantId,
                Id = Ids.New(),
                UserId = userId,
                ProviderId = provider.Id,
                Claim = person.SubjectClaim,
                Email = person.Email!,
                FirstName = person.FirstName,
                LastName = person.LastName,
                FirstAt = now,
                LastAt = now,
                Attempts = 1,
            });
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is DbUpdateException || DatabaseFailures.IsUnavailable(failure))
        {
            // Of two at once one has won: it says the same.
            Log.NotNoted(logger, provider.Alias, provider.TenantId, failure);
        }
    }

    /// <summary>Forgets what has been linked, in the write that links it.</summary>
    public static Task ForgetAsync(PolicyWrite write, string providerId, string claim)
        => write.Db.IdentityRequests.Where(x => x.TenantId == write.TenantId && x.ProviderId == providerId && x.Claim == claim).ExecuteDeleteAsync(CancellationToken.None);

    private static async Task<bool> RepeatAsync(RunAiRbacDbContext db, SsoProvider provider, ClaimedPerson person, string userId, long now)
        => await db.IdentityRequests.Where(x => x.TenantId == provider.TenantId && x.ProviderId == provider.Id && x.Claim == person.SubjectClaim).ExecuteUpdateAsync(
            x => x.SetProperty(r => r.UserId, userId).SetProperty(r => r.Email, person.Email!).SetProperty(r => r.FirstName, person.FirstName)
                .SetProperty(r => r.LastName, person.LastName).SetProperty(r => r.LastAt, now).SetProperty(r => r.Attempts, r => r.Attempts + 1),
            CancellationToken.None) > 0;

    /// <summary>Old ones of the tenant, and the oldest of a user who has too many.</summary>
    private static async Task SweepAsync(RunAiRbacDbContext db, int tenantId, string userId, long now)
    {
        var since = now - (long)Kept.TotalMicroseconds;
        await db.IdentityRequests.Where(x => x.TenantId == tenantId && x.LastAt < since).ExecuteDeleteAsync(CancellationToken.None);
        var newest = await db.IdentityRequests.Where(x => x.TenantId == tenantId && x.UserId == userId)
            .OrderByDescending(x => x.LastAt).ThenBy(x => x.Id).Select(x => x.Id).Take(MostPerUser - 1).ToListAsync(CancellationToken.None);
        if (newest.Count == MostPerUser - 1)
            await db.IdentityRequests.Where(x => x.TenantId == tenantId && x.UserId == userId && !newest.Contains(x.Id)).ExecuteDeleteAsync(CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1410, Level = LogLevel.Warning, Message = "A refused sign-in by the identity provider {Alias} of tenant {TenantId} could not be kept for linking")]
        public static partial void NotNoted(ILogger logger, string alias, int tenantId, Exception exception);
    }
}
