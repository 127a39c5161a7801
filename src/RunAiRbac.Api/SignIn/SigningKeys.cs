using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn;

/// <summary>A key that may sign now.</summary>
internal sealed record Signer(string KeyId, ECDsa Key);

/// <summary>
/// The keys of access tokens (ES256). They live in the database, private keys encrypted by Data Protection, and rotate with overlap: a new key is
/// published <see cref="PublishAhead"/> before it signs. Replicas need no agreement: each signs with the newest key that may sign, and an unknown key id
/// makes a replica look again.
/// </summary>
internal sealed partial class SigningKeys(PolicyStore store, IDataProtectionProvider protection, TimeProvider clock, ILogger<SigningKeys> logger) : IDisposable
{
    public const string Algorithm = SecurityAlgorithms.EcdsaSha256;

    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(90);

    /// <summary>How long a key is in the key set before it signs.</summary>
    public static readonly TimeSpan PublishAhead = TimeSpan.FromDays(1);

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private readonly IDataProtector _protector = protection.CreateProtector("RunAiRbac.SigningKeys.v1");
    private readonly SemaphoreSlim _gate = new(1);
    private volatile KeySet _keys = KeySet.Empty;
    private long _lookedAt = long.MinValue;

    /// <summary>Why no token can be signed; null: all is well.</summary>
    public string? Problem => FindSigner() is { } newest
        ? newest.Key is null ? Undecryptable(newest.KeyId) : null
        : "There is no signing key yet.";

    /// <summary>The public keys, newest first.</summary>
    public IReadOnlyList<JsonWebKeyView> Published => _keys.Published;

    public Signer Current
        => FindSigner() is { Key: { } key } newest
            ? new Signer(newest.KeyId, key)
            : throw new ApiException(Kinds.Unavailable, "No token can be signed at this moment.");

    public bool TryFind(string keyId, [NotNullWhen(true)] out SecurityKey? key) => _keys.Verifying.TryGetValue(keyId, out key);

    /// <summary>Reads the keys and makes the one that is due.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await using var db = await store.OpenAsync(cancellationToken);
            var rows = await ReadAsync(db, cancellationToken);
            if (Due(rows) is { } signsFrom)
            {
                db.SigningKeys.Add(Create(signsFrom));
                await db.SaveChangesAsync(cancellationToken);
                rows = await ReadAsync(db, cancellationToken);
            }

            _keys = Load(rows);
            Interlocked.Exchange(ref _lookedAt, clock.GetTimestamp());
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A token names a key that is not known here: another replica may have made it. Reads at most once in <see cref="LookAgain"/>.</summary>
    public async Task LookForUnknownAsync(CancellationToken cancellationToken)
    {
        if (clock.GetElapsedTime(Interlocked.Read(ref _lookedAt)) >= LookAgain) await RefreshAsync(cancellationToken);
    }

    public void Dispose() => _gate.Dispose();

    private static Task<List<SigningKeyRow>> ReadAsync(RunAiRbacDbContext db, CancellationToken cancellationToken)
        => db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);

    /// <summary>From when a key that is to be made now should sign; null: none is due.</summary>
    private long? Due(List<SigningKeyRow> rows)
    {
        var now = clock.GetUtcNow();
        var newest = Order(rows).FirstOrDefault();
        if (newest is null) return Micros.From(now);
        if (Micros.ToTime(newest.SignsFrom) + Period - PublishAhead > now) return null;
        // After a long stop the old key may not live long enough for the overlap.
        var ahead = Micros.ToTime(newest.VerifiesUntil) > now + PublishAhead + TokensOptions.LongestAccessTokenLifetime;
        return Micros.From(ahead ? now + PublishAhead : now);
    }

    private SigningKeyRow Create(long signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = key.ExportSubjectPublicKeyInfo();
        return new SigningKeyRow
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 16)),
            Algorithm = Algorithm,
            PublicKey = Convert.ToBase64String(publicKey),
            ProtectedPrivateKey = _protector.Protect(Convert.ToBase64String(key.ExportPkcs8PrivateKey())),
            CreatedAt = clock.NowMicros(),
            SignsFrom = signsFrom,
            VerifiesUntil = Micros.From(Micros.ToTime(signsFrom) + Period + (2 * PublishAhead) + TokensOptions.LongestAccessTokenLifetime),
        };
    }

    private KeySet Load(List<SigningKeyRow> rows)
    {
        var now = clock.NowMicros();
        var living = Order(rows).Where(row => row.VerifiesUntil > now).ToList();
        var known = _keys;
        // Keys seen before are kept as they are: tokens may be signed with them at this very moment.
        return new KeySet(
            living.ToFrozenDictionary(row => row.Id, row => known.Verifying.GetValueOrDefault(row.Id) ?? PublicKey(row), StringComparer.Ordinal),
            [.. living.Select(row => new SigningSlot(row.Id, row.SignsFrom, known.Slots.FirstOrDefault(s => s.KeyId == row.Id)?.Key ?? PrivateKey(row)))],
            [.. living.Select(JsonWebKeyView.From)]);
    }

    /// <summary>The newest first; by id among equals, so that all replicas choose the same.</summary>
    private static IEnumerable<SigningKeyRow> Order(List<SigningKeyRow> rows) => rows.OrderByDescending(row => row.SignsFrom).ThenBy(row => row.Id, StringComparer.Ordinal);

    private SigningSlot? FindSigner()
    {
        var now = clock.NowMicros();
        return _keys.Slots.FirstOrDefault(slot => slot.SignsFrom <= now);
    }

    private static ECDsaSecurityKey PublicKey(SigningKeyRow row)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(row.PublicKey), out _);
        return new ECDsaSecurityKey(key) { KeyId = row.Id };
    }

    private ECDsa? PrivateKey(SigningKeyRow row)
    {
        try
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(_protector.Unprotect(row.ProtectedPrivateKey)), out _);
            return key;
        }
        catch (CryptographicException failure)
        {
            Log.Undecryptable(logger, row.Id, failure);
            return null;
        }
    }

    private static string Undecryptable(string keyId)
        => $"The signing key {keyId} cannot be decrypted: its Data Protection key is not in the ring at DataProtection:KeyDirectory.";

    private sealed record SigningSlot(string KeyId, long SignsFrom, ECDsa? Key);

    private sealed record KeySet(FrozenDictionary<string, SecurityKey> Verifying, ImmutableArray<SigningSlot> Slots, ImmutableArray<JsonWebKeyView> Published)
    {
        public static KeySet Empty { get; } = new(FrozenDictionary<string, SecurityKey>.Empty, [], []);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1200, Level = LogLevel.Error, Message = "The signing key {KeyId} cannot be decrypted with the key ring at DataProtection:KeyDirectory")]
        public static partial void Undecryptable(ILogger logger, string keyId, Exception exception);
    }
}

/// <summary>A public key as the key set shows it (RFC 7517).</summary>
internal sealed record JsonWebKeyView(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg)
{
    public static JsonWebKeyView From(SigningKeyRow row)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(row.PublicKey), out _);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonWebKeyView("EC", "P-256", Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y), row.Id, "sig", row.Algorithm);
    }
}
