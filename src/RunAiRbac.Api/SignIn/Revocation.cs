using Microsoft.EntityFrameworkCore;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn;

/// <summary>Ends the session of a token that its bearer gives back (RFC 7009).</summary>
internal sealed class Revocation(PolicyStore store, TokenValidator validator, RefreshTokens refreshTokens, Sessions sessions)
{
    /// <summary>The version that the end made; null: there was nothing to end, which is no error.</summary>
    public async Task<PolicyVersion?> RevokeAsync(string token, RequestOrigin origin, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not { } found || store.Current(found.TenantId) is null) return null;
        await using var db = await store.OpenAsync(cancellationToken);
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.TenantId == found.TenantId && s.Id == found.SessionId && s.EndedAt == null, cancellationToken);
        return session is null ? null : await sessions.EndAsync(found.TenantId, session.SubjectId, session.Id, origin);
    }

    private async Task<(int TenantId, string SessionId)?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (await validator.ValidateAsync(token, cancellationToken) is { } access) return (access.Caller.TenantId, access.Caller.SessionId);
        return refreshTokens.Read(token) is { } refresh ? (refresh.TenantId, refresh.SessionId) : null;
    }
}
