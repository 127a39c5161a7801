using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace RunAiRbac.Api.SignIn.Browser;

/// <summary>What a genuine session cookie says.</summary>
internal sealed record SessionCookie(int TenantId, string SessionId, int SessionEpoch, string Hash);

/// <summary>
/// The opaque cookies of browser sessions: tenant, session, session epoch and 256 random bits, sealed by Data Protection, so that made-up ones never reach the
/// database. The session's row knows the hash of the one that is good.
/// </summary>
internal sealed class SessionCookies(IDataProtectionProvider protection)
{
    /// <summary>The prefix makes browsers demand Secure, no domain and the path /: no other host and no subdomain can set it.</summary>
    public const string Name = "__Host-runairbac";

    private static readonly CookieOptions Options = new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
    private readonly IDataProtector _protector = protection.CreateProtector("RunAiRbac.SessionCookies.v1");

    public (string Value, string Hash) Create(int tenantId, string sessionId, int sessionEpoch)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var value = _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{tenantId} {sessionId} {sessionEpoch} {secret}"));
        return (value, Secrets.Hash(value));
    }

    /// <summary>Null: not one of ours.</summary>
    public SessionCookie? Read(string value)
    {
        string[] parts;
        try
        {
            parts = _protector.Unprotect(value).Split(' ');
        }
        catch (CryptographicException)
        {
            // Made up or damaged: an ordinary "no".
            return null;
        }

        return new SessionCookie(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture), Secrets.Hash(value));
    }

    /// <summary>Lasts as long as the browser runs; the session's own limits are kept here.</summary>
    public static void Give(HttpContext context, string value) => context.Response.Cookies.Append(Name, value, Options);

    public static void TakeBack(HttpContext context) => context.Response.Cookies.Delete(Name, Options);
}
