using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn;

/// <summary>
/// Slows down guessing. Repeated failures of a password delay, and then lock for a while, that user from that address; very many failures lock the user from
/// every address it has not signed in from before, so that nobody can be kept out of an account from elsewhere. Client secrets are never locked: their 256 bits
/// cannot be guessed. Any address that fails very often has to wait (429), whatever it tries. All of it is in memory, bounded, per replica, and ends by itself.
/// </summary>
internal sealed class SignInThrottle(TimeProvider clock, IOptions<SignInLimitOptions> options)
{
    private const int MaxEntries = 100_000;
    private const int MaxKnownAddresses = 16;
    private readonly ConcurrentDictionary<(int Tenant, string User, string Address), Failures> _pairs = new();
    private readonly ConcurrentDictionary<(int Tenant, string User), UserRecord> _users = new();
    private readonly ConcurrentDictionary<string, Failures> _addresses = new(StringComparer.Ordinal);

    /// <summary>429 when the address has failed too often in the present minute.</summary>
    public void DemandAddress(string address)
    {
        if (!_addresses.TryGetValue(address, out var failures)) return;
        var left = failures.At + TimeSpan.FromMinutes(1).Ticks / 10 - clock.NowMicros();
        if (left > 0 && failures.Count >= options.Value.AddressFailuresPerMinute)
            throw new ApiException(Kinds.TooManyRequests, "Too many failed sign-ins from this address.") { RetryAfter = TimeSpan.FromMicroseconds(left) };
    }

    /// <summary>
    /// Begins a try of a password: false when it may not be judged at all. Then the answer is the same as to a wrong one, after the same work. A try counts as
    /// failed until <see cref="Succeeded"/> says otherwise, so that many at once gain nothing; one that is not judged does not prolong the lock.
    /// </summary>
    public bool Begin(int tenantId, string user, string address)
    {
        user = Kept(user);
        var now = clock.NowMicros();
        AddressFailed(address);
        if (IsLocked(tenantId, user, address, now)) return false;
        _pairs.AddOrUpdate((tenantId, user, address), _ => new Failures(1, now), (_, old) => old.Next(now, Memory));
        _users.GetOrAdd((tenantId, user), _ => new UserRecord()).Failed(now, Memory);
        Bound();
        return true;
    }

    /// <summary>The try that was begun was right.</summary>
    public void Succeeded(int tenantId, string user, string address)
    {
        user = Kept(user);
        _pairs.TryRemove((tenantId, user, address), out _);
        _users.GetOrAdd((tenantId, user), _ => new UserRecord()).Succeeded(address, clock.NowMicros());
        _addresses.AddOrUpdate(address, _ => new Failures(0, clock.NowMicros()), (_, old) => old with { Count = Math.Max(0, old.Count - 1) });
    }

    public void SecretFailed(string address)
    {
        AddressFailed(address);
        Bound();
    }

    /// <summary>A name that is longer than any user's is nobody's: made-up ones of a megabyte each would fill the memory long before there are too many.</summary>
    private static string Kept(string user) => user.Length <= Lengths.Name ? user : string.Empty;

    /// <summary>How long failures are remembered after the last one, in microseconds.</summary>
    private long Memory => options.Value.LockFor.Ticks / 10;

    private bool IsLocked(int tenantId, string user, string address, long now)
    {
        if (_pairs.TryGetValue((tenantId, user, address), out var pair) && now < pair.At + Wait(pair.Count)) return true;
        return _users.TryGetValue((tenantId, user), out var record) && record.IsLocked(now, options.Value) && !record.Knows(address);
    }

    private void AddressFailed(string address)
    {
        var now = clock.NowMicros();
        var minute = TimeSpan.FromMinutes(1).Ticks / 10;
        _addresses.AddOrUpdate(address, _ => new Failures(1, now), (_, old) => now < old.At + minute ? old with { Count = old.Count + 1 } : new Failures(1, now));
    }

    /// <summary>Nothing for the first few, then 1, 2, 4 … seconds, then the lock.</summary>
    private long Wait(int failures)
    {
        var limits = options.Value;
        if (failures < limits.FailuresBeforeDelay) return 0;
        if (failures >= limits.FailuresBeforeLock) return Memory;
        return Math.Min(Memory, TimeSpan.FromSeconds(1L << Math.Min(20, failures - limits.FailuresBeforeDelay)).Ticks / 10);
    }

    /// <summary>When somebody fills the memory with made-up names, what has ended goes first, then what has failed least.</summary>
    private void Bound()
    {
        var now = clock.NowMicros();
        if (_pairs.Count > MaxEntries) Drop(_pairs, pair => now >= pair.At + Memory ? -1 : pair.Count);
        if (_users.Count > MaxEntries) Drop(_users, user => user.Weight(now, Memory));
        if (_addresses.Count > MaxEntries) Drop(_addresses, address => now >= address.At + TimeSpan.FromMinutes(1).Ticks / 10 ? -1 : address.Count);
    }

    private static void Drop<TKey, TValue>(ConcurrentDictionary<TKey, TValue> entries, Func<TValue, int> weight)
        where TKey : notnull
    {
        foreach (var (key, _) in entries.ToArray().OrderBy(entry => weight(entry.Value)).Take(MaxEntries / 2)) entries.TryRemove(key, out _);
    }

    /// <summary>Failures, and the moment of the last one (of the first one, for addresses).</summary>
    private sealed record Failures(int Count, long At)
    {
        public Failures Next(long now, long memory) => now < At + memory ? new Failures(Count + 1, now) : new Failures(1, now);
    }

    private sealed class UserRecord
    {
        private readonly Lock _lock = new();
        private readonly List<string> _known = [];
        private Failures _failures = new(0, long.MinValue / 2);
        private long _succeededAt;

        public bool IsLocked(long now, SignInLimitOptions limits)
        {
            lock (_lock) return _failures.Count >= limits.UserFailuresBeforeLock && now < _failures.At + (limits.LockFor.Ticks / 10);
        }

        public bool Knows(string address)
        {
            lock (_lock) return _known.Contains(address);
        }

        public void Failed(long now, long memory)
        {
            lock (_lock) _failures = _failures.Next(now, memory);
        }

        public void Succeeded(string address, long now)
        {
            lock (_lock)
            {
                _succeededAt = now;
                _failures = _failures with { Count = Math.Max(0, _failures.Count - 1) };
                _known.Remove(address);
                _known.Add(address);
                if (_known.Count > MaxKnownAddresses) _known.RemoveAt(0);
            }
        }

        public int Weight(long now, long memory)
        {
            lock (_lock) return now >= Math.Max(_failures.At, _succeededAt) + memory ? -1 : _failures.Count;
        }
    }
}
