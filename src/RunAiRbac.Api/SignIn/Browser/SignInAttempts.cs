using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Sso;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn.Browser;

/// <summary>
/// Attempts to sign in at a provider: each is taken once, within ten minutes, by the browser that began it, at the tenant and provider where it began. A row
/// holds it, so that any replica can finish what another began.
/// </summary>
internal sealed class SignInAttempts(PolicyStore store, IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Cookie = "__Host-runairbac-attempt";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // A SAML answer is a form that another site's page sends.
    private static readonly CookieOptions Options = new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.None, Path = "/", MaxAge = Lifetime, IsEssential = true };

    public async Task<SignInAttempt> BeginAsync(HttpContext context, SsoProvider provider, string returnUrl)
    {
        var attempt = new SignInAttempt(
            Random(), provider.TenantId, provider.Id, provider.Alias, returnUrl, Random(), Random(), "_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), clock.GetUtcNow() + Lifetime);
        var browser = GiveBrowser(context);
        await using var db = await store.OpenAsync(context.RequestAborted);
        db.SignInAttempts.Add(new SignInAttemptRow
        {
            TenantId = provider.TenantId,
            HandleHash = SignIn.Secrets.Hash(attempt.Handle),
            BrowserHash = SignIn.Secrets.Hash(browser),
            ProviderId = provider.Id,
            Secrets = Protector(provider.TenantId).Protect(JsonSerializer.Serialize(new Sealed(returnUrl, attempt.Nonce, attempt.CodeVerifier, attempt.RequestId))),
            ExpiresAt = Micros.From(attempt.ExpiresAt),
        });
        await db.SaveChangesAsync(context.RequestAborted);
        return attempt;
    }

    /// <summary>The attempt, taken; null: there is none of this handle, browser and provider that has not been taken and is in time.</summary>
    public async Task<SignInAttempt?> TakeAsync(HttpContext context, SsoProvider provider, string handle)
    {
        if (!RequestCookies.TryFind(context.Request, Cookie, out var browser)) return null;
        var (handleHash, browserHash, now) = (SignIn.Secrets.Hash(handle), SignIn.Secrets.Hash(browser), clock.NowMicros());
        await using var db = await store.OpenAsync(context.RequestAborted);
        var fitting = db.SignInAttempts.Where(
            x => x.TenantId == provider.TenantId && x.HandleHash == handleHash && x.BrowserHash == browserHash && x.ProviderId == provider.Id && x.ExpiresAt > now);
        var row = await fitting.AsNoTracking().SingleOrDefaultAsync(context.RequestAborted);
        // Of two that come at once one deletes the row.
        if (row is null || await fitting.ExecuteDeleteAsync(context.RequestAborted) != 1) return null;
        var secrets = JsonSerializer.Deserialize<Sealed>(Protector(provider.TenantId).Unprotect(row.Secrets)) ?? throw new JsonException("An attempt's secrets are null.");
        return new SignInAttempt(
            handle, provider.TenantId, provider.Id, provider.Alias, secrets.ReturnUrl, secrets.Nonce, secrets.CodeVerifier, secrets.RequestId, Micros.ToTime(row.ExpiresAt));
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.NowMicros();
        await using var db = await store.OpenAsync(cancellationToken);
        await db.SignInAttempts.Where(x => x.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>One secret for all attempts of a browser that are under way, so that one tab does not spoil another's.</summary>
    private static string GiveBrowser(HttpContext context)
    {
        var isKnown = RequestCookies.TryFind(context.Request, Cookie, out var known) && known.Length == 43 && Base64Url.IsValid(known);
        var browser = isKnown ? known! : Random();
        context.Response.Cookies.Append(Cookie, browser, Options);
        return browser;
    }

    private IDataProtector Protector(int tenantId) => protection.CreateProtector("RunAiRbac.SignInAttempts.v1", tenantId.ToString(CultureInfo.InvariantCulture));

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private sealed record Sealed(string ReturnUrl, string Nonce, string CodeVerifier, string RequestId);
}
