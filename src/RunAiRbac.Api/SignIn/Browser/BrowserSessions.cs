using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Features.SecuritySettings;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Sso;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn.Browser;

/// <summary>
/// Sessions of browsers. A cookie is judged against its row and then remembered for at most a minute; whether the session lives is asked of the policy on every
/// request, as for tokens, so that whatever ends a session ends it at once here and with the feed elsewhere.
/// </summary>
internal sealed class BrowserSessions(
    PolicyStore store, Sessions sessions, SessionCookies cookies, IDataProtectionProvider protection, TimeProvider clock, IOptions<BrowserSessionOptions> options, IOptions<TokensOptions> tokens)
{
    /// <summary>How exact the last use is kept: no session is written more often.</summary>
    private const long UseStep = 60_000_000;

    private const long MicrosPerMinute = 60_000_000;
    private readonly TokenCache _judged = new(clock);
    private readonly IDataProtector _hints = protection.CreateProtector("RunAiRbac.SignOutHints.v1");

    /// <summary>The session of a cookie that was judged a moment ago; null: it must be judged.</summary>
    public CachedToken? FindJudged(in TokenKey key) => _judged.Find(key);

    /// <summary>The session of a cookie, whether or not it lives in the policy; null: the cookie is not good. Using it puts off its idle end.</summary>
    public async Task<CachedToken?> JudgeAsync(TokenKey key, string value, CancellationToken cancellationToken)
    {
        if (cookies.Read(value) is not { } cookie) return null;
        await using var db = await store.OpenAsync(cancellationToken);
        var now = clock.NowMicros();
        var row = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(
            s => s.TenantId == cookie.TenantId && s.Id == cookie.SessionId && s.CookieHash == cookie.Hash && s.EndedAt == null && s.ExpiresAt > now, cancellationToken);
        if (row is null) return null;
        var (lastUse, expires) = row.LastUsedAt > now - UseStep ? (row.LastUsedAt, row.ExpiresAt) : await UseAsync(db, row, now, cancellationToken);
        var caller = new Caller(row.TenantId, row.SubjectId, row.Id, cookie.SessionEpoch, row.ClientId, row.MustChangePassword == true, ViaAccessKey: false);
        var judged = new CachedToken(new GenuineToken(caller, Email: null, Micros.ToTime(Math.Min(expires, lastUse + UseStep))));
        _judged.Add(key, judged);
        return judged;
    }

    /// <summary>Whoever is signed in in this browser, for pages, which are open to everybody; null: nobody.</summary>
    public async Task<AdmittedPrincipal?> FindAsync(HttpContext context)
    {
        if (!RequestCookies.TryFind(context.Request, SessionCookies.Name, out var value) || !TokenKey.TryOf(value, out var key)) return null;
        var session = FindJudged(key) ?? await JudgeAsync(key, value, context.RequestAborted);
        return session is not null && store.Fresh(session.Caller.TenantId) is { } version ? session.Admit(version) : null;
    }

    /// <summary>Begins a session, always a new one with a new cookie; the one that the browser had before ends.</summary>
    public async Task BeginAsync(HttpContext context, int tenantId, KnownSubject subject, string grant, SsoProvider? provider, string? signOutHint)
    {
        var before = await FindAsync(context);
        // What a sign-in is answered with, for its event.
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        var origin = context.Origin();
        var caller = new Caller(tenantId, subject.SubjectId, Guid.NewGuid().ToString(), subject.SessionEpoch, ClientId: null, subject.MustChange, ViaAccessKey: false);
        var snapshot = await sessions.FindLiveAsync(caller, context.RequestAborted) ?? throw SignInService.Wrong();
        var cookie = cookies.Create(tenantId, caller.SessionId, caller.SessionEpoch);
        var now = clock.NowMicros();
        await using (var db = await store.OpenAsync(context.RequestAborted))
        {
            await sessions.AddAsync(snapshot, origin, subject, new SessionRow
            {
                TenantId = tenantId,
                Id = caller.SessionId,
                SubjectId = caller.SubjectId,
                Grant = grant,
                CreatedAt = now,
                LastUsedAt = now,
                ExpiresAt = caller.MustChangePassword ? now + (tokens.Value.AccessTokenLifetime.Ticks / TimeSpan.TicksPerMicrosecond) : await EndAsync(db, tenantId, now, now, context.RequestAborted),
                CookieHash = cookie.Hash,
                ProviderId = provider?.Id,
                SignOutHint = signOutHint is null ? null : _hints.Protect(signOutHint),
                UserAgent = UserAgent(context.Request),
                MustChangePassword = caller.MustChangePassword ? true : null,
            }, context.RequestAborted);
        }

        if (before is not null) await sessions.EndAsync(before.Admitted.Caller.TenantId, before.Admitted.Caller.SubjectId, before.Admitted.Caller.SessionId, origin);
        SessionCookies.Give(context, cookie.Value);
    }

    /// <summary>Ends the browser's session, if it has one, and takes its cookie back. The provider's row id and hint, when one vouched for it.</summary>
    public async Task<EndedBrowserSession?> EndAsync(HttpContext context)
    {
        var found = await FindAsync(context);
        SessionCookies.TakeBack(context);
        if (found?.Admitted.Caller is not { } caller) return null;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.TenantId == caller.TenantId && s.Id == caller.SessionId, context.RequestAborted);
        await sessions.EndAsync(caller.TenantId, caller.SubjectId, caller.SessionId, context.Origin());
        return new EndedBrowserSession(caller.TenantId, row?.ProviderId, row?.SignOutHint is { } hint ? _hints.Unprotect(hint) : null);
    }

    /// <summary>Notes the use. Of several replicas that do it at once one writes.</summary>
    private async Task<(long LastUse, long Expires)> UseAsync(RunAiRbacDbContext db, SessionRow row, long now, CancellationToken cancellationToken)
    {
        var expires = row.MustChangePassword == true ? row.ExpiresAt : await EndAsync(db, row.TenantId, row.CreatedAt, now, cancellationToken);
        await db.Sessions.Where(s => s.TenantId == row.TenantId && s.Id == row.Id && s.LastUsedAt == row.LastUsedAt && s.EndedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.LastUsedAt, now).SetProperty(x => x.ExpiresAt, expires), cancellationToken);
        return (now, expires);
    }

    /// <summary>The idle end (later by the step in which uses are kept, so that it never comes too early), but never after the absolute one.</summary>
    private async Task<long> EndAsync(RunAiRbacDbContext db, int tenantId, long begun, long now, CancellationToken cancellationToken)
    {
        var absolute = begun + (options.Value.AbsoluteLifetime.Ticks / TimeSpan.TicksPerMicrosecond);
        var idle = (await SecuritySettingRows.ReadAsync(db, tenantId, cancellationToken)).BrowserSessionTimeout.IdleTimeout;
        return idle > 0 ? Math.Min(absolute, now + (long)(idle * MicrosPerMinute) + UseStep) : absolute;
    }

    private static string? UserAgent(HttpRequest request)
    {
        var text = string.Concat(request.Headers.UserAgent.ToString().Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        return text.Length == 0 ? null : text[..Math.Min(text.Length, Lengths.Label)];
    }
}

/// <summary>A browser's session that has just ended.</summary>
internal sealed record EndedBrowserSession(int TenantId, string? ProviderId, string? SignOutHint);
