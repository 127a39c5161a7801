using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn;

/// <summary>
/// Sessions: one per sign-in, with its refresh family. Beginning one and going on with it are no policy writes; ending one is, so that its tokens die with
/// the feed.
/// </summary>
internal sealed class Sessions(PolicyStore store, AccessTokens accessTokens, RefreshTokens refreshTokens, TimeProvider clock, IOptions<TokensOptions> options)
{
    /// <summary>The <c>client_id</c> of a password sign-in that names no program.</summary>
    public const string NoClient = "runairbac";

    // How exact the last use is kept for applications, which may take a token every few seconds.
    private static readonly TimeSpan LastUseStep = TimeSpan.FromMinutes(1);

    /// <summary>Begins a session of tokens. A given id is that of a code's use; a provider is the one that vouched for the subject.</summary>
    public async Task<IssuedTokens> BeginAsync(
        int tenantId, RequestOrigin origin, KnownSubject subject, string grant, string clientId, CancellationToken cancellationToken, string? sessionId = null, string? providerId = null)
    {
        var caller = new Caller(tenantId, subject.SubjectId, sessionId ?? Guid.NewGuid().ToString(), subject.SessionEpoch, clientId, subject.MustChange, subject.IsAccessKey);
        var snapshot = await FindLiveAsync(caller, cancellationToken) ?? throw SignInService.Wrong();
        var access = accessTokens.Write(caller, subject.Email);
        // Applications and access keys have their secret, and a password that must be changed gives no lasting session.
        var refresh = subject is { Kind: SubjectKind.User, IsAccessKey: false, MustChange: false } ? refreshTokens.Create(tenantId, caller.SessionId, caller.SessionEpoch) : default;
        var now = clock.GetUtcNow();
        var lastsUntil = refresh.Hash is null ? access.ExpiresAt : now + options.Value.RefreshTokenLifetime;
        await AddAsync(snapshot, origin, subject, new SessionRow
        {
            TenantId = tenantId,
            Id = caller.SessionId,
            SubjectId = caller.SubjectId,
            Grant = grant,
            ClientId = clientId,
            RefreshHash = refresh.Hash,
            CreatedAt = Micros.From(now),
            LastUsedAt = Micros.From(now),
            ExpiresAt = Micros.From(lastsUntil),
            AccessKeyId = subject.IsAccessKey ? subject.CredentialId : null,
            ProviderId = providerId,
        }, cancellationToken);
        return new IssuedTokens(access, refresh.Token);
    }

    /// <summary>Exchanges a refresh token; null: it is not good. An old one ends its session.</summary>
    public async Task<IssuedTokens?> GoOnAsync(RefreshToken token, RequestOrigin origin, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        var now = clock.NowMicros();
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(
            s => s.TenantId == token.TenantId && s.Id == token.SessionId && s.EndedAt == null && s.ExpiresAt > now, cancellationToken);
        if (session is null) return null;
        var caller = new Caller(token.TenantId, session.SubjectId, session.Id, token.SessionEpoch, session.ClientId, MustChangePassword: false, ViaAccessKey: false);
        if (await FindLiveAsync(caller, cancellationToken) is not { } snapshot) return null;
        var email = snapshot.Subject(snapshot.FindSubject(caller.SubjectId)) is { Kind: SubjectKind.User } user ? user.Key : null;
        var next = refreshTokens.Create(token.TenantId, session.Id, token.SessionEpoch);
        if (await RotateAsync(db, token, next.Hash, now, cancellationToken)) return new IssuedTokens(accessTokens.Write(caller, email), next.Token);
        await EndAsync(token.TenantId, session.SubjectId, session.Id, origin);
        return null;
    }

    /// <summary>Ends a session as a policy write, on nobody's order but its own tokens'.</summary>
    public async Task<PolicyVersion> EndAsync(int tenantId, string subjectId, string sessionId, RequestOrigin origin)
    {
        var actor = store.Current(tenantId)?.Snapshot is { } snapshot && snapshot.FindSubject(subjectId) is { IsKnown: true } subject
            ? new Actor(subjectId, snapshot.Subject(subject).Name, origin)
            : Actor.System with { Origin = origin };
        var written = await store.WriteAsync(tenantId, actor, async write =>
        {
            await write.EndSessionAsync(sessionId, CancellationToken.None);
            return true;
        }, CancellationToken.None);
        return written.Version;
    }

    /// <summary>Rows of sessions that ended on their own a day ago are of no more use.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var before = Micros.From(clock.GetUtcNow() - TimeSpan.FromDays(1));
        await using var db = await store.OpenAsync(cancellationToken);
        await db.Sessions.Where(session => session.ExpiresAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Compare and swap: of two uses of one refresh token, one wins.</summary>
    private async Task<bool> RotateAsync(RunAiRbacDbContext db, RefreshToken token, string nextHash, long now, CancellationToken cancellationToken)
    {
        var expires = Micros.From(clock.GetUtcNow() + options.Value.RefreshTokenLifetime);
        var changed = await db.Sessions
            .Where(s => s.TenantId == token.TenantId && s.Id == token.SessionId && s.RefreshHash == token.Hash && s.EndedAt == null && s.ExpiresAt > now)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.RefreshHash, nextHash).SetProperty(x => x.LastUsedAt, now).SetProperty(x => x.ExpiresAt, expires), cancellationToken);
        return changed == 1;
    }

    /// <summary>The policy in which the session would be live, if there is one; looks at the database when this replica may be behind it.</summary>
    public async Task<PolicySnapshot?> FindLiveAsync(Caller caller, CancellationToken cancellationToken)
    {
        // A tenant that another replica has just made.
        if (store.Current(caller.TenantId) is null) await store.PollAsync(cancellationToken);
        if (store.Fresh(caller.TenantId) is not { } version) return null;
        if (version.Snapshot.IsSessionLive(caller.SubjectId, caller.SessionEpoch, caller.SessionId)) return version.Snapshot;
        version = await store.LatestAsync(caller.TenantId, TimeSpan.FromSeconds(2), cancellationToken);
        return version.Snapshot.IsSessionLive(caller.SubjectId, caller.SessionEpoch, caller.SessionId) ? version.Snapshot : null;
    }

    /// <summary>Adds a session with its event, and notes the sign-in.</summary>
    public async Task AddAsync(PolicySnapshot snapshot, RequestOrigin origin, KnownSubject subject, SessionRow row, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (subject.IsAccessKey) await UseKeyAsync(db, row.TenantId, subject, row.CreatedAt, cancellationToken);
        if (row.ProviderId is not null) await UseProviderAsync(db, row.TenantId, row.ProviderId, cancellationToken);
        db.Sessions.Add(row);
        var metadata = new Dictionary<string, string> { ["grant"] = row.Grant, ["session"] = row.Id };
        if (subject.IsAccessKey) metadata["access_key"] = subject.CredentialId;
        AuditWriter.AddSignIn(db, row.TenantId, snapshot, row.SubjectId, origin, row.CreatedAt, metadata);
        await db.SaveChangesAsync(cancellationToken);
        var isFrequent = subject.Kind == SubjectKind.Application && subject.LastLogin > row.CreatedAt - (LastUseStep.Ticks / TimeSpan.TicksPerMicrosecond);
        if (!isFrequent && !subject.IsAccessKey) await NoteUseAsync(db, row.TenantId, subject, row.CreatedAt, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Writes the provider's row, if it still lives, without changing it: its end looks for the sessions begun by it, so the two must take turns
    /// (<see cref="PolicyWrite.EndProviderAsync"/>).
    /// </summary>
    private static async Task UseProviderAsync(RunAiRbacDbContext db, int tenantId, string providerId, CancellationToken cancellationToken)
    {
        var living = await db.IdentityProviders.Where(x => x.TenantId == tenantId && x.Id == providerId && x.DeletedAt == null)
            .ExecuteUpdateAsync(x => x.SetProperty(p => p.UpdatedAt, p => p.UpdatedAt), cancellationToken);
        if (living == 0) throw SignInService.Wrong();
    }

    /// <summary>
    /// Notes the use of the key that was presented, if it still is that one. The subject's epoch kills tokens of passwords and secrets that were replaced in
    /// this moment; a key ends only the sessions of its own that it finds, so the two must take turns at its row (<see cref="PolicyWrite.EndAccessKeyAsync"/>).
    /// </summary>
    private static async Task UseKeyAsync(RunAiRbacDbContext db, int tenantId, KnownSubject subject, long now, CancellationToken cancellationToken)
    {
        var used = await db.Credentials.Where(c => c.TenantId == tenantId && c.Id == subject.CredentialId && c.Hash == subject.Hash && c.DeletedAt == null)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.LastUsedAt, now), cancellationToken);
        if (used == 0) throw SignInService.Wrong();
    }

    // The order of locks is that of whoever ends a subject (PolicyWrite.EndSubjectAsync): credentials, then the subject. The other way round they could wait for each other.
    private static async Task NoteUseAsync(RunAiRbacDbContext db, int tenantId, KnownSubject subject, long now, CancellationToken cancellationToken)
    {
        await db.Credentials.Where(c => c.TenantId == tenantId && c.Id == subject.CredentialId)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.LastUsedAt, now), cancellationToken);
        await db.Subjects.Where(s => s.TenantId == tenantId && s.Id == subject.SubjectId)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.LastLogin, now), cancellationToken);
    }
}
