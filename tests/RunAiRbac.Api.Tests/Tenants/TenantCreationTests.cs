using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Tenants;

/// <summary>Making tenants: by platform administrators alone, and each with an administrator of its own.</summary>
public sealed class TenantCreationTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private const string Tenants = "/api/v1/tenants";
    private const string Email = "admin@example.com";
    private const string Password = "a long password";

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_GivesATenantWithItsOwnAdministrator(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        var name = world.NewName() + "-X";
        var made = (await world.Admin.PostAsync(Tenants, new { name, email = "Admin@Example.com", password = Password, contractType = "", role = "System administrator" })).Expect(HttpStatusCode.Created);

        made.Json.EnumerateObject().Select(x => x.Name).Should().BeEquivalentTo("id", "uuid", "name", "createdAt", "email", "revision");
        (made.Field("name"), made.Field("email")).Should().Be((name, Email));
        made.Revision.Should().NotBeNullOrEmpty().And.Be(made.Field("revision"));
        made.Text.Should().NotContain(Password);
        var id = made.Json.GetProperty("id").GetInt32();
        (await world.Admin.GetAsync(Tenants)).Text.Should().Contain($"{{\"id\":{id},\"uuid\":\"{made.Field("uuid")}\",\"name\":\"{name}\",");

        // Its own administrator, in its own tenant, by both forms; nobody else's e-mail and tenant.
        (await world.TryPasswordAsync(Email, Password)).Expect(HttpStatusCode.Unauthorized);
        (await world.TokenAsync(new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword, tenantId = id })).Expect(HttpStatusCode.Unauthorized);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "password", ["username"] = Email, ["password"] = Password, ["tenant_id"] = Text(id) });
        using var byForm = await host.Http.PostAsync("/api/v2/token", form, TestContext.Current.CancellationToken);
        byForm.StatusCode.Should().Be(HttpStatusCode.OK);
        var admin = await SignInAsync(host, id, Password);
        var tenant = new Scope("tenant", Text(id));
        (await admin.MayAsync("users", "create", tenant)).Should().BeTrue();
        (await admin.CheckAsync("users", "create", World.Tenant)).Field("reason").Should().Be("unknown_scope");
        (await admin.GetAsync("/api/v1/authorization/roles")).Json.GetArrayLength().Should().Be(Catalogue.Default.Roles.Length);
        var rules = (await admin.GetAsync("/api/v1/authorization/access-rules")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules").EnumerateArray().ToList();
        rules.Should().ContainSingle();
        (rules[0].GetProperty("subjectId").GetString(), rules[0].GetProperty("roleId").GetInt32(), rules[0].GetProperty("scopeName").GetString(), rules[0].GetProperty("createdBy").GetString())
            .Should().Be((Email, 1, name, "system"));
        var self = (await admin.GetAsync("/api/v1/users")).Ids.Single();
        (await admin.DeleteAsync($"/api/v1/users/{self}")).Expect(HttpStatusCode.Conflict, "last_administrator");
        var cluster = (await admin.PostAsync("/api/v1/clusters", new { name = "first" })).Expect(HttpStatusCode.Created).Field("uuid");

        // The platform administrator has no say in it.
        (await world.Admin.GetAsync($"/api/v1/clusters/{cluster}")).Expect(HttpStatusCode.NotFound);
        (await world.Admin.CheckAsync("cluster", "read", tenant)).Field("reason").Should().Be("unknown_scope");
        (await world.Admin.GetAsync($"/api/v1/users/{self}")).Expect(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_WithoutAPassword_GivesOneThatMustBeChanged(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);

        var made = (await world.Admin.PostAsync(Tenants, new { name = world.NewName(), email = Email, password = (string?)null, role = (string?)null, contractType = "trial" })).Expect(HttpStatusCode.Created);

        var (id, password) = (made.Json.GetProperty("id").GetInt32(), made.Field("tempPassword")!);
        var admin = await SignInAsync(host, id, password);
        (await admin.GetAsync("/api/v1/users")).Expect(HttpStatusCode.Forbidden, "password_change_required");
        (await admin.PostAsync("/api/v1/me/password", new { currentPassword = password, newPassword = Password })).Expect(HttpStatusCode.OK);
        (await (await SignInAsync(host, id, Password)).GetAsync("/api/v1/users")).Expect(HttpStatusCode.OK).Ids.Should().ContainSingle();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_BadField_IsNamed(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        foreach (var (body, field) in new (string, string)[]
        {
            ("""{"email":"a@example.com"}""", "name"),
            ("""{"name":"","email":"a@example.com"}""", "name"),
            ("""{"name":"a","email":"a@example.com"}""", "name"),
            ("""{"name":"a-","email":"a@example.com"}""", "name"),
            ("""{"name":"-a","email":"a@example.com"}""", "name"),
            ("""{"name":"a b","email":"a@example.com"}""", "name"),
            ("""{"name":"a_b","email":"a@example.com"}""", "name"),
            ("""{"name":"ab\n","email":"a@example.com"}""", "name"),
            ("""{"name":"äb","email":"a@example.com"}""", "name"),
            ("""{"name":7,"email":"a@example.com"}""", "name"),
            ($$"""{"name":"a{{new string('b', 255)}}","email":"a@example.com"}""", "name"),
            ("""{"name":"good-one"}""", "email"),
            ("""{"name":"good-one","email":"nobody"}""", "email"),
            ("""{"name":"good-one","email":"a@example.com","password":""}""", "password"),
            ("""{"name":"good-one","email":"a@example.com","password":"1234567"}""", "password"),
            ($$"""{"name":"good-one","email":"a@example.com","password":"{{new string('x', 257)}}"}""", "password"),
            ("""{"name":"good-one","email":"a@example.com","contractType":"gold"}""", "contractType"),
            ("""{"name":"good-one","email":"a@example.com","role":"Cloud operator"}""", "role"),
            ("""{"name":"good-one","email":"a@example.com","role":""}""", "role"),
        })
        {
            (await world.Admin.SendTextAsync(HttpMethod.Post, Tenants, body)).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field, "of {0}", body);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_AtOnce_GivesEachItsIdAndOneNameOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var name = world.NewName();
        var bodies = Enumerable.Range(0, 6).Select(i => new { name = i < 3 ? name : world.NewName(), email = Email, password = Password }).ToList();

        var replies = await Task.WhenAll(bodies.Select(body => Task.Run(() => world.Admin.PostAsync(Tenants, body), TestContext.Current.CancellationToken)));

        replies.Take(3).Count(r => r.Status == HttpStatusCode.Created).Should().Be(1);
        foreach (var refused in replies.Where(r => r.Status != HttpStatusCode.Created)) refused.Expect(HttpStatusCode.Conflict, "already_exists").Details.Should().Be("name");
        replies.Where(r => r.Status == HttpStatusCode.Created).Select(r => r.Json.GetProperty("id").GetInt32()).Should().OnlyHaveUniqueItems().And.HaveCount(4);
        (await world.Admin.PostAsync(Tenants, bodies[5])).Expect(HttpStatusCode.Conflict, "already_exists");
        (await world.Admin.PostAsync(Tenants, new { name = "default", email = Email, password = Password })).Expect(HttpStatusCode.Conflict, "already_exists");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_WithoutTheRightAtSystem_IsForbidden(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var two = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var body = new { name = world.NewName(), email = Email, password = Password };
        var administrator = await world.PersonAsync(World.SystemAdministrator, World.Tenant);
        var platform = await world.PersonAsync(World.PlatformAdministrator, World.System);
        const string rules = "/api/v1/authorization/access-rules";
        object Rule(string subject, int role) => new { subjectType = "user", subjectId = subject, roleId = role, scopeType = "system", scopeId = "system" };

        foreach (var actor in new[] { administrator, two.Admin, await world.SignInAsync(await world.CreateUserAsync()) })
            (await actor.PostAsync(Tenants, body)).Expect(HttpStatusCode.Forbidden, "forbidden");
        // In another tenant there is no `system` to have a rule at; in the first nobody gives it who does not have it.
        (await two.Admin.PostAsync(rules, Rule(two.Admin.Name, World.PlatformAdministrator))).Expect(HttpStatusCode.NotFound);
        (await administrator.PostAsync(rules, Rule(administrator.Name, World.PlatformAdministrator))).Status.Should().BeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.NotFound);
        (await two.Admin.CheckAsync("tenant", "create", World.System)).Status.Should().BeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.OK);
        // A platform administrator makes tenants and others of its kind, and nothing else.
        (await platform.PostAsync(rules, Rule(platform.Name, World.SystemAdministrator))).Expect(HttpStatusCode.BadRequest);
        (await platform.PostAsync("/api/v1/users", new { email = world.NewEmail() })).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await platform.GetAsync("/api/v1/administration/access-keys")).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await platform.PostAsync(Tenants, body)).Expect(HttpStatusCode.Created);
        var byKey = await world.SignInWithKeyAsync(platform, await world.KeyAsync(platform));
        (await byKey.PostAsync(Tenants, body with { name = world.NewName() })).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Create_OnOneReplica_IsServedOnTheOther()
    {
        await using var one = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        var held = new Dictionary<string, string> { ["Freshness:PollInterval"] = "00:30:00", ["Freshness:MaxStaleness"] = "01:00:00", ["Freshness:Notifications"] = "false", ["Tenancy:Hosts:two.test"] = "2" };
        await using var two = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = one, Settings = held }, postgres);
        await using var three = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = one }, postgres);
        var world = await World.OpenAsync(one);

        var made = (await world.Admin.PostAsync(Tenants, new { name = "acme", email = Email, password = Password })).Expect(HttpStatusCode.Created);
        made.Json.GetProperty("id").GetInt32().Should().Be(2);

        // Without having heard of it: who signs in brings the tenant along, by its id and by its host.
        var admin = await SignInAsync(two, 2, Password);
        (await admin.GetAsync("/api/v1/users")).Expect(HttpStatusCode.OK).Ids.Should().ContainSingle();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/token") { Content = JsonContent.Create(new { grantType = "password", username = Email, password = Password }) };
        request.Headers.Host = "two.test";
        using var byHost = await two.Http.SendAsync(request, TestContext.Current.CancellationToken);
        byHost.StatusCode.Should().Be(HttpStatusCode.OK);

        // With the feed the other knows it too.
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (three.Services.GetRequiredService<PolicyStore>().Current(2) is null)
        {
            DateTime.UtcNow.Should().BeBefore(deadline, "the feed brings the tenant");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        (await (await SignInAsync(three, 2, Password)).PostAsync("/api/v1/clusters", new { name = "first" })).Expect(HttpStatusCode.Created);
        (await admin.GetAsync("/api/v1/tenants")).Expect(HttpStatusCode.OK).Json.GetArrayLength().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_IsAWriteOfTheFirstTenantThatLeavesItsPolicyAsItWas(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var store = host.Services.GetRequiredService<PolicyStore>();
        var before = store.Current(ApiHost.Tenant)!;

        var made = (await world.Admin.PostAsync(Tenants, new { name = "acme", email = Email, password = Password })).Expect(HttpStatusCode.Created);

        var after = store.Current(ApiHost.Tenant)!;
        after.Snapshot.Revision.Should().Be(before.Snapshot.Revision + 1);
        made.Revision.Should().Be(after.Token);
        after.Snapshot.RuleCount.Should().Be(before.Snapshot.RuleCount);
        store.Current(made.Json.GetProperty("id").GetInt32())!.Snapshot.Revision.Should().Be(1);
        // Refused, it leaves nothing.
        (await world.Admin.PostAsync(Tenants, new { name = "acme", email = Email, password = Password })).Expect(HttpStatusCode.Conflict).Revision.Should().Be(after.Token);
        await using var db = await store.OpenAsync(TestContext.Current.CancellationToken);
        (await db.Tenants.CountAsync(TestContext.Current.CancellationToken)).Should().Be(2);
        (await db.Revisions.Where(r => r.TenantId == ApiHost.Tenant).Select(r => r.Revision).SingleAsync(TestContext.Current.CancellationToken)).Should().Be(after.Snapshot.Revision);
    }

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static async Task<Person> SignInAsync(ApiHost host, int tenantId, string password)
    {
        var token = await host.TokenAsync(new { grantType = "password", username = Email, password, tenantId = Text(tenantId) });
        return new Person(host.Http, "", Email, token.GetProperty("accessToken").GetString()!);
    }
}
