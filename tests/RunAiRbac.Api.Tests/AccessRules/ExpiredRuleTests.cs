using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Features.AccessRules;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.Storage;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessRules;

/// <summary>What becomes of rules in the course of months.</summary>
public sealed class ExpiredRuleTests(PostgresFixture postgres)
{
    private const string Path = "/api/v1/authorization/access-rules";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Sweep_ThirtyDaysAfterTheEnd_DeletesExpiredRulesAndNoOthers(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        await store.Migrator.CreateTenantAsync(new(2, "other", TestStore.AdminEmail, "hash"), isFirst: false, Cancel);
        await store.Store.PollAsync(Cancel);
        var rules = new ExpiredRules(store.Store, store.Clock);
        var inAnHour = store.Micros + (long)TimeSpan.FromHours(1).TotalMicroseconds;
        var expiring = await AddAsync(store, 1, 1_203, inAnHour);
        var others = await AddAsync(store, 2, 3, inAnHour);
        var later = await AddAsync(store, 1, 2, inAnHour + 1);
        var lasting = await AddAsync(store, 1, 1, null);

        await AdvanceAsync(store, TimeSpan.FromHours(1) + ExpiredRules.KeptFor - TimeSpan.FromMicroseconds(1));
        (await rules.SweepAsync(Cancel)).Should().Be(0);
        var before = store.Now.Revision;

        await AdvanceAsync(store, TimeSpan.FromMicroseconds(1));
        (await rules.SweepAsync(Cancel)).Should().Be(expiring.Count + others.Count);
        (store.Now.Revision - before).Should().Be(3, "1,203 rules go in three bounded writes");
        foreach (var id in expiring) store.Now.TryGetRule(id, out _).Should().BeFalse();
        foreach (var id in later.Concat(lasting)) store.Now.TryGetRule(id, out _).Should().BeTrue();
        (await rules.SweepAsync(Cancel)).Should().Be(0);
        (store.Now.Revision - before).Should().Be(3, "a sweep that finds nothing is no change");

        await using var db = await store.OpenAsync();
        var rows = await db.AccessRules.AsNoTracking().Where(r => r.TenantId == 1 && expiring.Contains(r.Id)).ToListAsync(Cancel);
        rows.Should().HaveCount(expiring.Count, "they are deleted softly").And.OnlyContain(r => r.DeletedAt == store.Micros && r.UpdatedAt == store.Micros && r.EndedRevision != null);
        (await db.Changes.AsNoTracking().Where(c => c.TenantId == 1 && c.Revision > before).Select(c => c.ActorName).Distinct().ToListAsync(Cancel)).Should().Equal("system");
        var another = await store.AnotherAsync();
        another.Now.RuleCount.Should().Be(store.Now.RuleCount);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rule_FromItsStartToNinetyDaysAfterItsDeletion_IsListedWithItsPhase(StorageProvider provider)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock }, postgres);
        var world = await World.OpenAsync(host);
        var (start, end) = (clock.GetUtcNow().AddMinutes(1), clock.GetUtcNow().AddMinutes(2));
        var rule = AccessRuleTests.IdOf((await AccessRuleTests.CreateAsync(world.Admin, "group", "team", World.Viewer, World.Tenant, notBefore: Text(start), expiresAt: Text(end))).Expect(HttpStatusCode.Created));

        await PhaseAsync("NotReady", "started");
        clock.Advance(start - clock.GetUtcNow());
        await PhaseAsync("Ready", null);
        clock.Advance(end - clock.GetUtcNow());
        await PhaseAsync("NotReady", "expired");
        await AdvanceAsync(host, clock, TimeSpan.FromDays(30));
        var swept = clock.GetUtcNow();
        (await host.Services.GetRequiredService<ExpiredRules>().SweepAsync(Cancel)).Should().Be(1);
        await AdvanceAsync(host, clock, TimeSpan.FromDays(60));
        await AdvanceAsync(host, clock, TimeSpan.FromDays(31));

        world = await World.OpenAsync(host);
        (await world.Admin.GetAsync($"{Path}/{rule}")).Expect(HttpStatusCode.NotFound);
        (await world.Admin.GetAsync($"{Path}?subjectIds=team")).Json.GetProperty("totalRecords").GetInt32().Should().Be(0);
        foreach (var since in new[] { swept, swept.AddMicroseconds(1) })
        {
            var listed = (await world.Admin.GetAsync($"{Path}?includeDeleted=true&lastUpdated={Text(since)}")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules").EnumerateArray().ToList();
            listed.Should().HaveCount(since == swept ? 1 : 0);
            if (since != swept) continue;
            listed[0].GetProperty("id").GetInt32().Should().Be(rule);
            listed[0].GetProperty("deletedAt").GetDateTimeOffset().Should().Be(swept);
            listed[0].GetProperty("updatedAt").GetDateTimeOffset().Should().Be(swept);
            listed[0].GetProperty("status").GetProperty("phase").GetString().Should().Be("Deleting");
        }

        async Task PhaseAsync(string phase, string? why)
        {
            await host.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
            var status = (await world.Admin.GetAsync($"{Path}/{rule}")).Expect(HttpStatusCode.OK).Json.GetProperty("status");
            status.GetProperty("phase").GetString().Should().Be(phase);
            if (why is not null) status.GetProperty("message").GetString().Should().Contain(why);
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task LastUpdated_WithIncludeDeleted_IsAFeedOfEverythingThatEndsARule(StorageProvider provider)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock }, postgres);
        var world = await World.OpenAsync(host);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var (user, app) = (await world.CreateUserAsync(), await world.CreateApplicationAsync());
        var rules = new List<int>();
        foreach (var (type, subject, scope) in new[] { ("group", "stays", cluster), ("group", "goes", cluster), ("user", user.Field("username")!, cluster), ("app", app.Field("name")!, cluster), ("group", "goes", department) })
            rules.Add(AccessRuleTests.IdOf(await world.GrantAsync(type, subject, World.Viewer, scope)));
        clock.Advance(TimeSpan.FromMinutes(1));
        await host.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
        var since = Text(clock.GetUtcNow());
        (await FeedAsync()).Should().BeEmpty();

        (await world.Admin.DeleteAsync($"{Path}/{rules[1]}")).Expect(HttpStatusCode.NoContent);
        (await world.Admin.DeleteAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.NoContent);
        (await world.Admin.DeleteAsync($"/api/v1/apps/{app.Id}")).Expect(HttpStatusCode.NoContent);
        ((int)(await world.Admin.DeleteAsync($"/api/v1/org-unit/departments/{department.Id}")).Status).Should().BeInRange(200, 204);
        var added = AccessRuleTests.IdOf(await world.GrantAsync("group", "new", World.Viewer, cluster));

        (await FeedAsync()).Should().Equal([.. rules[1..].Select(id => (id, true)), (added, false)]);
        (await world.Admin.GetAsync($"{Path}?lastUpdated={since}")).Json.GetProperty("totalRecords").GetInt32().Should().Be(1, "deleted ones only when asked for");

        async Task<List<(int, bool)>> FeedAsync()
            => [.. (await world.Admin.GetAsync($"{Path}?includeDeleted=True&lastUpdated={since}")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules").EnumerateArray()
                .Select(r => (r.GetProperty("id").GetInt32(), r.GetProperty("deletedAt").ValueKind != System.Text.Json.JsonValueKind.Null))];
    }

    private static async Task<List<int>> AddAsync(TestStore store, int tenant, int count, long? expiresAt)
        => (await store.Store.WriteAsync(tenant, Actor.System, async write =>
        {
            var ids = new List<int>();
            var scope = write.After.FindScope("tenant", tenant.ToString(CultureInfo.InvariantCulture));
            for (var i = 0; i < count; i++)
                ids.Add((await write.AddRuleAsync(new NewRule(write.EnsureGroup($"g{write.Revision}-{i}"), Rows.Researcher, scope, null, expiresAt, null), Cancel)).Row!.Id);
            return ids;
        }, Cancel)).Value;

    private static async Task AdvanceAsync(TestStore store, TimeSpan by)
    {
        store.Clock.Advance(by);
        await store.Store.PollAsync(Cancel);
    }

    private static async Task AdvanceAsync(ApiHost host, FakeClock clock, TimeSpan by)
    {
        clock.Advance(by);
        await host.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
        await host.Services.GetRequiredService<SigningKeys>().RefreshAsync(Cancel);
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
