using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Identities;

/// <summary>The groups that providers tell of: what they give, how long, and how they end.</summary>
public sealed class MembershipTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private static readonly Dictionary<string, string> LongTokens = new() { ["Tokens:AccessTokenLifetime"] = "12:00:00", ["Tokens:RefreshTokenLifetime"] = "12:00:00" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Providers))]
    public async Task Groups_ToldAtSignIn_AreTheUsersAndEndWhenTheyAreToldNoMore(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        await organization.Tenant.GrantAsync("group", "ops", World.Viewer, organization.Tenant.Scope);
        var person = await provider.SignInAsync("ann", "ann@example.com", ["ops", "dev", "ops"]);
        var key = await organization.Tenant.ByKeyAsync(person);

        (await GroupsAsync(organization, person.Id)).Should().Equal("dev", "ops");
        (await MayAsync(organization, person)).Should().BeTrue();
        (await MayAsync(organization, key)).Should().BeTrue();

        await provider.ResolveAsync("ann", "ann@example.com", ["dev"]);
        (await GroupsAsync(organization, person.Id)).Should().Equal("dev");
        (await MayAsync(organization, person)).Should().BeFalse("a token of before asks now");
        (await MayAsync(organization, key)).Should().BeFalse("an access key acts as its user");

        await provider.ResolveAsync("ann", "ann@example.com", []);
        (await GroupsAsync(organization, person.Id)).Should().BeEmpty("an empty claim is that there is none");
        await provider.ResolveAsync("ann", "ann@example.com", ["ops"]);
        (await MayAsync(organization, person)).Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Groups_NotTold_AreKeptAndShownAsStale(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var id = await provider.OutcomeAsync(provider.Says("ann", "ann@example.com", ["ops"]));
        var before = await IdentityAsync(organization, id);
        before.GetProperty("groupsStaleSince").ValueKind.Should().Be(JsonValueKind.Null);
        var revision = organization.Revision;

        await provider.ResolveAsync("ann", "ann@example.com");
        var stale = await IdentityAsync(organization, id);
        stale.GetProperty("groupsStaleSince").ValueKind.Should().Be(JsonValueKind.String);
        stale.GetProperty("groups").GetRawText().Should().Be(before.GetProperty("groups").GetRawText(), "what is not said is neither ended nor prolonged");
        organization.Revision.Should().Be(revision);

        await provider.ResolveAsync("ann", "ann@example.com");
        (await IdentityAsync(organization, id)).GetProperty("groupsStaleSince").GetString().Should().Be(stale.GetProperty("groupsStaleSince").GetString(), "since the first time");
        await provider.ResolveAsync("ann", "ann@example.com", ["ops"]);
        (await IdentityAsync(organization, id)).GetProperty("groupsStaleSince").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Groups_OfSeveralSources_AreEachSourcesOwn(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var (first, second) = (await organization.ProviderAsync("first"), await organization.ProviderAsync("second"));
        var id = await first.OutcomeAsync(first.Says("ann", "ann@example.com", ["ops", "dev"]));
        (await organization.Admin.PutAsync($"/api/v1/users/{id}/groups", new { source = "directory", groups = new[] { "dev", "hand" } })).Expect(HttpStatusCode.OK);
        (await organization.Admin.PostAsync($"/api/v1/users/{id}/identities", new { provider = "second", subjectClaim = "00u1" })).Expect(HttpStatusCode.Created);
        await second.ResolveAsync("00u1", null, ["secret"]);

        (await GroupsAsync(organization, id)).Should().Equal(["dev", "hand", "ops"], "the second provider's groups are not trusted");
        await first.ResolveAsync("ann", "ann@example.com", []);
        (await GroupsAsync(organization, id)).Should().Equal("dev", "hand");
        await organization.Tenant.WriteAsync(async write =>
        {
            await write.TrustGroupsAsync((await write.FindProviderAsync("second", Cancel))!, true, Cancel);
            return true;
        });
        (await GroupsAsync(organization, id)).Should().Equal("dev", "hand", "secret");
        (await organization.Admin.DeleteAsync($"{Idps.Path}/second")).Expect(HttpStatusCode.OK);
        (await GroupsAsync(organization, id)).Should().Equal("dev", "hand");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Groups_MoreThanAreKept_AreNeitherCutNorAdded(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var id = await provider.OutcomeAsync(provider.Says("ann", "ann@example.com", ["ops", "dev"]));
        var most = Enumerable.Range(0, ClaimedPerson.MostGroups).Select(i => $"g{i}").ToArray();

        await provider.ResolveAsync("ann", "ann@example.com", [.. most, "ops"]);
        (await GroupsAsync(organization, id)).Should().Equal(["ops"], "dev is not among them, and none of the others is taken by chance");
        (await IdentityAsync(organization, id)).GetProperty("groupsStaleSince").ValueKind.Should().Be(JsonValueKind.String);

        await provider.ResolveAsync("ann", "ann@example.com", [.. most[1..], "ops"]);
        (await GroupsAsync(organization, id)).Should().HaveCount(ClaimedPerson.MostGroups);
        (await IdentityAsync(organization, id)).GetProperty("groupsStaleSince").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Groups_WithNamesThatNoRuleCanName_AreLeftOut(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");

        var id = await provider.OutcomeAsync(provider.Says("ann", "ann@example.com", ["", "a\0b", "a\nb", "ops\u202e", "ops\u200b", "\ud800", new string('x', 513), new string('x', 512), " ops", "Ops", "ops"]));

        (await GroupsAsync(organization, id)).Should().Equal([.. new[] { new string('x', 512), " ops", "Ops", "ops" }.Order(StringComparer.Ordinal)]);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Memberships_WithoutAnotherSignIn_EndAfterTheirLifetime(StorageProvider storage)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(storage) { Clock = clock, Settings = LongTokens }, postgres);
        var organization = await Organization.CreateAsync(host);
        var provider = await organization.ProviderAsync("first");
        await organization.Tenant.GrantAsync("group", "ops", World.Viewer, organization.Tenant.Scope);
        var person = await provider.SignInAsync("ann", "ann@example.com", ["ops"]);
        var key = (await person.PostAsync("/api/v1/access-keys", new { name = "robot" })).Expect(HttpStatusCode.Created);

        async Task<bool> MayByKeyAsync()
        {
            await organization.Tenant.Store.PollAsync(Cancel);
            var token = await organization.Tenant.TokenAsync(new { grantType = "client_credentials", clientID = key.Field("clientId"), clientSecret = key.Field("clientSecret"), tenantId = organization.Tenant.ScopeId });
            return await MayAsync(organization, new Person(host.Http, person.Id, person.Name, token.Expect(HttpStatusCode.OK).Field("accessToken")!));
        }

        clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMicroseconds(1));
        (await MayByKeyAsync()).Should().BeTrue();
        clock.Advance(TimeSpan.FromMicroseconds(1));
        (await MayByKeyAsync()).Should().BeFalse("the provider has not said so for thirty days");
        await provider.ResolveAsync("ann", "ann@example.com");
        (await MayByKeyAsync()).Should().BeFalse("it still has not");
        await provider.ResolveAsync("ann", "ann@example.com", ["ops"]);
        (await MayByKeyAsync()).Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Memberships_ConfirmedAgain_MoveTheirEndAtMostOnceADay(StorageProvider storage)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(storage) { Clock = clock, Settings = LongTokens }, postgres);
        var organization = await Organization.CreateAsync(host);
        var provider = await organization.ProviderAsync("first");
        var id = await provider.OutcomeAsync(provider.Says("ann", "ann@example.com", ["ops"]));
        var start = clock.GetUtcNow();
        var revision = organization.Revision;

        clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMicroseconds(1));
        await organization.Tenant.Store.PollAsync(Cancel);
        await provider.ResolveAsync("ann", "ann@example.com", ["ops"]);
        organization.Revision.Should().Be(revision);
        (await EndsAsync(organization, id)).Should().Equal(start.AddDays(30));

        clock.Advance(TimeSpan.FromMicroseconds(1));
        await provider.ResolveAsync("ann", "ann@example.com", ["ops"]);
        organization.Revision.Should().Be(revision + 1);
        (await EndsAsync(organization, id)).Should().Equal(start.AddDays(31));

        clock.Advance(TimeSpan.FromHours(1));
        await provider.ResolveAsync("ann", "ann@example.com", ["ops", "dev"]);
        (await EndsAsync(organization, id)).Should().Equal([start.AddDays(31).AddHours(1), start.AddDays(31).AddHours(1)], "with a changed set all ends move");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Lifetime_MadeShorter_ShortensAtTheNextSignIn(StorageProvider storage)
    {
        var clock = new FakeClock();
        var settings = new Dictionary<string, string>(LongTokens) { ["Sso:MembershipLifetime"] = "02:00:00" };
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(storage) { Clock = clock, Settings = settings }, postgres);
        var organization = await Organization.CreateAsync(host);
        var provider = await organization.ProviderAsync("first");
        var id = await provider.OutcomeAsync(provider.Says("ann", "ann@example.com", ["ops"]));
        var start = clock.GetUtcNow();
        await organization.Tenant.WriteAsync(async write =>
        {
            await write.SetGroupsAsync(id, "first", ["ops"], new MembershipTerm(Micros.From(start.AddDays(30)), 0), Cancel);
            return true;
        });
        (await EndsAsync(organization, id)).Should().Equal(start.AddDays(30));

        await provider.ResolveAsync("ann", "ann@example.com", ["ops"]);
        (await EndsAsync(organization, id)).Should().Equal(start.AddHours(2));
        clock.Advance(TimeSpan.FromMinutes(30));
        await provider.ResolveAsync("ann", "ann@example.com", ["ops"]);
        (await EndsAsync(organization, id)).Should().Equal([start.AddHours(2.5)], "a quarter of so short a lifetime is worth moving it");
    }

    [Fact]
    public async Task GroupRemovedAtTheProvider_IsGoneOnBothReplicas()
    {
        await using var one = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var two = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = one }, postgres);
        var organization = await Organization.CreateAsync(one);
        var here = await organization.ProviderAsync("first");
        await organization.Tenant.GrantAsync("group", "ops", World.Viewer, organization.Tenant.Scope);
        var person = await here.SignInAsync("ann", "ann@example.com", ["ops"]);
        var key = await organization.Tenant.ByKeyAsync(person);
        await two.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
        var there = await organization.FindAsync(two, "first");
        (await MayAsync(organization, person, two)).Should().BeTrue();
        (await MayAsync(organization, key, two)).Should().BeTrue();

        await there.ResolveAsync("ann", "ann@example.com", []);

        (await MayAsync(organization, person, two)).Should().BeFalse();
        await one.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
        (await MayAsync(organization, person, one)).Should().BeFalse();
        (await MayAsync(organization, key, one)).Should().BeFalse();
    }

    /// <summary>Random sign-ins at random times: what the service decides is what the reference evaluator decides on the rows.</summary>
    [Theory, MemberData(nameof(Providers))]
    public async Task Decisions_AfterRandomSignIns_AgreeWithTheReference(StorageProvider storage)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(storage) { Clock = clock, Settings = LongTokens }, postgres);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var organization = await Organization.CreateAsync(host);
        var providers = new[] { await organization.ProviderAsync("first"), await organization.ProviderAsync("second", ["*"], true), await organization.ProviderAsync("third") };
        string[] groups = ["a", "b", "c", "d"];
        foreach (var (group, role) in groups.Zip([World.Viewer, World.L1Researcher, World.Editor, World.DepartmentAdministrator])) await organization.Tenant.GrantAsync("group", group, role, organization.Tenant.Scope);
        var admin = organization.Tenant;
        var asked = (Yes: 0, No: 0);
        for (var round = 0; round < 40; round++)
        {
            var (provider, number) = (providers[random.Next(3)], random.Next(4));
            var said = random.Next(4) == 0 ? null : groups.Where(_ => random.Next(2) == 0).ToArray();
            await provider.OutcomeAsync(provider.Says($"p{number}", $"{provider.Alias}-{number}@example.com", said));
            clock.Advance(TimeSpan.FromHours(random.Next(1, 200)));
            await admin.Store.PollAsync(Cancel);
            var facts = await admin.FactsAsync();
            var snapshot = admin.Store.Current(admin.Id)!.Snapshot;
            var now = clock.NowMicros();
            foreach (var user in facts.Subjects.Where(s => s.Kind == Policy.SubjectKind.User))
            {
                foreach (var (type, action) in new[] { ("project", "read"), ("workloads", "create"), ("department", "update"), ("access_rules", "create") })
                {
                    var expected = facts.Check(user.Id, null, type, action, admin.ScopeId, now).Reason;
                    var decision = snapshot.Check(snapshot.FindSubject(user.Id), snapshot.Catalogue.FindResourceType(type), snapshot.Catalogue.FindAction(action), snapshot.FindScope(admin.ScopeId), now);
                    decision.Allowed.Should().Be(expected == "granted", "seed {0}, round {1}: {2} {3} {4}", seed, round, user.Name, type, action);
                    asked = decision.Allowed ? (asked.Yes + 1, asked.No) : (asked.Yes, asked.No + 1);
                }
            }
        }

        asked.Yes.Should().BeGreaterThan(200, "seed {0}", seed);
        asked.No.Should().BeGreaterThan(200, "seed {0}", seed);
    }

    private async Task<Organization> NewAsync(StorageProvider storage) => await Organization.CreateAsync(await Hosts.GetAsync(storage));

    private static Task<bool> MayAsync(Organization organization, Person person) => person.MayAsync("project", "read", organization.Tenant.Scope);

    private static async Task<bool> MayAsync(Organization organization, Person person, ApiHost host)
    {
        using var client = host.WithToken(person.Token);
        var answer = await ApiHost.PostAsync(client, "/api/v1/authorize", new { action = "read", resourceType = "project", scope = new { type = "tenant", id = organization.Tenant.ScopeId } });
        return answer.GetProperty("allowed").GetBoolean();
    }

    private static async Task<List<string>> GroupsAsync(Organization organization, string id)
        => [.. (await organization.UserAsync(id)).Json.GetProperty("groups").EnumerateArray().Select(x => x.GetString()!)];

    private static async Task<JsonElement> IdentityAsync(Organization organization, string id) => (await organization.IdentitiesAsync(id)).Json.GetProperty("identities")[0];

    /// <summary>By the rows: tokens do not live as long as these tests' days.</summary>
    private static async Task<List<DateTimeOffset>> EndsAsync(Organization organization, string id)
    {
        await using var db = await organization.Tenant.Store.OpenAsync(Cancel);
        var ends = await db.Memberships.Where(x => x.TenantId == organization.Tenant.Id && x.UserId == id && x.EndedRevision == null).Select(x => x.ValidUntil!.Value).ToListAsync(Cancel);
        return ends.ConvertAll(Micros.ToTime);
    }
}
