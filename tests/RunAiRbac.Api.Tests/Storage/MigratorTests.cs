using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

public sealed class MigratorTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SqliteFile_HeldByOneMigrator_IsRefusedToASecond()
    {
        await using var first = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        var second = await first.AnotherAsync(load: false);
        var migrate = () => second.Migrator.MigrateAsync(Cancel);
        (await migrate.Should().ThrowAsync<InvalidOperationException>()).WithMessage("Another process uses the SQLite database `*test.db`.*");

        first.Migrator.Dispose();
        await migrate.Should().NotThrowAsync();
    }

    [Fact]
    public async Task SqliteFile_Created_BelongsToItsOwnerAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        await using var db = await store.OpenAsync();
        var file = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;

        foreach (var path in Directory.GetFiles(Path.GetDirectoryName(file)!, Path.GetFileName(file) + "*").Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, path);
    }

    [Fact]
    public async Task SqliteFile_WithTheLockRowOfAKilledMigration_MigratesAllTheSame()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        await using (var db = await store.OpenAsync())
        {
            await db.Database.ExecuteSqlRawAsync(
                """
                CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01');
                """, Cancel);
        }

        await store.Migrator.MigrateAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "2")]
    [InlineData("foreign_keys", "1")]
    public async Task SqliteConnections_WhenOpened_AreSetUp(string pragma, string expected)
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        for (var i = 0; i < 2; i++)
        {
            await using var db = await store.OpenAsync();
            await db.Database.OpenConnectionAsync(Cancel);
            await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // One of the three names above.
            command.CommandText = $"PRAGMA {pragma}";
#pragma warning restore CA2100
            (await command.ExecuteScalarAsync(Cancel))!.ToString().Should().Be(expected);
        }
    }

    [Fact]
    public async Task Postgres_StartedByFourReplicasAtOnce_MigratesAndCreatesOnce()
    {
        await using var first = await TestStore.NewEmptyAsync(StorageProvider.PostgreSql, postgres);
        TestStore[] replicas = [first, await first.AnotherAsync(load: false), await first.AnotherAsync(load: false), await first.AnotherAsync(load: false)];
        var created = await Task.WhenAll(replicas.Select(replica => Task.Run(async () =>
        {
            await replica.Migrator.MigrateAsync(Cancel);
            return await replica.Migrator.CreateTenantAsync(new(1, "acme", TestStore.AdminEmail, "hash"), isFirst: true, Cancel);
        })));

        created.Should().ContainSingle(isCreated => isCreated);
        await using var db = await first.OpenAsync();
        (await db.Tenants.CountAsync(Cancel)).Should().Be(1);
        (await db.Stores.CountAsync(Cancel)).Should().Be(1);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task FirstTenant_Created_HasItsRolesScopesAndAdministrator(StorageProvider provider)
    {
        await using var store = await TestStore.NewEmptyAsync(provider, postgres);
        await store.Migrator.MigrateAsync(Cancel);
        (await store.Migrator.IsEmptyAsync(Cancel)).Should().BeTrue();
        (await store.Migrator.CreateTenantAsync(new(7, "acme", TestStore.AdminEmail, "hash"), isFirst: true, Cancel)).Should().BeTrue();
        (await store.Migrator.IsEmptyAsync(Cancel)).Should().BeFalse();
        (await store.Migrator.CreateTenantAsync(new(7, "again", TestStore.AdminEmail, "hash"), isFirst: false, Cancel)).Should().BeFalse();
        await store.Store.LoadAsync(Cancel);

        var snapshot = store.Store.Current(7)!.Snapshot;
        snapshot.Revision.Should().Be(1);
        snapshot.Roles.Select(role => role.Id).Should().Equal(Catalogue.Default.Roles.Select(role => role.Id));
        snapshot.Scope(snapshot.FindScope("tenant", "7")).Name.Should().Be("acme");
        snapshot.FindScope("system", "system").IsKnown.Should().BeTrue();
        snapshot.Subject(snapshot.AllAuthenticated).Name.Should().Be("All authenticated users");
        snapshot.LocalAdministrators(store.Micros).Should().Be(1);
        var admin = snapshot.FindSubject(SubjectKind.User, TestStore.AdminEmail);
        snapshot.RulesOf(admin).Select(rule => (rule.Id, rule.RoleId, snapshot.Scope(rule.Scope).Id)).Should().BeEquivalentTo([(1, 1, "7"), (2, 4003, "system")]);
        var id = snapshot.Subject(admin).Id;
        await using var db = await store.OpenAsync();
        (await db.Identities.SingleAsync(Cancel)).Should().Match<IdentityRow>(x => x.SubjectId == id && x.Provider == "local" && x.Claim == id);
        (await db.Credentials.SingleAsync(Cancel)).Should().Match<CredentialRow>(x => x.SubjectId == id && x.Kind == "password" && x.Hash == "hash");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task SecondTenant_CreatedWhileRunning_IsFoundByThePollAndStandsApart(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        (await store.Migrator.CreateTenantAsync(new(2, "umbrella", TestStore.AdminEmail, "hash"), isFirst: false, Cancel)).Should().BeTrue();
        store.Store.Current(2).Should().BeNull();
        await store.Store.PollAsync(Cancel);

        var snapshot = store.Store.Current(2)!.Snapshot;
        snapshot.FindScope("system").IsKnown.Should().BeFalse();
        snapshot.RuleCount.Should().Be(1);
        store.Store.TenantIds.Should().BeEquivalentTo([1, 2]);

        await using (var db = await store.OpenAsync())
        {
            await db.Tenants.Where(x => x.Id == 2).ExecuteUpdateAsync(x => x.SetProperty(t => t.DeletedAt, store.Micros), Cancel);
        }

        await store.Store.PollAsync(Cancel);
        store.Store.Current(2).Should().BeNull();
        store.Store.TenantIds.Should().Equal(1);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task SyncRoles_WhenOneDiffers_PutsThatOneInOneRevisionAndThenNothing(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        await store.Migrator.SyncRolesAsync(Cancel);
        store.Now.Revision.Should().Be(1);

        var catalogue = Catalogue.Default.Roles.First(role => role.Id > 1);
        await store.WriteAsync(async write =>
        {
            await write.PutRoleAsync(catalogue with { Description = "old", Permissions = [new("workloads", ["sync"])], Enabled = false }, Cancel);
            return true;
        });
        await store.Migrator.SyncRolesAsync(Cancel);

        store.Now.Revision.Should().Be(3);
        store.Now.TryGetRole(catalogue.Id, out var role).Should().BeTrue();
        role.Should().BeEquivalentTo(catalogue with { Enabled = false });
        await store.Migrator.SyncRolesAsync(Cancel);
        store.Now.Revision.Should().Be(3);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task NewEpoch_Started_EndsSessionsAndOldTokensEverywhere(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var old = store.Store.Current(1)!;
        var admin = old.Snapshot.Subject(old.Snapshot.FindSubject(SubjectKind.User, TestStore.AdminEmail));
        old.Snapshot.IsSessionLive(admin.Id, admin.SessionEpoch, "s").Should().BeTrue();

        await store.Migrator.NewEpochAsync(Cancel);
        await store.Store.PollAsync(Cancel);

        var version = store.Store.Current(1)!;
        version.Snapshot.IsSessionLive(admin.Id, admin.SessionEpoch, "s").Should().BeFalse();
        version.Snapshot.Revision.Should().Be(2);
        store.Store.ReadToken(old.Token, 1, out _).Should().Be(ConsistencyTokenStatus.UnknownRevision);
        store.Store.ReadToken(version.Token, 1, out var revision).Should().Be(ConsistencyTokenStatus.Good);
        revision.Should().Be(2);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task NewEpoch_NotYetPolled_IsMetByAWriteWithAReload(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var admin = store.Now.Subject(store.Now.FindSubject(SubjectKind.User, TestStore.AdminEmail));
        await store.Migrator.NewEpochAsync(Cancel);
        var written = await store.WriteAsync(write =>
        {
            write.Before.IsSessionLive(admin.Id, admin.SessionEpoch, "s").Should().BeFalse();
            return Task.FromResult(write.EnsureGroup("ops"));
        });
        written.Version.Snapshot.Revision.Should().Be(3);
        store.Now.Should().BeSameAs(written.Version.Snapshot);
        await store.Store.PollAsync(Cancel);
        store.Store.ReadToken(written.Version.Token, 1, out _).Should().Be(ConsistencyTokenStatus.Good);
    }
}
