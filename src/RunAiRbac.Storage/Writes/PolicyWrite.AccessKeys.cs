using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>
/// Access keys: credentials of a user that act as it. Decisions know nothing of them, so a write of one records no change but the sessions it ends.
/// </summary>
public sealed partial class PolicyWrite
{
    /// <summary>The user's living access keys, tracked, oldest first.</summary>
    public Task<List<CredentialRow>> AccessKeysAsync(string userId, CancellationToken cancellationToken) => CredentialsAsync(userId, CredentialKinds.AccessKey, cancellationToken);

    /// <summary>A living access key of anybody, tracked; null: none.</summary>
    public async Task<CredentialRow?> FindAccessKeyAsync(string id, CancellationToken cancellationToken)
        => await Db.Credentials.FindAsync([TenantId, id], cancellationToken) is { Kind: CredentialKinds.AccessKey, DeletedAt: null } row ? row : null;

    public CredentialRow AddAccessKey(string userId, string name, string hash)
    {
        var key = AddCredential(userId, CredentialKinds.AccessKey, hash, label: name);
        RecordEvent(AuditEntities.AccessKey, key.Id, name, null, ShowKey(key));
        return key;
    }

    /// <summary>Replaces the secret of a tracked key and ends the sessions begun with it.</summary>
    public Task ReplaceAccessKeySecretAsync(CredentialRow key, string hash, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        key.Hash = hash;
        RecordEvent(AuditEntities.AccessKey, key.Id, key.Label!, ShowKey(key), ShowKey(key), AuditActions.ResetPassword);
        return EndKeySessionsAsync(key, cancellationToken);
    }

    /// <summary>Ends a tracked key with the sessions begun with it.</summary>
    public Task EndAccessKeyAsync(CredentialRow key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        key.DeletedAt = Now;
        RecordEvent(AuditEntities.AccessKey, key.Id, key.Label!, ShowKey(key), null);
        return EndKeySessionsAsync(key, cancellationToken);
    }

    // INVARIANT: the key's row is written before its sessions are looked for. A sign-in writes that row too, in the transaction that adds its session: either it
    // waits and finds the key changed, or its session is found here.
    private async Task EndKeySessionsAsync(CredentialRow key, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        var living = Db.Sessions.Where(x => x.TenantId == TenantId && x.SubjectId == key.SubjectId && x.AccessKeyId == key.Id && x.EndedAt == null);
        var ids = await living.Where(x => x.ExpiresAt > Now).Select(x => x.Id).ToListAsync(cancellationToken);
        await living.ExecuteUpdateAsync(x => x.SetProperty(s => s.EndedAt, Now), cancellationToken);
        Align<SessionRow>(x => x.AccessKeyId == key.Id && x.EndedAt is null, x => x.EndedAt = Now);
        foreach (var id in ids)
        {
            Record(new SessionEnd(new(id, Now + _longestTokenLifetime)));
            NoteEndedSession(id, key.SubjectId);
        }
    }

    private object ShowKey(CredentialRow key) => new { key.Id, Name = key.Label, UserId = key.SubjectId, UserName = After.Subject(After.FindSubject(key.SubjectId)).Name };
}
