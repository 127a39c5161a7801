using System.Net;
using System.Text;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authorize;

public sealed class AuthorizeTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const int AuthorizationDelegate = 4001;
    private const string Path = "/api/v1/authorize";

    [Theory]
    [InlineData("unknown_resource_type", "nothing", "nothing", "project", "nowhere", "nobody")]
    [InlineData("unknown_resource_type", "*", "read", "tenant", "1", null)]
    [InlineData("unknown_resource_type", "", "read", "tenant", "1", null)]
    [InlineData("unknown_resource_type", "Workloads", "read", "tenant", "1", null)]
    [InlineData("unknown_action", "workloads", "nothing", "project", "nowhere", "nobody")]
    [InlineData("unknown_action", "workloads", "READ", "tenant", "1", null)]
    [InlineData("unknown_scope", "workloads", "read", "project", "nowhere", "nobody")]
    [InlineData("unknown_scope", "workloads", "read", "project", "1", null)]
    [InlineData("unknown_scope", "workloads", "read", "tenant", "01", null)]
    [InlineData("unknown_subject", "workloads", "read", "tenant", "1", "nobody")]
    [InlineData("unknown_subject", "workloads", "read", "tenant", "1", "")]
    [InlineData("no_matching_rule", "workloads", "sync", "tenant", "1", null)]
    [InlineData("no_matching_rule", "tenant", "delete", "tenant", "1", null)]
    [InlineData("granted", "workloads", "delete", "tenant", "1", null)]
    public async Task Check_SaysTheFirstReasonThatApplies(string reason, string resourceType, string action, string scopeType, string scopeId, string? user)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        object body = user is null
            ? new { action, resourceType, scope = new { type = scopeType, id = scopeId } }
            : new { subject = new { type = "user", id = user }, action, resourceType, scope = new { type = scopeType, id = scopeId } };

        var reply = (await world.Admin.PostAsync(Path, body)).Expect(HttpStatusCode.OK);

        reply.Field("reason").Should().Be(reason);
        reply.Json.GetProperty("allowed").GetBoolean().Should().Be(reason == "granted");
        reply.Field("decisionId").Should().NotBeNullOrEmpty();
        reply.Field("revision").Should().NotBeNullOrEmpty();
        reply.Json.TryGetProperty("accessRule", out _).Should().Be(reason == "granted");
        (await world.Admin.PostAsync(Path + "/explain", body)).Expect(HttpStatusCode.OK).Field("reason").Should().Be(reason);
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("null", "body")]
    [InlineData("[]", "body")]
    [InlineData("\"text\"", "body")]
    [InlineData("{", "body")]
    [InlineData("{} {}", "body")]
    [InlineData("""{"resourceType":"workloads","scope":{"type":"tenant","id":"1"}}""", "action")]
    [InlineData("""{"action":null,"resourceType":"workloads","scope":{"type":"tenant","id":"1"}}""", "action")]
    [InlineData("""{"action":1,"resourceType":"workloads","scope":{"type":"tenant","id":"1"}}""", "action")]
    [InlineData("""{"action":"read","scope":{"type":"tenant","id":"1"}}""", "resourceType")]
    [InlineData("""{"action":"read","resourceType":"workloads"}""", "scope")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":null}""", "scope")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"id":"1"}}""", "scope.type")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant"}}""", "scope.id")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"system","id":"system"}}""", "scope.type")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":1}}""", "scope.id")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1","name":"x"}}""", "scope.name")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"subject":null}""", "subject")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"subject":{}}""", "subject.type")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"subject":{"type":"user"}}""", "subject.id")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"subject":{"type":"robot","id":"x"}}""", "subject.type")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"subject":{"type":"group","id":"x","groups":[]}}""", "subject.groups")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"subject":{"type":"user","id":"x","groups":[null]}}""", "subject.groups")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"Subject":{"type":"user","id":"x"}}""", "Subject")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"subjekt":{"type":"user","id":"x"}}""", "subjekt")]
    [InlineData("""{"action":"read","action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"}}""", "action")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"consistency":{}}""", "consistency")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"consistency":{"full":true,"atLeast":"x"}}""", "consistency")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"consistency":{"atLeast":"x"}}""", "consistency.atLeast")]
    [InlineData("""{"action":"read","resourceType":"workloads","scope":{"type":"tenant","id":"1"},"consistency":null}""", "consistency")]
    public async Task Check_ReadsStrictly(string body, string field)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);

        foreach (var path in new[] { Path, Path + "/explain" })
            (await world.Admin.SendTextAsync(HttpMethod.Post, path, body)).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field);
    }

    [Fact]
    public async Task Check_TooDeepTooLargeOrOfAnotherType_IsRefused()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var deep = "{\"action\":" + string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40)) + "}";

        (await world.Admin.SendTextAsync(HttpMethod.Post, Path, deep)).Expect(HttpStatusCode.BadRequest);
        (await world.Admin.SendTextAsync(HttpMethod.Post, Path, "{\"action\":\"" + new string('a', 1 << 20) + "\"}")).Expect(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        using var text = new StringContent("{}", Encoding.UTF8, "text/plain");
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = text };
        (await world.Admin.SendAsync(request)).Expect(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task AskingAboutOthers_NeedsAuthorizationReadThere(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var sibling = await world.DepartmentAsync(cluster);
        var gateway = await world.PersonAsync(AuthorizationDelegate, department);
        var someone = await world.PersonAsync(World.Viewer, cluster);

        (await AskAsync(gateway, someone.Name, department)).Expect(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean().Should().BeTrue();
        (await AskAsync(someone, someone.Name, sibling)).Expect(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean().Should().BeTrue();
        var forbidden = (await AskAsync(gateway, someone.Name, sibling)).Expect(HttpStatusCode.Forbidden, "forbidden");
        var unknown = (await AskAsync(gateway, someone.Name, new Scope("department", "nowhere"))).Expect(HttpStatusCode.Forbidden, "forbidden");
        unknown.Field("detail").Should().Be(forbidden.Field("detail"), "an unknown and a forbidden scope look the same");
        (await AskAsync(someone, gateway.Name, sibling)).Expect(HttpStatusCode.Forbidden);
        (await AskAsync(someone, someone.Name, sibling, [])).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await gateway.PostAsync(Path + "/who-can", new { action = "read", resourceType = "workloads", scope = Wire(sibling) })).Expect(HttpStatusCode.Forbidden);
        (await gateway.PostAsync(Path + "/explain", new { subject = User(someone.Name), action = "read", resourceType = "workloads", scope = Wire(sibling) })).Expect(HttpStatusCode.Forbidden);
        var batch = (await gateway.PostAsync(Path + "/batch", new
        {
            checks = new[] { Check(someone.Name, department), Check(someone.Name, sibling) },
        })).Expect(HttpStatusCode.Forbidden);
        batch.Details.Should().Be("checks[1]");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Groups_StandInForTheStoredMemberships(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var (stored, given) = (world.NewName(), world.NewName());
        var person = await world.CreateUserAsync();
        var email = person.Field("username")!;
        await world.GrantAsync("group", stored, World.Viewer, cluster);
        await world.GrantAsync("group", given, World.Viewer, cluster);
        (await world.Admin.PutAsync($"/api/v1/users/{person.Id}/groups", new { source = "directory", groups = new[] { stored } })).Expect(HttpStatusCode.OK);

        (await SentenceAsync(null)).Should().StartWith($"Group {stored} is a Viewer");
        (await SentenceAsync([])).Should().BeNull();
        (await SentenceAsync([given, "nobody-knows-this"])).Should().StartWith($"Group {given} is a Viewer");

        async Task<string?> SentenceAsync(string[]? groups)
        {
            var reply = (await AskAsync(world.Admin, email.ToUpperInvariant(), cluster, groups)).Expect(HttpStatusCode.OK);
            return reply.Json.TryGetProperty("accessRule", out var rule) ? rule.GetProperty("sentence").GetString() : null;
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Disabled_IsDeniedEverything_AndSaysSo(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var app = await world.CreateApplicationAsync();
        await world.GrantAsync("app", app.Field("name")!, World.L1Researcher, cluster);
        var bot = await world.SignInApplicationAsync(app);
        (await bot.MayAsync("workloads", "create", cluster)).Should().BeTrue();

        (await world.Admin.PatchAsync($"/api/v1/apps/{app.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);

        (await bot.CheckAsync("workloads", "create", cluster)).Expect(HttpStatusCode.Unauthorized);
        var about = (await world.Admin.PostAsync(Path, new { subject = new { type = "application", id = app.Id }, action = "create", resourceType = "workloads", scope = Wire(cluster) })).Expect(HttpStatusCode.OK);
        about.Field("reason").Should().Be("subject_disabled");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Explain_Deny_NamesNearestRole_AndGrantingItAllows(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var project = await world.ProjectAsync(cluster, await world.DepartmentAsync(cluster));
        var email = (await world.CreateUserAsync()).Field("username")!;
        await world.GrantAsync("user", email, World.Viewer, cluster);
        var question = new { subject = User(email), action = "create", resourceType = "workloads", scope = Wire(project) };

        var denied = (await world.Admin.PostAsync(Path + "/explain", question)).Expect(HttpStatusCode.OK).Json;
        denied.GetProperty("principals").EnumerateArray().Select(p => p.GetProperty("type").GetString()).Should().Equal("user", "all-authenticated-users");
        denied.GetProperty("path").EnumerateArray().Select(p => p.GetProperty("type").GetString()).Should().Equal("tenant", "cluster", "department", "project");
        var grant = denied.GetProperty("grants").EnumerateArray().Single();
        grant.GetProperty("matches").GetBoolean().Should().BeFalse();
        grant.GetProperty("whyNot").GetString().Should().Be("permission_not_in_role");
        grant.GetProperty("scope").GetProperty("id").GetString().Should().Be(cluster.Id);
        var nearest = denied.GetProperty("nearest")[0];
        nearest.GetProperty("role").GetString().Should().Be("L2 researcher");

        await world.GrantAsync("user", email, nearest.GetProperty("roleId").GetInt32(), new Scope(nearest.GetProperty("scope").GetProperty("type").GetString()!, nearest.GetProperty("scope").GetProperty("id").GetString()!));
        var allowed = (await world.Admin.PostAsync(Path + "/explain", question)).Expect(HttpStatusCode.OK).Json;
        allowed.GetProperty("allowed").GetBoolean().Should().BeTrue();
        allowed.TryGetProperty("nearest", out _).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WhoCan_ListsUsersGroupsAndApplications_OverPages(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var project = await world.ProjectAsync(cluster, await world.DepartmentAsync(cluster));
        var group = world.NewName();
        await world.GrantAsync("group", group, World.L1Researcher, cluster);
        var member = await world.CreateUserAsync();
        (await world.Admin.PutAsync($"/api/v1/users/{member.Id}/groups", new { source = "directory", groups = new[] { group } })).Expect(HttpStatusCode.OK);
        var app = await world.CreateApplicationAsync();
        await world.GrantAsync("app", app.Field("name")!, World.L1Researcher, project);

        var all = await WhoCanAsync(1_000);
        all.Should().Contain([("group", group), ("user", member.Field("username")!), ("application", app.Field("name")!), ("user", ApiHost.AdminEmail)]);
        (await WhoCanAsync(1)).Should().Equal(all);
        (await world.Admin.PostAsync(Path + "/who-can", new { action = "create", resourceType = "workloads", scope = Wire(project), cursor = "bm9uc2Vuc2U" }))
            .Expect(HttpStatusCode.BadRequest).Details.Should().Be("cursor");
        (await world.Admin.PostAsync(Path + "/who-can", new { action = "create", resourceType = "workloads", scope = Wire(project), limit = 1_001 }))
            .Expect(HttpStatusCode.BadRequest).Details.Should().Be("limit");

        async Task<List<(string, string)>> WhoCanAsync(int limit)
        {
            var found = new List<(string, string)>();
            string? cursor = null;
            for (var page = 0; page < 1_000; page++)
            {
                object body = cursor is null
                    ? new { action = "create", resourceType = "workloads", scope = Wire(project), limit }
                    : new { action = "create", resourceType = "workloads", scope = Wire(project), limit, cursor };
                var reply = (await world.Admin.PostAsync(Path + "/who-can", body)).Expect(HttpStatusCode.OK);
                found.AddRange(reply.Json.GetProperty("subjects").EnumerateArray().Select(s => (s.GetProperty("type").GetString()!, s.GetProperty("name").GetString()!)));
                cursor = reply.Field("cursor");
                if (cursor is null) return found;
            }

            throw new InvalidOperationException("The pages do not end.");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WhatCan_AboutAnother_IsCutToWhereTheCallerMayAsk(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var someone = await world.PersonAsync(World.Viewer, cluster);
        var gateway = await world.PersonAsync(AuthorizationDelegate, department);
        object Question(string email) => new { subject = User(email), resourceType = "workloads" };

        var whole = (await world.Admin.PostAsync(Path + "/what-can", Question(someone.Name))).Expect(HttpStatusCode.OK).Json;
        var cut = (await gateway.PostAsync(Path + "/what-can", Question(someone.Name))).Expect(HttpStatusCode.OK).Json;
        var own = (await someone.PostAsync(Path + "/what-can", new { resourceType = "workloads" })).Expect(HttpStatusCode.OK).Json;

        Scopes(whole).Should().Equal(cluster.Id);
        whole.TryGetProperty("partial", out _).Should().BeFalse();
        Scopes(cut).Should().Equal(department.Id);
        cut.GetProperty("partial").GetBoolean().Should().BeTrue();
        Scopes(own).Should().Equal(cluster.Id);
        own.GetProperty("permissions")[0].GetProperty("actions").EnumerateArray().Select(a => a.GetString()).Should().Equal("read");
        (await someone.PostAsync(Path + "/what-can", Question(gateway.Name))).Expect(HttpStatusCode.Forbidden, "forbidden");

        static IEnumerable<string?> Scopes(JsonElement answer) => answer.GetProperty("permissions").EnumerateArray().Select(p => p.GetProperty("scope").GetProperty("id").GetString());
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Consistency_TokenOfAWrite_IsAnsweredAtOrAfterIt(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var rule = await world.GrantAsync("user", world.NewEmail(), World.Viewer, cluster);
        object Body(object consistency) => new { action = "read", resourceType = "workloads", scope = Wire(cluster), consistency };

        (await world.Admin.PostAsync(Path, Body(new { atLeast = rule.Revision }))).Expect(HttpStatusCode.OK);
        (await world.Admin.PostAsync(Path, Body(new { full = true }))).Expect(HttpStatusCode.OK);
        (await world.Admin.PostAsync(Path, Body(new { full = false }))).Expect(HttpStatusCode.BadRequest).Details.Should().Be("consistency.full");
        var other = await OpenAsync(provider == StorageProvider.Sqlite ? StorageProvider.PostgreSql : StorageProvider.Sqlite);
        (await other.Admin.PostAsync(Path, Body(new { atLeast = rule.Revision }))).Expect(HttpStatusCode.BadRequest).Details.Should().Be("consistency.atLeast");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task PermittedScopes_GivesTheHighestScopesPerAction(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        var person = await world.PersonAsync(World.Viewer, cluster);
        await world.GrantAsync("user", person.Name, World.L1Researcher, project);
        await world.GrantAsync("user", person.Name, World.Viewer, department);

        var all = (await person.PostAsync("/api/v1/authorization/permitted-scopes", new { resourceType = "workloads" })).Expect(HttpStatusCode.OK).Json;
        var one = (await person.PostAsync("/api/v1/authorization/permitted-scopes", new { resourceType = "workloads", action = "create" })).Expect(HttpStatusCode.OK).Json;

        Ids(all, "read", "clusters").Should().Equal(cluster.Id);
        Ids(all, "read", "departments").Should().BeEmpty();
        Ids(all, "read", "projects").Should().BeEmpty();
        Ids(all, "create", "projects").Should().Equal(project.Id);
        Ids(all, "create", "tenants").Should().BeEmpty();
        Ids(one, "create", "projects").Should().Equal(project.Id);
        Ids(one, "read", "clusters").Should().BeEmpty();

        static IEnumerable<string?> Ids(JsonElement answer, string action, string kind) => answer.GetProperty(action).GetProperty(kind).EnumerateArray().Select(x => x.GetString());
    }

    [Fact]
    public async Task Batch_TooManyNoneOrNull_IsRefused()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var one = new { action = "read", resourceType = "workloads", scope = new { type = "tenant", id = "1" } };

        (await world.Admin.PostAsync(Path + "/batch", new { checks = Enumerable.Repeat(one, 10_000) })).Expect(HttpStatusCode.OK).Json.GetProperty("results").GetArrayLength().Should().Be(10_000);
        (await world.Admin.PostAsync(Path + "/batch", new { checks = Enumerable.Repeat(one, 10_001) })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("checks");
        (await world.Admin.PostAsync(Path + "/batch", new { checks = Array.Empty<object>() })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("checks");
        (await world.Admin.SendTextAsync(HttpMethod.Post, Path + "/batch", """{"checks":[null]}""")).Expect(HttpStatusCode.BadRequest).Details.Should().Be("checks[0]");
        (await world.Admin.SendTextAsync(HttpMethod.Post, Path + "/batch", """{"checks":[{"action":"read","resourceType":"x","scope":{"type":"tenant"}}]}""")).Expect(HttpStatusCode.BadRequest).Details.Should().Be("checks[0].scope.id");
    }

    private static object User(string email) => new { type = "user", id = email };

    private static object Wire(Scope scope) => new { type = scope.Type, id = scope.Id };

    private static object Check(string user, Scope scope) => new { subject = User(user), action = "read", resourceType = "workloads", scope = Wire(scope) };

    private static Task<Reply> AskAsync(Person caller, string user, Scope scope, string[]? groups = null)
        => caller.PostAsync(Path, new
        {
            subject = groups is null ? User(user) : new { type = "user", id = user, groups },
            action = "read",
            resourceType = "workloads",
            scope = Wire(scope),
        });
}
