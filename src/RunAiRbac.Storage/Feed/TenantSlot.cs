namespace RunAiRbac.Storage;

/// <summary>A version with the epoch it belongs to: versions are ordered by epoch, then revision.</summary>
internal sealed record Published(PolicyVersion Version, int Epoch)
{
    public long Revision => Version.Snapshot.Revision;

    public bool IsNewerThan(Published other) => (Epoch, Revision).CompareTo((other.Epoch, other.Revision)) > 0;
}

/// <summary>One tenant's newest version, when it was last confirmed, and who waits for the next. Reading takes no lock.</summary>
internal sealed class TenantSlot(int tenantId, Published first, long confirmedAt, SemaphoreSlim writers, Func<Task> refresh)
{
    private readonly Lock _publishing = new();
    private volatile Published _current = first;
    private long _confirmedAt = confirmedAt;
    private TaskCompletionSource? _next;

    public int TenantId => tenantId;

    public Published Current => _current;

    /// <summary>Brings this tenant to what the database has.</summary>
    public SharedRefresh Refresh { get; } = new(refresh);

    /// <summary>Held by one writer at a time, so that those of this process queue here and not each on a database connection.</summary>
    public SemaphoreSlim Writers => writers;

    /// <summary>Timestamp of the moment before the last query was sent that found this version to be the newest.</summary>
    public long ConfirmedAt => Volatile.Read(ref _confirmedAt);

    // INVARIANT: a version is replaced by a newer one only; `replaces` is the exception for a database that was set back to an earlier state.
    public void Publish(Published version, long confirmedAt, Published? replaces = null)
    {
        TaskCompletionSource? waiting = null;
        lock (_publishing)
        {
            if (version.IsNewerThan(_current) || ReferenceEquals(replaces, _current))
            {
                _current = version;
                (waiting, _next) = (_next, null);
            }

            if (confirmedAt > _confirmedAt) Volatile.Write(ref _confirmedAt, confirmedAt);
        }

        waiting?.TrySetResult();
    }

    /// <summary>Notes that the database had nothing newer than <paramref name="version"/> at that moment; of no effect when an older state has been published since.</summary>
    public void Confirm(Published version, long confirmedAt)
    {
        lock (_publishing)
        {
            if (!version.IsNewerThan(_current) && confirmedAt > _confirmedAt) Volatile.Write(ref _confirmedAt, confirmedAt);
        }
    }

    /// <summary>Ends when a version after the given one has been published.</summary>
    public Task AfterAsync(Published seen)
    {
        lock (_publishing)
        {
            if (!ReferenceEquals(seen, _current)) return Task.CompletedTask;
            _next ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _next.Task;
        }
    }
}
