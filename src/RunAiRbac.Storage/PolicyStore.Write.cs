using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace RunAiRbac.Storage;

/// <summary>The write protocol.</summary>
public sealed partial class PolicyStore
{
    /// <summary>What the first statement of a write gives: its revision, and what its operations need of that row.</summary>
    private sealed record TakenRevision(long Revision, int LastRuleId, int Epoch);

    /// <summary>The state a write starts from. <c>SetBackFrom</c>: the newer version known here, when the database was set back to before it.</summary>
    private sealed record Base(Published Published, Published? SetBackFrom = null);

    /// <summary>
    /// The write protocol: one transaction that takes the tenant's revision row first, brings the snapshot up to the revision before its own, runs the
    /// body, which decides and changes rows through <see cref="PolicyWrite"/>, writes the change log entry, commits, and publishes before it returns.
    /// When the body throws, or records nothing, nothing is written and no revision is used. The body may not do anything slow. Each object that it changed
    /// gets its event in the audit log, in the same transaction.
    /// </summary>
    /// <exception cref="InvalidOperationException">The body has changed rows and recorded nothing; nothing was written.</exception>
    /// <exception cref="LastAdministratorException">See there; tested for every write.</exception>
    /// <exception cref="PolicyUnavailableException">The database cannot be reached, or the commit's outcome is unknown.</exception>
    public Task<Written<T>> WriteAsync<T>(int tenantId, Actor actor, Func<PolicyWrite, Task<T>> body, CancellationToken cancellationToken)
        => InTurnAsync(tenantId, actor, body, isRehearsal: false, cancellationToken);

    /// <summary>
    /// A write that is judged like any other, by the same protocol and at the same moment as it would be, and then rolled back: nothing of it remains, not
    /// even a revision. The version given back is the one that it was judged on; the body returns what it wants to keep of <see cref="PolicyWrite.After"/>.
    /// </summary>
    /// <exception cref="LastAdministratorException">As for a write.</exception>
    /// <exception cref="PolicyUnavailableException">The database cannot be reached.</exception>
    public Task<Written<T>> RehearseAsync<T>(int tenantId, Actor actor, Func<PolicyWrite, Task<T>> body, CancellationToken cancellationToken)
        => InTurnAsync(tenantId, actor, body, isRehearsal: true, cancellationToken);

    private async Task<Written<T>> InTurnAsync<T>(int tenantId, Actor actor, Func<PolicyWrite, Task<T>> body, bool isRehearsal, CancellationToken cancellationToken)
    {
        var slot = Slot(tenantId);
        await slot.Writers.WaitAsync(cancellationToken);
        try
        {
            return await WriteAsync(slot, actor, body, isRehearsal, cancellationToken);
        }
        catch (Exception e) when (DatabaseFailures.IsUnavailable(e) && e is not PolicyUnavailableException)
        {
            throw DatabaseFailures.Unavailable(e);
        }
        finally
        {
            slot.Writers.Release();
        }
    }

    private async Task<Written<T>> WriteAsync<T>(TenantSlot slot, Actor actor, Func<PolicyWrite, Task<T>> body, bool isRehearsal, CancellationToken cancellationToken)
    {
        var sentAt = _clock.GetTimestamp();
        await using var db = await _contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var taken = await TakeRevisionAsync(db, slot.TenantId, cancellationToken);
        var start = await BringUpAsync(db, slot, taken, cancellationToken);
        var before = start.Published;

        var row = new RevisionRow { TenantId = slot.TenantId, Revision = taken.Revision, LastRuleId = taken.LastRuleId };
        var write = new PolicyWrite(db, row, before.Version.Snapshot, actor, _clock.NowMicros(), _settings.LongestTokenLifetime);
        var value = await body(write);
        if (write.HasChanges) write.GuardLastAdministrator();
        if (isRehearsal || !write.HasChanges)
        {
            // INVARIANT: no change is committed without its event in the audit log.
            if (!write.HasChanges && write.HasTouchedRows) throw new InvalidOperationException("The write has changed rows and recorded neither a change nor an event.");
            await transaction.RollbackAsync(CancellationToken.None);
            slot.Publish(before, sentAt, start.SetBackFrom);
            return new(value, before.Version);
        }

        await write.FinishAsync(cancellationToken);
        var after = Version(slot.TenantId, write.Final, before.Epoch);
        await CommitAsync(transaction, slot.TenantId, taken.Revision);
        slot.Publish(after, sentAt, start.SetBackFrom);

        Committed?.Invoke(slot.TenantId, taken.Revision);
        return new(value, after.Version);
    }

    private static async Task<TakenRevision> TakeRevisionAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var taken = await db.Database.SqlQuery<TakenRevision>(
            $"""
            UPDATE revisions SET revision = revision + 1
            WHERE tenant_id = {tenantId} AND EXISTS (SELECT 1 FROM tenants WHERE id = {tenantId} AND deleted_at IS NULL)
            RETURNING revision AS "Revision", last_rule_id AS "LastRuleId", (SELECT epoch FROM stores) AS "Epoch"
            """).ToListAsync(cancellationToken);
        return taken.Count == 1 ? taken[0] : throw new InvalidOperationException($"There is no tenant {tenantId}.");
    }

    /// <summary>The state of the revision before this write's own. Its rows cannot change meanwhile: every policy write of the tenant waits for the revision row.</summary>
    private async Task<Base> BringUpAsync(RunAiRbacDbContext db, TenantSlot slot, TakenRevision taken, CancellationToken cancellationToken)
    {
        var known = slot.Current;
        var revision = taken.Revision - 1;
        if (known.Epoch == taken.Epoch && known.Revision == revision) return new(known);
        if (known.Epoch == taken.Epoch && known.Revision < revision)
        {
            var news = await PolicyReader.CatchUpAsync(db, slot.TenantId, known.Version.Snapshot, revision, cancellationToken);
            if (news is not null) return new(Version(slot.TenantId, news.Snapshot, known.Epoch));
        }

        _log.Reloading(slot.TenantId, known.Epoch, known.Revision, taken.Epoch, revision);
        var store = await db.Stores.AsNoTracking().SingleAsync(cancellationToken);
        var loaded = await LoadTenantAsync(db, new(slot.TenantId, revision, store.StoreId, store.Epoch), cancellationToken);
        return new(loaded, SetBackFrom: loaded.IsNewerThan(known) ? null : known);
    }

    private async Task CommitAsync(IDbContextTransaction transaction, int tenantId, long revision)
    {
        try
        {
            // Not to be cancelled half-way: nobody would know then whether it was written.
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // Nothing is published: if it was written after all, the next poll or write finds it in the log.
            _log.CommitUnknown(tenantId, revision, e);
            throw new PolicyUnavailableException("It is unknown whether the change was written.", e);
        }
    }
}
