using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn;

/// <summary>What a grant gives.</summary>
internal sealed record IssuedTokens(AccessToken Access, string? RefreshToken);

/// <summary>
/// The grants. Every "no" is the same: an unknown tenant, subject or session, a wrong password or secret and a disabled subject cannot be told apart by
/// answer, status or time.
/// </summary>
internal sealed class SignInService(PolicyStore store, Passwords passwords, Sessions sessions, RefreshTokens refreshTokens, SignInThrottle throttle, TimeProvider clock)
{
    public static ApiException Wrong() => new(Kinds.InvalidCredentials, "The credentials are not valid.");

    public async Task<IssuedTokens> WithPasswordAsync(Requester from, string email, string password, string? clientId, CancellationToken cancellationToken)
    {
        var known = await JudgePasswordAsync(from, email, password, cancellationToken);
        return await sessions.BeginAsync(from.TenantId!.Value, from.Origin, known, "password", clientId ?? Sessions.NoClient, cancellationToken);
    }

    /// <summary>The one judge of e-mail address and password, for programs and for the sign-in page.</summary>
    public async Task<KnownSubject> JudgePasswordAsync(Requester from, string email, string password, CancellationToken cancellationToken)
    {
        throttle.DemandAddress(from.Address);
        var user = EmailAddress.TryCanonicalize(email, out var canonical) ? canonical : string.Empty;
        var mayJudge = throttle.Begin(from.TenantId ?? 0, user, from.Address);
        var known = await FindUserAsync(from.TenantId, user, cancellationToken);
        var usable = mayJudge && known is not null && password.Length <= Passwords.MaxLength && !(known.ExpiresAt <= clock.NowMicros());
        var matches = await passwords.VerifyAsync(password.Length <= Passwords.MaxLength ? password : string.Empty, usable ? known!.Hash : null, cancellationToken);
        if (!matches || known is not { Enabled: true }) throw Wrong();
        throttle.Succeeded(from.TenantId!.Value, user, from.Address);
        return known;
    }

    public async Task<IssuedTokens> WithSecretAsync(Requester from, string client, string secret, string grant, CancellationToken cancellationToken)
    {
        throttle.DemandAddress(from.Address);
        var living = await FindSecretsAsync(from.TenantId, client, cancellationToken);
        var presented = Encoding.ASCII.GetBytes(Secrets.Hash(secret));
        KnownSubject? matching = null;
        foreach (var known in living)
        {
            if (CryptographicOperations.FixedTimeEquals(presented, Encoding.ASCII.GetBytes(known.Hash))) matching = known;
        }

        if (matching is not { Enabled: true })
        {
            throttle.SecretFailed(from.Address);
            throw Wrong();
        }

        var clientId = matching.IsAccessKey ? matching.CredentialId : matching.Key;
        return await sessions.BeginAsync(from.TenantId!.Value, from.Origin, matching, grant, clientId, cancellationToken);
    }

    public async Task<IssuedTokens> WithRefreshTokenAsync(Requester from, string token, CancellationToken cancellationToken)
    {
        if (refreshTokens.Read(token) is not { } genuine || genuine.TenantId != from.TenantId) throw Wrong();
        return await sessions.GoOnAsync(genuine, from.Origin, cancellationToken) ?? throw Wrong();
    }

    private async Task<KnownSubject?> FindUserAsync(int? tenantId, string canonical, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        return await Living(db, tenantId, SubjectKind.User, CredentialKinds.Password).FirstOrDefaultAsync(known => known.Key == canonical, cancellationToken);
    }

    /// <summary>
    /// The unexpired secrets of an application, by its id or, failing that, its client id; or the secret of an access key, whose client id is its id. An
    /// application's name never has the form of an id.
    /// </summary>
    private async Task<List<KnownSubject>> FindSecretsAsync(int? tenantId, string client, CancellationToken cancellationToken)
    {
        var now = clock.NowMicros();
        await using var db = await store.OpenAsync(cancellationToken);
        // Both are looked for whether or not the first is found, so that the time tells nothing.
        var key = Guid.TryParseExact(client, "D", out _) ? await FindAccessKeyAsync(db, tenantId, client, cancellationToken) : null;
        var found = await Living(db, tenantId, SubjectKind.Application, CredentialKinds.Secret)
            .Where(known => (known.SubjectId == client || known.Key == client) && (known.ExpiresAt == null || known.ExpiresAt > now))
            .ToListAsync(cancellationToken);
        if (key is not null) return [key];
        return found.Exists(known => known.SubjectId == client) ? found.FindAll(known => known.SubjectId == client) : found;
    }

    /// <summary>An access key acts as its user, so it is no way around a password that must be changed first.</summary>
    private static Task<KnownSubject?> FindAccessKeyAsync(RunAiRbacDbContext db, int? tenantId, string id, CancellationToken cancellationToken)
        => Living(db, tenantId, SubjectKind.User, CredentialKinds.AccessKey)
            .Where(known => known.CredentialId == id)
            .Where(known => !db.Credentials.Any(c => c.TenantId == tenantId && c.SubjectId == known.SubjectId && c.Kind == CredentialKinds.Password && c.DeletedAt == null && c.MustChange))
            .SingleOrDefaultAsync(cancellationToken);

    private static IQueryable<KnownSubject> Living(RunAiRbacDbContext db, int? tenantId, SubjectKind kind, string credentialKind)
        => from subject in db.Subjects.AsNoTracking()
           join credential in db.Credentials.AsNoTracking() on new { subject.TenantId, SubjectId = subject.Id } equals new { credential.TenantId, credential.SubjectId }
           where subject.TenantId == tenantId && subject.Kind == kind && subject.DeletedAt == null && credential.Kind == credentialKind && credential.DeletedAt == null
           orderby credential.CreatedAt descending
           select new KnownSubject
           {
               SubjectId = subject.Id,
               Kind = subject.Kind,
               Key = subject.Key,
               Enabled = subject.Enabled,
               SessionEpoch = subject.SessionEpoch,
               LastLogin = subject.LastLogin,
               CredentialId = credential.Id,
               CredentialKind = credential.Kind,
               Hash = credential.Hash,
               MustChange = credential.MustChange,
               ExpiresAt = credential.ExpiresAt,
           };
}

/// <summary>A subject with one of its credentials, as the database has them at this moment. What a provider vouched for has no credential here.</summary>
internal sealed record KnownSubject
{
    public required string SubjectId { get; init; }
    public required SubjectKind Kind { get; init; }
    public required string Key { get; init; }
    public required bool Enabled { get; init; }
    public required int SessionEpoch { get; init; }
    public required long? LastLogin { get; init; }
    public string CredentialId { get; init; } = string.Empty;
    public string CredentialKind { get; init; } = string.Empty;
    public string Hash { get; init; } = string.Empty;
    public bool MustChange { get; init; }
    public long? ExpiresAt { get; init; }

    public bool IsAccessKey => CredentialKind == CredentialKinds.AccessKey;

    /// <summary>The <c>email</c> claim.</summary>
    public string? Email => Kind == SubjectKind.User ? Key : null;
}
