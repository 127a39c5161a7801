using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Authority;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessRules;

/// <summary>`/authorize/simulate` and `dryRun`: what would change, without changing anything.</summary>
public sealed class SimulationTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Path = "/api/v1/authorize/simulate";
    private const string Rules = "/api/v1/authorization/access-rules";

    [Theory, MemberData(nameof(Providers))]
    public async Task Simulate_CreateAndDelete_TellsWhatIsGainedAndLostAndWritesNothing(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var cluster = await tenant.ClusterAsync("north");
        var department = await tenant.DepartmentAsync(cluster, "vision");
        var project = await tenant.ProjectAsync(cluster, department, "robots");
        var member = await tenant.PersonAsync("ada@example.com");
        (await tenant.Admin.PutAsync($"/api/v1/users/{member.Id}/groups", new { source = "directory", groups = new[] { "team" } })).Expect(HttpStatusCode.OK);
        var gone = await tenant.GrantAsync("user", member.Name, World.L1Researcher, project);
        var before = await StateAsync(tenant);

        var reply = (await tenant.Admin.PostAsync(Path, new { create = new[] { Rule("group", "team", World.Viewer, department), Rule("user", "New@Example.com", World.Viewer, cluster) }, delete = new[] { gone }, limit = 1_000 }))
            .Expect(HttpStatusCode.OK);

        var gained = Entries(reply, "gained").Where(e => e.ResourceType == "workloads").ToList();
        gained.Should().BeEquivalentTo([
            new Entry("user", member.Name, "workloads", "read", department.Id), new Entry("group", "team", "workloads", "read", department.Id), new Entry("user", "New@Example.com", "workloads", "read", cluster.Id)]);
        Entries(reply, "lost").Where(e => e.ResourceType == "workloads").Should().Equal(new Entry("user", member.Name, "workloads", "create,update,delete", project.Id));
        reply.Json.GetProperty("counts").GetProperty("gained").GetInt32().Should().Be(Entries(reply, "gained").Count);
        reply.Json.GetProperty("counts").GetProperty("lost").GetInt32().Should().Be(Entries(reply, "lost").Count);
        reply.Json.TryGetProperty("cursor", out _).Should().BeFalse();
        reply.Field("revision").Should().NotBeNullOrEmpty();
        var subjects = reply.Json.GetProperty("gained").EnumerateArray().Select(x => x.GetProperty("subject")).ToList();
        subjects.Where(s => s.GetProperty("name").GetString() == "New@Example.com").Select(HasId).Distinct().Should().Equal([false], "the user would only be made");
        subjects.Where(s => s.GetProperty("name").GetString() == member.Name).Should().OnlyContain(s => s.GetProperty("id").GetString() == member.Id);
        (await StateAsync(tenant)).OwnLines.Should().Equal(before.OwnLines, "not even a revision may be written");

        static bool HasId(JsonElement subject) => subject.TryGetProperty("id", out _);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Simulate_InPages_GivesEveryEntryOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var gone = AccessRuleTests.IdOf(await world.GrantAsync("group", world.NewName(), World.L1Researcher, department));
        object[] create = [Rule("group", world.NewName(), World.Viewer, cluster), Rule("user", world.NewEmail(), World.Viewer, department)];
        var whole = (await world.Admin.PostAsync(Path, new { create, delete = new[] { $"{gone}" }, limit = 1_000 })).Expect(HttpStatusCode.OK);

        foreach (var limit in new[] { 1, 7 })
        {
            var (gained, lost) = (new List<Entry>(), new List<Entry>());
            string? cursor = null;
            do
            {
                object body = cursor is null ? new { create, delete = new[] { gone }, limit } : new { create, delete = new[] { gone }, limit, cursor };
                var page = (await world.Admin.PostAsync(Path, body)).Expect(HttpStatusCode.OK);
                (Entries(page, "gained").Count + Entries(page, "lost").Count).Should().BeInRange(1, limit);
                page.Json.GetProperty("counts").GetRawText().Should().Be(whole.Json.GetProperty("counts").GetRawText());
                gained.AddRange(Entries(page, "gained"));
                lost.AddRange(Entries(page, "lost"));
                cursor = page.Field("cursor");
            }
            while (cursor is not null);

            gained.Should().Equal(Entries(whole, "gained"));
            lost.Should().Equal(Entries(whole, "lost"));
        }

        (await world.Admin.PostAsync(Path, new { create, cursor = "bm9uc2Vuc2U" })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("cursor");
        (await world.Admin.PostAsync(Path, new { create, limit = 1_001 })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("limit");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Simulate_ReplacingARule_IsOneChange(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var second = await tenant.PersonAsync("second@example.com");
        var team = await tenant.GrantAsync("group", "team", World.Viewer, tenant.Scope);
        var administrator = (await tenant.FactsAsync()).Rules.Single(r => r.SubjectId == tenant.Admin.Id).Id;

        var shorter = (await tenant.Admin.PostAsync(Path, new { create = new[] { Rule("group", "team", World.Viewer, tenant.Scope, expiresAt: "2999-01-01T00:00:00Z") }, delete = new[] { team } })).Expect(HttpStatusCode.OK);
        shorter.Json.GetProperty("counts").GetRawText().Should().Be("""{"gained":0,"lost":0}""", "at this moment nothing changes");

        (await tenant.Admin.PostAsync(Path, new { delete = new[] { administrator } })).Expect(HttpStatusCode.Conflict, "last_administrator");
        (await tenant.Admin.PostAsync(Path, new { create = new[] { Rule("user", second.Name, World.SystemAdministrator, tenant.Scope) }, delete = new[] { administrator } })).Expect(HttpStatusCode.OK);
        (await tenant.Admin.PostAsync(Path, new { create = new[] { Rule("user", second.Name, World.SystemAdministrator, tenant.Scope, expiresAt: "2999-01-01T00:00:00Z") }, delete = new[] { administrator } }))
            .Expect(HttpStatusCode.Conflict, "last_administrator");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Simulate_WhatTheRealCallsRefuse_IsRefusedNamingTheItem(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var hidden = await world.ClusterAsync();
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var group = world.NewName();
        var mine = AccessRuleTests.IdOf(await world.GrantAsync("group", group, World.Viewer, department));
        var others = AccessRuleTests.IdOf(await world.GrantAsync("group", group, World.Viewer, cluster));
        var good = Rule("group", world.NewName(), World.Viewer, department);
        (HttpStatusCode Status, string Code, string Field, object Body)[] cases =
        [
            (HttpStatusCode.Forbidden, "would_escalate", "create[1]", new { create = new[] { good, Rule("group", group, World.SystemAdministrator, department) } }),
            (HttpStatusCode.Forbidden, "would_escalate", "create[0]", new { create = new[] { Rule("group", group, World.SystemAdministrator, department, notBefore: "2998-01-01T00:00:00Z") } }),
            (HttpStatusCode.Forbidden, "forbidden", "create[0]", new { create = new[] { Rule("group", group, World.L1Researcher, cluster) } }),
            (HttpStatusCode.NotFound, "not_found", "create[0].scopeId", new { create = new[] { Rule("group", group, World.Viewer, hidden) } }),
            (HttpStatusCode.NotFound, "not_found", "create[0].subjectId", new { create = new[] { Rule("app", "no-such-app", World.Viewer, department) } }),
            (HttpStatusCode.NotFound, "not_found", "create[1].roleId", new { create = new[] { good, Rule("group", group, 99_999, department) } }),
            (HttpStatusCode.BadRequest, "invalid_request", "create[0].subjectType", new { create = new[] { Rule("robot", group, World.Viewer, department) } }),
            (HttpStatusCode.BadRequest, "invalid_request", "create[0].expiresAt", new { create = new[] { Rule("group", group, World.Viewer, department, expiresAt: "2001-01-01T00:00:00Z") } }),
            (HttpStatusCode.Conflict, "already_exists", "create[0]", new { create = new[] { Rule("group", group, World.Viewer, department) } }),
            (HttpStatusCode.Conflict, "already_exists", "create[1]", new { create = new[] { good, good } }),
            (HttpStatusCode.NotFound, "not_found", "delete[0]", new { delete = new[] { others } }),
            (HttpStatusCode.NotFound, "not_found", "delete[1]", new { delete = new[] { mine, 987_654 } }),
            (HttpStatusCode.NotFound, "not_found", "delete[1]", new { delete = new[] { mine, mine } }),
        ];

        foreach (var (status, code, field, body) in cases) (await administrator.PostAsync(Path, body)).Expect(status, code).Details.Should().Be(field, "of {0}", JsonSerializer.Serialize(body));
        (await administrator.PostAsync(Path, new { create = new[] { Rule("group", group, World.Viewer, department) }, delete = new[] { mine } })).Expect(HttpStatusCode.OK);
        (await world.Admin.GetAsync($"{Rules}/count?subjectIds={group}")).Json.GetProperty("count").GetInt64().Should().Be(2);
    }

    [Theory]
    [InlineData("""{}""", "create")]
    [InlineData("""{"create":[],"delete":[]}""", "create")]
    [InlineData("""{"create":null,"delete":[1]}""", "create")]
    [InlineData("""{"delete":null}""", "delete")]
    [InlineData("""{"delete":[null]}""", "delete")]
    [InlineData("""{"delete":[{}]}""", "delete")]
    [InlineData("""{"delete":1}""", "delete")]
    [InlineData("""{"create":[null]}""", "create[0]")]
    [InlineData("""{"Create":[]}""", "Create")]
    [InlineData("""{"delete":[1],"delete":[1]}""", "delete")]
    [InlineData("""{"delete":[1],"dryRun":true}""", "dryRun")]
    [InlineData("""{"create":[{"subjectId":"g","subjectType":"group","roleId":7,"scopeId":"1","scopeType":"tenant","until":"x"}]}""", "create[0].until")]
    [InlineData("""{"create":[{"subjectId":"g","subjectType":"group","roleId":7,"roleId":7,"scopeId":"1","scopeType":"tenant"}]}""", "create[0].roleId")]
    [InlineData("""{"create":[{"SubjectId":"g","subjectType":"group","roleId":7,"scopeId":"1","scopeType":"tenant"}]}""", "create[0].SubjectId")]
    [InlineData("""{"create":[{"subjectType":"group","roleId":7,"scopeId":"1","scopeType":"tenant"}]}""", "create[0].subjectId")]
    [InlineData("""{"delete":[1],"limit":0}""", "limit")]
    [InlineData("""{"delete":[1],"cursor":null}""", "cursor")]
    public async Task Simulate_ReadsStrictly(string body, string field)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);

        (await world.Admin.SendTextAsync(HttpMethod.Post, Path, body)).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field);
    }

    [Fact]
    public async Task Simulate_OfMoreThanAThousandRules_IsRefused()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);

        (await world.Admin.PostAsync(Path, new { create = new[] { Rule("group", "g", World.Viewer, World.Tenant) }, delete = Enumerable.Range(1, 1_000) })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("create");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DryRun_OfACreation_AnswersAsASimulationAndWritesNothing(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var cluster = await tenant.ClusterAsync("north");
        var person = await tenant.PersonAsync("weak@example.com");
        var before = await StateAsync(tenant);
        var body = Rule("user", "new@example.com", World.Viewer, cluster);

        var simulated = (await tenant.Admin.PostAsync(Path, new { create = new[] { body } })).Expect(HttpStatusCode.OK);
        foreach (var flag in new[] { "true", "True" })
        {
            var reply = (await tenant.Admin.PostAsync($"{Rules}?dryRun={flag}", body)).Expect(HttpStatusCode.OK);
            reply.Text.Should().Be(simulated.Text);
            reply.Revision.Should().Be(reply.Field("revision"));
        }

        var page = (await tenant.Admin.PostAsync($"{Rules}?dryRun=true&limit=1", body)).Expect(HttpStatusCode.OK);
        Entries(page, "gained").Should().ContainSingle();
        Entries((await tenant.Admin.PostAsync($"{Rules}?dryRun=true&limit=1&cursor={page.Field("cursor")}", body)).Expect(HttpStatusCode.OK), "gained").Should().Equal(Entries(simulated, "gained")[1]);
        var everybody = (await tenant.Admin.PostAsync($"{Rules}/authenticated-users?dryRun=true", new { roleId = World.Viewer, scopeType = "cluster", scopeId = cluster.Id })).Expect(HttpStatusCode.OK);
        everybody.Json.GetProperty("gained").EnumerateArray().Select(x => x.GetProperty("subject").GetRawText()).Distinct().Should().Equal("""{"type":"all-authenticated-users"}""");

        (await person.PostAsync($"{Rules}?dryRun=true", Rule("group", "g", World.Viewer, tenant.Scope))).Expect(HttpStatusCode.NotFound).Details.Should().Be("scopeId");
        (await tenant.Admin.PostAsync($"{Rules}?dryRun=true", Rule("app", "nothing", World.Viewer, cluster))).Expect(HttpStatusCode.NotFound).Details.Should().Be("subjectId");
        (await tenant.Admin.PostAsync($"{Rules}?dryRun=maybe", body)).Expect(HttpStatusCode.BadRequest).Details.Should().Be("dryRun");
        (await StateAsync(tenant)).OwnLines.Should().Equal(before.OwnLines, "not even a revision or a pending user may be written");
        (await tenant.Admin.PostAsync($"{Rules}?dryRun=false", body)).Expect(HttpStatusCode.Created);
        (await tenant.Admin.PostAsync($"{Rules}?dryRun=true", body)).Expect(HttpStatusCode.Conflict, "already_exists");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Simulation_OfARuleForEverybody_IsThatOfItsOwnCreation(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var cluster = await tenant.ClusterAsync("north");
        var weak = await tenant.PersonAsync("weak@example.com");
        var forAll = new { roleId = World.Viewer, scopeType = "cluster", scopeId = cluster.Id };
        object simulated = new { subjectType = "all-authenticated-users", roleId = World.Viewer, scopeType = "cluster", scopeId = cluster.Id };
        object named = new { subjectType = "all-authenticated-users", subjectId = "everybody", roleId = World.Viewer, scopeType = "cluster", scopeId = cluster.Id };

        var reply = (await tenant.Admin.PostAsync(Path, new { create = new[] { simulated } })).Expect(HttpStatusCode.OK);
        reply.Text.Should().Be((await tenant.Admin.PostAsync($"{Rules}/authenticated-users?dryRun=true", forAll)).Expect(HttpStatusCode.OK).Text);
        reply.Json.GetProperty("gained").EnumerateArray().Select(x => x.GetProperty("subject").GetRawText()).Distinct().Should().Equal("""{"type":"all-authenticated-users"}""");
        var both = (await tenant.Admin.PostAsync(Path, new { create = new[] { Rule("group", "g", World.Viewer, cluster), simulated } })).Expect(HttpStatusCode.OK);
        Entries(both, "gained").Select(x => x.Type).Distinct().Should().BeEquivalentTo("group", "all-authenticated-users");

        (await tenant.Admin.PostAsync(Path, new { create = new[] { named } })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("create[0].subjectId");
        (await tenant.Admin.PostAsync(Rules, simulated)).Expect(HttpStatusCode.BadRequest).Details.Should().Be("subjectType", "such rules are created elsewhere");
        (await weak.PostAsync(Path, new { create = new[] { simulated } })).Expect(HttpStatusCode.NotFound).Details.Should().Be("create[0].scopeId");
        (await tenant.Admin.PostAsync($"{Rules}/authenticated-users", forAll)).Expect(HttpStatusCode.Created);
        (await tenant.Admin.PostAsync(Path, new { create = new[] { simulated } })).Expect(HttpStatusCode.Conflict, "already_exists");
    }

    private static object Rule(string type, string subject, int role, Scope scope, string? notBefore = null, string? expiresAt = null)
        => new { subjectType = type, subjectId = subject, roleId = role, scopeType = scope.Type, scopeId = scope.Id, notBefore, expiresAt };

    private static Task<TenantState> StateAsync(OwnTenant tenant) => TenantState.ReadAsync(tenant.Store, tenant.Id, TestContext.Current.CancellationToken);

    private static List<Entry> Entries(Reply reply, string list) => [.. reply.Json.GetProperty(list).EnumerateArray().Select(x => new Entry(
        x.GetProperty("subject").GetProperty("type").GetString(),
        x.GetProperty("subject").TryGetProperty("name", out var name) ? name.GetString() : null,
        x.GetProperty("resourceType").GetString(),
        string.Join(',', x.GetProperty("actions").EnumerateArray().Select(a => a.GetString())),
        x.GetProperty("scope").GetProperty("id").GetString()))];

    private sealed record Entry(string? Type, string? Name, string? ResourceType, string Actions, string? Scope);
}
