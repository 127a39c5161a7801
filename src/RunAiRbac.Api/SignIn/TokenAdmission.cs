using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn.Browser;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn;

/// <summary>Marks the few endpoints that a session may call which must change its password first.</summary>
internal sealed class OpenToPasswordChange
{
    public static OpenToPasswordChange Instance { get; } = new();
}

/// <summary>Marks endpoints of what is a person's own (keys, password, sessions): a session begun with an access key may not touch them (design.md §6).</summary>
internal sealed class ClosedToAccessKeys
{
    public static ClosedToAccessKeys Instance { get; } = new();
}

/// <summary>
/// The one way in, for every route alike: exactly one <c>Authorization: Bearer …</c> header with a genuine token, or no such header and one genuine session
/// cookie, of a session that lives in the tenant's policy at this moment. Tokens and cookies are judged once and then remembered; sessions are asked about on
/// every request. Who comes by cookie must also come from a page of ours when the request changes something. Permissions at the tenant are demanded here,
/// before any kind of handler runs.
/// </summary>
internal sealed class TokenAdmission(RequestDelegate next, TokenCache cache, TokenValidator validator, PolicyStore store, Metrics metrics, BrowserSessions browserSessions, OwnOrigin ownOrigin)
{
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization;
        var permission = context.GetEndpoint()?.Metadata.GetMetadata<EndpointPermission>();
        // INVARIANT: whatever does not say that it is public is closed, unknown paths too. Public endpoints take no token: a stale one must not keep its
        // bearer from getting another.
        if (permission?.At == At.Public) return next(context);
        if (authorization.Count == 0) return AdmitCookie(context, permission);
        if (authorization.Count != 1 || authorization[0] is not { } header || !header.StartsWith(Scheme, StringComparison.Ordinal)) return Refuse(context);
        if (!TokenKey.TryOf(header.AsSpan(Scheme.Length), out var key)) return Refuse(context);
        if (cache.Find(key) is not { } token) return MissAsync(context, permission, key, header[Scheme.Length..]);
        metrics.TokenPresented("hit");
        return AdmitAsync(context, permission, token);
    }

    private async Task MissAsync(HttpContext context, EndpointPermission? permission, TokenKey key, string token)
    {
        if (await validator.ValidateAsync(token, context.RequestAborted) is not { } genuine)
        {
            await Refuse(context);
            return;
        }

        metrics.TokenPresented("miss");
        var cached = new CachedToken(genuine);
        cache.Add(key, cached);
        await AdmitAsync(context, permission, cached);
    }

    private Task AdmitCookie(HttpContext context, EndpointPermission? permission)
    {
        if (!RequestCookies.TryFind(context.Request, SessionCookies.Name, out var cookie) || !TokenKey.TryOf(cookie, out var key)) return Refuse(context);
        if (browserSessions.FindJudged(key) is not { } session) return CookieMissAsync(context, permission, key, cookie);
        metrics.TokenPresented("hit");
        return AdmitAsync(context, permission, session, byCookie: true);
    }

    private async Task CookieMissAsync(HttpContext context, EndpointPermission? permission, TokenKey key, string cookie)
    {
        if (await browserSessions.JudgeAsync(key, cookie, context.RequestAborted) is not { } session)
        {
            await Refuse(context);
            return;
        }

        metrics.TokenPresented("miss");
        await AdmitAsync(context, permission, session, byCookie: true);
    }

    private Task AdmitAsync(HttpContext context, EndpointPermission? permission, CachedToken token, bool byCookie = false)
    {
        if (store.Fresh(token.Caller.TenantId) is not { } version || token.Admit(version) is not { } principal) return Refuse(context);
        context.User = principal;
        if (byCookie) ownOrigin.Demand(context);
        if (token.Caller.MustChangePassword && context.GetEndpoint()?.Metadata.GetMetadata<OpenToPasswordChange>() is null)
            throw new ApiException(Kinds.PasswordChangeRequired, "Choose another password first: POST /api/v1/me/password.");
        if (token.Caller.ViaAccessKey && context.GetEndpoint()?.Metadata.GetMetadata<ClosedToAccessKeys>() is not null)
            throw new ApiException(Kinds.Forbidden, "A session begun with an access key cannot manage its user's access keys, password and sessions.");
        if (permission is { At: At.Tenant, ResourceType: { } type, Action: { } action })
        {
            var acting = Acting.Now(context, principal.Admitted);
            acting.Demand(type, action, acting.Tenant);
        }

        return next(context);
    }

    private Task Refuse(HttpContext context)
    {
        metrics.TokenPresented("refused");
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
