using System.Globalization;
using System.Security.Cryptography;
using RunAiRbac.Api.Errors;

namespace RunAiRbac.Api.SignIn;

/// <summary>
/// PBKDF2-SHA256 password hashes, <c>pbkdf2-sha256$rounds$salt$hash</c>. At most one computation per core at a time, off the request threads, so that
/// sign-ins cannot starve checks; and only so many may wait for one, so that those by client secret are not kept out. Never called while a tenant's
/// revision row is held.
/// </summary>
internal sealed class Passwords(int rounds) : IDisposable
{
    public const int MaxLength = 256;
    private const int MaxWaiting = 32;
    private const string Scheme = "pbkdf2-sha256";
    private const int HashBytes = 32;
    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount));
    private readonly string _nobody = string.Create(
        CultureInfo.InvariantCulture, $"{Scheme}${rounds}${Convert.ToBase64String(new byte[16])}${Convert.ToBase64String(new byte[HashBytes])}");

    private int _waiting;

    public async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = await DeriveAsync(password, salt, rounds, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    /// <summary>Compares; with no stored hash it takes the same time and says no, so that an unknown user cannot be told from a wrong password.</summary>
    public async Task<bool> VerifyAsync(string password, string? stored, CancellationToken cancellationToken)
    {
        var parts = (stored ?? _nobody).Split('$');
        if (parts.Length != 4 || parts[0] != Scheme) throw new InvalidOperationException("A stored password hash has an unknown scheme.");
        var expected = Convert.FromBase64String(parts[3]);
        var actual = await DeriveAsync(password, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture), cancellationToken);
        return CryptographicOperations.FixedTimeEquals(actual, expected) && stored is not null;
    }

    /// <summary>A password for people to type once: 20 characters without look-alikes, about 115 bits.</summary>
    public static string NewTemporary() => RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 20);

    public void Dispose() => _cores.Dispose();

    private async Task<byte[]> DeriveAsync(string password, byte[] salt, int iterations, CancellationToken cancellationToken)
    {
        await TakeCoreAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashBytes), cancellationToken);
        }
        finally
        {
            _cores.Release();
        }
    }

    private async Task TakeCoreAsync(CancellationToken cancellationToken)
    {
        if (_cores.Wait(0, cancellationToken)) return;
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting)
                throw new ApiException(Kinds.Unavailable, "Too many passwords are being checked.") { RetryAfter = TimeSpan.FromSeconds(1) };
            await _cores.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
