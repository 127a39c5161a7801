using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Me;

/// <summary>What belongs to every user: their password and their sessions.</summary>
internal sealed class MeService(PolicyStore store, Writes writes, Passwords passwords, SignInThrottle throttle, TimeProvider clock)
{
    /// <summary>Verifies, hashes, and only then takes the tenant's revision: hashing is slow.</summary>
    public async Task ChangePasswordAsync(HttpContext context, PasswordChange change)
    {
        var caller = context.Admitted().Caller;
        var (current, next) = Validate(change);
        var (credential, person) = await FindPasswordAsync(caller, context.RequestAborted);
        await DemandCurrentAsync(context, caller, person.Key, current, credential);
        if (PasswordPolicy.WhyRefused(next, person.Key, person.FirstName, person.LastName, $"{person.FirstName}{person.LastName}") is { } why) throw ApiException.Invalid("newPassword", why);
        var hash = await passwords.HashAsync(next, context.RequestAborted);
        await writes.RunAsync(context, async (write, _) =>
        {
            var living = await write.CredentialsAsync(caller.SubjectId, CredentialKinds.Password, CancellationToken.None);
            if (!living.Exists(c => c.Id == credential.Id)) throw new ApiException(Kinds.Conflict, "The password was changed by somebody else in this moment.");
            living.ForEach(c => c.DeletedAt = write.Now);
            write.AddCredential(caller.SubjectId, CredentialKinds.Password, hash);
            var row = await write.RowAsync(caller.SubjectId, CancellationToken.None);
            await write.EndSessionsAsync(row, CancellationToken.None);
            await write.TouchSubjectAsync(row, CancellationToken.None);
            return true;
        });
    }

    public async Task<SessionList> SessionsAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = clock.NowMicros();
        await using var db = await store.OpenAsync(cancellationToken);
        var rows = await db.Sessions.AsNoTracking()
            .Where(s => s.TenantId == caller.TenantId && s.SubjectId == caller.SubjectId && s.EndedAt == null && s.ExpiresAt > now)
            .OrderByDescending(s => s.CreatedAt).ThenBy(s => s.Id).ToListAsync(cancellationToken);
        var aliases = await db.IdentityProviders.AsNoTracking().Where(x => x.TenantId == caller.TenantId && x.DeletedAt == null)
            .ToDictionaryAsync(x => x.Id, x => x.Alias, StringComparer.Ordinal, cancellationToken);
        return new SessionList([.. rows.Select(s => new Session(
            s.Id, s.Grant, s.ClientId, Micros.ToTime(s.CreatedAt), Micros.ToTime(s.LastUsedAt), Micros.ToTime(s.ExpiresAt), s.Id == caller.SessionId,
            s.CookieHash is null ? "token" : "browser", s.ProviderId is null ? null : aliases.GetValueOrDefault(s.ProviderId), s.UserAgent))]);
    }

    public async Task EndSessionAsync(HttpContext context, string id)
    {
        var caller = context.Admitted().Caller;
        if (caller.MustChangePassword && id != caller.SessionId) throw new ApiException(Kinds.PasswordChangeRequired, "Choose another password first: POST /api/v1/me/password.");
        await writes.RunAsync(context, async (write, _) =>
        {
            var isOwn = await write.Db.Sessions.AnyAsync(s => s.TenantId == caller.TenantId && s.Id == id && s.SubjectId == caller.SubjectId && s.EndedAt == null, CancellationToken.None);
            if (!isOwn) throw ApiException.NotFound("session");
            await write.EndSessionAsync(id, CancellationToken.None);
            return true;
        });
    }

    private static (string Current, string Next) Validate(PasswordChange change)
    {
        var current = change.CurrentPassword ?? throw ApiException.Invalid("currentPassword", "is missing");
        var next = change.NewPassword ?? throw ApiException.Invalid("newPassword", "is missing");
        if (current.Length > Passwords.MaxLength) throw ApiException.Invalid("currentPassword", "is not the present password");
        if (PasswordPolicy.WhyRefused(next) is { } why) throw ApiException.Invalid("newPassword", why);
        if (next == current) throw ApiException.Invalid("newPassword", "must be another one than the present");
        return (current, next);
    }

    /// <summary>A stolen token is no way to guess the password: failures are counted together with those of sign-ins.</summary>
    private async Task DemandCurrentAsync(HttpContext context, Caller caller, string email, string current, CredentialRow credential)
    {
        var address = Tenancy.AddressOf(context);
        throttle.DemandAddress(address);
        var stored = throttle.Begin(caller.TenantId, email, address) ? credential.Hash : null;
        if (!await passwords.VerifyAsync(current, stored, context.RequestAborted)) throw ApiException.Invalid("currentPassword", "is not the present password");
        throttle.Succeeded(caller.TenantId, email, address);
    }

    private async Task<(CredentialRow Credential, SubjectRow Person)> FindPasswordAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        var credential = await db.Credentials.AsNoTracking()
            .Where(c => c.TenantId == caller.TenantId && c.SubjectId == caller.SubjectId && c.Kind == CredentialKinds.Password && c.DeletedAt == null)
            .OrderByDescending(c => c.CreatedAt).FirstOrDefaultAsync(cancellationToken)
            ?? throw new ApiException(Kinds.Forbidden, "The caller has no password here.");
        return (credential, await db.Subjects.AsNoTracking().SingleAsync(s => s.TenantId == caller.TenantId && s.Id == caller.SubjectId, cancellationToken));
    }
}
