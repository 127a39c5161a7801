using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessRules;

/// <summary>How existing clients speak to the access rule endpoints (the reference sheet's §8, by its numbers).</summary>
public sealed class WireHabits(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Path = "/api/v1/authorization/access-rules";

    [Theory, MemberData(nameof(Providers))]
    public async Task WireHabits2_BodyWithoutContentType_IsJsonAndAWrongOneIsRefused(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var body = JsonSerializer.Serialize(new { subjectType = "group", subjectId = world.NewName(), roleId = 7, scopeType = "cluster", scopeId = cluster.Id });

        (await SendAsync(world.Admin, HttpMethod.Post, Path, body, "text/plain")).Expect(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(world.Admin, HttpMethod.Post, Path, body, "application/x-www-form-urlencoded")).Expect(HttpStatusCode.UnsupportedMediaType);
        var rule = AccessRuleTests.IdOf((await SendAsync(world.Admin, HttpMethod.Post, Path, body, null)).Expect(HttpStatusCode.Created));
        var batch = $$"""{"ids":["{{rule}}"],"action":"delete"}""";
        (await SendAsync(world.Admin, HttpMethod.Post, Path + "/batch", batch, "text/plain")).Expect(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(world.Admin, HttpMethod.Post, Path + "/batch", batch, null)).Expect(HttpStatusCode.OK).Json.GetProperty("succeeded").GetArrayLength().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WireHabits4_ClusterIdAlwaysSent_IsDerivedRefusedOrIgnored(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (cluster, other) = (await world.ClusterAsync(), await world.ClusterAsync());
        var department = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        var group = world.NewName();

        foreach (var scope in new[] { cluster, department, project })
        {
            (await CreateAsync(world.Admin, group, scope, other.Id)).Expect(HttpStatusCode.BadRequest).Details.Should().Be("clusterId");
            (await CreateAsync(world.Admin, group, scope, cluster.Id)).Expect(HttpStatusCode.Created).Field("clusterId").Should().Be(cluster.Id);
        }

        (await CreateAsync(world.Admin, world.NewName(), department, null)).Expect(HttpStatusCode.Created).Field("clusterId").Should().Be(cluster.Id);
        var atTenant = (await CreateAsync(world.Admin, group, World.Tenant, other.Id)).Expect(HttpStatusCode.Created);
        atTenant.Json.TryGetProperty("clusterId", out _).Should().BeFalse();

        var batch = (await world.Admin.PostAsync(Path + "/batch-create", new
        {
            payload = new
            {
                roleId = World.L1Researcher,
                clusterId = cluster.Id,
                subjects = new[] { new { subjectType = "group", subjectId = group } },
                scopes = new[] { cluster, other, department, World.Tenant }.Select(s => new { scopeType = s.Type, scopeId = s.Id }),
            },
        })).Expect(HttpStatusCode.OK);
        RuleBatchTests.Succeeded(batch).Select(r => r.GetProperty("scopeId").GetString()).Should().Equal(cluster.Id, department.Id, World.Tenant.Id);
        var failed = RuleBatchTests.Failed(batch).Single();
        (failed.GetProperty("code").GetInt32(), failed.GetProperty("details").GetString(), failed.GetProperty("payload").GetProperty("clusterId").GetString()).Should().Be((400, "clusterId", cluster.Id));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WireHabits5_RepliesHaveTheSheetsStatusAndParseAsJsonWhenTheyHaveABody(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var made = (await CreateAsync(world.Admin, world.NewName(), cluster, cluster.Id)).Expect(HttpStatusCode.Created);

        (await world.Admin.GetAsync(Path)).Expect(HttpStatusCode.OK).Json.ValueKind.Should().Be(JsonValueKind.Object);
        (await world.Admin.GetAsync(Path + "/count")).Expect(HttpStatusCode.OK).Json.GetProperty("count").ValueKind.Should().Be(JsonValueKind.Number);
        (await world.Admin.PostAsync(Path + "/batch", new { ids = new[] { "987654" }, action = "delete" })).Expect(HttpStatusCode.OK).Json.ValueKind.Should().Be(JsonValueKind.Object);
        var deleted = (await world.Admin.DeleteAsync($"{Path}/{AccessRuleTests.IdOf(made)}")).Expect(HttpStatusCode.NoContent);
        deleted.Text.Should().BeEmpty();
        var gone = (await world.Admin.DeleteAsync($"{Path}/{AccessRuleTests.IdOf(made)}")).Expect(HttpStatusCode.NotFound);
        (gone.Json.GetProperty("code").GetInt32(), gone.Field("message")).Should().Be((404, "There is no such access rule."));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WireHabits10_NullsUnknownFieldsAndUnknownParameters_AreIgnored(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var group = world.NewName();

        var rule = (await world.Admin.PostAsync(Path + "?tenant=7&dry=true", new
        {
            subjectType = "group",
            subjectId = group,
            roleId = 7,
            scopeType = "cluster",
            scopeId = cluster.Id,
            clusterId = (string?)null,
            notBefore = (string?)null,
            expiresAt = (string?)null,
            reason = (string?)null,
            id = 17,
            roleName = "System administrator",
            createdBy = "somebody else",
            permissions = new[] { new { resourceType = "tenant", actions = new[] { "delete" } } },
        })).Expect(HttpStatusCode.Created);

        AccessRuleTests.IdOf(rule).Should().NotBe(17);
        rule.Field("roleName").Should().Be("Viewer");
        rule.Field("createdBy").Should().Be(ApiHost.AdminEmail);
        (await world.Admin.GetAsync($"{Path}?scopeId={cluster.Id}&subjectId=&nonsense=1")).Expect(HttpStatusCode.OK).Json.GetProperty("totalRecords").GetInt32().Should().Be(1);
        (await world.Admin.PostAsync(Path + "/batch", new { ids = new[] { AccessRuleTests.IdOf(rule) }, action = "delete", force = true, reason = (string?)null })).Expect(HttpStatusCode.OK)
            .Json.GetProperty("succeeded").GetArrayLength().Should().Be(1);
        var batch = (await world.Admin.PostAsync(Path + "/batch-create", new
        {
            dryRun = true,
            payload = new
            {
                roleId = 7,
                clusterId = (string?)null,
                expiresAt = (string?)null,
                subjects = new[] { new { subjectType = "group", subjectId = group, name = "x" } },
                scopes = new[] { new { scopeType = "cluster", scopeId = cluster.Id, scopeName = (string?)null } },
                permissions = new[] { "all" },
            },
        })).Expect(HttpStatusCode.OK);
        RuleBatchTests.Succeeded(batch).Should().ContainSingle();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WireHabits11_UsersByEmailOrId_AndApplicationsByNameOrId_AreTheSameSubjects(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var (user, app) = (await world.CreateUserAsync(), await world.CreateApplicationAsync());
        var (email, name) = (user.Field("username")!, app.Field("name")!);

        foreach (var (type, subject, shown) in new[] { ("user", email, email), ("user", user.Id, email), ("app", name, name), ("service-account", app.Id, name) })
        {
            var made = (await AccessRuleTests.CreateAsync(world.Admin, type, subject, World.Viewer, cluster)).Expect(HttpStatusCode.Created);
            made.Field("subjectId").Should().Be(shown);
            foreach (var other in type == "user" ? new[] { email, user.Id, email.ToUpperInvariant() } : [name, app.Id])
                (await AccessRuleTests.CreateAsync(world.Admin, type, other, World.Viewer, cluster)).Expect(HttpStatusCode.Conflict, "already_exists").Json.GetProperty("existingId").GetInt32().Should().Be(AccessRuleTests.IdOf(made));
            foreach (var filter in type == "user" ? new[] { email, user.Id } : [name, app.Id])
                (await world.Admin.GetAsync($"{Path}?subjectIds={filter}")).Json.GetProperty("accessRules").EnumerateArray().Select(r => r.GetProperty("id").GetInt32()).Should().Equal(AccessRuleTests.IdOf(made));
            (await world.Admin.DeleteAsync($"{Path}/{AccessRuleTests.IdOf(made)}")).Expect(HttpStatusCode.NoContent);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WireHabits12_DeleteWithAContentTypeAndNoBody_IsNoError(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var made = (await CreateAsync(world.Admin, world.NewName(), await world.ClusterAsync(), null)).Expect(HttpStatusCode.Created);

        (await SendAsync(world.Admin, HttpMethod.Delete, $"{Path}/{AccessRuleTests.IdOf(made)}", "", "application/json")).Expect(HttpStatusCode.NoContent);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task WireHabits14_LastUpdated_ListsWhatChangedAtOrAfterIt(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var rules = new List<(int Id, string UpdatedAt)>();
        for (var i = 0; i < 3; i++)
        {
            var made = (await CreateAsync(world.Admin, world.NewName(), cluster, null)).Expect(HttpStatusCode.Created);
            rules.Add((AccessRuleTests.IdOf(made), made.Field("updatedAt")!));
        }

        for (var i = 0; i < 3; i++)
            (await ListAsync(world.Admin, $"scopeId={cluster.Id}&lastUpdated={rules[i].UpdatedAt}")).Should().Equal(rules[i..].Select(r => r.Id), "from {0} on", rules[i].UpdatedAt);
        (await world.Admin.DeleteAsync($"{Path}/{rules[0].Id}")).Expect(HttpStatusCode.NoContent);
        (await ListAsync(world.Admin, $"scopeId={cluster.Id}&lastUpdated={rules[2].UpdatedAt}")).Should().Equal(rules[2].Id);
        (await ListAsync(world.Admin, $"scopeId={cluster.Id}&lastUpdated={rules[2].UpdatedAt}&includeDeleted=True")).Should().Equal(rules[0].Id, rules[2].Id);
        (await world.Admin.GetAsync($"{Path}?lastUpdated=yesterday")).Expect(HttpStatusCode.BadRequest).Details.Should().Be("lastUpdated");
    }

    private static Task<Reply> CreateAsync(Person actor, string group, Scope scope, string? clusterId)
        => AccessRuleTests.CreateAsync(actor, "group", group, World.Viewer, scope, clusterId);

    private static async Task<List<int>> ListAsync(Person actor, string query)
        => [.. (await actor.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Path}?{query}"))).Expect(HttpStatusCode.OK)
            .Json.GetProperty("accessRules").EnumerateArray().Select(r => r.GetProperty("id").GetInt32())];

    private static async Task<Reply> SendAsync(Person actor, HttpMethod method, string path, string body, string? contentType)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await actor.SendAsync(request);
    }
}
