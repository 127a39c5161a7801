using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.Storage;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Audit;

/// <summary>Events of policy writes: one per changed object, in the write's own transaction.</summary>
public sealed class AuditedWriteTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_ThatChangesRowsWithoutRecordingAnything_IsRefused(StorageProvider provider)
    {
        await using var store = await NewAsync(provider);
        var adminId = store.Now.IdOf(SubjectKind.User, TestStore.AdminEmail);

        var pending = () => store.WriteAsync(write => Task.FromResult(write.AddCredential(adminId, CredentialKinds.Secret, "hash")));
        var sent = () => store.WriteAsync(async write =>
        {
            write.AddIdentity(adminId, "okta", "claim");
            return await write.ScopeNameExistsAsync("cluster", "", "none", Cancel);
        });

        await pending.Should().ThrowAsync<InvalidOperationException>();
        await sent.Should().ThrowAsync<InvalidOperationException>();
        await using var db = await store.OpenAsync();
        (await db.Credentials.CountAsync(Cancel)).Should().Be(1);
        (await db.Identities.CountAsync(Cancel)).Should().Be(1);
        (await db.Revisions.SingleAsync(Cancel)).Revision.Should().Be(1);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Write_WithAToldEventOnly_IsARevision(StorageProvider provider)
    {
        await using var store = await NewAsync(provider);
        await store.WriteAsync(write =>
        {
            write.RecordEvent("setting", "session", "session", new { Timeout = 5 }, new { Timeout = 6 });
            write.RecordEvent("setting", "session", "session", new { Timeout = 6 }, new { Timeout = 7 });
            return Task.FromResult(0);
        });

        store.Now.Revision.Should().Be(2);
        var told = (await EventsAsync(store)).Should().ContainSingle().Which;
        (told.Action, told.EntityType, told.EntityId, told.Before, told.After).Should().Be(("update", "setting", "session", """{"timeout":5}""", """{"timeout":7}"""));
        (told.Subject, told.SubjectType, told.SubjectId, told.Result).Should().Be(("system", "App", null, "Succeeded"));
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Scope_Ended_HasOneEventForEachScopeAndRuleThatEndsWithIt(StorageProvider provider)
    {
        await using var store = await NewAsync(provider);
        var ids = (await store.WriteAsync(async write =>
        {
            var cluster = Add(write, "cluster", "1");
            var department = Add(write, "department", cluster);
            var project = Add(write, "project", department);
            var rules = new List<int>();
            foreach (var scope in new[] { cluster, department, project, project })
            {
                var added = await write.AddRuleAsync(new(write.EnsureGroup($"g{rules.Count}"), Rows.Researcher, write.After.FindScope(scope), null, null, "needed"), Cancel);
                rules.Add(added.Row!.Id);
            }

            return (cluster, department, project, rules);
        })).Value;
        var before = (await EventsAsync(store)).Select(x => x.Id).ToHashSet();

        await store.WriteAsync(async write =>
        {
            await write.EndScopeAsync(ids.department, Cancel);
            return 0;
        });

        var events = (await EventsAsync(store)).Where(x => !before.Contains(x.Id)).ToList();
        events.Should().OnlyContain(x => x.Action == "delete" && x.Before != null && x.After == null && x.ClusterId == ids.cluster);
        events.Select(x => $"{x.EntityType} {x.EntityId} {x.Scopes}").Should().BeEquivalentTo(
            $"department {ids.department} {ids.cluster}/{ids.department}",
            $"project {ids.project} {ids.cluster}/{ids.department}/{ids.project}",
            $"access-rule {ids.rules[1]} {ids.cluster}/{ids.department}",
            $"access-rule {ids.rules[2]} {ids.cluster}/{ids.department}/{ids.project}",
            $"access-rule {ids.rules[3]} {ids.cluster}/{ids.department}/{ids.project}");
        await using var db = await store.OpenAsync();
        (await db.AuditScopes.CountAsync(x => x.ScopeId == ids.project, Cancel)).Should().Be(6, "the project and its two rules, made and ended");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rule_MadeAndEndedInOneWrite_HasOneEvent(StorageProvider provider)
    {
        await using var store = await NewAsync(provider);
        await store.WriteAsync(async write =>
        {
            var added = await write.AddRuleAsync(new(write.EnsureGroup("ops"), Rows.Researcher, write.After.FindScope("1"), null, null, null), Cancel);
            return await write.EndRuleAsync(added.Row!.Id, Cancel);
        });

        var events = await EventsAsync(store);
        events.Select(x => $"{x.Action} {x.EntityType}").Should().BeEquivalentTo("create group", "delete access-rule");
        JsonDocument.Parse(events.Single(x => x.EntityType == "access-rule").Before!).RootElement.GetProperty("subjectName").GetString().Should().Be("ops");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Subject_WithANewCredentialOrEndedSessionsOnly_HasItsOwnAction(StorageProvider provider)
    {
        await using var store = await NewAsync(provider);
        var adminId = store.Now.IdOf(SubjectKind.User, TestStore.AdminEmail);
        foreach (var change in new Action<PolicyWrite, SubjectRow>[]
        {
            (_, row) => row.SessionEpoch++,
            (write, row) => write.AddCredential(row.Id, CredentialKinds.Password, "another hash"),
            (_, row) => (row.Name, row.SessionEpoch) = ("Ada", row.SessionEpoch + 1),
        })
        {
            store.Clock.Advance(TimeSpan.FromSeconds(1));
            await store.WriteAsync(async write =>
            {
                var row = (await write.FindSubjectAsync(adminId, Cancel))!;
                change(write, row);
                await write.TouchSubjectAsync(row, Cancel);
                return 0;
            });
        }

        var events = await EventsAsync(store);
        events.Select(x => x.Action).Should().Equal("sign-out", "reset-password", "update");
        events.Should().OnlyContain(x => x.EntityType == "user" && x.EntityId == adminId);
        events[2].Before.Should().Contain(TestStore.AdminEmail);
        events[2].After.Should().Contain("Ada");
        events.Should().NotContain(x => (x.Before + x.After).Contains("hash", StringComparison.Ordinal));
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task FirstTenant_HasEventsOfItsTenantAdministratorAndRules(StorageProvider provider)
    {
        await using var store = await NewAsync(provider);
        await using var db = await store.OpenAsync();
        (await db.AuditEvents.Select(x => x.Action + " " + x.EntityType).ToListAsync(Cancel)).Should().BeEquivalentTo(
            "create tenant", "create user", "create access-rule", "create access-rule");
    }

    private async Task<TestStore> NewAsync(StorageProvider provider)
    {
        var store = await TestStore.NewAsync(provider, postgres);
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        return store;
    }

    private static string Add(PolicyWrite write, string type, string parentId)
    {
        var row = Rows.Cluster(type + "-a");
        (row.Type, row.ParentId) = (type, parentId);
        write.AddScope(row);
        return row.Id;
    }

    /// <summary>The events of writes, without those of the tenant's creation.</summary>
    private static async Task<List<AuditEventRow>> EventsAsync(TestStore store)
    {
        await using var db = await store.OpenAsync();
        var made = await db.Tenants.Select(x => x.CreatedAt).SingleAsync(Cancel);
        return await db.AuditEvents.AsNoTracking().Where(x => x.At > made).OrderBy(x => x.At).ThenBy(x => x.Id).ToListAsync(Cancel);
    }
}
