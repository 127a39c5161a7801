using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>A snapshot brought on by the log. <c>OldestAt</c>: when the first of the entries that did it was written (UTC microseconds since 1970); null: there was none.</summary>
internal sealed record CaughtUp(PolicySnapshot Snapshot, long? OldestAt);

/// <summary>Builds snapshots from rows, and brings them on by the change log, on the caller's connection and in its transaction.</summary>
internal sealed class PolicyReader(StorageSettings settings, TimeProvider clock)
{
    /// <summary>Reads everything. The caller sees to it that the rows are those of this one revision.</summary>
    public async Task<PolicySnapshot> LoadAsync(RunAiRbacDbContext db, int tenantId, long revision, CancellationToken cancellationToken)
    {
        var facts = new PolicyFacts(
            revision,
            await RolesAsync(db, tenantId, cancellationToken),
            await ScopesAsync(db, tenantId, cancellationToken),
            await SubjectsAsync(db, tenantId, cancellationToken),
            await MembershipsAsync(db, tenantId, cancellationToken),
            Rules(db, tenantId),
            await EndedSessionsAsync(db, tenantId, cancellationToken));
        return await Task.Run(() => PolicySnapshot.Build(Catalogue.Default, facts), cancellationToken);
    }

    /// <summary>The snapshot at that revision or, when the log goes further already, after it; null: the log has a gap or an entry that cannot be applied.</summary>
    public static async Task<CaughtUp?> CatchUpAsync(RunAiRbacDbContext db, int tenantId, PolicySnapshot snapshot, long revision, CancellationToken cancellationToken)
    {
        var from = snapshot.Revision;
        var entries = db.Changes.AsNoTracking()
            .Where(x => x.TenantId == tenantId && x.Revision > from)
            .OrderBy(x => x.Revision)
            .Select(x => new { x.Revision, x.At, x.Changes })
            .AsAsyncEnumerable();
        long? oldestAt = null;
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            if (entry.Revision != snapshot.Revision + 1 || !ChangeLog.TryRead(entry.Changes, out var changes)) return null;
            try
            {
                snapshot = snapshot.Apply(entry.Revision, changes);
                oldestAt ??= entry.At;
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return snapshot.Revision >= revision ? new(snapshot, oldestAt) : null;
    }

    private static async Task<List<RoleFact>> RolesAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var rows = await db.Roles.AsNoTracking().Where(x => x.TenantId == tenantId).ToListAsync(cancellationToken);
        return rows.ConvertAll(x => x.ToFact());
    }

    private static Task<List<ScopeFact>> ScopesAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
        => db.Scopes.Where(x => x.TenantId == tenantId && x.DeletedAt == null)
            .Select(x => new ScopeFact(x.Id, x.Type, x.ParentId, x.Name))
            .ToListAsync(cancellationToken);

    private static async Task<List<SubjectFact>> SubjectsAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var withPassword = await db.Credentials.LivingPasswords(tenantId).Select(x => x.SubjectId).ToHashSetAsync(cancellationToken);
        var rows = db.Subjects.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null)
            .Select(x => new { x.Id, x.Kind, x.Key, x.Name, x.Enabled, x.SessionEpoch, x.HomeScopeId, x.IsLocal })
            .AsAsyncEnumerable();
        var facts = new List<SubjectFact>();
        await foreach (var x in rows.WithCancellation(cancellationToken))
        {
            var name = x.Name == x.Key ? x.Key : x.Name;
            facts.Add(new(x.Id, x.Kind, x.Key, name, x.Enabled, x.SessionEpoch, x.HomeScopeId, x.IsLocal == true && withPassword.Contains(x.Id)));
        }

        return facts;
    }

    private static async Task<IEnumerable<MembershipFact>> MembershipsAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var trusted = await GroupSources.TrustedAsync(db, tenantId, cancellationToken);
        var sources = await db.Groups.Where(x => x.TenantId == tenantId && x.DeletedAt == null).Select(x => x.Source).Distinct().ToListAsync(cancellationToken);
        sources.RemoveAll(source => !trusted.Contains(source));
        var facts =
            from membership in db.Memberships
            join g in db.Groups on new { membership.TenantId, Id = membership.GroupId } equals new { g.TenantId, g.Id }
            where membership.TenantId == tenantId && membership.EndedRevision == null && g.DeletedAt == null && sources.Contains(g.Source)
            select new MembershipFact(membership.UserId, g.SubjectId, membership.ValidUntil);

        // One source names each group once, so there is nothing to fold and the rows can be read while the snapshot is built.
        return sources.Count <= 1 ? facts : Memberships.Fold(await facts.ToListAsync(cancellationToken));
    }

    private static IQueryable<RuleFact> Rules(RunAiRbacDbContext db, int tenantId)
        => db.AccessRules.Where(x => x.TenantId == tenantId && x.DeletedAt == null)
            .Select(x => new RuleFact(x.Id, x.SubjectId, x.RoleId, x.ScopeId, x.NotBefore, x.ExpiresAt));

    private async Task<List<EndedSession>> EndedSessionsAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var lifetime = settings.LongestTokenLifetime.Ticks / TimeSpan.TicksPerMicrosecond;
        var since = clock.NowMicros() - lifetime;
        return await db.Sessions.Where(x => x.TenantId == tenantId && x.EndedAt > since)
            .Select(x => new EndedSession(x.Id, x.EndedAt!.Value + lifetime))
            .ToListAsync(cancellationToken);
    }
}
