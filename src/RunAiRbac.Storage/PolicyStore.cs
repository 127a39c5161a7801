using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Who writes: recorded in the change log, in the audit log and as <c>createdBy</c>.</summary>
/// <param name="SubjectId">The subject's id; null: the system itself.</param>
/// <param name="Name">Its name at this moment.</param>
/// <param name="Origin">The request, if there is one.</param>
public sealed record Actor(string? SubjectId, string Name, RequestOrigin? Origin = null)
{
    public static Actor System { get; } = new(null, "system");
}

/// <summary>What the audit log keeps of a request.</summary>
/// <param name="RequestId">A UUID of this request alone.</param>
/// <param name="SourceIp">The address it came from.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="SuccessStatus">The status of the answer when it succeeds.</param>
public sealed record RequestOrigin(string RequestId, string? SourceIp = null, string? Method = null, string? Path = null, int? SuccessStatus = null);

/// <summary>One published state of a tenant.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Snapshot">Its policy.</param>
/// <param name="Token">The consistency token of its revision.</param>
public sealed record PolicyVersion(int TenantId, PolicySnapshot Snapshot, string Token);

/// <summary>What a write gave.</summary>
/// <param name="Value">What the body returned.</param>
/// <param name="Version">The tenant's version that this write made (when nothing was recorded: the one it saw).</param>
public sealed record Written<T>(T Value, PolicyVersion Version);

/// <summary>A write would leave the tenant without a local System administrator (design.md §6). Nothing was written.</summary>
public sealed class LastAdministratorException() : Exception("The change would leave no enabled local user with a direct System administrator rule at tenant scope.");

/// <summary>The replica has not confirmed its revision for longer than <c>Freshness:MaxStaleness</c>, or the database cannot be reached.</summary>
public sealed class PolicyUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The tenants' policies in memory, and the one way to change them (design.md §5). Singleton.
/// </summary>
public sealed partial class PolicyStore : IDisposable
{
    private readonly IDbContextFactory<RunAiRbacDbContext> _contexts;
    private readonly StorageSettings _settings;
    private readonly TimeProvider _clock;
    private readonly PolicyReader _reader;
    private readonly SharedRefresh _poll;
    private readonly Log _log;
    private readonly long _maxAge;
    private volatile TenantSlots _slots = TenantSlots.None;
    private volatile ConsistencyTokens? _tokens;

    public PolicyStore(IDbContextFactory<RunAiRbacDbContext> contexts, StorageSettings settings, TimeProvider clock, ILogger<PolicyStore> logger)
    {
        (_contexts, _settings, _clock, _log) = (contexts, settings, clock, new(logger));
        _reader = new(settings, clock);
        _poll = new(() => RefreshAsync(onlyTenant: null));
        _maxAge = (long)(settings.MaxStaleness.TotalSeconds * clock.TimestampFrequency);
    }

    /// <summary>Tenant and revision of each write of this replica, after its commit and publication. Handlers must be quick.</summary>
    internal event Action<int, long>? Committed;

    /// <summary>For each batch of changes read from the log: the time from the writing of the oldest of them (by its writer's clock) until it was in force here.</summary>
    public event Action<TimeSpan>? Arrived;

    /// <summary>Whether <see cref="LoadAsync"/> has been done.</summary>
    public bool IsLoaded => _tokens is not null;

    /// <summary>Ids of the living tenants.</summary>
    public IReadOnlyCollection<int> TenantIds => _slots.TenantIds;

    /// <summary>Whether every tenant is loaded and younger than <c>Freshness:MaxStaleness</c>.</summary>
    public bool IsReady => IsLoaded && _slots.All(slot => !IsStale(slot));

    /// <summary>The longest time since a tenant's version was confirmed to be the newest.</summary>
    public TimeSpan Age
    {
        get
        {
            var now = _clock.GetTimestamp();
            return _slots.Select(slot => _clock.GetElapsedTime(slot.ConfirmedAt, now)).DefaultIfEmpty(TimeSpan.Zero).Max();
        }
    }

    /// <summary>The tenant's newest version here; null: no such tenant. No age test: for the service's own guard use <see cref="Fresh"/>.</summary>
    public PolicyVersion? Current(int tenantId) => _slots.Find(tenantId)?.Current.Version;

    /// <summary>The tenant's newest version here, if its age allows decisions; null: no such tenant. Cheap and allocation-free.</summary>
    /// <exception cref="PolicyUnavailableException">Its last confirmation is older than <c>Freshness:MaxStaleness</c>.</exception>
    public PolicyVersion? Fresh(int tenantId)
    {
        var slot = _slots.Find(tenantId);
        if (slot is null) return null;

        // The version is read before the age: it may then be older than what was confirmed, never newer than what the age speaks of.
        var version = slot.Current.Version;
        if (IsStale(slot)) throw Stale();
        return version;
    }

    /// <summary>The tenant's version at or after the revision (waits up to <paramref name="wait"/>).</summary>
    /// <exception cref="PolicyUnavailableException">It did not arrive in time.</exception>
    public ValueTask<PolicyVersion> AtLeastAsync(int tenantId, long revision, TimeSpan wait, CancellationToken cancellationToken)
    {
        var slot = Slot(tenantId);
        var current = slot.Current;
        if (Satisfies(current, revision) && !IsStale(slot)) return new(current.Version);
        return new(AwaitRevisionAsync(slot, tenantId, revision, wait, cancellationToken));
    }

    /// <summary>The tenant's version at or after the revision that the database has at this moment (<c>full</c>; waits up to <paramref name="wait"/>).</summary>
    /// <exception cref="PolicyUnavailableException">The database cannot be reached, or does not answer in time.</exception>
    public async Task<PolicyVersion> LatestAsync(int tenantId, TimeSpan wait, CancellationToken cancellationToken)
    {
        var slot = Slot(tenantId);
        try
        {
            await slot.Refresh.RunAsync(cancellationToken).WaitAsync(wait, _clock, cancellationToken);
        }
        catch (Exception e) when (DatabaseFailures.IsUnavailable(e) && e is not PolicyUnavailableException)
        {
            throw DatabaseFailures.Unavailable(e);
        }

        return slot.Current.Version;
    }

    /// <summary>Reads a consistency token.</summary>
    public ConsistencyTokenStatus ReadToken(string token, int tenantId, out long revision) => Tokens.Read(token, tenantId, out revision);

    /// <summary>A context for reading lists and for writes that are not policy (last login, refresh rotation). The caller disposes it.</summary>
    public Task<RunAiRbacDbContext> OpenAsync(CancellationToken cancellationToken) => _contexts.CreateDbContextAsync(cancellationToken);

    public void Dispose() => _fileWriters.Dispose();

    private ConsistencyTokens Tokens => _tokens ?? throw new InvalidOperationException($"{nameof(LoadAsync)} has not been called.");

    private TenantSlot Slot(int tenantId) => _slots.Find(tenantId) ?? throw new InvalidOperationException($"There is no tenant {tenantId}.");

    private bool IsStale(TenantSlot slot) => _clock.GetTimestamp() - slot.ConfirmedAt > _maxAge;

    private bool Satisfies(Published published, long revision) => published.Epoch >= Tokens.Epoch && published.Revision >= revision;

    private static PolicyUnavailableException Stale() => new("This replica has not been able to confirm its policy for longer than it may.");

    private async Task<PolicyVersion> AwaitRevisionAsync(TenantSlot slot, int tenantId, long revision, TimeSpan wait, CancellationToken cancellationToken)
    {
        var askedAt = _clock.GetTimestamp();
        await LatestAsync(tenantId, wait, cancellationToken);
        while (true)
        {
            var current = slot.Current;
            if (Satisfies(current, revision) && !IsStale(slot)) return current.Version;
            var left = wait - _clock.GetElapsedTime(askedAt);
            if (left <= TimeSpan.Zero) throw new PolicyUnavailableException("The revision asked for has not arrived here in time.");
            await Task.WhenAny(slot.AfterAsync(current), Task.Delay(left, _clock, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

public enum ConsistencyTokenStatus
{
    Good,

    /// <summary>Not one of our tokens, or of another store, tenant or future format.</summary>
    Malformed,

    /// <summary>Of an older epoch of this store.</summary>
    UnknownRevision,
}
