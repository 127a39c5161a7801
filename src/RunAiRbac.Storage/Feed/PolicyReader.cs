using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>A snapshot brought on by the log. <c>OldestAt</c>: when the first of the entries that did it was written (UTC microseconds since 1970); null: there was none.</summary>
internal sealed record CaughtUp(PolicySnapshot Snapshot, long? OldestAt);

/// <summary>Builds snapshots from rows, and brings them on by the change log, on the caller's connection and in its transaction.</summary>
internal sealed class PolicyReader(StorageSettings settings, TimeProvider clock)
{
    /// <summary>Reads everything, in the caller's transaction, which sees to it that the rows are those of this one revision.</summary>
    public async Task<PolicySnapshot> LoadAsync(RunAiRbacDbContext db, int tenantId, long revision, CancellationToken cancellationToken)
    {
        var roles = await RolesAsync(db, tenantId, cancellationToken);
        var withPassword = await db.Credentials.LivingPasswords(tenantId).Select(x => x.SubjectId).ToHashSetAsync(cancellationToken);
        var groups = await CountingGroupsAsync(db, tenantId, cancellationToken);
        var endedSessions = await EndedSessionsAsync(db, tenantId, cancellationToken);
        // Millions of rows: one thread reads them, without a wait for each, while another builds.
        return await Task.Run(
            () => PolicySnapshot.Build(
                Catalogue.Default,
                new PolicyFacts(
                    revision,
                    roles,
                    Scopes(db, tenantId, cancellationToken),
                    ReadAhead.Of(Subjects(db, tenantId, withPassword, cancellationToken)),
                    Memberships(db, tenantId, groups, cancellationToken),
                    ReadAhead.Of(Rules(db, tenantId, cancellationToken)),
                    endedSessions)),
            cancellationToken);
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

    private static IEnumerable<ScopeFact> Scopes(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
        => Read(
            db.Scopes.Where(x => x.TenantId == tenantId && x.DeletedAt == null).Select(x => new { x.Id, x.Type, x.ParentId, x.Name }),
            row => new ScopeFact(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3)),
            cancellationToken);

    /// <summary>The groups, then all others, as the engine likes it best.</summary>
    private static IEnumerable<SubjectFact> Subjects(RunAiRbacDbContext db, int tenantId, HashSet<string> withPassword, CancellationToken cancellationToken)
    {
        var living = db.Subjects.Where(x => x.TenantId == tenantId && x.DeletedAt == null);
        return Read(living.Where(x => x.Kind == SubjectKind.Group)).Concat(Read(living.Where(x => x.Kind != SubjectKind.Group)));

        IEnumerable<SubjectFact> Read(IQueryable<SubjectRow> rows) => PolicyReader.Read(
            rows.Select(x => new { x.Id, x.Kind, x.Key, x.Name, x.Enabled, x.SessionEpoch, x.HomeScopeId, x.IsLocal }),
            row => new SubjectFact(
                row.GetString(0),
                (SubjectKind)row.GetInt32(1),
                row.GetString(2),
                row.GetString(3),
                row.GetBoolean(4),
                row.GetInt32(5),
                row.IsDBNull(6) ? null : row.GetString(6),
                !row.IsDBNull(7) && row.GetBoolean(7) && withPassword.Contains(row.GetString(0))),
            cancellationToken);
    }

    /// <summary>The living groups of the sources that count, with their subjects.</summary>
    private static async Task<List<(string Id, string Source, string SubjectId)>> CountingGroupsAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var trusted = await GroupSources.TrustedAsync(db, tenantId, cancellationToken);
        var groups = await db.Groups.Where(x => x.TenantId == tenantId && x.DeletedAt == null).Select(x => new { x.Id, x.Source, x.SubjectId }).ToListAsync(cancellationToken);
        return [.. groups.Where(x => trusted.Contains(x.Source)).Select(x => (x.Id, x.Source, x.SubjectId))];
    }

    /// <summary>Who is in these groups. They are not joined by the database, which would take as long for it as reading the rows.</summary>
    private static IEnumerable<MembershipFact> Memberships(
        RunAiRbacDbContext db, int tenantId, List<(string Id, string Source, string SubjectId)> groups, CancellationToken cancellationToken)
    {
        var subjects = groups.ToDictionary(x => x.Id, x => x.SubjectId, StringComparer.Ordinal);
        var facts = ReadAhead.Of(Read(
            db.Memberships.Where(x => x.TenantId == tenantId && x.EndedRevision == null).Select(x => new { x.UserId, x.GroupId, x.ValidUntil }),
            row => subjects.TryGetValue(row.GetString(1), out var group) ? new MembershipFact(row.GetString(0), group, Moment(row, 2)) : null,
            cancellationToken).OfType<MembershipFact>());

        // One source names each group once: there is nothing to fold, and the rows need not all be kept.
        return groups.Select(x => x.Source).Distinct().Count() <= 1 ? facts : Storage.Memberships.Fold(facts);
    }

    private static IEnumerable<RuleFact> Rules(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
        => Read(
            db.AccessRules.Where(x => x.TenantId == tenantId && x.DeletedAt == null).Select(x => new { x.Id, x.SubjectId, x.RoleId, x.ScopeId, x.NotBefore, x.ExpiresAt }),
            row => new RuleFact(row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3), Moment(row, 4), Moment(row, 5)),
            cancellationToken);

    private static long? Moment(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>
    /// The rows of a query one after the other, the columns in the order of its projection. EF Core writes the SQL; what it does for each row takes longer than all
    /// that is done here.
    /// </summary>
    private static IEnumerable<TFact> Read<TRow, TFact>(IQueryable<TRow> rows, Func<DbDataReader, TFact> read, CancellationToken cancellationToken)
    {
        using var command = rows.CreateDbCommand();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return read(reader);
        }
    }

    private async Task<List<EndedSession>> EndedSessionsAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        var lifetime = settings.LongestTokenLifetime.Ticks / TimeSpan.TicksPerMicrosecond;
        var since = clock.NowMicros() - lifetime;
        return await db.Sessions.Where(x => x.TenantId == tenantId && x.EndedAt > since)
            .Select(x => new EndedSession(x.Id, x.EndedAt!.Value + lifetime))
            .ToListAsync(cancellationToken);
    }
}
