using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace RunAiRbac.Storage;

/// <summary>What a new tenant needs.</summary>
/// <param name="TenantId">Its id.</param>
/// <param name="TenantName">Its name.</param>
/// <param name="AdminEmail">The administrator's canonical e-mail.</param>
/// <param name="AdminPasswordHash">The administrator's password hash.</param>
public sealed record FirstTenant(int TenantId, string TenantName, string AdminEmail, string AdminPasswordHash)
{
    /// <summary>Whether the password is good only for choosing another.</summary>
    public bool MustChangePassword { get; init; }
}

/// <summary>Schema and first rows. Singleton; holds the lock on the SQLite file until it is disposed.</summary>
public sealed class StoreMigrator(IDbContextFactory<RunAiRbacDbContext> contexts, PolicyStore store, StorageSettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>Of this program's own choice; the same for every version.</summary>
    private const long MigrationLock = 0x52414952_42414331;

    private SqliteFileLock? _fileLock;

    /// <summary>
    /// Creates the SQLite file's folder, takes the one-process lock on it (an <see cref="InvalidOperationException"/> with a message for people when
    /// another process holds it), and migrates under a lock. Where migrations are not run at start, call <see cref="LockFile"/> instead.
    /// </summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        LockFile();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (_fileLock is not null) await ForgetDeadMigrationAsync(db, cancellationToken);
        await MigrateAloneAsync(db, cancellationToken);
        await NameStoreAsync(db, cancellationToken);
    }

    /// <summary>SQLite: creates the folder and takes the one-process lock, if this has not been done.</summary>
    /// <exception cref="InvalidOperationException">Another process holds the file.</exception>
    public void LockFile()
    {
        if (settings.Provider != StorageProvider.Sqlite || _fileLock is not null) return;
        if (SqliteFile.PathOf(settings.ConnectionString) is { } path) _fileLock = SqliteFileLock.Take(path);
    }

    /// <summary>Whether the schema has every migration of this version.</summary>
    public async Task<bool> IsMigratedAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
    }

    /// <summary>Whether there is no tenant yet.</summary>
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return !await db.Tenants.AnyAsync(cancellationToken);
    }

    /// <summary>
    /// Creates a tenant with its roles, its tenant scope (and the system scope, if it is the first), the subject of all authenticated, and its local
    /// administrator with a password and the System administrator rule (and Platform administrator at system, if it is the first). One transaction, revision 1.
    /// False: it exists already (another replica was faster), nothing was changed.
    /// </summary>
    public async Task<bool> CreateTenantAsync(FirstTenant tenant, bool isFirst, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // Taking the store's row lets one creator in at a time, so that two first starts cannot both find nothing.
        await db.Stores.ExecuteUpdateAsync(x => x.SetProperty(s => s.Epoch, s => s.Epoch), cancellationToken);
        if (await db.Tenants.AnyAsync(x => isFirst || x.Id == tenant.TenantId, cancellationToken)) return false;
        new FirstTenantRows(tenant, isFirst, clock.NowMicros()).AddTo(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Brings the role rows of every tenant to the catalogue, as an ordinary policy write where something differs. The store is loaded if it is not.</summary>
    public async Task SyncRolesAsync(CancellationToken cancellationToken)
    {
        if (!store.IsLoaded) await store.LoadAsync(cancellationToken);
        foreach (var tenantId in store.TenantIds)
        {
            if (RolesToPut(store.Current(tenantId)!.Snapshot).Count == 0) continue;
            await store.WriteAsync(tenantId, Actor.System, async write =>
            {
                foreach (var role in RolesToPut(write.Before)) await write.PutRoleAsync(role, cancellationToken);
                return true;
            }, cancellationToken);
        }
    }

    /// <summary>Starts a new epoch (after a restore): older consistency tokens are unknown, all sessions end.</summary>
    public async Task NewEpochAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var now = clock.NowMicros();
        await db.Stores.ExecuteUpdateAsync(x => x.SetProperty(s => s.Epoch, s => s.Epoch + 1), cancellationToken);
        await db.Revisions.ExecuteUpdateAsync(x => x.SetProperty(r => r.Revision, r => r.Revision + 1), cancellationToken);
        await db.Sessions.Where(x => x.EndedAt == null).ExecuteUpdateAsync(
            x => x.SetProperty(s => s.EndedAt, now).SetProperty(s => s.RefreshHash, (string?)null), cancellationToken);
        await db.Subjects.Where(x => x.DeletedAt == null && (x.Kind == Policy.SubjectKind.User || x.Kind == Policy.SubjectKind.Application)).ExecuteUpdateAsync(
            x => x.SetProperty(s => s.SessionEpoch, s => s.SessionEpoch + 1), cancellationToken);

        // Every subject changes: whoever reads this entry reads everything again.
        foreach (var revision in await db.Revisions.AsNoTracking().ToListAsync(cancellationToken))
        {
            db.Add(new ChangeRow { TenantId = revision.TenantId, Revision = revision.Revision, At = now, ActorName = Actor.System.Name, Changes = ChangeLog.Reload });
            var ended = AuditRows.New(revision.TenantId, now, Actor.System, AuditSubjectTypes.App, AuditActions.SignOut);
            (ended.EntityType, ended.EntityName) = (AuditEntities.Session, "all sessions of the tenant: a new epoch has begun");
            AuditRows.Add(db, ended, []);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public void Dispose() => _fileLock?.Dispose();

    private static List<Policy.RoleFact> RolesToPut(Policy.PolicySnapshot snapshot)
    {
        var roles = new List<Policy.RoleFact>();
        foreach (var role in Policy.Catalogue.Default.Roles)
        {
            if (!snapshot.TryGetRole(role.Id, out var standing)) roles.Add(role);
            else if (!RoleRows.SaysTheSame(standing, role)) roles.Add(role with { Enabled = standing.Enabled });
        }

        return roles;
    }

    /// <summary>A process killed while it migrated leaves its row in EF's lock table, and the next would wait for ever. Nobody else migrates: we hold the file.</summary>
    private static async Task ForgetDeadMigrationAsync(RunAiRbacDbContext db, CancellationToken cancellationToken)
        => await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);

    /// <summary>
    /// EF's own lock on PostgreSQL ends with each migration's transaction, so that two starts would each apply the second migration. The advisory lock lasts
    /// until it is given back, or its connection ends.
    /// </summary>
    private async Task MigrateAloneAsync(RunAiRbacDbContext db, CancellationToken cancellationToken)
    {
        if (settings.Provider != StorageProvider.PostgreSql)
        {
            await db.Database.MigrateAsync(cancellationToken);
            return;
        }

        await CreateDatabaseAsync(db, cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        // Starts wait for as long as the migrations of another take.
        db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
        try
        {
            await db.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    private static async Task CreateDatabaseAsync(RunAiRbacDbContext db, CancellationToken cancellationToken)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(cancellationToken)) return;
        try
        {
            await creator.CreateAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another start was faster: that is what was wanted.
            await db.Database.CanConnectAsync(cancellationToken);
        }
    }

    private static async Task NameStoreAsync(RunAiRbacDbContext db, CancellationToken cancellationToken)
    {
        var storeId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        await db.Database.ExecuteSqlAsync($"INSERT INTO stores (id, store_id, epoch) VALUES (1, {storeId}, 1) ON CONFLICT DO NOTHING", cancellationToken);
    }
}
