using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using RunAiRbac.Api.Http;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn;

/// <summary>The SHA-256 of a whole access token; no shorter or faster key.</summary>
internal readonly record struct TokenKey(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>False when the text cannot be one of our tokens (too long, or other characters than a JWT has).</summary>
    public static bool TryOf(ReadOnlySpan<char> token, out TokenKey key)
    {
        key = default;
        if (token.Length is 0 or > TokenValidator.MaxLength) return false;
        Span<byte> bytes = stackalloc byte[TokenValidator.MaxLength];
        if (Ascii.FromUtf16(token, bytes, out var length) != OperationStatus.Done) return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        var parts = MemoryMarshal.Cast<byte, ulong>(hash);
        key = new TokenKey(parts[0], parts[1], parts[2], parts[3]);
        return true;
    }
}

/// <summary>A token found genuine, with the last admission it had: liveness depends on the policy version alone, so it is asked once per version.</summary>
internal sealed class CachedToken(GenuineToken token)
{
    private readonly ClaimsIdentity _identity = Identity(token);

    // Weak, so that a token nobody uses any more does not keep an old policy version in memory.
    private readonly WeakReference<AdmittedPrincipal> _last = new(null!);

    public Caller Caller => token.Caller;

    public long ExpiresAt { get; } = Micros.From(token.ExpiresAt);

    /// <summary>The principal at this version; null when the session is not live there.</summary>
    public AdmittedPrincipal? Admit(PolicyVersion version)
    {
        if (_last.TryGetTarget(out var last) && ReferenceEquals(last.Admitted.Version, version)) return last;
        var caller = token.Caller;
        if (!version.Snapshot.IsSessionLive(caller.SubjectId, caller.SessionEpoch, caller.SessionId)) return null;
        var principal = new AdmittedPrincipal(new Admitted(caller, version), _identity);
        _last.SetTarget(principal);
        return principal;
    }

    private static ClaimsIdentity Identity(GenuineToken token)
        => new([new Claim("sub", token.Caller.SubjectId), new Claim(TokenClaims.SessionId, token.Caller.SessionId)], "Bearer", "sub", null);
}

/// <summary>
/// Genuine tokens by their hash: positive results only, never beyond their <c>exp</c>, bounded. Two generations: when the young one is full it becomes
/// the old one, and what is used again moves to the young one.
/// </summary>
internal sealed class TokenCache(TimeProvider clock, int capacity = TokenCache.DefaultCapacity)
{
    public const int DefaultCapacity = 100_000;
    private readonly int _half = Math.Max(1, capacity / 2);
    private readonly Lock _turn = new();
    private volatile Generations _generations = new(new(), new());

    public CachedToken? Find(in TokenKey key)
    {
        var generations = _generations;
        if (!generations.Young.Tokens.TryGetValue(key, out var found))
        {
            if (!generations.Old.Tokens.TryGetValue(key, out found)) return null;
            Add(key, found);
        }

        return clock.NowMicros() < found.ExpiresAt ? found : null;
    }

    public void Add(in TokenKey key, CachedToken token)
    {
        var young = _generations.Young;
        if (!young.Tokens.TryAdd(key, token) || Interlocked.Increment(ref young.Count) < _half) return;
        lock (_turn)
        {
            if (ReferenceEquals(_generations.Young, young)) _generations = new(new(), young);
        }
    }

    private sealed record Generations(Generation Young, Generation Old);

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<TokenKey, CachedToken> Tokens = new();
        public int Count;
    }
}
