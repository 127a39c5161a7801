using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>What a look at a tenant's chain found.</summary>
/// <param name="Sealed">Events that are there with a number.</param>
/// <param name="Unsealed">Events that wait for theirs: nothing is proven of them.</param>
/// <param name="DroppedNumber">The number of the last event that retention dropped; 0: none.</param>
/// <param name="HeadNumber">The number of the newest sealed event, as the head says.</param>
/// <param name="HeadHash">Its hash, as the head says: kept elsewhere, it proves later that the chain up to it was not written anew.</param>
/// <param name="FirstBroken">The first event that is not as it was sealed; null: all are.</param>
public sealed record AuditVerification(long Sealed, long Unsealed, long DroppedNumber, long HeadNumber, string HeadHash, AuditBreak? FirstBroken);

/// <summary>Where a chain breaks.</summary>
/// <param name="Number">The number of the event.</param>
/// <param name="EventId">Its id; null: it is not there.</param>
/// <param name="Reason">What is wrong, for people.</param>
public sealed record AuditBreak(long Number, string? EventId, string Reason);

/// <summary>Recomputes a tenant's chain, from the last event that retention dropped to the head.</summary>
public sealed class AuditVerifier(IDbContextFactory<RunAiRbacDbContext> contexts)
{
    private const int Batch = 1000;

    public async Task<AuditVerification> VerifyAsync(int tenantId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginReadAsync(cancellationToken);
        var head = await db.AuditHeads.AsNoTracking().SingleOrDefaultAsync(x => x.TenantId == tenantId, cancellationToken)
            ?? new AuditHeadRow { LastHash = AuditChain.Zero, DroppedHash = AuditChain.Zero };
        var events = db.AuditEvents.AsNoTracking().Where(x => x.TenantId == tenantId);
        var count = await events.LongCountAsync(x => x.Number != null, cancellationToken);
        var unsealed = await events.LongCountAsync(x => x.Number == null, cancellationToken);
        return new(count, unsealed, head.DroppedNumber, head.LastNumber, head.LastHash, await FirstBrokenAsync(db, tenantId, head, cancellationToken));
    }

    private static async Task<AuditBreak?> FirstBrokenAsync(RunAiRbacDbContext db, int tenantId, AuditHeadRow head, CancellationToken cancellationToken)
    {
        var (number, hash) = (head.DroppedNumber, head.DroppedHash);
        var last = (long?)null;
        while (true)
        {
            var rows = await db.AuditEvents.AsNoTracking().Where(x => x.TenantId == tenantId && x.Number != null && (last == null || x.Number > last))
                .OrderBy(x => x.Number).Take(Batch).ToListAsync(cancellationToken);
            if (rows.Count == 0) return AtHead(head, number, hash);
            if (await FirstBrokenAsync(db, tenantId, rows, number, hash, cancellationToken) is { } broken) return broken;
            last = rows[^1].Number;
            (number, hash) = (last!.Value, rows[^1].Hash!);
        }
    }

    /// <summary>The first of some sealed events, in order, that does not go on from what is before them.</summary>
    internal static async Task<AuditBreak?> FirstBrokenAsync(
        RunAiRbacDbContext db, int tenantId, IReadOnlyList<AuditEventRow> rows, long number, string hash, CancellationToken cancellationToken)
    {
        var scopes = await ScopesAsync(db, tenantId, rows, cancellationToken);
        foreach (var row in rows)
        {
            if (row.Number != number + 1) return new(number + 1, null, "It is missing.");
            if (Broken(row, hash, scopes[row.Id]) is { } reason) return new(number + 1, row.Id, reason);
            (number, hash) = (number + 1, row.Hash!);
        }

        return null;
    }

    private static AuditBreak? AtHead(AuditHeadRow head, long number, string hash)
    {
        if (number < head.LastNumber) return new(number + 1, null, "It is missing.");
        if (number > head.LastNumber) return new(head.LastNumber + 1, null, "The chain goes on beyond its head.");
        return hash == head.LastHash ? null : new(number, null, "Its hash is not the one that the head keeps.");
    }

    private static string? Broken(AuditEventRow row, string previous, IEnumerable<string> scopes)
    {
        if (AuditChain.Hash(row, row.Number!.Value, previous) != row.Hash) return "It, or its hash, was changed.";
        var said = row.Scopes.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return said.ToHashSet(StringComparer.Ordinal).SetEquals(scopes) ? null : "The index of its scopes was changed.";
    }

    private static async Task<ILookup<string, string>> ScopesAsync(RunAiRbacDbContext db, int tenantId, IReadOnlyList<AuditEventRow> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(x => x.Id).ToList();
        var scopes = await db.AuditScopes.AsNoTracking().Where(x => x.TenantId == tenantId && ids.Contains(x.EventId)).ToListAsync(cancellationToken);
        return scopes.ToLookup(x => x.EventId, x => x.ScopeId, StringComparer.Ordinal);
    }
}
