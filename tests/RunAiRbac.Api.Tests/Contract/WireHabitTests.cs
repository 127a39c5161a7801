using System.Net;
using System.Text;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.Input;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Contract;

/// <summary>Wire habits of existing clients (reference sheet §8, by its numbers), byte for byte as they send them.</summary>
public sealed class WireHabitTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Rules = "/api/v1/authorization/access-rules";

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit1_TokenRequest_IsReadWhateverTheCaseOfItsMembers(StorageProvider provider)
    {
        var (world, wire) = await OpenWireAsync(provider);
        var (id, secret) = await SheetCases.SecretAsync(world);
        foreach (var body in new[]
        {
            $$"""{"grantType":"app_token","AppId":"{{id}}","AppSecret":"{{secret}}"}""",
            $$"""{"grantType":"app_token","appID":"{{id}}","appSecret":"{{secret}}"}""",
            $$"""{"GRANTTYPE":"app_token","appid":"{{id}}","APPSECRET":"{{secret}}"}""",
            $$"""{"grantType":"client_credentials","clientId":"{{id}}","clientSecret":"{{secret}}"}""",
            $$"""{"grantType":"client_credentials","clientID":"{{id}}","ClientSecret":"{{secret}}"}""",
        })
        {
            var answer = (await wire.SendAsync(Sent.Json("POST", "/api/v1/token", null, body))).Good();
            answer.Json.GetProperty("accessToken").GetString().Should().NotBeNullOrEmpty();
            answer.Json.GetProperty("expiresIn").GetInt32().Should().BePositive();
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit2_JsonWithoutAContentType_IsReadOnEveryMethodAndAnotherTypeIs415(StorageProvider provider)
    {
        var (world, wire) = await OpenWireAsync(provider);
        var token = await AdminTokenAsync(provider);
        var user = (await world.CreateUserAsync()).Id;
        var cluster = (await world.ClusterAsync()).Id;
        foreach (var (method, path, body, status) in new[]
        {
            ("POST", "/api/v1/users", $$"""{"email":"{{world.NewEmail()}}"}""", 201),
            ("PATCH", $"/api/v1/users/{user}", """{"enabled":false}""", 200),
            ("PUT", $"/api/v1/clusters/{cluster}", $$"""{"name":"{{world.NewName()}}"}""", 204),
        })
        {
            var sent = new Sent(method, path) { Token = token, Body = Encoding.UTF8.GetBytes(body) };
            foreach (var wrong in new[] { "text/plain", "application/x-www-form-urlencoded" }) (await wire.SendAsync(sent with { ContentType = wrong })).Refused(415);
            (await wire.SendAsync(sent with { ContentType = null })).Code.Should().Be(status, "{0} {1}", method, path);
        }

        var (id, secret) = await SheetCases.SecretAsync(world);
        (await wire.SendAsync(Sent.Json("POST", "/api/v1/token", null, $$"""{"grantType":"app_token","appID":"{{id}}","appSecret":"{{secret}}"}""") with { ContentType = null })).Good();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit3_BooleansListsAndRepeatedParameters_AreReadAsClientsSendThem(StorageProvider provider)
    {
        var (world, wire) = await OpenWireAsync(provider);
        var token = await AdminTokenAsync(provider);
        var cluster = await world.ClusterAsync();
        var groups = new[] { world.NewName(), world.NewName() };
        foreach (var group in groups) await world.GrantAsync("group", group, World.Viewer, cluster);

        foreach (var subjects in new[] { $"subjectIds={groups[0]},{groups[1]}", $"subjectIds={groups[0]}%2C{groups[1]}", $"subjectIds={groups[0]}&subjectIds={groups[1]}" })
            foreach (var deleted in new[] { "true", "True", "false", "False" })
                (await GetAsync($"{Rules}?{subjects}&includeDeleted={deleted}")).GetProperty("totalRecords").GetInt32().Should().Be(2);
        foreach (var terms in new[]
        {
            $"filterBy=subjectType==group,scopeId=={cluster.Id}", $"filterBy=subjectType%3D%3Dgroup%2CscopeId%3D%3D{cluster.Id}", $"filterBy=subjectType%3D%3Dgroup&filterBy=scopeId%3D%3D{cluster.Id}",
        })
            (await GetAsync($"{Rules}?{terms}")).GetProperty("totalRecords").GetInt32().Should().Be(2);
        (await GetAsync("/api/v1/clusters?verbosity=full&verbosity=full&includeRequestedForDelete=True&includeRequestedForDelete=True")).GetArrayLength().Should().BePositive();
        (await GetAsync($"/api/v1/clusters/{cluster.Id}?verbosity=metadata&verbosity=metadata")).TryGetProperty("status", out _).Should().BeFalse();

        async Task<JsonElement> GetAsync(string path) => (await wire.SendAsync(new Sent("GET", path) { Token = token })).Good().Json;
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit4_ClusterIdOfARule_IsTheScopesOwn(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (cluster, other) = (await world.ClusterAsync(), await world.ClusterAsync());
        var department = await world.DepartmentAsync(cluster);
        foreach (var scope in new[] { cluster, department, await world.ProjectAsync(cluster, department) })
        {
            object Rule(string? clusterId) => new { subjectType = "group", subjectId = world.Tag + scope.Type + clusterId, roleId = World.Viewer, scopeType = scope.Type, scopeId = scope.Id, clusterId };
            (await world.Admin.PostAsync(Rules, Rule(other.Id))).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("clusterId");
            foreach (var given in new[] { null, cluster.Id })
                (await world.Admin.PostAsync(Rules, Rule(given))).Expect(HttpStatusCode.Created).Field("clusterId").Should().Be(cluster.Id);
        }

        var atTenant = new { subjectType = "group", subjectId = world.NewName(), roleId = World.Viewer, scopeType = "tenant", scopeId = World.Tenant.Id, clusterId = other.Id };
        (await world.Admin.PostAsync(Rules, atTenant)).Expect(HttpStatusCode.Created).Json.TryGetProperty("clusterId", out _).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit5_EveryReplyWithABody_IsJsonAndA204IsEmpty(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        var (email, password) = (user.Field("username")!, user.Field("tempPassword")!);
        var person = await world.SignInAsync(user);

        (await person.PostAsync("/api/v1/me/password", new { currentPassword = password, newPassword = "another long password" })).Expect(HttpStatusCode.OK).Text.Should().Be("{}");
        (await world.TryPasswordAsync(email, "another long password")).Expect(HttpStatusCode.OK);
        (await world.Admin.PostAsync($"/api/v1/users/{user.Id}/logout")).Expect(HttpStatusCode.OK).Text.Should().Be("{}");
        var app = await world.CreateApplicationAsync();
        foreach (var view in new[] { "apps", "service-accounts" })
            (await world.Admin.PatchAsync($"/api/v1/{view}/{app.Id}", new { enabled = true })).Expect(HttpStatusCode.OK).Text.Should().Be("{}");
        (await world.Admin.DeleteAsync($"/api/v1/clusters/{(await world.ClusterAsync()).Id}")).Expect(HttpStatusCode.Accepted).Json.GetProperty("code").GetInt32().Should().Be(202);
        (await world.Admin.DeleteAsync($"/api/v1/clusters/{(await world.ClusterAsync()).Id}?force=True")).Expect(HttpStatusCode.NoContent).Text.Should().BeEmpty();
        foreach (var path in new[] { $"/api/v1/users/{user.Id}", $"/api/v1/apps/{app.Id}" })
            (await world.Admin.DeleteAsync(path)).Expect(HttpStatusCode.NoContent).Text.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit6_ThePayloadOfATokenWithAwkwardNames_DecodesWithTheStandardAlphabet(StorageProvider provider)
    {
        var (world, wire) = await OpenWireAsync(provider);
        var tokens = new List<string>();
        foreach (var local in new[] { "a_b-c", "%%%", "+.+", "x._%+-", "ZZZ", "a%20b", "q--__q", "0.0" })
        {
            foreach (var domain in new[] { "example.com", "bücher.example", "xn--bcher-kva.example", "日本.example.org", "a-b.c-d.example" })
            {
                var created = (await world.Admin.PostAsync("/api/v1/users", new { email = $"{local}{world.NewName()}@{domain}" })).Expect(HttpStatusCode.Created);
                foreach (var client in new[] { null, "cli", "a>b?c~d", "!#$&'*+/=^`{|}" })
                {
                    var body = JsonSerializer.Serialize(new { grantType = "password", username = created.Field("username"), password = created.Field("tempPassword"), clientID = client });
                    tokens.Add((await wire.SendAsync(Sent.Json("POST", "/api/v1/token", null, body))).Good().Json.GetProperty("accessToken").GetString()!);
                }
            }
        }

        foreach (var name in new[] { "a_-_b", "z-0_9", "x" })
        {
            var created = (await world.Admin.PostAsync("/api/v1/apps", new { name = name + world.NewName() })).Expect(HttpStatusCode.Created);
            tokens.Add((await world.TrySecretAsync(created.Field("name")!, created.Field("secret")!)).Expect(HttpStatusCode.OK).Field("accessToken")!);
        }

        tokens.Should().HaveCountGreaterThan(150).And.OnlyHaveUniqueItems();
        foreach (var payload in tokens.Select(token => token.Split('.')[1]))
        {
            payload.Should().NotContain("-").And.NotContain("_");
            using var claims = JsonDocument.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
            claims.RootElement.GetProperty("exp").GetInt64().Should().BePositive();
            claims.RootElement.GetProperty("tenant_id").GetString().Should().Be("1");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit7_AWrongSecret_IsRefusedAtOnceOnEveryTokenEndpoint(StorageProvider provider)
    {
        var (world, wire) = await OpenWireAsync(provider);
        var (id, _) = await SheetCases.SecretAsync(world);

        (await wire.SendAsync(Sent.Json("POST", "/api/v1/token", null, $$"""{"grantType":"app_token","AppId":"{{id}}","AppSecret":"rnai_wrong"}"""))).Refused(401);
        (await wire.SendAsync(Sent.Json("POST", "/v1/k8s/auth/oauth/apptoken", null, $$"""{"id":"{{id}}","name":"{{id}}","secret":"rnai_wrong"}"""))).Refused(401);
        var form = (await wire.SendAsync(Sent.Form("/api/v2/token", null, $"grant_type=client_credentials&client_id={id}&client_secret=rnai_wrong"))).Refused(401);

        form.OAuthError.Should().Be("invalid_client");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit8_MintedIds_HaveNoUnderscore(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        string[] ids =
        [
            cluster.Id, department.Id, (await world.ProjectAsync(cluster, department)).Id, (await world.CreateUserAsync()).Id, (await world.CreateApplicationAsync()).Id,
        ];

        ids.Should().AllSatisfy(id => Guid.TryParseExact(id, "D", out _).Should().BeTrue(id));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit9_Roles_AreFoundByTheirExactNames(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var names = (await world.Admin.GetAsync("/api/v1/authorization/roles")).Expect(HttpStatusCode.OK).Json.EnumerateArray().Select(r => r.GetProperty("name").GetString());

        names.Should().Contain([
            "System administrator", "Department administrator", "Department viewer", "Editor", "Research manager", "L1 researcher", "L2 researcher", "ML engineer", "Viewer",
            "Environment administrator", "Credentials administrator", "Data source administrator", "Data volume administrator", "Compute resource administrator",
            "Template administrator", "Application administrator", "Cloud operator", "Cloud support", "AI practitioner", "Data and storage administrator", "Project administrator",
        ]);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit10_NullsAndUnknownMembersAndParameters_AreAsIfAbsent(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var user = (await world.Admin.PostAsync("/api/v1/users", new { email = world.NewEmail(), resetPassword = (bool?)null, notify = (bool?)null, id = "mine", enabled = false, isLocal = false })).Expect(HttpStatusCode.Created);
        (await world.Admin.GetAsync($"/api/v1/users/{user.Id}?x=1&limit=none")).Expect(HttpStatusCode.OK).Json.GetProperty("enabled").GetBoolean().Should().BeTrue("what is not known is never applied");

        var project = new
        {
            name = world.NewName(),
            clusterId = cluster.Id,
            parentId = (string?)null,
            requestedNamespace = (string?)null,
            enforceRunaiScheduler = (bool?)null,
            defaultNodePools = (string[]?)null,
            schedulingRules = (object?)null,
            nodeTypes = (object?)null,
            resources = new[] { new { nodePool = (object?)null, cpu = (object?)null, priority = (string?)null } },
            permissions = new { researchers = new[] { "x" } },
        };
        (await world.Admin.PostAsync("/api/v1/org-unit/projects", project)).Expect(HttpStatusCode.Created).Json.GetProperty("enforceRunaiScheduler").GetBoolean().Should().BeTrue();
        var rule = new { subjectType = "user", subjectId = user.Field("username"), roleId = 7, scopeType = "cluster", scopeId = cluster.Id, clusterId = (string?)null, expiresAt = (string?)null, id = 1, createdBy = "x" };
        (await world.Admin.PostAsync(Rules + "?subjectId=", rule)).Expect(HttpStatusCode.Created);
        (await world.Admin.GetAsync(Rules + "?subjectId=&limit=1")).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit11_ASubject_IsNamedByItsIdOrItsName(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (user, app) = (await world.CreateUserAsync(), await world.CreateApplicationAsync());
        foreach (var (type, given, shown) in new[]
        {
            ("user", user.Id, user.Field("username")), ("user", user.Field("username")!.ToUpperInvariant(), user.Field("username")),
            ("app", app.Id, app.Field("name")), ("service-account", app.Field("name"), app.Field("name")),
        })
            (await world.GrantAsync(type, given!, World.Viewer, await world.ClusterAsync())).Field("subjectId").Should().Be(shown);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit12_AContentTypeWithoutABody_IsNoError(StorageProvider provider)
    {
        var (world, wire) = await OpenWireAsync(provider);
        var token = await AdminTokenAsync(provider);
        var (user, app) = (await world.CreateUserAsync(), await world.CreateApplicationAsync());
        foreach (var (method, path, status) in new[]
        {
            ("GET", "/api/v1/users/count", 200), ("POST", $"/api/v1/users/{user.Id}/password", 200), ("POST", $"/api/v1/users/{user.Id}/logout", 200),
            ("POST", $"/api/v1/apps/{app.Id}/secret", 200), ("POST", $"/api/v1/service-accounts/{app.Id}/secret", 200), ("DELETE", $"/api/v1/users/{user.Id}", 204),
        })
            (await wire.SendAsync(new Sent(method, path) { Token = token, Body = [] })).Code.Should().Be(status, "{0} {1}", method, path);

        foreach (var type in new[] { null, "", "application/json", "application/x-www-form-urlencoded" })
            (await wire.SendAsync(new Sent("POST", "/api/v2/token") { Body = [], ContentType = type })).Refused(400).OAuthError.Should().Be("invalid_request");
        (await wire.SendAsync(Sent.Json("POST", "/api/v1/token", null, """{"grantType":"app_token","AppId":null,"AppSecret":null}"""))).Refused(401);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit13_CommasInFilterValues_SplitOnlyBeforeAFieldAndAnOperator(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var scope = await world.ClusterAsync();
        string[] names = [$"{world.Tag}, Team", $"{world.Tag},subjectId=@x", $"{world.Tag} Plain"];
        foreach (var name in names) await world.GrantAsync("group", name, World.Viewer, scope);
        var here = "scopeId==" + scope.Id;

        (await SubjectsAsync(Joined($"subjectId=={names[0]}", here))).Should().Equal(names[0]);
        (await SubjectsAsync(Joined($"subjectId=^{world.Tag.ToUpperInvariant()}", $"subjectId=@, t", here))).Should().Equal(names[0]);
        (await SubjectsAsync(Joined($"subjectId=={names[1]}", here))).Should().BeEmpty("that reads as two terms");
        (await SubjectsAsync($"filterBy={Uri.EscapeDataString("subjectId==" + names[1])}&filterBy={Uri.EscapeDataString(here)}")).Should().Equal(names[1]);
        (await SubjectsAsync(Joined(here, "subjectId!@,"))).Should().Equal(names[2]);

        foreach (var field in new[] { "totalGpuQuota", "gpuAllocated", "avgGpuUtilization30d" })
        {
            foreach (var op in new[] { "==0", "!=0", ">=0", "!@x" })
                (await world.Admin.GetAsync($"/api/v1/org-unit/departments/count?filterBy={Uri.EscapeDataString(field + op)}")).Expect(HttpStatusCode.OK).Json.GetProperty("count").GetInt32().Should().Be(0);
            (await world.Admin.GetAsync($"/api/v1/org-unit/departments?sortBy={field}&sortOrder=desc&limit=1")).Expect(HttpStatusCode.OK);
        }

        static string Joined(params string[] terms) => "filterBy=" + Uri.EscapeDataString(string.Join(',', terms));
        async Task<List<string?>> SubjectsAsync(string query)
            => [.. (await world.Admin.GetAsync($"{Rules}?{query}")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules").EnumerateArray().Select(r => r.GetProperty("subjectId").GetString())];
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Habit14_LastUpdated_IsAnIncrementalFeed(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var scope = await world.ClusterAsync();
        var first = await world.GrantAsync("group", world.NewName(), World.Viewer, scope);
        var second = await world.GrantAsync("group", world.NewName(), World.Viewer, scope);
        (await world.Admin.DeleteAsync($"{Rules}/{first.Json.GetProperty("id")}")).Expect(HttpStatusCode.NoContent);
        var since = Uri.EscapeDataString(second.Field("updatedAt")!);

        (await IdsAsync($"scopeId={scope.Id}&lastUpdated={since}")).Should().Equal(second.Json.GetProperty("id").GetInt32());
        (await IdsAsync($"scopeId={scope.Id}&lastUpdated={since}&includeDeleted=True")).Should().Equal(first.Json.GetProperty("id").GetInt32(), second.Json.GetProperty("id").GetInt32());

        async Task<List<int>> IdsAsync(string query)
            => [.. (await world.Admin.GetAsync($"{Rules}?{query}")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules").EnumerateArray().Select(r => r.GetProperty("id").GetInt32())];
    }

    private async Task<(World World, Wire Wire)> OpenWireAsync(StorageProvider provider)
    {
        var host = await Hosts.GetAsync(provider);
        return (await World.OpenAsync(host), new Wire(host.Address));
    }

    private async Task<string> AdminTokenAsync(StorageProvider provider)
        => (await (await Hosts.GetAsync(provider)).TokenAsync(new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword })).GetProperty("accessToken").GetString()!;
}
