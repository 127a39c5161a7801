using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Audit;

/// <summary>The chain: what was sealed cannot be changed, removed, put in or moved unnoticed.</summary>
public sealed class AuditChainTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Events_Sealed_AreANumberedChainThatHolds(StorageProvider provider)
    {
        await using var store = await NewAsync(provider, groups: 1200);

        var sealer = store.Get<AuditSealer>();
        (await sealer.SealAsync(Cancel)).Should().Be(1204);
        (await sealer.SealAsync(Cancel)).Should().Be(0);
        await WriteAsync(store, "later");

        var found = await VerifyAsync(store);
        (found.Sealed, found.Unsealed, found.HeadNumber, found.DroppedNumber, found.FirstBroken).Should().Be((1204L, 1L, 1204L, 0L, null));
        await using var db = await store.OpenAsync();
        var rows = await db.AuditEvents.AsNoTracking().Where(x => x.Number != null).OrderBy(x => x.Number).ToListAsync(Cancel);
        rows.Select(x => x.Number).Should().Equal(Enumerable.Range(1, 1204).Select(n => (long?)n));
        rows[^1].Hash.Should().Be(found.HeadHash);
        rows.Select(x => (x.At, x.Id)).Should().BeInAscendingOrder(Comparer<(long, string)>.Create((a, b) => a.Item1 != b.Item1 ? a.Item1.CompareTo(b.Item1) : string.CompareOrdinal(a.Item2, b.Item2)));
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task SealedEvent_ChangedInAnyColumn_IsTheFirstBroken(StorageProvider provider)
    {
        await using var store = await NewAsync(provider, groups: 6);
        await store.Get<AuditSealer>().SealAsync(Cancel);
        await using var db = await store.OpenAsync();
        await db.Database.ExecuteSqlRawAsync("INSERT INTO tenants (id, name, created_at) VALUES (101, 'other', 0)", Cancel);
        var type = db.Model.FindEntityType(typeof(AuditEventRow))!;
        var id = await db.AuditEvents.Where(x => x.Number == 7).Select(x => x.Id).SingleAsync(Cancel);
        foreach (var property in type.GetProperties())
        {
            var column = property.GetColumnName(StoreObjectIdentifier.Table("audit_events"))!;
            var change = property.ClrType == typeof(string) ? $"'x' || substr(coalesce({column}, ''), 2)" : $"coalesce({column}, 0) + 100";
            var changed = column == "id" ? "x" + id[1..] : id;
            await using (var other = await store.OpenAsync())
            {
#pragma warning disable EF1002 // The texts are the model's and our own.
                await other.Database.ExecuteSqlRawAsync($"CREATE TABLE kept AS SELECT {column} AS value FROM audit_events WHERE id = '{id}'", Cancel);
                await other.Database.ExecuteSqlRawAsync($"UPDATE audit_events SET {column} = {change} WHERE id = '{id}'", Cancel);
                var broken = (await VerifyAsync(store)).FirstBroken;
                broken.Should().NotBeNull("{0} was changed", column);
                broken!.Number.Should().Be(7, "{0} was changed", column);
                await other.Database.ExecuteSqlRawAsync($"UPDATE audit_events SET {column} = (SELECT value FROM kept) WHERE id = '{changed}'", Cancel);
#pragma warning restore EF1002
                await other.Database.ExecuteSqlRawAsync("DROP TABLE kept", Cancel);
            }

            (await VerifyAsync(store)).FirstBroken.Should().BeNull("{0} is what it was", column);
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Chain_WithAnEventGoneSwappedOrPutIn_IsBrokenThere(StorageProvider provider)
    {
        foreach (var (sql, number) in new (string, long)[]
        {
            ("DELETE FROM audit_events WHERE number = 4", 4),
            ("DELETE FROM audit_events WHERE number = 1", 1),
            ("DELETE FROM audit_events WHERE number >= 9", 9),
            ("DELETE FROM audit_events WHERE number IS NOT NULL", 1),
            ("UPDATE audit_events SET number = NULL, hash = NULL WHERE number = 5", 5),
            ("UPDATE audit_events SET number = -number WHERE number IN (3, 6); UPDATE audit_events SET number = 9 + number WHERE number < 0", 3),
            ("UPDATE audit_events SET number = 11 WHERE number = 10", 10),
            ("DELETE FROM audit_heads", 1),
            ("UPDATE audit_heads SET last_hash = dropped_hash", 10),
            ("UPDATE audit_heads SET dropped_number = 2", 3),
            ("UPDATE audit_heads SET last_number = 9", 10),
            ("UPDATE audit_heads SET last_number = 11", 11),
            ("DELETE FROM audit_scopes", 10),
            ("INSERT INTO audit_scopes (tenant_id, scope_id, event_id) SELECT 1, 'elsewhere', id FROM audit_events WHERE number = 2", 2),
        })
        {
            await using var store = await NewAsync(provider, groups: 5);
            store.Clock.Advance(TimeSpan.FromSeconds(1));
            await store.WriteAsync(write =>
            {
                write.AddScope(Storage.Rows.Cluster("oslo"));
                return Task.FromResult(0);
            });
            await store.Get<AuditSealer>().SealAsync(Cancel);
            (await VerifyAsync(store)).FirstBroken.Should().BeNull();
            await using var db = await store.OpenAsync();
            await db.Database.ExecuteSqlRawAsync(sql, Cancel);

            ((await VerifyAsync(store)).FirstBroken?.Number).Should().Be(number, sql);
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Events_OlderThanTheRetention_AreDroppedAndTheChainGoesOn(StorageProvider provider)
    {
        await using var store = await NewAsync(provider, groups: 700);
        var sealer = store.Get<AuditSealer>();
        await sealer.SealAsync(Cancel);
        store.Clock.Advance(TimeSpan.FromDays(10));
        await WriteAsync(store, "later");
        (await sealer.DropAsync(store.Clock.GetUtcNow() - TimeSpan.FromDays(11), Cancel)).Should().Be(0);
        (await sealer.DropAsync(store.Clock.GetUtcNow() - TimeSpan.FromDays(9), Cancel)).Should().Be(704);

        (await VerifyAsync(store)).Should().BeEquivalentTo(new { Sealed = 0L, Unsealed = 1L, DroppedNumber = 704L, HeadNumber = 704L, FirstBroken = (AuditBreak?)null });
        (await sealer.SealAsync(Cancel)).Should().Be(1);
        (await VerifyAsync(store)).Should().BeEquivalentTo(new { Sealed = 1L, Unsealed = 0L, DroppedNumber = 704L, HeadNumber = 705L, FirstBroken = (AuditBreak?)null });
        (await sealer.DropAsync(store.Clock.GetUtcNow() - TimeSpan.FromDays(9), Cancel)).Should().Be(0);
        await using var db = await store.OpenAsync();
        await db.Database.ExecuteSqlRawAsync("DELETE FROM audit_events", Cancel);
        (await VerifyAsync(store)).FirstBroken!.Number.Should().Be(705);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task BrokenEvent_OlderThanTheRetention_IsKeptWithAllAfterIt(StorageProvider provider)
    {
        foreach (var (sql, back) in new[]
        {
            ("UPDATE audit_events SET result = 'Failed' WHERE number = 600", "UPDATE audit_events SET result = 'Succeeded' WHERE number = 600"),
            ("UPDATE audit_heads SET dropped_number = 3", "UPDATE audit_heads SET dropped_number = 0"),
        })
        {
            await using var store = await NewAsync(provider, groups: 700);
            var sealer = store.Get<AuditSealer>();
            await sealer.SealAsync(Cancel);
            await using var db = await store.OpenAsync();
            await db.Database.ExecuteSqlRawAsync(sql, Cancel);
            var until = store.Clock.GetUtcNow() + TimeSpan.FromDays(1);

            var dropped = await sealer.DropAsync(until, Cancel);
            var found = await VerifyAsync(store);
            (found.FirstBroken, found.Sealed).Should().Match<(AuditBreak? Broken, long Sealed)>(x => x.Broken != null && x.Sealed == 704 - dropped);
            dropped.Should().BeLessThan(600);
            await db.Database.ExecuteSqlRawAsync(back, Cancel);
            (await sealer.DropAsync(until, Cancel)).Should().Be(704 - dropped, "what is whole again goes");
        }
    }

    [Fact]
    public async Task TwoReplicas_SealingAtOnce_NeverSealTwice()
    {
        await using var store = await NewAsync(StorageProvider.PostgreSql, groups: 1);
        TestStore[] replicas = [store, await store.AnotherAsync()];
        using var stop = new CancellationTokenSource();
        var sealers = replicas.Select(replica => Task.Run(async () =>
        {
            var sealedByIt = 0;
            while (!stop.IsCancellationRequested)
            {
                sealedByIt += await replica.Get<AuditSealer>().SealAsync(Cancel);
                // Time enough for the lease to end, so that the other comes in the middle of everything.
                store.Clock.Advance(TimeSpan.FromSeconds(20));
            }

            return sealedByIt;
        })).ToList();
        for (var i = 0; i < 150; i++) await WriteAsync(replicas[i % 2], $"group {i}");
        await stop.CancelAsync();
        var sealedByEach = await Task.WhenAll(sealers);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        var rest = await store.Get<AuditSealer>().SealAsync(Cancel);

        (sealedByEach.Sum() + rest).Should().Be(155);
        var found = await VerifyAsync(store);
        (found.Sealed, found.Unsealed, found.HeadNumber, found.FirstBroken).Should().Be((155L, 0L, 155L, null));
    }

    [Fact]
    public async Task Lease_OfAnotherReplica_IsLeftAloneUntilItEnds()
    {
        await using var store = await NewAsync(StorageProvider.PostgreSql, groups: 1);
        var other = await store.AnotherAsync();
        (await store.Get<AuditSealer>().SealAsync(Cancel)).Should().Be(5);
        await WriteAsync(store, "later");

        (await other.Get<AuditSealer>().SealAsync(Cancel)).Should().Be(0);
        store.Clock.Advance(TimeSpan.FromSeconds(31));
        (await other.Get<AuditSealer>().SealAsync(Cancel)).Should().Be(1);
        (await VerifyAsync(other)).FirstBroken.Should().BeNull();
    }

    private async Task<TestStore> NewAsync(StorageProvider provider, int groups)
    {
        var store = await TestStore.NewAsync(provider, postgres);
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        await store.WriteAsync(write =>
        {
            for (var i = 0; i < groups; i++) write.EnsureGroup($"g{i}");
            return Task.FromResult(0);
        });
        return store;
    }

    private static Task WriteAsync(TestStore store, string group) => store.WriteAsync(write => Task.FromResult(write.EnsureGroup(group)));

    private static Task<AuditVerification> VerifyAsync(TestStore store) => store.Get<AuditVerifier>().VerifyAsync(TestStore.Tenant, Cancel);
}
