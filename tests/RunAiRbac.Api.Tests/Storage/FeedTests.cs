using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

public sealed class FeedTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<Written<int>> AddRuleAsync(TestStore store, string group)
        => store.WriteAsync(async write =>
        {
            write.EnsureGroup(group);
            return (await write.AddRuleAsync(write.Rule(write.After.IdOf(SubjectKind.Group, group), Rows.Researcher, "1"), Cancel)).Row!.Id;
        });

    private static Task EndRuleAsync(TestStore store, int id) => store.WriteAsync(write => write.EndRuleAsync(id, Cancel));

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Poll_AfterAnotherReplicasWrites_CatchesUpByTheLog(StorageProvider provider)
    {
        await using var a = await TestStore.NewAsync(provider, postgres);
        var b = await a.AnotherAsync();
        for (var i = 0; i < 5; i++) await AddRuleAsync(a, $"g{i}");
        b.Now.Revision.Should().Be(1);
        b.Commands.Clear();
        await b.Store.PollAsync(Cancel);
        b.Now.Revision.Should().Be(6);
        b.Now.RuleCount.Should().Be(a.Now.RuleCount);
        b.Store.Current(1)!.Token.Should().Be(a.Store.Current(1)!.Token);
        b.Commands.Commands.Should().HaveCount(2, "the states of all tenants are one query, the news of one tenant another");

        var before = b.Store.Current(1);
        b.Commands.Clear();
        await b.Store.PollAsync(Cancel);
        b.Store.Current(1).Should().BeSameAs(before);
        b.Commands.Commands.Should().ContainSingle();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Poller_WhileItRuns_BringsTheOthersWrites(StorageProvider provider)
    {
        await using var a = await TestStore.NewAsync(provider, postgres);
        var b = await a.AnotherAsync();
        using var poller = b.NewPoller(TimeSpan.FromMilliseconds(20));
        await poller.StartAsync(Cancel);
        await AddRuleAsync(a, "ops");
        for (var i = 0; i < 500 && b.Now.Revision < 2; i++) await Task.Delay(20, Cancel);
        b.Now.RuleCount.Should().Be(3);
        await poller.StopAsync(Cancel);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_WhoseCommitIsLost_PublishesNothingUntilItIsKnown(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var write = () => AddRuleAsync(store, "ops");
        store.Commits.BeforeNext = true;
        await write.Should().ThrowAsync<PolicyUnavailableException>();
        await store.Store.PollAsync(Cancel);
        store.Now.Revision.Should().Be(1);

        store.Commits.AfterNext = true;
        await write.Should().ThrowAsync<PolicyUnavailableException>();
        store.Now.Revision.Should().Be(1);
        await store.Store.PollAsync(Cancel);
        store.Now.Revision.Should().Be(2);
        (await AddRuleAsync(store, "dev")).Version.Snapshot.Revision.Should().Be(3);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Log_OlderThanTheRetention_IsDroppedAndWhoIsBehindReadsAnew(StorageProvider provider)
    {
        await using var a = await TestStore.NewAsync(provider, postgres);
        var (behind, near, writing) = (await a.AnotherAsync(), await a.AnotherAsync(), await a.AnotherAsync());
        for (var i = 0; i < 1_200; i++) await AddRuleAsync(a, $"old{i}");
        await near.Store.PollAsync(Cancel);
        a.Clock.Advance(TimeSpan.FromDays(2));
        await AddRuleAsync(a, "young");
        await AddRuleAsync(a, "younger");
        var retention = new ChangeLogRetention(a.Get<IDbContextFactory<RunAiRbacDbContext>>());

        (await retention.DropAsync(a.Clock.GetUtcNow() - TimeSpan.FromDays(3), Cancel)).Should().Be(0);
        (await retention.DropAsync(a.Clock.GetUtcNow() - TimeSpan.FromDays(1), Cancel)).Should().Be(1_201, "the first start has written one too");
        (await retention.DropAsync(a.Clock.GetUtcNow() - TimeSpan.FromDays(1), Cancel)).Should().Be(0);

        near.Commands.Clear();
        await near.Store.PollAsync(Cancel);
        near.Commands.Commands.Should().HaveCount(2, "what is left of the log was enough");
        await behind.Store.PollAsync(Cancel);
        (await AddRuleAsync(writing, "by one that is behind")).Version.Snapshot.Revision.Should().Be(1_204);
        await behind.Store.PollAsync(Cancel);
        await near.Store.PollAsync(Cancel);
        foreach (var replica in new[] { behind, near, writing })
        {
            replica.Now.Revision.Should().Be(1_204);
            replica.Now.RuleCount.Should().Be(a.Now.RuleCount + 1);
        }
    }

    [Fact]
    public async Task Write_OnAReplicaThatHasNotPolled_SeesWhatTheOthersRevoked()
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var rule = (await AddRuleAsync(a, "ops")).Value;
        var b = await a.AnotherAsync();
        await EndRuleAsync(a, rule);
        b.Now.TryGetRule(rule, out _).Should().BeTrue();

        var written = await b.WriteAsync(write =>
        {
            write.Before.Revision.Should().Be(3);
            write.Before.TryGetRule(rule, out _).Should().BeFalse();
            return Task.FromResult(write.EnsureGroup("dev"));
        });
        written.Version.Snapshot.Revision.Should().Be(4);
        await a.Store.PollAsync(Cancel);
        a.Now.FindSubject(SubjectKind.Group, "dev").IsKnown.Should().BeTrue();
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "[{\"t\":\"from-the-future\"}]")]
    [InlineData(StorageProvider.PostgreSql, "[{\"t\":\"from-the-future\"}]")]
    [InlineData(StorageProvider.Sqlite, "no json")]
    [InlineData(StorageProvider.Sqlite, "[null]")]
    [InlineData(StorageProvider.Sqlite, "[{\"t\":\"rule-end\",\"id\":4711}]")]
    [InlineData(StorageProvider.Sqlite, null)]
    [InlineData(StorageProvider.PostgreSql, null)]
    public async Task Poll_WhenTheLogCannotLeadOn_ReadsEverythingAgain(StorageProvider provider, string? entry)
    {
        await using var a = await TestStore.NewAsync(provider, postgres);
        var b = await a.AnotherAsync();
        await AddRuleAsync(a, "one");
        await AddRuleAsync(a, "two");
        await using (var db = await a.OpenAsync())
        {
            if (entry is null) await db.Changes.Where(x => x.Revision == 2).ExecuteDeleteAsync(Cancel);
            else await db.Changes.Where(x => x.Revision == 2).ExecuteUpdateAsync(x => x.SetProperty(c => c.Changes, entry), Cancel);
        }

        await b.Store.PollAsync(Cancel);
        b.Now.Revision.Should().Be(3);
        b.Now.RuleCount.Should().Be(4);
    }

    [Fact]
    public async Task Write_WhenTheLogCannotLeadOn_ReadsEverythingAgain()
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var b = await a.AnotherAsync();
        await AddRuleAsync(a, "one");
        await using (var db = await a.OpenAsync()) await db.Changes.Where(x => x.Revision == 2).ExecuteDeleteAsync(Cancel);
        var written = await AddRuleAsync(b, "two");
        written.Version.Snapshot.Revision.Should().Be(3);
        b.Now.RuleCount.Should().Be(4);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Poll_WhenTheDatabaseWasSetBack_TakesItsState(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var rule = (await AddRuleAsync(store, "ops")).Value;
        await using (var db = await store.OpenAsync())
        {
            await db.AccessRules.Where(x => x.Id == rule).ExecuteDeleteAsync(Cancel);
            await db.Changes.Where(x => x.Revision == 2).ExecuteDeleteAsync(Cancel);
            await db.Revisions.ExecuteUpdateAsync(x => x.SetProperty(r => r.Revision, 1), Cancel);
        }

        await store.Store.PollAsync(Cancel);
        store.Now.Revision.Should().Be(1);
        store.Now.TryGetRule(rule, out _).Should().BeFalse();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Fresh_PastMaxStaleness_ThrowsUntilConfirmed(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        store.Clock.Advance(store.Settings.MaxStaleness);
        store.Store.Fresh(1).Should().BeSameAs(store.Store.Current(1));
        store.Store.IsReady.Should().BeTrue();
        store.Clock.Advance(TimeSpan.FromTicks(1));
        var fresh = () => store.Store.Fresh(1);
        fresh.Should().Throw<PolicyUnavailableException>();
        store.Store.IsReady.Should().BeFalse();
        store.Store.Age.Should().BeGreaterThan(store.Settings.MaxStaleness);
        store.Store.Fresh(2).Should().BeNull();

        await store.Store.PollAsync(Cancel);
        fresh.Should().NotThrow();
        store.Clock.Advance(store.Settings.MaxStaleness * 2);
        fresh.Should().Throw<PolicyUnavailableException>();
        await store.WriteAsync(write => Task.FromResult(write.EnsureGroup("ops")));
        fresh.Should().NotThrow();
    }

    [Fact]
    public async Task Fresh_Called_AllocatesNothing()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        store.Store.Fresh(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) store.Store.Fresh(1);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public async Task Database_Away_IsUnavailableAndComesBack()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var name = new Npgsql.NpgsqlConnectionStringBuilder(store.Settings.ConnectionString).Database!;
        await RenameAsync(name, "away");
        Func<Task>[] calls =
        [
            () => store.Store.PollAsync(Cancel),
            () => store.Store.LatestAsync(1, TimeSpan.FromSeconds(30), Cancel),
            () => store.WriteAsync(write => Task.FromResult(write.EnsureGroup("ops"))),
            () => store.Store.LoadAsync(Cancel),
        ];
        foreach (var call in calls) await call.Should().ThrowAsync<PolicyUnavailableException>();
        store.Store.Fresh(1).Should().NotBeNull();

        await RenameAsync("away", name);
        await store.Store.PollAsync(Cancel);

        async Task RenameAsync(string from, string to)
        {
            var other = new Npgsql.NpgsqlConnectionStringBuilder(store.Settings.ConnectionString) { Database = "postgres" };
            await using var connection = new Npgsql.NpgsqlConnection(other.ConnectionString);
            await connection.OpenAsync(Cancel);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names made by the fixture and here.
            command.CommandText = $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'; ALTER DATABASE {from} RENAME TO {to}";
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task AtLeast_OfALaterRevision_ReadsItAtOnceOrGivesUpInTime(StorageProvider provider)
    {
        await using var a = await TestStore.NewAsync(provider, postgres);
        var b = await a.AnotherAsync();
        await AddRuleAsync(a, "ops");
        (await b.Store.AtLeastAsync(1, 2, TimeSpan.FromSeconds(2), Cancel)).Snapshot.Revision.Should().Be(2);
        await AddRuleAsync(a, "dev");
        (await b.Store.LatestAsync(1, TimeSpan.FromSeconds(30), Cancel)).Snapshot.Revision.Should().Be(3);

        a.Clock.Advance(a.Settings.MaxStaleness * 2);
        (await b.Store.AtLeastAsync(1, 3, TimeSpan.FromSeconds(2), Cancel)).Snapshot.Revision.Should().Be(3);
        var never = async () => await b.Store.AtLeastAsync(1, 4, TimeSpan.Zero, Cancel);
        await never.Should().ThrowAsync<PolicyUnavailableException>();

        var waiting = b.Store.AtLeastAsync(1, 4, TimeSpan.FromMinutes(1), Cancel).AsTask();
        await AddRuleAsync(a, "qa");
        await b.Store.PollAsync(Cancel);
        (await waiting).Snapshot.Revision.Should().Be(4);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Latest_AskedByManyWhileAnotherWrites_IsNeverOlderThanTheQuestion(StorageProvider provider)
    {
        await using var a = await TestStore.NewAsync(provider, postgres);
        var b = await a.AnotherAsync();
        using var done = new CancellationTokenSource();
        var askers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var atLeast = a.Now.Revision;
                (await b.Store.LatestAsync(1, TimeSpan.FromSeconds(30), Cancel)).Snapshot.Revision.Should().BeGreaterThanOrEqualTo(atLeast);
            }
        }, Cancel)).ToList();
        for (var i = 0; i < 50; i++) await AddRuleAsync(a, $"g{i}");
        await done.CancelAsync();
        await Task.WhenAll(askers);
        (await b.Store.LatestAsync(1, TimeSpan.FromSeconds(30), Cancel)).Snapshot.RuleCount.Should().Be(52);
    }

    [Fact]
    public async Task Tokens_OfOthers_AreMalformed()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        await using var other = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        var token = store.Store.Current(1)!.Token;
        token.Should().MatchRegex("^[A-Za-z0-9.-]{32}$");
        store.Store.ReadToken(token, 1, out var revision).Should().Be(ConsistencyTokenStatus.Good);
        revision.Should().Be(1);
        store.Store.ReadToken(token, 2, out _).Should().Be(ConsistencyTokenStatus.Malformed);
        foreach (var bad in new[] { other.Store.Current(1)!.Token, "", "x", token[1..], token + "A", token[..31] + "_", token[..31] + "=", "é" + token[1..] })
        {
            store.Store.ReadToken(bad, 1, out _).Should().Be(ConsistencyTokenStatus.Malformed);
        }
    }

    [Fact]
    public void Tokens_OfALaterEpoch_WaitForAReload()
    {
        var token = new ConsistencyTokens(ulong.MaxValue, 3).Make(int.MaxValue, 5);
        new ConsistencyTokens(ulong.MaxValue, 2).Read(token, int.MaxValue, out var revision).Should().Be(ConsistencyTokenStatus.Good);
        revision.Should().Be(long.MaxValue);
        new ConsistencyTokens(ulong.MaxValue, 4).Read(token, int.MaxValue, out _).Should().Be(ConsistencyTokenStatus.UnknownRevision);
    }
}
