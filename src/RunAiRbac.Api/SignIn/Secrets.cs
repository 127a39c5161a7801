using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace RunAiRbac.Api.SignIn;

/// <summary>Random secrets of 256 bits: shown once, stored as SHA-256 (no stretching needed at that entropy), compared in constant time.</summary>
internal static class Secrets
{
    public const string Prefix = "rnai_";

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Lower-case hexadecimal SHA-256 of the UTF-8 form.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool Matches(string presented, string hash)
        => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(presented)), Encoding.ASCII.GetBytes(hash));
}
