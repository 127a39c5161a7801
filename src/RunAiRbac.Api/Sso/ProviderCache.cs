using System.Collections.Concurrent;

namespace RunAiRbac.Api.Sso;

/// <summary>
/// What was fetched from providers, for a minute: keys and endpoints change, and a provider that is down should be told of before the browser is sent there.
/// One fetch at a time per provider; one that failed is not tried again for five seconds.
/// </summary>
internal sealed class ProviderCache<T>(TimeProvider clock)
    where T : class
{
    private const int MaxEntries = 1000;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenRefreshes = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The value, at most a minute old. The fetch tells of its failures by <see cref="SsoRefusal"/>.</summary>
    public async Task<T> GetAsync(string key, Func<CancellationToken, Task<T>> fetch, CancellationToken cancellationToken)
    {
        var entry = Of(key);
        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            if (entry.Value is { } known && Since(entry.FetchedAt) < Fresh) return known;
            if (entry.Failure is { } failure && Since(entry.FailedAt) < AfterFailure) throw new SsoRefusal(failure.Code, failure.Message);
            return await FetchAsync(entry, fetch, cancellationToken);
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>A newer value than that one, or that one again: at most one refresh in ten seconds, whoever asks.</summary>
    public async Task<T> RefreshAsync(string key, T outdated, Func<CancellationToken, Task<T>> fetch, CancellationToken cancellationToken)
    {
        var entry = Of(key);
        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            if (entry.Value is { } known && !ReferenceEquals(known, outdated)) return known;
            if (entry.RefreshedAt is { } at && Since(at) < BetweenRefreshes) return outdated;
            entry.RefreshedAt = clock.GetTimestamp();
            return await FetchAsync(entry, fetch, cancellationToken);
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    private async Task<T> FetchAsync(Entry entry, Func<CancellationToken, Task<T>> fetch, CancellationToken cancellationToken)
    {
        try
        {
            var value = await fetch(cancellationToken);
            (entry.Value, entry.FetchedAt, entry.Failure) = (value, clock.GetTimestamp(), null);
            return value;
        }
        catch (SsoRefusal failure)
        {
            (entry.Failure, entry.FailedAt) = (failure, clock.GetTimestamp());
            throw;
        }
    }

    private Entry Of(string key)
    {
        if (_entries.Count >= MaxEntries) _entries.Clear();
        return _entries.GetOrAdd(key, static _ => new Entry());
    }

    private TimeSpan Since(long timestamp) => clock.GetElapsedTime(timestamp);

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public T? Value { get; set; }

        public long FetchedAt { get; set; }

        public SsoRefusal? Failure { get; set; }

        public long FailedAt { get; set; }

        public long? RefreshedAt { get; set; }
    }
}
