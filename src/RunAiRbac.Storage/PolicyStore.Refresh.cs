using System.Data;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Reading: the initial load and what other processes have written since.</summary>
public sealed partial class PolicyStore
{
    private readonly Lock _changingSlots = new();
    private readonly SemaphoreSlim _fileWriters = new(1);

    private sealed record TenantState(int TenantId, long Revision, string StoreId, int Epoch);

    /// <summary>Reads the store's name and every tenant (repeatable read); afterwards <see cref="Current"/> answers.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoadAllAsync(cancellationToken);
        }
        catch (Exception e) when (DatabaseFailures.IsUnavailable(e) && e is not PolicyUnavailableException)
        {
            throw DatabaseFailures.Unavailable(e);
        }
    }

    /// <summary>Compares all tenants' revisions in one query and reads what is new; called by the poller and by anybody in a hurry.</summary>
    public async Task PollAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _poll.RunAsync(cancellationToken);
        }
        catch (Exception e) when (DatabaseFailures.IsUnavailable(e) && e is not PolicyUnavailableException)
        {
            throw DatabaseFailures.Unavailable(e);
        }
    }

    /// <summary>Reads what is new of a tenant, unless that revision is here already.</summary>
    internal Task WakeAsync(WakeUp wakeUp, CancellationToken cancellationToken)
    {
        var slot = _slots.Find(wakeUp.TenantId);
        if (slot is null) return PollAsync(cancellationToken);
        return slot.Current.Revision >= wakeUp.Revision ? Task.CompletedTask : slot.Refresh.RunAsync(cancellationToken);
    }

    /// <summary>Brings a tenant that a write has just made to this replica, and wakes the others.</summary>
    public Task AnnounceTenantAsync(int tenantId, CancellationToken cancellationToken)
    {
        Committed?.Invoke(tenantId, FirstTenantRows.FirstRevision);
        return PollAsync(cancellationToken);
    }

    private async Task LoadAllAsync(CancellationToken cancellationToken)
    {
        var sentAt = _clock.GetTimestamp();
        await using var db = await _contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginReadAsync(cancellationToken);
        var store = await db.Stores.AsNoTracking().SingleOrDefaultAsync(cancellationToken)
            ?? throw new InvalidOperationException("The database has no store row: it has not been migrated.");
        _tokens = ConsistencyTokens.For(store);
        foreach (var state in await StatesAsync(db, onlyTenant: null, cancellationToken))
        {
            PutSlot(await LoadTenantAsync(db, state, cancellationToken), sentAt);
        }
    }

    private async Task RefreshAsync(int? onlyTenant)
    {
        if (!IsLoaded) return;
        var seen = _slots.ToDictionary(slot => slot.TenantId, slot => slot.Current);
        var sentAt = _clock.GetTimestamp();
        await using var db = await _contexts.CreateDbContextAsync();
        var states = await StatesAsync(db, onlyTenant, CancellationToken.None);
        NoteEpoch(states);
        var failures = new List<Exception>();
        foreach (var state in states)
        {
            try
            {
                await RefreshTenantAsync(db, state, seen.GetValueOrDefault(state.TenantId), sentAt);
            }
            catch (Exception e) when (!DatabaseFailures.IsUnavailable(e))
            {
                // The tenant is not confirmed, so it stops answering in time; the others go on.
                _log.TenantFailed(state.TenantId, e);
                failures.Add(e);
            }
        }

        if (onlyTenant is null) KeepSlots(states);
        if (onlyTenant is not null && failures.Count > 0) throw new PolicyUnavailableException("The tenant's policy cannot be read.", failures[0]);
    }

    private async Task RefreshTenantAsync(RunAiRbacDbContext db, TenantState state, Published? seen, long sentAt)
    {
        var slot = _slots.Find(state.TenantId);
        if (slot is null || seen is null)
        {
            if (slot is null) PutSlot(await ReloadAsync(state), sentAt);
            return;
        }

        // A revision below the one seen before the query was sent: the database was set back (restored, or an old standby took over).
        var isSetBack = state.Epoch < seen.Epoch || (state.Epoch == seen.Epoch && state.Revision < seen.Revision);
        var current = slot.Current;
        if (!isSetBack && current.Epoch == state.Epoch && current.Revision >= state.Revision)
        {
            slot.Confirm(current, sentAt);
            return;
        }

        var news = isSetBack || current.Epoch != state.Epoch
            ? null
            : await PolicyReader.CatchUpAsync(db, state.TenantId, current.Version.Snapshot, state.Revision, CancellationToken.None);
        if (news is not null)
        {
            slot.Publish(Version(state.TenantId, news.Snapshot, state.Epoch), sentAt);
            if (news.OldestAt is { } writtenAt) Arrived?.Invoke(TimeSpan.FromMicroseconds(Math.Max(0, _clock.NowMicros() - writtenAt)));
            return;
        }

        _log.Reloading(state.TenantId, current.Epoch, current.Revision, state.Epoch, state.Revision);
        slot.Publish(await ReloadAsync(state), sentAt, replaces: isSetBack ? seen : null);
    }

    private static Task<List<TenantState>> StatesAsync(RunAiRbacDbContext db, int? onlyTenant, CancellationToken cancellationToken)
    {
        var query =
            from tenant in db.Tenants
            join revision in db.Revisions on tenant.Id equals revision.TenantId
            from store in db.Stores
            where tenant.DeletedAt == null && (onlyTenant == null || tenant.Id == onlyTenant)
            select new TenantState(tenant.Id, revision.Revision, store.StoreId, store.Epoch);
        return query.ToListAsync(cancellationToken);
    }

    /// <summary>Reads one tenant in a transaction of its own.</summary>
    private async Task<Published> ReloadAsync(TenantState state)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        await using var transaction = await db.BeginReadAsync(CancellationToken.None);
        var now = await StatesAsync(db, state.TenantId, CancellationToken.None);
        return await LoadTenantAsync(db, now.Count > 0 ? now[0] : state, CancellationToken.None);
    }

    private async Task<Published> LoadTenantAsync(RunAiRbacDbContext db, TenantState state, CancellationToken cancellationToken)
    {
        var startedAt = _clock.GetTimestamp();
        var snapshot = await _reader.LoadAsync(db, state.TenantId, state.Revision, cancellationToken);
        _log.Loaded(state.TenantId, state.Revision, snapshot.RuleCount, _clock.GetElapsedTime(startedAt).TotalMilliseconds);
        return Version(state.TenantId, snapshot, state.Epoch);
    }

    private Published Version(int tenantId, PolicySnapshot snapshot, int epoch)
    {
        var tokens = Tokens.Epoch == epoch ? Tokens : new ConsistencyTokens(Tokens.StoreId, epoch);
        return new(new(tenantId, snapshot, tokens.Make(tenantId, snapshot.Revision)), epoch);
    }

    private void NoteEpoch(List<TenantState> states)
    {
        if (states.Count == 0) return;
        var found = ConsistencyTokens.For(new StoreRow { StoreId = states[0].StoreId, Epoch = states[0].Epoch });
        if (found.Epoch == Tokens.Epoch && found.StoreId == Tokens.StoreId) return;
        _log.NewEpoch(Tokens.Epoch, found.Epoch);
        _tokens = found;
    }

    private void PutSlot(Published version, long confirmedAt)
    {
        lock (_changingSlots)
        {
            var tenantId = version.Version.TenantId;
            if (_slots.Find(tenantId) is { } slot)
            {
                slot.Publish(version, confirmedAt);
                return;
            }

            var writers = _settings.Provider == StorageProvider.Sqlite ? _fileWriters : new SemaphoreSlim(1);
            _slots = _slots.With(tenantId, new(tenantId, version, confirmedAt, writers, () => RefreshAsync(tenantId)));
        }
    }

    private void KeepSlots(List<TenantState> states)
    {
        lock (_changingSlots)
        {
            _slots = _slots.Only([.. states.Select(state => state.TenantId)]);
        }
    }
}
