using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace RunAiRbac.Storage;

/// <summary>
/// Numbers and chains the events of each tenant after they were committed, so that no writer waits for another's hash. Of several replicas one seals a
/// tenant: the one with its lease. What makes it right is not the lease, though, but the head's row, which each batch takes first.
/// </summary>
public sealed partial class AuditSealer(IDbContextFactory<RunAiRbacDbContext> contexts, TimeProvider clock, ILogger<AuditSealer> logger)
{
    private const int Batch = 500;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly string _me = Ids.New();

    private sealed record Head(long LastNumber, string LastHash, long DroppedNumber, string DroppedHash);

    /// <summary>Seals all events that are committed, of the tenants that no other replica seals. Gives how many.</summary>
    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        var sealedNow = 0;
        foreach (var tenantId in await TenantsAsync(isSealed: false, cancellationToken))
        {
            while (true)
            {
                var count = await SealBatchAsync(tenantId, cancellationToken);
                sealedNow += count;
                if (count < Batch) break;
            }
        }

        return sealedNow;
    }

    /// <summary>
    /// Drops sealed events from before a moment, the oldest first, in batches. The head keeps number and hash of the last one. Gives how many. What is not as it
    /// was sealed is never dropped, nor anything after it: with it the proof would go that somebody changed it.
    /// </summary>
    public async Task<int> DropAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var dropped = 0;
        foreach (var tenantId in await TenantsAsync(isSealed: true, cancellationToken))
        {
            while (true)
            {
                var count = await DropBatchAsync(tenantId, Micros.From(before), cancellationToken);
                dropped += count;
                if (count < Batch) break;
            }
        }

        return dropped;
    }

    private async Task<List<int>> TenantsAsync(bool isSealed, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return isSealed
            ? await db.AuditHeads.Where(x => x.LastNumber > x.DroppedNumber).Select(x => x.TenantId).ToListAsync(cancellationToken)
            : await db.AuditEvents.Where(x => x.Number == null).Select(x => x.TenantId).Distinct().ToListAsync(cancellationToken);
    }

    private async Task<int> SealBatchAsync(int tenantId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (await TakeHeadAsync(db, tenantId, cancellationToken) is not { } head) return 0;
        var rows = await db.AuditEvents.Where(x => x.TenantId == tenantId && x.Number == null).OrderBy(x => x.At).ThenBy(x => x.Id).Take(Batch).ToListAsync(cancellationToken);
        var (number, hash) = (head.LastNumber, head.LastHash);
        foreach (var row in rows)
        {
            number++;
            hash = AuditChain.Hash(row, number, hash);
            (row.Number, row.Hash) = (number, hash);
        }

        await db.SaveChangesAsync(cancellationToken);
        await db.AuditHeads.Where(x => x.TenantId == tenantId).ExecuteUpdateAsync(
            x => x.SetProperty(h => h.LastNumber, number).SetProperty(h => h.LastHash, hash), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows.Count;
    }

    private async Task<int> DropBatchAsync(int tenantId, long before, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.AuditEvents.Where(x => x.TenantId == tenantId && x.Number != null).OrderBy(x => x.Number).Select(x => x.At).FirstOrDefaultAsync(cancellationToken) >= before) return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (await TakeHeadAsync(db, tenantId, cancellationToken) is not { } head) return 0;
        var oldest = await db.AuditEvents.AsNoTracking().Where(x => x.TenantId == tenantId && x.Number != null).OrderBy(x => x.Number).Take(Batch).ToListAsync(cancellationToken);
        var old = oldest.TakeWhile(x => x.At < before).ToList();
        if (old.Count == 0) return 0;
        if (await AuditVerifier.FirstBrokenAsync(db, tenantId, old, head.DroppedNumber, head.DroppedHash, cancellationToken) is { } broken)
        {
            Log.NotDropped(logger, tenantId, broken.Number, broken.Reason);
            return 0;
        }

        var (number, hash) = (old[^1].Number!.Value, old[^1].Hash!);
        await db.AuditEvents.Where(x => x.TenantId == tenantId && x.Number <= number).ExecuteDeleteAsync(cancellationToken);
        await db.AuditHeads.Where(x => x.TenantId == tenantId).ExecuteUpdateAsync(
            x => x.SetProperty(h => h.DroppedNumber, number).SetProperty(h => h.DroppedHash, hash), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return old.Count;
    }

    /// <summary>Takes the tenant's head for this transaction, and the lease; null: another replica has it.</summary>
    private async Task<Head?> TakeHeadAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var (now, until) = (clock.NowMicros(), Micros.From(clock.GetUtcNow() + Lease));
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO audit_heads (tenant_id, last_number, last_hash, dropped_number, dropped_hash, lease_until)
            VALUES ({tenantId}, 0, {AuditChain.Zero}, 0, {AuditChain.Zero}, 0) ON CONFLICT DO NOTHING
            """, cancellationToken);
        var taken = await db.Database.SqlQuery<Head>(
            $"""
            UPDATE audit_heads SET lease_owner = {_me}, lease_until = {until}
            WHERE tenant_id = {tenantId} AND (lease_owner IS NULL OR lease_owner = {_me} OR lease_until <= {now})
            RETURNING last_number AS "LastNumber", last_hash AS "LastHash", dropped_number AS "DroppedNumber", dropped_hash AS "DroppedHash"
            """).ToListAsync(cancellationToken);
        return taken.Count == 1 ? taken[0] : null;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 20, Level = LogLevel.Error, Message = "Tenant {TenantId}: old events of the audit log are kept, since event {Number} is not as it was sealed: {Reason}")]
        public static partial void NotDropped(ILogger logger, int tenantId, long number, string reason);
    }
}
