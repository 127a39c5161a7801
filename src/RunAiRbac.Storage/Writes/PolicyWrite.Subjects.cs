using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

public sealed partial class PolicyWrite
{
    /// <summary>Adds a subject; its tenant, an empty id, the folded name and the Made/Created/Updated fields are set here. Returns its ref in <see cref="After"/>.</summary>
    public SubjectRef AddSubject(SubjectRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.TenantId = TenantId;
        if (row.Id.Length == 0) row.Id = Ids.New();
        row.NameFolded = Folding.Fold(row.Name);
        (row.CreatedAt, row.CreatedById, row.CreatedByName) = (Now, Actor.SubjectId, Actor.Name);
        (row.UpdatedAt, row.MadeRevision) = (Now, Revision);
        Db.Subjects.Add(row);
        Record(new SubjectPut(row.ToFact(hasLivingPassword: false)));
        return After.FindSubject(row.Id);
    }

    /// <summary>The user of this canonical e-mail, made pending when there is none.</summary>
    public SubjectRef EnsureUser(string canonicalEmail, string name)
    {
        var user = After.FindSubjectByKey(SubjectKind.User, canonicalEmail);
        return user.IsKnown ? user : AddSubject(NewSubject(SubjectKind.User, canonicalEmail, name, isPending: true));
    }

    /// <summary>The group of this name, made when there is none. Never one whose id the name looks like: names of groups come from outside.</summary>
    public SubjectRef EnsureGroup(string name)
    {
        var group = After.FindSubjectByKey(SubjectKind.Group, name);
        return group.IsKnown ? group : AddSubject(NewSubject(SubjectKind.Group, name, name, isPending: false));
    }

    /// <summary>The id of a subject of <see cref="After"/>. (In <c>write.After.Subject(write.EnsureUser(…))</c> the snapshot is taken before the user is made.)</summary>
    public string IdOf(SubjectRef subject) => After.Subject(subject).Id;

    /// <summary>The living row of a subject, tracked; null: none.</summary>
    public async Task<SubjectRow?> FindSubjectAsync(string id, CancellationToken cancellationToken)
        => After.FindSubject(id).IsKnown ? await Db.Subjects.FindAsync([TenantId, id], cancellationToken) : null;

    /// <summary>After changing a tracked row (enabled, session epoch, names, pending …) or its credentials: sets UpdatedAt and records a <see cref="SubjectPut"/>.</summary>
    public async Task TouchSubjectAsync(SubjectRow row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!After.FindSubject(row.Id).IsKnown) throw new InvalidOperationException($"The subject {row.Id} has ended.");
        row.NameFolded = Folding.Fold(row.Name);
        row.UpdatedAt = Now;
        // What was only a name in a rule becomes a user: to everybody else that is its creation.
        var isNoLongerPending = !row.IsPending && Db.Entry(row).Property(x => x.IsPending).OriginalValue;
        await FlushAsync(cancellationToken);
        var hasPassword = row.Kind == SubjectKind.User && await Db.Credentials.LivingPasswords(TenantId).AnyAsync(x => x.SubjectId == row.Id, cancellationToken);
        Record(new SubjectPut(row.ToFact(hasPassword)));
        if (isNoLongerPending) _trail.Subject(row.Kind, row.Id).Action = AuditActions.Create;
    }

    /// <summary>Ends a subject with its rules, memberships, credentials, identities and sessions, in rows and as one change.</summary>
    public async Task EndSubjectAsync(string id, CancellationToken cancellationToken)
    {
        if (!After.FindSubject(id).IsKnown) throw new InvalidOperationException($"There is no subject {id}.");
        await FlushAsync(cancellationToken);
        foreach (var key in await AccessKeysAsync(id, cancellationToken)) RecordEvent(AuditEntities.AccessKey, key.Id, key.Label!, ShowKey(key), null);

        await Db.AccessRules.Where(x => x.TenantId == TenantId && x.DeletedAt == null && x.SubjectId == id).ExecuteUpdateAsync(
            x => x.SetProperty(r => r.DeletedAt, Now).SetProperty(r => r.UpdatedAt, Now).SetProperty(r => r.EndedRevision, Revision), cancellationToken);
        await Db.Memberships.Where(x => x.TenantId == TenantId && x.EndedRevision == null
                && (x.UserId == id || Db.Groups.Any(g => g.TenantId == TenantId && g.Id == x.GroupId && g.SubjectId == id)))
            .ExecuteUpdateAsync(x => x.SetProperty(m => m.EndedRevision, Revision), cancellationToken);
        await Db.Groups.Where(x => x.TenantId == TenantId && x.DeletedAt == null && x.SubjectId == id).ExecuteUpdateAsync(
            x => x.SetProperty(g => g.DeletedAt, Now), cancellationToken);
        await Db.Credentials.Where(x => x.TenantId == TenantId && x.DeletedAt == null && x.SubjectId == id).ExecuteUpdateAsync(
            x => x.SetProperty(c => c.DeletedAt, Now), cancellationToken);
        await Db.Identities.Where(x => x.TenantId == TenantId && x.DeletedAt == null && x.SubjectId == id).ExecuteUpdateAsync(
            x => x.SetProperty(i => i.DeletedAt, Now), cancellationToken);
        await Db.Sessions.Where(x => x.TenantId == TenantId && x.EndedAt == null && x.SubjectId == id).ExecuteUpdateAsync(
            x => x.SetProperty(s => s.EndedAt, Now).SetProperty(s => s.RefreshHash, (string?)null), cancellationToken);
        await Db.Subjects.Where(x => x.TenantId == TenantId && x.Id == id).ExecuteUpdateAsync(
            x => x.SetProperty(s => s.DeletedAt, Now).SetProperty(s => s.UpdatedAt, Now).SetProperty(s => s.EndedRevision, Revision), cancellationToken);

        AlignEndedSubject(id);
        Record(new SubjectEnd(id));
    }

    private void AlignEndedSubject(string id)
    {
        var groups = Db.ChangeTracker.Entries<GroupRow>().Where(x => x.Entity.SubjectId == id).Select(x => x.Entity.Id).ToHashSet(StringComparer.Ordinal);
        Align<AccessRuleRow>(x => x.SubjectId == id && x.DeletedAt is null, End);
        Align<MembershipRow>(x => x.EndedRevision is null && (x.UserId == id || groups.Contains(x.GroupId)), x => x.EndedRevision = Revision);
        Align<GroupRow>(x => x.SubjectId == id && x.DeletedAt is null, x => x.DeletedAt = Now);
        Align<CredentialRow>(x => x.SubjectId == id && x.DeletedAt is null, x => x.DeletedAt = Now);
        Align<IdentityRow>(x => x.SubjectId == id && x.DeletedAt is null, x => x.DeletedAt = Now);
        Align<SessionRow>(x => x.SubjectId == id && x.EndedAt is null, x => (x.EndedAt, x.RefreshHash) = (Now, null));
        Align<SubjectRow>(x => x.Id == id, x => (x.DeletedAt, x.UpdatedAt, x.EndedRevision) = (Now, Now, Revision));
    }

    private static SubjectRow NewSubject(SubjectKind kind, string key, string name, bool isPending)
        => new() { Id = "", Kind = kind, Key = key, Name = name, NameFolded = "", CreatedByName = "", IsPending = isPending };
}
