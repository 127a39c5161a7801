using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessRules;

/// <summary>Batches of the reference sheet §1.2: partial results, one change, nothing left of what failed.</summary>
public sealed class RuleBatchTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Path = "/api/v1/authorization/access-rules";

    [Theory, MemberData(nameof(Providers))]
    public async Task BatchCreate_SubjectsTimesScopes_MakesAllRulesAtOneRevision(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (cluster, other) = (await world.ClusterAsync(), await world.ClusterAsync());
        var app = await world.CreateApplicationAsync();
        var (email, group) = (world.NewEmail(), world.NewName());

        var reply = (await CreateAsync(world.Admin, World.Viewer, [("user", email), ("group", group), ("service-account", app.Id)], [cluster, other], notBefore: "2998-01-01T00:00:00Z", expiresAt: "2999-01-01T00:00:00.000001Z", reason: "new team"))
            .Expect(HttpStatusCode.OK);

        reply.Json.GetProperty("failed").GetArrayLength().Should().Be(0);
        var made = Succeeded(reply);
        made.Select(r => (r.GetProperty("subjectType").GetString(), r.GetProperty("subjectId").GetString(), r.GetProperty("scopeId").GetString())).Should().Equal(
            ("user", email, cluster.Id), ("user", email, other.Id), ("group", group, cluster.Id), ("group", group, other.Id),
            ("service-account", app.Field("name"), cluster.Id), ("service-account", app.Field("name"), other.Id));
        made.Select(r => r.GetProperty("revision").GetString()).Should().OnlyContain(token => token == reply.Revision, "they are one change");
        foreach (var rule in made)
        {
            rule.GetProperty("roleName").GetString().Should().Be("Viewer");
            rule.GetProperty("clusterId").GetString().Should().Be(rule.GetProperty("scopeId").GetString());
            rule.GetProperty("notBefore").GetString().Should().Be("2998-01-01T00:00:00.000000Z");
            rule.GetProperty("expiresAt").GetString().Should().Be("2999-01-01T00:00:00.000001Z");
            rule.GetProperty("reason").GetString().Should().Be("new team");
            rule.GetProperty("status").GetProperty("phase").GetString().Should().Be("NotReady");
            rule.GetProperty("createdBy").GetString().Should().Be(ApiHost.AdminEmail);
            (await world.Admin.GetAsync($"{Path}/{Id(rule)}")).Expect(HttpStatusCode.OK).Field("subjectId").Should().Be(rule.GetProperty("subjectId").GetString());
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SubjectIds_GroupNamedLikeAnAddress_IsFoundByItsName(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var name = $"{world.NewName()}@Teams.example.com";
        var made = Id((await world.GrantAsync("group", name, World.Viewer, cluster)).Json);

        foreach (var filter in new[] { "subjectIds", "subjectIdFilter" })
        {
            var found = (await world.Admin.GetAsync($"{Path}?{filter}={Uri.EscapeDataString(name)}")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules");
            found.EnumerateArray().Select(Id).Should().Equal([made], filter);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Search_MoreNamesThanAreLookedForById_FindsTheSameRules(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var name = world.NewName();
        var cluster = await world.ClusterAsync();
        (await CreateAsync(world.Admin, World.Viewer, [.. Enumerable.Range(0, 1_000).Select(i => ("group", $"{name}-{i:D4}"))], [cluster])).Expect(HttpStatusCode.OK);
        (await TotalAsync(name)).Should().Be(1_000);

        await world.GrantAsync("group", $"{name.ToUpperInvariant()}-one-more", World.Viewer, cluster);

        (await TotalAsync(name)).Should().Be(1_001);
        (await TotalAsync($"{name}-00")).Should().Be(100);
        (await TotalAsync($"{name}-ONE")).Should().Be(1);
        var last = (await world.Admin.GetAsync($"{Path}?search={name}&sortBy=subjectId&limit=2&offset=999")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules");
        last.EnumerateArray().Select(rule => rule.GetProperty("subjectId").GetString()).Should().Equal($"{name}-0999", $"{name.ToUpperInvariant()}-one-more");

        async Task<int> TotalAsync(string text)
        {
            var page = (await world.Admin.GetAsync($"{Path}?search={text}&limit=1")).Expect(HttpStatusCode.OK).Json.GetProperty("totalRecords").GetInt32();
            (await world.Admin.GetAsync($"{Path}/count?search={text}")).Expect(HttpStatusCode.OK).Json.GetProperty("count").GetInt32().Should().Be(page);
            return page;
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task BatchCreate_GoodAndBadItems_KeepsTheGoodAndLeavesNothingOfTheBad(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var hidden = await world.DepartmentAsync(await world.ClusterAsync());
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var (group, email) = (world.NewName(), world.NewEmail());
        var standing = Id((await world.GrantAsync("group", group, World.Viewer, department)).Json);

        var reply = (await CreateAsync(
            administrator, World.Viewer, [("group", group), ("user", email), ("user", "no@mail"), ("app", "no-such-app"), ("robot", "r2"), ("user", "")], [department])).Expect(HttpStatusCode.OK);

        Id(Succeeded(reply).Single()).Should().BeGreaterThan(0);
        var failed = Failed(reply);
        failed.Select(f => (f.GetProperty("code").GetInt32(), Text(f, "details"), f.GetProperty("payload").GetProperty("subjectId").GetString())).Should().Equal(
            (409, null, group), (400, "subjectId", "no@mail"), (404, "subjectId", "no-such-app"), (400, "subjectType", "r2"), (400, "subjectId", ""));
        failed[0].GetProperty("message").GetString().Should().Contain("already exists").And.Contain($"{standing}");
        failed[0].GetProperty("existingId").GetInt32().Should().Be(standing);
        failed[0].GetProperty("payload").GetProperty("roleId").GetInt32().Should().Be(World.Viewer);
        failed[0].GetProperty("payload").GetProperty("scopeId").GetString().Should().Be(department.Id);

        var (newGroup, newEmail) = (world.NewName(), world.NewEmail());
        var refused = (await CreateAsync(administrator, World.SystemAdministrator, [("group", newGroup), ("user", newEmail)], [department, cluster, hidden, new Scope("project", "nowhere")])).Expect(HttpStatusCode.OK);
        Succeeded(refused).Should().BeEmpty();
        Failed(refused).Select(f => (f.GetProperty("code").GetInt32(), Text(f, "errorCode"))).Should().Equal(
            Enumerable.Repeat(new[] { (403, "would_escalate"), (403, "forbidden"), (404, "not_found"), (404, "not_found") }, 2).SelectMany(x => x).Select(x => (x.Item1, (string?)x.Item2)));
        (await world.Admin.GetAsync($"/api/v1/groups?search={newGroup}")).Ids.Should().BeEmpty("a refused item leaves no group behind");
        (await world.Admin.GetAsync($"/api/v1/users?search={newEmail}")).Ids.Should().BeEmpty("a refused item leaves no pending user behind");
        (await CountAsync(world, newGroup)).Should().Be(0);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task BatchCreate_TheSameRuleTwice_IsMadeOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var (email, group) = (world.NewEmail(), world.NewName());
        var app = await world.CreateApplicationAsync();

        var reply = (await CreateAsync(
            world.Admin, World.Viewer,
            [("user", email), ("user", email.ToUpperInvariant()), ("group", group), ("group", group), ("app", app.Id), ("service-account", app.Field("name")!)],
            [cluster, cluster])).Expect(HttpStatusCode.OK);

        Succeeded(reply).Select(r => r.GetProperty("subjectId").GetString()).Should().Equal(email, group, app.Field("name"));
        Failed(reply).Should().HaveCount(9).And.OnlyContain(f => f.GetProperty("code").GetInt32() == 409);
        Failed(reply).Select(f => f.GetProperty("existingId").GetInt32()).Distinct().Should().Equal(Succeeded(reply).Select(Id));
        (await CountAsync(world, $"{email},{group},{app.Field("name")}")).Should().Be(3);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task BatchCreate_WithOneGoodItemAmongMany_GivesNobodyMoreThanTheActorHolds(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);

        // The first item makes the actor Project administrator in its own right; the law is judged on the state before the batch.
        var reply = (await CreateAsync(administrator, World.L1Researcher, [("user", administrator.Name)], [World.Tenant, cluster, project, department])).Expect(HttpStatusCode.OK);

        Succeeded(reply).Select(r => r.GetProperty("scopeId").GetString()).Should().Equal(project.Id, department.Id);
        Failed(reply).Select(f => f.GetProperty("code").GetInt32()).Should().Equal(403, 403);
        (await administrator.MayAsync("workloads", "create", cluster)).Should().BeFalse();
        (await administrator.MayAsync("workloads", "create", project)).Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task BatchCreate_WhereAnExpiredRuleStands_ReplacesIt(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var group = world.NewName();
        var store = (await Hosts.GetAsync(provider)).Services.GetRequiredService<PolicyStore>();
        var expired = await store.WriteAsync(ApiHost.Tenant, Actor.System, async write =>
            (await write.AddRuleAsync(new NewRule(write.EnsureGroup(group), World.Viewer, write.After.FindScope(cluster.Id), null, write.Now - 1, null), default)).Row!.Id, CancellationToken.None);

        var reply = (await CreateAsync(world.Admin, World.Viewer, [("group", group), ("group", group)], [cluster])).Expect(HttpStatusCode.OK);

        var made = Id(Succeeded(reply).Single());
        Failed(reply).Single().GetProperty("existingId").GetInt32().Should().Be(made);
        (await world.Admin.GetAsync($"{Path}/{expired.Value}")).Expect(HttpStatusCode.NotFound);
        (await CountAsync(world, group)).Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task BatchCreate_AThousandRules_IsTakenAndOneMoreIsNot(StorageProvider provider)
    {
        // A tenant of its own: five hundred new groups would upset others that read lists page by page.
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var cluster = await tenant.ClusterAsync("north");
        var scopes = new List<Scope>();
        for (var i = 0; i < 7; i++) scopes.Add(await tenant.DepartmentAsync(cluster, $"department-{i}"));
        var groups = Enumerable.Range(0, 143).Select(i => ("group", $"team-{i:D3}")).ToList();

        var tooMany = (await CreateAsync(tenant.Admin, World.Viewer, groups, scopes)).Expect(HttpStatusCode.BadRequest, "invalid_request");
        tooMany.Details.Should().Be("payload");
        (await tenant.Admin.GetAsync($"{Path}/count?clusterId={cluster.Id}")).Json.GetProperty("count").GetInt64().Should().Be(0);
        (await tenant.Admin.GetAsync($"/api/v1/groups?search=team")).Ids.Should().BeEmpty();

        var subjects = Enumerable.Range(0, 500).Select(i => ("group", $"team-{i:D3}")).ToList();
        var reply = (await CreateAsync(tenant.Admin, World.Viewer, subjects, scopes[..2])).Expect(HttpStatusCode.OK);
        Succeeded(reply).Should().HaveCount(1_000);
        (await tenant.Admin.GetAsync($"{Path}/count?clusterId={cluster.Id}")).Json.GetProperty("count").GetInt64().Should().Be(1_000);

        var ids = Succeeded(reply).Select(r => $"{Id(r)}").ToList();
        (await DeleteAsync(tenant.Admin, "delete", [.. ids, "1"])).Expect(HttpStatusCode.BadRequest).Details.Should().Be("ids");
        var gone = (await DeleteAsync(tenant.Admin, "delete", ids)).Expect(HttpStatusCode.OK);
        gone.Json.GetProperty("succeeded").GetArrayLength().Should().Be(1_000);
        (await tenant.Admin.GetAsync($"{Path}/count?clusterId={cluster.Id}")).Json.GetProperty("count").GetInt64().Should().Be(0);
    }

    [Theory]
    [InlineData("""{}""", "payload")]
    [InlineData("""{"payload":null}""", "payload")]
    [InlineData("""{"payload":[]}""", "payload")]
    [InlineData("""{"payload":{"subjects":[{"subjectId":"g","subjectType":"group"}],"scopes":[{"scopeId":"1","scopeType":"tenant"}]}}""", "payload.roleId")]
    [InlineData("""{"payload":{"roleId":"7","subjects":[{"subjectId":"g","subjectType":"group"}],"scopes":[{"scopeId":"1","scopeType":"tenant"}]}}""", "payload.roleId")]
    [InlineData("""{"payload":{"roleId":7,"scopes":[{"scopeId":"1","scopeType":"tenant"}]}}""", "payload.subjects")]
    [InlineData("""{"payload":{"roleId":7,"subjects":[],"scopes":[{"scopeId":"1","scopeType":"tenant"}]}}""", "payload.subjects")]
    [InlineData("""{"payload":{"roleId":7,"subjects":[{"subjectId":"g","subjectType":"group"}],"scopes":null}}""", "payload.scopes")]
    [InlineData("""{"payload":{"roleId":7,"subjects":[{"subjectId":"g","subjectType":"group"},null],"scopes":[{"scopeId":"1","scopeType":"tenant"}]}}""", "payload.subjects[1]")]
    [InlineData("""{"payload":{"roleId":7,"subjects":[{"subjectId":"g","subjectType":"group"}],"scopes":[{"scopeId":1,"scopeType":"tenant"}]}}""", "payload.scopes[0].scopeId")]
    [InlineData("""{"payload":{"roleId":7,"expiresAt":"2001-01-01T00:00:00Z","subjects":[{"subjectId":"g","subjectType":"group"}],"scopes":[{"scopeId":"1","scopeType":"tenant"}]}}""", "payload.expiresAt")]
    [InlineData("""{"payload":{"roleId":7,"notBefore":"soon","subjects":[{"subjectId":"g","subjectType":"group"}],"scopes":[{"scopeId":"1","scopeType":"tenant"}]}}""", "payload.notBefore")]
    [InlineData("""{"payload":{"roleId":7,"reason":"a\u0000b","subjects":[{"subjectId":"g","subjectType":"group"}],"scopes":[{"scopeId":"1","scopeType":"tenant"}]}}""", "payload.reason")]
    public async Task BatchCreate_WrongAsAWhole_IsRefusedNamingTheField(string body, string field)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);

        (await world.Admin.SendTextAsync(HttpMethod.Post, Path + "/batch-create", body)).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field);
    }

    [Theory]
    [InlineData("""{}""", "action")]
    [InlineData("""{"ids":["1"]}""", "action")]
    [InlineData("""{"ids":["1"],"action":"erase"}""", "action")]
    [InlineData("""{"ids":["1"],"action":"Delete"}""", "action")]
    [InlineData("""{"action":"delete"}""", "ids")]
    [InlineData("""{"ids":null,"action":"delete"}""", "ids")]
    [InlineData("""{"ids":[],"action":"delete"}""", "ids")]
    [InlineData("""{"ids":"1","action":"delete"}""", "ids")]
    [InlineData("""{"ids":[null],"action":"delete"}""", "ids")]
    [InlineData("""{"ids":[true],"action":"delete"}""", "ids")]
    [InlineData("""{"ids":[[1]],"action":"delete"}""", "ids")]
    public async Task Batch_WrongAsAWhole_IsRefusedNamingTheField(string body, string field)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);

        (await world.Admin.SendTextAsync(HttpMethod.Post, Path + "/batch", body)).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Batch_IdsOfEveryKind_AreJudgedOneByOneAndValidateTellsTheSame(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var (project, elsewhere) = (await world.ProjectAsync(cluster, department), await world.DepartmentAsync(cluster));
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        await world.GrantAsync("user", administrator.Name, 4002, elsewhere);
        var group = world.NewName();
        var mine = Id((await world.GrantAsync("group", group, World.Viewer, department)).Json);
        var second = Id((await world.GrantAsync("group", group, World.Viewer, project)).Json);
        var seen = Id((await world.GrantAsync("group", group, World.Viewer, elsewhere)).Json);
        var hidden = Id((await world.GrantAsync("group", group, World.Viewer, cluster)).Json);
        var uuid = Guid.NewGuid().ToString();
        var body = $$"""{"ids":["{{mine}}",{{second}},"{{seen}}",{{hidden}},"{{uuid}}",{{mine}},"0{{second}}",1.5,-1,"",99999999999999999999,"987654"],"action":"ACTION"}""";
        string[] failed = [$"{seen} 403", $"{hidden} 404", $"{uuid} 404", $"{mine} 404", $"0{second} 404", "1.5 404", "-1 404", " 404", "99999999999999999999 404", "987654 404"];

        var before = (await world.Admin.GetAsync($"{Path}/{mine}")).Revision;
        var said = (await administrator.SendTextAsync(HttpMethod.Post, Path + "/batch", body.Replace("ACTION", "validate_delete", StringComparison.Ordinal))).Expect(HttpStatusCode.OK);
        (await CountAsync(world, group)).Should().Be(4, "validating deletes nothing");
        var done = (await administrator.SendTextAsync(HttpMethod.Post, Path + "/batch", body.Replace("ACTION", "delete", StringComparison.Ordinal))).Expect(HttpStatusCode.OK);

        before.Should().BeNull("reading is no write");
        foreach (var reply in new[] { said, done })
        {
            Guid.TryParse(reply.Field("id"), out _).Should().BeTrue();
            reply.Json.GetProperty("succeeded").EnumerateArray().Select(x => x.GetString()).Should().Equal($"{mine}", $"{second}");
            Failed(reply).Select(f => $"{f.GetProperty("id").GetString()} {f.GetProperty("code").GetInt32()}").Should().Equal(failed);
            Failed(reply).Should().OnlyContain(f => f.GetProperty("message").GetString()!.Length > 0);
            reply.Revision.Should().NotBeNullOrEmpty();
        }

        done.Field("id").Should().NotBe(said.Field("id"));
        done.Revision.Should().NotBe(said.Revision);
        (await CountAsync(world, group)).Should().Be(2);
        (await administrator.MayAsync("workloads", "create", project)).Should().BeTrue("the actor's own rules stay");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Batch_OfAllAdministratorsRules_LeavesTheLastNamed(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var second = await tenant.PersonAsync("second@example.com");
        var secondRule = await tenant.GrantAsync("user", second.Name, World.SystemAdministrator, tenant.Scope);
        var viewer = await tenant.GrantAsync("group", "team", World.Viewer, tenant.Scope);
        var firstRule = (await tenant.FactsAsync()).Rules.Single(r => r.SubjectId == tenant.Admin.Id).Id;

        var said = (await DeleteAsync(tenant.Admin, "validate_delete", [$"{firstRule}", $"{viewer}", $"{secondRule}"])).Expect(HttpStatusCode.OK);
        var other = (await DeleteAsync(tenant.Admin, "validate_delete", [$"{secondRule}", $"{firstRule}", $"{viewer}"])).Expect(HttpStatusCode.OK);
        var done = (await DeleteAsync(second, "delete", [$"{firstRule}", $"{viewer}", $"{secondRule}"])).Expect(HttpStatusCode.OK);

        foreach (var reply in new[] { said, done })
        {
            reply.Json.GetProperty("succeeded").EnumerateArray().Select(x => x.GetString()).Should().Equal($"{firstRule}", $"{viewer}");
            Failed(reply).Select(f => (f.GetProperty("id").GetString(), f.GetProperty("code").GetInt32(), Text(f, "errorCode"))).Should().Equal(($"{secondRule}", 409, "last_administrator"));
        }

        Failed(other).Single().GetProperty("id").GetString().Should().Be($"{firstRule}");
        (await tenant.FactsAsync()).Rules.Select(r => r.Id).Should().Equal(secondRule);
        (await second.MayAsync("tenant", "read", tenant.Scope)).Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Batches_WhenEveryItemFails_UseNoRevision(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var before = await RevisionAsync(tenant);

        (await CreateAsync(tenant.Admin, 99_999, [("group", "team"), ("user", "new@example.com")], [tenant.Scope])).Expect(HttpStatusCode.OK);
        (await DeleteAsync(tenant.Admin, "delete", ["77", "78"])).Expect(HttpStatusCode.OK);
        (await DeleteAsync(tenant.Admin, "validate_delete", ["1", "2"])).Expect(HttpStatusCode.OK);

        (await RevisionAsync(tenant)).Should().Be(before);
        (await tenant.FactsAsync()).Subjects.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("/batch-create")]
    [InlineData("/batch")]
    public async Task Batch_OfMoreThanAMegabyte_IsRead_AndOfMoreThanTenIsNot(string route)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var good = route == "/batch"
            ? """{"ids":["987654"],"action":"validate_delete","x":"PAD"}"""
            : """{"payload":{"roleId":99999,"subjects":[{"subjectId":"g","subjectType":"group"}],"scopes":[{"scopeId":"1","scopeType":"tenant"}],"x":"PAD"}}""";

        (await world.Admin.SendTextAsync(HttpMethod.Post, Path + route, good.Replace("PAD", new string('x', 3 << 20), StringComparison.Ordinal))).Expect(HttpStatusCode.OK);
        using var huge = new StringContent(good.Replace("PAD", new string('x', 10 << 20), StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Path + route) { Content = huge };
        request.Headers.ExpectContinue = true;
        (await world.Admin.SendAsync(request)).Expect(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task DryRun_WhereItIsNotServed_IsRefusedRatherThanIgnored()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var group = world.NewName();
        var rule = Id((await world.GrantAsync("group", group, World.Viewer, await world.ClusterAsync())).Json);

        (await world.Admin.PostAsync($"{Path}/batch?dryRun=True", new { ids = new[] { $"{rule}" }, action = "delete" })).Expect(HttpStatusCode.NotImplemented, "not_implemented").Details.Should().Be("dryRun");
        (await world.Admin.PostAsync($"{Path}/batch-create?dryRun=true", new { })).Expect(HttpStatusCode.NotImplemented, "not_implemented");
        (await world.Admin.DeleteAsync($"{Path}/{rule}?dryRun=true")).Expect(HttpStatusCode.NotImplemented, "not_implemented");
        (await world.Admin.DeleteAsync($"{Path}/{rule}?dryRun=perhaps")).Expect(HttpStatusCode.BadRequest).Details.Should().Be("dryRun");
        (await CountAsync(world, group)).Should().Be(1);
    }

    internal static Task<Reply> CreateAsync(
        Person actor, int role, IReadOnlyList<(string Type, string Id)> subjects, IReadOnlyList<Scope> scopes, string? notBefore = null, string? expiresAt = null, string? reason = null)
        => actor.PostAsync(Path + "/batch-create", new
        {
            payload = new
            {
                roleId = role,
                subjects = subjects.Select(s => new { subjectId = s.Id, subjectType = s.Type }),
                scopes = scopes.Select(s => new { scopeId = s.Id, scopeType = s.Type }),
                notBefore,
                expiresAt,
                reason,
            },
        });

    internal static Task<Reply> DeleteAsync(Person actor, string action, IReadOnlyList<string> ids) => actor.PostAsync(Path + "/batch", new { ids, action });

    internal static List<JsonElement> Succeeded(Reply reply) => [.. reply.Json.GetProperty("succeeded").EnumerateArray()];

    internal static List<JsonElement> Failed(Reply reply) => [.. reply.Json.GetProperty("failed").EnumerateArray()];

    private static async Task<long> CountAsync(World world, string subjects) => (await world.Admin.GetAsync($"{Path}/count?subjectIds={subjects}")).Json.GetProperty("count").GetInt64();

    private static async Task<long> RevisionAsync(OwnTenant tenant)
    {
        await using var db = await tenant.Store.OpenAsync(TestContext.Current.CancellationToken);
        return await db.Revisions.Where(r => r.TenantId == tenant.Id).Select(r => r.Revision).SingleAsync(TestContext.Current.CancellationToken);
    }

    private static int Id(JsonElement rule) => rule.GetProperty("id").GetInt32();

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
