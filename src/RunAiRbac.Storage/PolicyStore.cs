using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Who writes: recorded in the change log and as <c>createdBy</c>.</summary>
/// <param name="SubjectId">The subject's id; null: the system itself.</param>
/// <param name="Name">Its name at this moment.</param>
/// <param name="RequestId">The request's id, if there is one.</param>
public sealed record Actor(string? SubjectId, string Name, string? RequestId = null)
{
    public static Actor System { get; } = new(null, "system");
}

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
public sealed class PolicyStore
{
    /// <summary>Reads the store's name and every tenant (repeatable read); afterwards <see cref="Current"/> answers.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ids of the living tenants.</summary>
    public IReadOnlyCollection<int> TenantIds => throw new NotImplementedException();

    /// <summary>The tenant's newest version here; null: no such tenant. No age test: for the service's own guard use <see cref="Fresh"/>.</summary>
    public PolicyVersion? Current(int tenantId) => throw new NotImplementedException();

    /// <summary>The tenant's newest version here, if its age allows decisions; null: no such tenant. Cheap and allocation-free.</summary>
    /// <exception cref="PolicyUnavailableException">Its last confirmation is older than <c>Freshness:MaxStaleness</c>.</exception>
    public PolicyVersion? Fresh(int tenantId) => throw new NotImplementedException();

    /// <summary>Whether every tenant is loaded and younger than <c>Freshness:MaxStaleness</c>.</summary>
    public bool IsReady => throw new NotImplementedException();

    /// <summary>The tenant's version at or after the revision (waits up to <paramref name="wait"/>).</summary>
    /// <exception cref="PolicyUnavailableException">It did not arrive in time.</exception>
    public ValueTask<PolicyVersion> AtLeastAsync(int tenantId, long revision, TimeSpan wait, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The tenant's version at or after the revision that the database has at this moment (<c>full</c>).</summary>
    /// <exception cref="PolicyUnavailableException">The database cannot be reached.</exception>
    public Task<PolicyVersion> LatestAsync(int tenantId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Compares all tenants' revisions in one query and reads what is new; called by the poller and by anybody in a hurry.</summary>
    public Task PollAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// The write protocol: one transaction that takes the tenant's revision row first, brings the snapshot up to the revision before its own, runs the
    /// body, which decides and changes rows through <see cref="PolicyWrite"/>, writes the change log entry, commits, and publishes before it returns.
    /// When the body throws, or records nothing, nothing is written and no revision is used. The body may not do anything slow.
    /// </summary>
    /// <exception cref="LastAdministratorException">See there; tested for every write.</exception>
    /// <exception cref="PolicyUnavailableException">The database cannot be reached.</exception>
    public Task<Written<T>> WriteAsync<T>(int tenantId, Actor actor, Func<PolicyWrite, Task<T>> body, CancellationToken cancellationToken)
        => throw new NotImplementedException();

    /// <summary>Reads a consistency token.</summary>
    public ConsistencyTokenStatus ReadToken(string token, int tenantId, out long revision) => throw new NotImplementedException();

    /// <summary>A context for reading lists and for writes that are not policy (last login, refresh rotation). The caller disposes it.</summary>
    public Task<RunAiRbacDbContext> OpenAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}

public enum ConsistencyTokenStatus
{
    Good,

    /// <summary>Not one of our tokens, or of another store, tenant or future format.</summary>
    Malformed,

    /// <summary>Of an older epoch of this store.</summary>
    UnknownRevision,
}
