using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>Drops old entries of the change log. A replica that is further behind than what is left reads everything anew, as after any gap.</summary>
public sealed class ChangeLogRetention(IDbContextFactory<RunAiRbacDbContext> contexts)
{
    /// <summary>At most so many in one statement, so that writers wait only shortly.</summary>
    private const int Batch = 1_000;

    /// <summary>Drops every tenant's entries from before a moment. Gives how many.</summary>
    public async Task<int> DropAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var dropped = 0;
        foreach (var tenantId in await db.Revisions.Select(x => x.TenantId).ToListAsync(cancellationToken))
        {
            int count;
            do
            {
                count = await DropBatchAsync(db, tenantId, Micros.From(before), cancellationToken);
                dropped += count;
            }
            while (count == Batch);
        }

        return dropped;
    }

    /// <summary>The first entries only, up to one that is young enough, so that what is left has no gap, whatever the writers' clocks said.</summary>
    private static async Task<int> DropBatchAsync(RunAiRbacDbContext db, int tenantId, long before, CancellationToken cancellationToken)
    {
        var first = await db.Changes.Where(x => x.TenantId == tenantId).OrderBy(x => x.Revision).Take(Batch).Select(x => new { x.Revision, x.At }).ToListAsync(cancellationToken);
        var old = first.TakeWhile(x => x.At < before).ToList();
        if (old.Count == 0) return 0;
        var last = old[^1].Revision;
        return await db.Changes.Where(x => x.TenantId == tenantId && x.Revision <= last).ExecuteDeleteAsync(cancellationToken);
    }
}
