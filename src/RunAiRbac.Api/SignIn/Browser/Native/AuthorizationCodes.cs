using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Http;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn.Browser.Native;

/// <summary>Authorization codes: good for a minute and once. A second use ends the session that the first one made (RFC 6749, section 4.1.2).</summary>
internal sealed class AuthorizationCodes(PolicyStore store, Sessions sessions, TimeProvider clock)
{
    public const string Grant = "authorization_code";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>How long a used one is known, so that its second use is noticed.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>A code for whoever is signed in in this browser. It names its tenant, since the program that redeems it may not know.</summary>
    public async Task<string> CreateAsync(AuthorizationRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var code = string.Create(CultureInfo.InvariantCulture, $"{caller.TenantId}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}");
        await using var db = await store.OpenAsync(cancellationToken);
        var providerId = await db.Sessions.Where(s => s.TenantId == caller.TenantId && s.Id == caller.SessionId).Select(s => s.ProviderId).SingleOrDefaultAsync(cancellationToken);
        db.AuthorizationCodes.Add(new AuthorizationCodeRow
        {
            TenantId = caller.TenantId,
            CodeHash = Secrets.Hash(code),
            SubjectId = caller.SubjectId,
            SessionEpoch = caller.SessionEpoch,
            BrowserSessionId = caller.SessionId,
            ProviderId = providerId,
            ClientId = request.ClientId,
            RedirectUri = request.RedirectUri,
            CodeChallenge = request.CodeChallenge!,
            ExpiresAt = Micros.From(clock.GetUtcNow() + Lifetime),
        });
        await db.SaveChangesAsync(cancellationToken);
        return code;
    }

    /// <summary>Tokens for a code, in a session of their own. Everything that is wrong is the same "no".</summary>
    public async Task<IssuedTokens> RedeemAsync(Requester from, string? namedTenant, PresentedCode presented, CancellationToken cancellationToken)
    {
        if (!TryReadTenant(presented.Code, out var tenantId) || (namedTenant is not null && from.TenantId != tenantId)) throw SignInService.Wrong();
        var hash = Secrets.Hash(presented.Code);
        await using var db = await store.OpenAsync(cancellationToken);
        var row = await db.AuthorizationCodes.AsNoTracking().SingleOrDefaultAsync(x => x.TenantId == tenantId && x.CodeHash == hash, cancellationToken) ?? throw SignInService.Wrong();
        if (row.SessionId is { } made)
        {
            await ReplayedAsync(db, row, made, from.Origin);
            throw SignInService.Wrong();
        }

        if (row.ExpiresAt <= clock.NowMicros() || !presented.Fits(row)) throw SignInService.Wrong();
        var sessionId = Guid.NewGuid().ToString();
        var taken = await db.AuthorizationCodes.Where(x => x.TenantId == tenantId && x.CodeHash == hash && x.SessionId == null)
            .ExecuteUpdateAsync(x => x.SetProperty(c => c.SessionId, sessionId), cancellationToken);
        // Somebody was quicker: this is the second use.
        return taken == 0 ? await RedeemAsync(from, namedTenant, presented, cancellationToken) : await BeginAsync(db, row, sessionId, from.Origin, cancellationToken);
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var before = Micros.From(clock.GetUtcNow() - Memory);
        await using var db = await store.OpenAsync(cancellationToken);
        await db.AuthorizationCodes.Where(x => x.ExpiresAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<IssuedTokens> BeginAsync(RunAiRbacDbContext db, AuthorizationCodeRow row, string sessionId, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var inBrowser = new Caller(row.TenantId, row.SubjectId, row.BrowserSessionId, row.SessionEpoch, ClientId: null, MustChangePassword: false, ViaAccessKey: false);
        if (await sessions.FindLiveAsync(inBrowser, cancellationToken) is null) throw SignInService.Wrong();
        var subject = await db.Subjects.AsNoTracking().Where(s => s.TenantId == row.TenantId && s.Id == row.SubjectId && s.DeletedAt == null && s.SessionEpoch == row.SessionEpoch)
            .Select(s => new KnownSubject { SubjectId = s.Id, Kind = s.Kind, Key = s.Key, Enabled = s.Enabled, SessionEpoch = s.SessionEpoch, LastLogin = s.LastLogin })
            .SingleOrDefaultAsync(cancellationToken) ?? throw SignInService.Wrong();
        var issued = await sessions.BeginAsync(row.TenantId, origin, subject, Grant, row.ClientId, cancellationToken, sessionId, row.ProviderId);

        // A second use in this very moment found no session to end yet.
        if (!await db.AuthorizationCodes.AnyAsync(x => x.TenantId == row.TenantId && x.CodeHash == row.CodeHash && x.ReplayedAt != null, cancellationToken)) return issued;
        await sessions.EndAsync(row.TenantId, row.SubjectId, sessionId, origin);
        throw SignInService.Wrong();
    }

    private async Task ReplayedAsync(RunAiRbacDbContext db, AuthorizationCodeRow row, string sessionId, RequestOrigin origin)
    {
        var now = clock.NowMicros();
        await db.AuthorizationCodes.Where(x => x.TenantId == row.TenantId && x.CodeHash == row.CodeHash).ExecuteUpdateAsync(x => x.SetProperty(c => c.ReplayedAt, now), CancellationToken.None);
        await sessions.EndAsync(row.TenantId, row.SubjectId, sessionId, origin);
    }

    private static bool TryReadTenant(string code, out int tenantId)
    {
        tenantId = 0;
        var end = code.IndexOf('.', StringComparison.Ordinal);
        return end > 0 && int.TryParse(code.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out tenantId);
    }
}

/// <summary>A code as a program presents it.</summary>
internal sealed record PresentedCode(string ClientId, string Code, string RedirectUri, string Verifier)
{
    /// <summary>Whether the program is the one that asked, and the verifier the one of its challenge (RFC 7636).</summary>
    public bool Fits(AuthorizationCodeRow row)
        => row.ClientId == ClientId && row.RedirectUri == RedirectUri && Verifier.Length is >= 43 and <= 128
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)))), Encoding.ASCII.GetBytes(row.CodeChallenge));

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"code of {ClientId}";
}
