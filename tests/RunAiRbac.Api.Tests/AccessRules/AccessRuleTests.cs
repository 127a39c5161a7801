using System.Globalization;
using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessRules;

public sealed class AccessRuleTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Path = "/api/v1/authorization/access-rules";

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_ForAPendingUser_AnswersAndReadsBackAllFields(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        var email = world.NewEmail();

        var made = (await CreateAsync(world.Admin, "user", email, World.Viewer, project, cluster: cluster.Id, expiresAt: "2999-01-02T03:04:05.123456Z", reason: "on call"))
            .Expect(HttpStatusCode.Created);
        var read = (await world.Admin.GetAsync($"{Path}/{IdOf(made)}")).Expect(HttpStatusCode.OK);

        foreach (var rule in new[] { made.Json, read.Json })
        {
            rule.GetProperty("subjectId").GetString().Should().Be(email);
            rule.GetProperty("subjectType").GetString().Should().Be("user");
            rule.GetProperty("roleId").GetInt32().Should().Be(World.Viewer);
            rule.GetProperty("roleName").GetString().Should().Be("Viewer");
            rule.GetProperty("scopeId").GetString().Should().Be(project.Id);
            rule.GetProperty("scopeType").GetString().Should().Be("project");
            rule.GetProperty("clusterId").GetString().Should().Be(cluster.Id);
            rule.GetProperty("tenantId").GetInt32().Should().Be(ApiHost.Tenant);
            rule.GetProperty("createdBy").GetString().Should().Be(ApiHost.AdminEmail);
            rule.GetProperty("deletedAt").ValueKind.Should().Be(JsonValueKind.Null);
            rule.GetProperty("createdAt").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$");
            rule.GetProperty("expiresAt").GetString().Should().Be("2999-01-02T03:04:05.123456Z");
            rule.GetProperty("reason").GetString().Should().Be("on call");
            rule.GetProperty("status").GetProperty("phase").GetString().Should().Be("Ready");
            rule.GetProperty("revision").GetString().Should().NotBeNullOrEmpty();
        }

        made.Revision.Should().Be(made.Field("revision"));
        read.Field("scopePath")!.Split('/').Should().HaveCount(4);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_Twice_ConflictsAndNamesTheExistingRule(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var email = world.NewEmail();
        var first = (await CreateAsync(world.Admin, "user", email, World.Viewer, cluster)).Expect(HttpStatusCode.Created);

        var again = (await CreateAsync(world.Admin, "user", email.ToUpperInvariant(), World.Viewer, cluster)).Expect(HttpStatusCode.Conflict, "already_exists");

        again.Json.GetProperty("existingId").GetInt32().Should().Be(IdOf(first));
        again.Text.Should().Contain("already exists");
        (await CreateAsync(world.Admin, "user", email, World.L1Researcher, cluster)).Expect(HttpStatusCode.Created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_FiftyAtOnce_MakesOneRule(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var group = world.NewName();

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CreateAsync(world.Admin, "group", group, World.Viewer, cluster)));

        replies.Count(r => r.Status == HttpStatusCode.Created).Should().Be(1);
        replies.Count(r => r.Status == HttpStatusCode.Conflict).Should().Be(49);
        (await world.Admin.GetAsync($"{Path}/count?subjectIds={group}")).Json.GetProperty("count").GetInt64().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SubjectType_AppOrServiceAccount_ComesBackAsWritten(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var app = await world.CreateApplicationAsync();

        var old = (await CreateAsync(world.Admin, "app", app.Field("name")!, World.Viewer, cluster)).Expect(HttpStatusCode.Created);
        var recent = (await CreateAsync(world.Admin, "service-account", app.Id, World.L1Researcher, cluster)).Expect(HttpStatusCode.Created);

        foreach (var (rule, type) in new[] { (old, "app"), (recent, "service-account") })
        {
            rule.Field("subjectType").Should().Be(type);
            rule.Field("subjectId").Should().Be(app.Field("name"));
            (await world.Admin.GetAsync($"{Path}/{IdOf(rule)}")).Field("subjectType").Should().Be(type);
        }

        (await ListAsync(world.Admin, $"subjectType=app&subjectIds={app.Field("name")}")).Should().Equal(IdOf(old), IdOf(recent));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_WrongInput_IsRefusedNamingTheField(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var other = await world.ClusterAsync();
        var email = world.NewEmail();
        (HttpStatusCode Status, string Field, object Body)[] cases =
        [
            (HttpStatusCode.BadRequest, "subjectId", new { subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "subjectId", new { subjectId = "no@mail", subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.NotFound, "subjectId", new { subjectId = "nobody", subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.NotFound, "subjectId", new { subjectId = "no-such-app", subjectType = "app", roleId = 7, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "subjectId", new { subjectId = "a\u202eb", subjectType = "group", roleId = 7, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "subjectType", new { subjectId = email, subjectType = "all-authenticated-users", roleId = 7, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "subjectType", new { subjectId = email, roleId = 7, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "roleId", new { subjectId = email, subjectType = "user", scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "roleId", new { subjectId = email, subjectType = "user", roleId = "seven", scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.NotFound, "roleId", new { subjectId = email, subjectType = "user", roleId = 99_999, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "roleId", new { subjectId = email, subjectType = "user", roleId = 4003, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "roleId", new { subjectId = email, subjectType = "user", roleId = 1, scopeType = "system", scopeId = "system" }),
            (HttpStatusCode.BadRequest, "scopeType", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "galaxy", scopeId = cluster.Id }),
            (HttpStatusCode.NotFound, "scopeId", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "project", scopeId = cluster.Id }),
            (HttpStatusCode.NotFound, "scopeId", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id.ToUpperInvariant() }),
            (HttpStatusCode.BadRequest, "clusterId", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id, clusterId = other.Id }),
            (HttpStatusCode.BadRequest, "expiresAt", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id, expiresAt = "2001-01-01T00:00:00Z" }),
            (HttpStatusCode.BadRequest, "expiresAt", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id, expiresAt = "2999-01-01T00:00:00.1234567Z" }),
            (HttpStatusCode.BadRequest, "expiresAt", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id, notBefore = "2999-01-01T00:00:00Z", expiresAt = "2999-01-01T00:00:00Z" }),
            (HttpStatusCode.BadRequest, "notBefore", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id, notBefore = "tomorrow" }),
            (HttpStatusCode.BadRequest, "reason", new { subjectId = email, subjectType = "user", roleId = 7, scopeType = "cluster", scopeId = cluster.Id, reason = new string('x', 1_025) }),
        ];

        foreach (var (status, field, body) in cases)
            (await world.Admin.PostAsync(Path, body)).Expect(status).Details.Should().Be(field, "of {0}", body);

        (await world.Admin.GetAsync($"{Path}/count?subjectIds={email}")).Json.GetProperty("count").GetInt64().Should().Be(0);
        (await world.Admin.GetAsync($"/api/v1/users?search={email}")).Ids.Should().BeEmpty("a refused rule leaves no pending user behind");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_AtTenant_IgnoresTheClusterThatClientsAlwaysSend(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();

        var rule = (await CreateAsync(world.Admin, "group", world.NewName(), World.Viewer, new Scope("tenant", "1"), cluster: cluster.Id)).Expect(HttpStatusCode.Created);

        rule.Json.TryGetProperty("clusterId", out _).Should().BeFalse();
        (await world.Admin.DeleteAsync($"{Path}/{IdOf(rule)}")).Expect(HttpStatusCode.NoContent);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_ByWeakerActors_KeepsTheNoEscalationLaw(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var viewer = await world.PersonAsync(World.Viewer, cluster);
        var email = world.NewEmail();

        (await CreateAsync(administrator, "user", email, World.L1Researcher, project)).Expect(HttpStatusCode.Created);
        (await CreateAsync(administrator, "user", email, World.Viewer, department)).Expect(HttpStatusCode.Created);
        var stronger = (await CreateAsync(administrator, "user", administrator.Name, World.SystemAdministrator, project)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await CreateAsync(administrator, "user", email, World.Viewer, cluster)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await CreateAsync(viewer, "user", viewer.Name, World.Viewer, project)).Expect(HttpStatusCode.Forbidden, "forbidden");

        stronger.Json.GetProperty("lacking")[0].GetProperty("role").GetString().Should().Be("System administrator");
        (await administrator.MayAsync("cluster", "delete", cluster)).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_ByOneWhoseRightEnds_MustEndNoLater(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var created = await world.CreateUserAsync();
        (await CreateAsync(world.Admin, "user", created.Field("username")!, World.DepartmentAdministrator, department, expiresAt: "2999-01-01T00:00:00Z")).Expect(HttpStatusCode.Created);
        var passing = await world.SignInAsync(created);
        var email = world.NewEmail();

        (await CreateAsync(passing, "user", email, World.Viewer, department)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await CreateAsync(passing, "user", email, World.Viewer, department, expiresAt: "2999-01-01T00:00:00.000001Z")).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await CreateAsync(passing, "user", email, World.Viewer, department, expiresAt: "2999-01-01T00:00:00Z")).Expect(HttpStatusCode.Created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task List_ShowsEachActorTheRulesWhereItMayReadThem(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var sibling = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        var group = world.NewName();
        var rules = new Dictionary<string, int>();
        foreach (var (name, scope) in new[] { ("cluster", cluster), ("department", department), ("sibling", sibling), ("project", project) })
            rules[name] = IdOf(await world.GrantAsync("group", group, World.Viewer, scope));
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, department);
        var viewer = await world.PersonAsync(World.Viewer, cluster);

        var filter = $"subjectIds={group}&sortBy=createdAt";
        (await ListAsync(world.Admin, filter)).Should().Equal(rules.Values);
        (await ListAsync(administrator, filter)).Should().Equal(rules["department"], rules["project"]);
        (await ListAsync(viewer, filter)).Should().BeEmpty();
        (await administrator.GetAsync($"{Path}/count?{filter}")).Json.GetProperty("count").GetInt64().Should().Be(2);
        foreach (var (name, id) in rules)
        {
            var visible = name is "department" or "project";
            (await administrator.GetAsync($"{Path}/{id}")).Expect(visible ? HttpStatusCode.OK : HttpStatusCode.NotFound);
            (await viewer.GetAsync($"{Path}/{id}")).Expect(HttpStatusCode.NotFound, "not_found");
            (await viewer.DeleteAsync($"{Path}/{id}")).Expect(HttpStatusCode.NotFound, "not_found");
            if (!visible) (await administrator.DeleteAsync($"{Path}/{id}")).Expect(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task List_PagesSortsAndFilters(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var groups = Enumerable.Range(0, 7).Select(i => $"{world.Tag}-{i}").ToList();
        var ids = new List<int>();
        foreach (var group in groups) ids.Add(IdOf(await world.GrantAsync("group", group, World.Viewer, cluster)));
        var filter = $"scopeId={cluster.Id}&";

        (await ListAsync(world.Admin, filter + "sortBy=subjectId&sortOrder=desc")).Should().Equal(Enumerable.Reverse(ids));
        (await ListAsync(world.Admin, filter + "sortBy=subjectId&limit=3&offset=2")).Should().Equal(ids[2..5]);
        (await ListAsync(world.Admin, filter + $"search={world.Tag}-3")).Should().Equal(ids[3]);
        (await ListAsync(world.Admin, $"subjectIds={groups[1]},{groups[4]}")).Should().Equal(ids[1], ids[4]);
        (await ListAsync(world.Admin, $"subjectIds={groups[1]}&subjectIds={groups[4]}")).Should().Equal(ids[1], ids[4]);
        (await ListAsync(world.Admin, filter + "roleId=5")).Should().BeEmpty();
        (await ListAsync(world.Admin, $"clusterId={cluster.Id}")).Should().Equal(ids);
        var page = (await world.Admin.GetAsync($"{Path}?{filter}limit=3")).Expect(HttpStatusCode.OK).Json;
        page.GetProperty("totalRecords").GetInt64().Should().Be(7);
        page.GetProperty("displayRecords").GetInt32().Should().Be(3);

        (await world.Admin.DeleteAsync($"{Path}/{ids[0]}")).Expect(HttpStatusCode.NoContent);
        (await ListAsync(world.Admin, filter)).Should().Equal(ids[1..]);
        (await ListAsync(world.Admin, filter + "includeDeleted=True")).Should().Equal(ids);
        (await world.Admin.GetAsync($"{Path}/{ids[0]}")).Expect(HttpStatusCode.NotFound);
        (await world.Admin.DeleteAsync($"{Path}/{ids[0]}")).Expect(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("offset=-1", "offset")]
    [InlineData("sortBy=subject", "sortBy")]
    [InlineData("sortOrder=up", "sortOrder")]
    [InlineData("filterBy=nothing==1", "filterBy")]
    [InlineData("filterBy=roleId~5", "filterBy")]
    [InlineData("subjectType=robot", "subjectType")]
    [InlineData("includeDeleted=yes", "includeDeleted")]
    [InlineData("lastUpdated=yesterday", "lastUpdated")]
    [InlineData("roleId=0", "roleId")]
    public async Task List_WrongParameter_IsRefusedNamingIt(string query, string parameter)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);

        (await world.Admin.GetAsync($"{Path}?{query}")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(parameter);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Mine_ShowsOwnRulesAndThoseOfGroups(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var person = await world.PersonAsync(World.Viewer, cluster);
        var group = world.NewName();
        var throughGroup = IdOf(await world.GrantAsync("group", group, World.L1Researcher, cluster));
        (await world.Admin.PutAsync($"/api/v1/users/{person.Id}/groups", new { source = "directory", groups = new[] { group } })).Expect(HttpStatusCode.OK);

        var mine = (await person.GetAsync("/api/v1/authorization/me/access-rules")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules");

        mine.GetProperty("totalRecords").GetInt32().Should().Be(2);
        mine.GetProperty("accessRules").EnumerateArray().Select(r => r.GetProperty("roleName").GetString()).Should().BeEquivalentTo("Viewer", "L1 researcher");
        mine.GetProperty("accessRules").EnumerateArray().Select(r => r.GetProperty("id").GetInt32()).Should().Contain(throughGroup);
        (await person.GetAsync("/api/v1/authorization/me/access-rules/count?search=l1")).Json.GetProperty("count").GetInt64().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task GroupName_ShapedLikeAnotherGroupsId_FindsNoOtherGroup(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var strong = world.NewName();
        await world.GrantAsync("group", strong, World.Editor, cluster);
        var id = (await world.Admin.GetAsync($"/api/v1/groups?search={strong}")).Expect(HttpStatusCode.OK).Json.EnumerateArray().Single().GetProperty("id").GetString()!;
        var person = await world.PersonAsync(World.Viewer, cluster);

        (await world.Admin.PutAsync($"/api/v1/users/{person.Id}/groups", new { source = "directory", groups = new[] { id } })).Expect(HttpStatusCode.OK);

        (await person.MayAsync("workloads", "create", cluster)).Should().BeFalse();
        (await CreateAsync(world.Admin, "group", id, World.Editor, cluster)).Expect(HttpStatusCode.Created);
        (await person.MayAsync("workloads", "create", cluster)).Should().BeTrue();
    }

    internal static int IdOf(Reply reply) => reply.Json.GetProperty("id").GetInt32();

    internal static Task<Reply> CreateAsync(
        Person actor, string subjectType, string subjectId, int role, Scope scope, string? cluster = null, string? notBefore = null, string? expiresAt = null, string? reason = null)
        => actor.PostAsync(Path, new { subjectId, subjectType, roleId = role, scopeId = scope.Id, scopeType = scope.Type, clusterId = cluster, notBefore, expiresAt, reason });

    private static async Task<List<int>> ListAsync(Person actor, string query)
        => [.. (await actor.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Path}?{query}"))).Expect(HttpStatusCode.OK)
            .Json.GetProperty("accessRules").EnumerateArray().Select(r => r.GetProperty("id").GetInt32())];
}
