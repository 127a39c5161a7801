using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace RunAiRbac.Api.SignIn;

/// <summary>What a genuine refresh token says.</summary>
internal sealed record RefreshToken(int TenantId, string SessionId, int SessionEpoch, string Hash);

/// <summary>
/// Opaque refresh tokens: tenant, session, session epoch and 256 random bits, sealed by Data Protection. The seal tells an old token of a session, whose use
/// ends that session, from a made-up one, which ends nothing; the epoch makes a token die with a password reset.
/// </summary>
internal sealed class RefreshTokens(IDataProtectionProvider protection)
{
    private const char Separator = ' ';
    private readonly IDataProtector _protector = protection.CreateProtector("RunAiRbac.RefreshTokens.v1");

    public (string Token, string Hash) Create(int tenantId, string sessionId, int sessionEpoch)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var token = _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{tenantId} {sessionId} {sessionEpoch} {secret}"));
        return (token, Secrets.Hash(token));
    }

    /// <summary>Null: not one of ours.</summary>
    public RefreshToken? Read(string token)
    {
        string[] parts;
        try
        {
            parts = _protector.Unprotect(token).Split(Separator);
        }
        catch (CryptographicException)
        {
            // Made up or damaged: an ordinary "no".
            return null;
        }

        return new RefreshToken(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture), Secrets.Hash(token));
    }
}
