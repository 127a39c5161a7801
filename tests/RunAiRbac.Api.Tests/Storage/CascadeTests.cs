using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

public sealed class CascadeTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Scope_Ended_EndsEverythingBelowAndItsNameRevivesNothing(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var (cluster, bot) = (Rows.Cluster("east"), Rows.Application("ci-bot"));
        await store.WriteAsync(async write =>
        {
            write.AddScope(cluster);
            var department = Rows.Department(cluster, "default");
            write.AddScope(department);
            var project = Rows.Project(department, "apollo");
            write.AddScope(project);
            bot.HomeScopeId = project.Id;
            write.AddSubject(bot);
            await write.AddRuleAsync(write.Rule(bot.Id, Rows.Researcher, project.Id), Cancel);
            await write.AddRuleAsync(write.Rule(bot.Id, Rows.Researcher, cluster.Id), Cancel);
            await write.AddRuleAsync(write.Rule(bot.Id, Rows.Researcher, "1"), Cancel);
            return true;
        });
        await store.WriteAsync(async write =>
        {
            var tracked = await write.FindSubjectAsync(bot.Id, Cancel);
            await write.EndScopeAsync(cluster.Id, Cancel);
            tracked!.HomeScopeId.Should().BeNull();
            (await write.FindScopeAsync(cluster.Id, Cancel)).Should().BeNull();
            return true;
        });

        await using (var db = await store.OpenAsync())
        {
            (await db.Scopes.Where(x => x.DeletedAt == null).Select(x => x.Type).ToListAsync(Cancel)).Should().BeEquivalentTo("tenant", "system");
            (await db.Scopes.Where(x => x.EndedRevision == 3 && x.DeletedAt == store.Micros).CountAsync(Cancel)).Should().Be(3);
            (await db.AccessRules.Where(x => x.EndedRevision == 3).CountAsync(Cancel)).Should().Be(2);
            (await db.Subjects.SingleAsync(x => x.Id == bot.Id, Cancel)).HomeScopeId.Should().BeNull();
            ChangeLog.TryRead((await db.Changes.SingleAsync(x => x.Revision == 3, Cancel)).Changes, out var changes).Should().BeTrue();
            changes.Should().ContainSingle().Which.Should().BeOfType<ScopeEnd>();
        }

        var again = Rows.Cluster("east");
        await store.WriteAsync(write =>
        {
            write.AddScope(again);
            write.AddScope(Rows.Department(again, "default"));
            return Task.FromResult(true);
        });
        store.Now.RulesAt(store.Now.FindScope(again.Id)).Should().BeEmpty();
        store.Now.RulesOf(store.Now.FindSubject(bot.Id)).Should().ContainSingle();
        (await store.AnotherAsync()).Now.RuleCount.Should().Be(store.Now.RuleCount);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task User_Ended_EndsWhatHangsOnItAndItsEmailRevivesNothing(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var user = Rows.User("bob@example.org");
        await store.WriteAsync(async write =>
        {
            write.AddSubject(user);
            write.AddCredential(user.Id, CredentialKinds.Password, "hash");
            write.AddIdentity(user.Id, "local", user.Id);
            await write.TouchSubjectAsync(user, Cancel);
            await write.SetGroupsAsync(user.Id, "directory", ["ops"], Cancel);
            await write.AddRuleAsync(write.Rule(user.Id, Rows.Researcher, "1"), Cancel);
            return true;
        });
        await AddSessionAsync(store, user.Id, "s1");
        store.Now.Subject(store.Now.FindSubject(user.Id)).HasPassword.Should().BeTrue();

        await store.WriteAsync(async write =>
        {
            await write.EndSubjectAsync(user.Id, Cancel);
            (await write.FindSubjectAsync(user.Id, Cancel)).Should().BeNull();
            return true;
        });

        store.Now.FindSubject(user.Id).IsKnown.Should().BeFalse();
        await using (var db = await store.OpenAsync())
        {
            (await db.Credentials.SingleAsync(x => x.SubjectId == user.Id, Cancel)).DeletedAt.Should().Be(store.Micros);
            (await db.Identities.SingleAsync(x => x.SubjectId == user.Id, Cancel)).DeletedAt.Should().Be(store.Micros);
            (await db.Memberships.SingleAsync(Cancel)).EndedRevision.Should().Be(3);
            (await db.Sessions.SingleAsync(Cancel)).EndedAt.Should().Be(store.Micros);
            (await db.Subjects.SingleAsync(x => x.Id == user.Id, Cancel)).Should().Match<SubjectRow>(x => x.DeletedAt == store.Micros && x.EndedRevision == 3);
        }

        var other = (await store.WriteAsync(write => Task.FromResult(write.IdOf(write.EnsureUser("bob@example.org", "Bob"))))).Value;
        other.Should().NotBe(user.Id);
        foreach (var snapshot in new[] { store.Now, (await store.AnotherAsync()).Now })
        {
            var subject = snapshot.FindSubject(SubjectKind.User, "bob@example.org");
            snapshot.Subject(subject).HasPassword.Should().BeFalse();
            snapshot.RulesOf(subject).Should().BeEmpty();
            snapshot.GroupsOf(subject).Should().BeEmpty();
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Group_Ended_EndsItsMembershipsAndItsNameRevivesNothing(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var (userId, groupId) = (await store.WriteAsync(async write =>
        {
            var user = write.IdOf(write.EnsureUser("bob@example.org", "Bob"));
            await write.SetGroupsAsync(user, "directory", ["ops", "dev"], Cancel);
            return (user, write.After.IdOf(SubjectKind.Group, "ops"));
        })).Value;
        await store.WriteAsync(async write =>
        {
            await write.EndSubjectAsync(groupId, Cancel);
            return true;
        });
        await store.WriteAsync(write => Task.FromResult(write.EnsureGroup("ops")));

        foreach (var snapshot in new[] { store.Now, (await store.AnotherAsync()).Now })
        {
            snapshot.GroupsOf(snapshot.FindSubject(userId)).Select(x => snapshot.Subject(x.Group).Key).Should().Equal("dev");
        }

        await store.WriteAsync(async write =>
        {
            await write.SetGroupsAsync(userId, "directory", ["ops"], Cancel);
            return true;
        });
        store.Now.GroupsOf(store.Now.FindSubject(userId)).Select(x => store.Now.Subject(x.Group).Key).Should().Equal("ops");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Groups_OfTwoSources_CountUntilBothSayNo(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var userId = (await store.WriteAsync(async write =>
        {
            var user = write.IdOf(write.EnsureUser("bob@example.org", "Bob"));
            await write.AddProviderAsync(Rows.Provider("okta"), Cancel);
            await write.SetGroupsAsync(user, "directory", ["ops"], Cancel);
            await write.SetGroupsAsync(user, "okta", ["ops", "dev"], Cancel);
            return user;
        })).Value;

        async Task<string> GroupsAfterAsync(string source, params string[] names)
        {
            await store.WriteAsync(async write =>
            {
                await write.SetGroupsAsync(userId, source, names, Cancel);
                return true;
            });
            var loaded = (await store.AnotherAsync()).Now;
            var groups = Keys(store.Now);
            Keys(loaded).Should().Be(groups);
            loaded.Revision.Should().Be(store.Now.Revision);
            return groups;
        }

        string Keys(PolicySnapshot snapshot) => string.Join(",", snapshot.GroupsOf(snapshot.FindSubject(userId)).Select(x => snapshot.Subject(x.Group).Key).Order());

        (await GroupsAfterAsync("directory")).Should().Be("dev,ops");
        store.Now.Revision.Should().Be(3);
        (await GroupsAfterAsync("directory")).Should().Be("dev,ops");
        store.Now.Revision.Should().Be(3);
        (await GroupsAfterAsync("okta", "dev")).Should().Be("dev");
        (await GroupsAfterAsync("okta", "dev", "ops")).Should().Be("dev,ops");
        (await GroupsAfterAsync("okta")).Should().Be("");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Session_Ended_IsDeadHereAndAfterALoadUntilItsTokensAre(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var admin = store.Now.IdOf(SubjectKind.User, TestStore.AdminEmail);
        await AddSessionAsync(store, admin, "s1");
        (await store.WriteAsync(write => write.EndSessionAsync("s1", Cancel))).Value.Should().BeTrue();
        (await store.WriteAsync(write => write.EndSessionAsync("s1", Cancel))).Value.Should().BeFalse();
        (await store.WriteAsync(write => write.EndSessionAsync("s2", Cancel))).Value.Should().BeFalse();

        store.Now.Revision.Should().Be(2);
        store.Now.IsSessionLive(admin, 0, "s1").Should().BeFalse();
        store.Now.IsSessionLive(admin, 0, "s2").Should().BeTrue();
        store.Clock.Advance(store.Settings.LongestTokenLifetime - TimeSpan.FromSeconds(1));
        (await store.AnotherAsync()).Now.IsSessionLive(admin, 0, "s1").Should().BeFalse();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Password_EndedAndSetAgain_ShowsInTheSubject(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var id = (await store.WriteAsync(async write =>
        {
            var user = Rows.User("bob@example.org");
            write.AddSubject(user);
            write.AddCredential(user.Id, CredentialKinds.Password, "one");
            await write.TouchSubjectAsync(user, Cancel);
            return user.Id;
        })).Value;
        bool HasPassword() => store.Now.Subject(store.Now.FindSubject(id)).HasPassword;
        HasPassword().Should().BeTrue();

        await store.WriteAsync(async write =>
        {
            foreach (var credential in await write.CredentialsAsync(id, CredentialKinds.Password, Cancel)) credential.DeletedAt = write.Now;
            await write.TouchSubjectAsync((await write.FindSubjectAsync(id, Cancel))!, Cancel);
            return true;
        });
        HasPassword().Should().BeFalse();
        (await store.AnotherAsync()).Now.Subject((await store.AnotherAsync()).Now.FindSubject(id)).HasPassword.Should().BeFalse();
    }

    private static async Task AddSessionAsync(TestStore store, string subjectId, string id)
    {
        await using var db = await store.OpenAsync();
        db.Sessions.Add(new()
        {
            TenantId = 1,
            Id = id,
            SubjectId = subjectId,
            Grant = "password",
            RefreshHash = "hash",
            CreatedAt = store.Micros,
            LastUsedAt = store.Micros,
            ExpiresAt = store.Micros + 1,
        });
        await db.SaveChangesAsync(Cancel);
    }
}
