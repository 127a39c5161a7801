using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

public sealed class WriteProtocolTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_Done_IsPublishedAndInTheLogWithWhoAndWhatWasBefore(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var adminId = store.Now.IdOf(SubjectKind.User, TestStore.AdminEmail);
        var written = await store.Store.WriteAsync(1, new(adminId, "Ada", new("request-1")), async write =>
        {
            var row = await write.FindSubjectAsync(adminId, Cancel);
            row!.Name = "Ada Lovelace";
            await write.TouchSubjectAsync(row, Cancel);
            return write.Revision;
        }, Cancel);

        written.Value.Should().Be(2);
        store.Store.Current(1).Should().BeSameAs(written.Version);
        store.Now.Subject(store.Now.FindSubject(adminId)).Name.Should().Be("Ada Lovelace");
        await using var db = await store.OpenAsync();
        var entry = await db.Changes.SingleAsync(x => x.Revision == 2, Cancel);
        (entry.ActorId, entry.ActorName, entry.RequestId, entry.At).Should().Be((adminId, "Ada", "request-1", store.Micros));
        ChangeLog.TryRead(entry.Changes, out var changes).Should().BeTrue();
        var put = changes.Should().ContainSingle().Which.Should().BeOfType<SubjectPut>().Which;
        put.Subject.Should().Be(put.Before! with { Name = "Ada Lovelace" });
        (await db.Subjects.SingleAsync(x => x.Id == adminId, Cancel)).NameFolded.Should().Be("ada lovelace");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rehearsal_OfAWrite_IsJudgedAsOneAndLeavesNothing(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var another = await store.AnotherAsync();
        var rehearsed = await store.Store.RehearseAsync(1, Actor.System, async write =>
        {
            await write.AddRuleAsync(new NewRule(write.EnsureGroup("ops"), Rows.Researcher, write.After.FindScope("1"), null, null, null), Cancel);
            // A statement sends what has been added so far; it goes with the rest.
            await write.ScopeNameExistsAsync("cluster", "", "x", Cancel);
            return write.After;
        }, Cancel);
        var endLast = () => store.Store.RehearseAsync(1, Actor.System, write => write.EndRuleAsync(1, Cancel), Cancel);

        rehearsed.Value.FindSubject(SubjectKind.Group, "ops").IsKnown.Should().BeTrue();
        rehearsed.Version.Should().BeSameAs(store.Store.Current(1));
        await endLast.Should().ThrowAsync<LastAdministratorException>();
        store.Now.Revision.Should().Be(1);
        store.Now.FindSubject(SubjectKind.Group, "ops").IsKnown.Should().BeFalse();
        await another.Store.PollAsync(Cancel);
        another.Now.Revision.Should().Be(1);
        await using var db = await store.OpenAsync();
        (await db.Revisions.SingleAsync(Cancel)).Should().Match<RevisionRow>(x => x.Revision == 1 && x.LastRuleId == 2);
        (await db.Changes.CountAsync(Cancel)).Should().Be(1);
        (await db.Subjects.CountAsync(x => x.Key == "ops", Cancel)).Should().Be(0);
        (await store.WriteAsync(write => Task.FromResult((write.Revision, Group: write.EnsureGroup("ops"))))).Value.Revision.Should().Be(2);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_ThatThrows_LeavesNothingAndNoHoleInTheRevisions(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var fail = () => store.WriteAsync<bool>(async write =>
        {
            write.EnsureGroup("ops");
            await write.AddRuleAsync(write.Rule(write.After.IdOf(SubjectKind.Group, "ops"), Rows.Researcher, "1"), Cancel);
            await write.ScopeNameExistsAsync("cluster", "", "x", Cancel);
            throw new FormatException("no");
        });
        await fail.Should().ThrowAsync<FormatException>();
        store.Now.Revision.Should().Be(1);
        store.Now.FindSubject(SubjectKind.Group, "ops").IsKnown.Should().BeFalse();

        var next = await store.WriteAsync(write => Task.FromResult((write.Revision, Group: write.EnsureGroup("ops"))));
        next.Value.Revision.Should().Be(2);
        await using var db = await store.OpenAsync();
        (await db.Changes.Select(x => x.Revision).OrderBy(x => x).ToListAsync(Cancel)).Should().Equal(1, 2);
        (await db.Revisions.SingleAsync(Cancel)).Should().Match<RevisionRow>(x => x.Revision == 2 && x.LastRuleId == 2);
        (await db.AccessRules.CountAsync(Cancel)).Should().Be(2);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_ThatRecordsNothing_UsesNoRevision(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var before = store.Store.Current(1);
        var written = await store.WriteAsync(write => Task.FromResult(write.Revision));
        written.Version.Should().BeSameAs(before);
        await using var db = await store.OpenAsync();
        (await db.Revisions.SingleAsync(Cancel)).Revision.Should().Be(1);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rule_CreatedFiftyTimesAtOnce_IsThereOnce(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        TestStore[] replicas = provider == StorageProvider.PostgreSql ? [store, await store.AnotherAsync()] : [store];
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => replicas[i % replicas.Length].WriteAsync(async write =>
        {
            write.EnsureUser("bob@example.org", "Bob");
            return await write.AddRuleAsync(write.Rule(write.After.IdOf(SubjectKind.User, "bob@example.org"), Rows.Researcher, "1"), Cancel);
        }))));

        results.Should().ContainSingle(x => x.Value.Row != null);
        var id = results.Single(x => x.Value.Row is not null).Value.Row!.Id;
        results.Where(x => x.Value.Row is null).Should().HaveCount(49).And.OnlyContain(x => x.Value.ExistingId == id);
        await using var db = await store.OpenAsync();
        (await db.AccessRules.CountAsync(x => x.RoleId == Rows.Researcher, Cancel)).Should().Be(1);
        (await db.Subjects.CountAsync(x => x.Key == "bob@example.org", Cancel)).Should().Be(1);
        (await db.Changes.CountAsync(Cancel)).Should().Be(2);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rule_Expired_IsReplacedInTheSameRevision(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        async Task<(AccessRuleRow? Row, int? ExistingId)> AddAsync(TimeSpan lifetime)
            => (await store.WriteAsync(write =>
            {
                write.EnsureGroup("ops");
                var until = write.Now + (lifetime.Ticks / 10);
                return write.AddRuleAsync(write.Rule(write.After.IdOf(SubjectKind.Group, "ops"), Rows.Researcher, "1", until), Cancel);
            })).Value;

        var first = (await AddAsync(TimeSpan.FromHours(1))).Row!;
        (await AddAsync(TimeSpan.FromHours(2))).ExistingId.Should().Be(first.Id);
        store.Clock.Advance(TimeSpan.FromHours(1));
        var second = (await AddAsync(TimeSpan.FromHours(1))).Row!;

        second.Id.Should().Be(first.Id + 1);
        store.Now.TryGetRule(first.Id, out _).Should().BeFalse();
        store.Now.TryGetRule(second.Id, out _).Should().BeTrue();
        await using var db = await store.OpenAsync();
        var ended = await db.AccessRules.SingleAsync(x => x.Id == first.Id, Cancel);
        (ended.DeletedAt, ended.EndedRevision, ended.MadeRevision).Should().Be((store.Micros, 3, 2));
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rule_AddedEndedAndAddedInOneWrite_StandsOnce(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        await store.WriteAsync(async write =>
        {
            var id = write.IdOf(write.EnsureGroup("ops"));
            var rule = write.Rule(id, Rows.Researcher, "1");
            var first = (await write.AddRuleAsync(rule, Cancel)).Row!;
            (await write.EndRuleAsync(first.Id, Cancel)).Should().BeTrue();
            (await write.EndRuleAsync(first.Id, Cancel)).Should().BeFalse();
            var second = (await write.AddRuleAsync(rule, Cancel)).Row!;
            await write.ScopeNameExistsAsync("cluster", "", "x", Cancel);
            (await write.EndRuleAsync(second.Id, Cancel)).Should().BeTrue();
            return (await write.AddRuleAsync(rule, Cancel)).Row!.Id.Should().Be(second.Id + 1);
        });

        var again = await store.AnotherAsync();
        again.Now.RuleCount.Should().Be(3).And.Be(store.Now.RuleCount);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Identifiers_InAnotherCase_AreOthers(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        await store.WriteAsync(write =>
        {
            write.EnsureGroup("ops");
            write.EnsureGroup("Ops");
            write.AddScope(Rows.Cluster("east"));
            write.AddScope(Rows.Cluster("East"));
            return Task.FromResult(true);
        });

        var again = await store.AnotherAsync();
        again.Now.FindSubject(SubjectKind.Group, "ops").Should().NotBe(again.Now.FindSubject(SubjectKind.Group, "Ops"));
        again.Now.FindSubject(SubjectKind.Group, "OPS").IsKnown.Should().BeFalse();
        await store.WriteAsync(async write =>
        {
            (await write.ScopeNameExistsAsync("cluster", "", "east", Cancel)).Should().BeTrue();
            (await write.ScopeNameExistsAsync("cluster", "", "EAST", Cancel)).Should().BeFalse();
            return true;
        });
        await using var db = await store.OpenAsync();
        (await db.Subjects.Where(x => x.Kind == SubjectKind.Group).OrderBy(x => x.Key).Select(x => x.Key).ToListAsync(Cancel)).Should().Equal("Ops", "ops");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Group_NamedLikeTheIdOfAnother_IsAGroupOfItsOwn(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var admins = (await store.WriteAsync(write => Task.FromResult(write.IdOf(write.EnsureGroup("admins"))))).Value;
        await store.WriteAsync(async write =>
        {
            var user = write.IdOf(write.EnsureUser("eve@example.org", "Eve"));
            await write.SetGroupsAsync(user, "directory", [admins], Cancel);
            return true;
        });

        var eve = store.Now.FindSubject(SubjectKind.User, "eve@example.org");
        var group = store.Now.GroupsOf(eve).Should().ContainSingle().Which.Group;
        store.Now.Subject(group).Key.Should().Be(admins);
        store.Now.Subject(group).Id.Should().NotBe(admins);
        var written = await store.WriteAsync(write => Task.FromResult(write.IdOf(write.EnsureGroup(admins))));
        written.Value.Should().Be(store.Now.Subject(group).Id);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task RuleWrite_OnALargePolicy_SendsAsFewCommandsAsOnASmallOne(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        async Task<int> CommandsOfOneAsync(string group)
        {
            await store.WriteAsync(write => Task.FromResult(write.EnsureGroup(group)));
            store.Commands.Clear();
            await store.WriteAsync(write => write.AddRuleAsync(write.Rule(write.After.IdOf(SubjectKind.Group, group), Rows.Researcher, "1"), Cancel));
            return store.Commands.Commands.Count;
        }

        var small = await CommandsOfOneAsync("a");
        await store.WriteAsync(async write =>
        {
            for (var i = 0; i < 300; i++)
            {
                await write.AddRuleAsync(new(write.EnsureGroup($"g{i}"), Rows.Researcher, write.After.FindScope("1"), null, null, null), Cancel);
            }

            return true;
        });
        (await CommandsOfOneAsync("b")).Should().Be(small);

        // The revision row, then rule, log entry, event and rule counter: one batch on PostgreSQL, one statement each on SQLite.
        small.Should().Be(provider == StorageProvider.PostgreSql ? 2 : 5);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task RulesEnded_AThousand_AreOneStatement(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var ids = (await store.WriteAsync(async write =>
        {
            var made = new List<int>();
            for (var i = 0; i < 1000; i++)
            {
                var added = await write.AddRuleAsync(new(write.EnsureGroup($"g{i}"), Rows.Researcher, write.After.FindScope("1"), null, null, null), Cancel);
                made.Add(added.Row!.Id);
            }

            return made;
        })).Value;
        store.Commands.Clear();
        await store.WriteAsync(async write =>
        {
            foreach (var id in ids) await write.EndRuleAsync(id, Cancel);
            return true;
        });
        store.Commands.Commands.Where(command => command.Contains("access_rules", StringComparison.Ordinal)).Should().ContainSingle();
        store.Now.RuleCount.Should().Be(2);
        await using var db = await store.OpenAsync();
        (await db.AccessRules.CountAsync(x => x.DeletedAt == null, Cancel)).Should().Be(2);
    }
}
