using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Visibility;

/// <summary>Nothing of one tenant can be told from another: its ids, cursors and tokens answer there as made-up ones do.</summary>
public sealed partial class TenantTests(ApiHosts hosts) : ApiTests(hosts)
{
    /// <summary>Bodies and queries that name ids, by method and route; <c>{kind}</c> is the other tenant's, <c>[kind]</c> one's own.</summary>
    private static readonly (string Route, string Body)[] Bodies =
    [
        ("POST /api/v1/org-unit/departments", """{"name":"new-one","clusterId":"{cluster}"}"""),
        ("POST /api/v1/org-unit/projects", """{"name":"new-one","clusterId":"{cluster}"}"""),
        ("POST /api/v1/org-unit/projects", """{"name":"new-one","clusterId":"[cluster]","parentId":"{department}"}"""),
        ("PUT /api/v1/org-unit/departments/{departmentId}/resources", "[]"),
        ("PATCH /api/v1/org-unit/departments/{departmentId}/resources", "[]"),
        ("PUT /api/v1/org-unit/projects/{projectId}/resources", "[]"),
        ("PATCH /api/v1/org-unit/projects/{projectId}/resources", "[]"),
        ("POST /api/v1/users", """{"email":"new@example.com","scopeType":"project","scopeId":"{project}"}"""),
        ("POST /api/v1/users", """{"email":"new@example.com","scopeType":"tenant","scopeId":"{tenant}"}"""),
        ("POST /api/v1/users/{userId}/identities", """{"provider":"{alias}","subjectClaim":"00u1"}"""),
        ("POST /api/v1/apps", """{"name":"new-one","scopeType":"cluster","scopeId":"{cluster}"}"""),
        ("POST /api/v1/service-accounts", """{"name":"new-one","scopeType":"department","scopeId":"{department}"}"""),
        ("POST /api/v1/authorization/access-rules", """{"subjectType":"user","subjectId":"{user}","roleId":5,"scopeType":"project","scopeId":"[project]"}"""),
        ("POST /api/v1/authorization/access-rules", """{"subjectType":"app","subjectId":"{application}","roleId":5,"scopeType":"project","scopeId":"[project]"}"""),
        ("POST /api/v1/authorization/access-rules", """{"subjectType":"user","subjectId":"[user]","roleId":5,"scopeType":"project","scopeId":"{project}"}"""),
        ("POST /api/v1/authorization/access-rules", """{"subjectType":"user","subjectId":"[user]","roleId":5,"scopeType":"tenant","scopeId":"{tenant}"}"""),
        ("POST /api/v1/authorization/access-rules", """{"subjectType":"user","subjectId":"[user]","roleId":5,"scopeType":"project","scopeId":"[project]","clusterId":"{cluster}"}"""),
        ("POST /api/v1/authorization/access-rules", """{"subjectType":"user","subjectId":"[user]","roleId":{role},"scopeType":"project","scopeId":"[project]"}"""),
        ("POST /api/v1/authorization/access-rules/authenticated-users", """{"roleId":5,"scopeType":"department","scopeId":"{department}"}"""),
        ("POST /api/v1/authorization/access-rules/authenticated-users", """{"roleId":{role},"scopeType":"project","scopeId":"[project]"}"""),
        ("POST /api/v1/authorization/access-rules/authenticated-users", """{"roleId":5,"scopeType":"project","scopeId":"[project]","clusterId":"{cluster}"}"""),
        ("POST /api/v1/authorization/access-rules/batch-create", """{"payload":{"roleId":5,"subjects":[{"subjectType":"user","subjectId":"{user}"},{"subjectType":"app","subjectId":"{application}"}],"scopes":[{"scopeType":"project","scopeId":"[project]"}]}}"""),
        ("POST /api/v1/authorization/access-rules/batch-create", """{"payload":{"roleId":5,"subjects":[{"subjectType":"user","subjectId":"[user]"}],"scopes":[{"scopeType":"cluster","scopeId":"{cluster}"},{"scopeType":"project","scopeId":"{project}"}]}}"""),
        ("POST /api/v1/authorization/access-rules/batch", """{"ids":["{rule}","{user}"],"action":"delete"}"""),
        ("POST /api/v1/authorization/access-rules/batch", """{"ids":["{rule}"],"action":"validate_delete"}"""),
        ("POST /api/v1/authorize/simulate", """{"delete":["{rule}"]}"""),
        ("POST /api/v1/authorize/simulate", """{"create":[{"subjectType":"user","subjectId":"[user]","roleId":5,"scopeType":"project","scopeId":"{project}"}]}"""),
        ("POST /api/v1/authorize/simulate", """{"create":[{"subjectType":"app","subjectId":"{application}","roleId":5,"scopeType":"project","scopeId":"[project]"}]}"""),
        ("POST /api/v1/authorize", """{"action":"read","resourceType":"project","scope":{"type":"project","id":"{project}"}}"""),
        ("POST /api/v1/authorize", """{"action":"read","resourceType":"project","scope":{"type":"tenant","id":"{tenant}"}}"""),
        ("POST /api/v1/authorize", """{"subject":{"type":"user","id":"{user}"},"action":"read","resourceType":"project","scope":{"type":"project","id":"[project]"}}"""),
        ("POST /api/v1/authorize", """{"subject":{"type":"application","id":"{application}"},"action":"read","resourceType":"project","scope":{"type":"project","id":"{project}"}}"""),
        ("POST /api/v1/authorize", """{"action":"read","resourceType":"project","scope":{"type":"project","id":"[project]"},"consistency":{"atLeast":"{revision}"}}"""),
        ("POST /api/v1/authorize/batch", """{"checks":[{"subject":{"type":"user","id":"{user}"},"action":"read","resourceType":"project","scope":{"type":"cluster","id":"{cluster}"}}]}"""),
        ("POST /api/v1/authorize/batch", """{"checks":[{"action":"read","resourceType":"project","scope":{"type":"project","id":"[project]"}}],"consistency":{"atLeast":"{revision}"}}"""),
        ("POST /api/v1/authorize/explain", """{"subject":{"type":"user","id":"{user}"},"action":"read","resourceType":"project","scope":{"type":"project","id":"{project}"}}"""),
        ("POST /api/v1/authorize/explain", """{"subject":{"type":"application","id":"{application}"},"action":"read","resourceType":"project","scope":{"type":"project","id":"[project]"}}"""),
        ("POST /api/v1/authorize/who-can", """{"action":"read","resourceType":"project","scope":{"type":"project","id":"{project}"}}"""),
        ("POST /api/v1/authorize/who-can", """{"action":"read","resourceType":"project","scope":{"type":"project","id":"[project]"},"cursor":"{who-cursor}"}"""),
        ("POST /api/v1/authorize/what-can", """{"subject":{"type":"user","id":"{user}"}}"""),
        ("POST /api/v1/authorize/what-can", """{"cursor":"{what-cursor}"}"""),
        ("PUT /api/v1/idps/{idp}", """{"type":"openshift-v4","ocpData":{"idpBaseUrl":"https://api.example.com","clientSecret":"x"}}"""),
        ("POST /api/v1/idps/{idp}/test", """{"type":"openshift-v4","ocpData":{"idpBaseUrl":"http://127.0.0.1:1","clientSecret":"x"}}"""),
        ("PUT /api/v1/idps/{idp}/mappers", """{"email":"mail"}"""),
    ];

    private static readonly string[] Queries =
    [
        "/api/v1/authorization/access-rules?scopeId={project}", "/api/v1/authorization/access-rules?clusterId={cluster}", "/api/v1/authorization/access-rules?subjectIds={user},{application}",
        "/api/v1/authorization/access-rules?filterBy=scopeId=={project}", "/api/v1/authorization/access-rules?filterBy=subjectId=={user}&includeDeleted=true", "/api/v1/org-unit/departments?filterBy=clusterId=={cluster}",
        "/api/v1/org-unit/projects?filterBy=clusterId=={cluster},parentId=={department}", "/api/v1/org-unit/projects/count?filterBy=departmentId=={department}",
        "/api/v1/authorization/access-rules/count?scopeId={department}", "/api/v1/authorization/access-rules?subjectIdFilter={user}&includeDeleted=true", "/api/v1/authorization/access-rules?roleId={role}",
        "/api/v1/administration/access-keys?clientId={key}", "/api/v1/administration/user-applications?createdBy={user}",
    ];

    [Theory, MemberData(nameof(Providers))]
    public async Task EveryRoute_WithTheOtherTenantsIds_AnswersAsWithMadeUpOnes(StorageProvider provider)
    {
        var (other, own) = await TwoAsync(provider);
        var (otherFacts, ownFacts) = (await other.Tenant.FactsAsync(), await own.Tenant.FactsAsync());
        // Numbers are each tenant's own: this one must be nothing at all in the tenant that asks.
        ownFacts.Rules.Select(r => r.Id).Concat(ownFacts.Roles.Select(r => r.Id)).Should().NotContain(int.Parse(other.Ids["rule"].Id, CultureInfo.InvariantCulture));
        var asked = 0;

        foreach (var (method, pattern) in Routes(own.Tenant.Host))
        {
            var bodies = Bodies.Where(x => x.Route == $"{method} {pattern}").Select(x => (string?)x.Body).DefaultIfEmpty(Any(method)).ToList();
            foreach (var path in Paths(pattern, other))
            {
                foreach (var body in bodies)
                {
                    if (path.Contains('{', StringComparison.Ordinal) || body?.Contains("\"{", StringComparison.Ordinal) == true || body?.Contains(":{", StringComparison.Ordinal) == true)
                        asked += await CompareAsync(own, other, method, path, body);
                }
            }
        }

        asked += await CompareAsync(own, other, "PUT", "/api/v1/security/settings/autoRedirectSSO", """{"enabled":true,"idpAlias":"{alias}"}""");
        foreach (var query in Queries) asked += await CompareAsync(own, other, "GET", query, null);
        foreach (var (route, _) in Bodies) Routes(own.Tenant.Host).Select(r => $"{r.Method} {r.Pattern}").Should().Contain(route);

        // Nothing has happened on either side, and both go on.
        foreach (var (tenant, facts) in new[] { (other, otherFacts), (own, ownFacts) })
        {
            var after = await tenant.Tenant.FactsAsync();
            after.Scopes.Should().BeEquivalentTo(facts.Scopes);
            after.Subjects.Should().BeEquivalentTo(facts.Subjects);
            after.Rules.Should().BeEquivalentTo(facts.Rules);
            (await tenant.Tenant.Admin.GetAsync("/api/v1/users")).Expect(HttpStatusCode.OK);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{asked} pairs of requests compared.");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task EveryList_InATenantWithTheSameNames_HoldsNothingOfTheOther(StorageProvider provider)
    {
        var (other, own) = await TwoAsync(provider);
        var foreign = other.Ids.Where(x => x.Key is not ("tenant" or "rule" or "role")).Select(x => x.Value.Id).ToList();
        var lists = Routes(own.Tenant.Host).Where(r => r.Method == "GET" && !r.Pattern.Contains('{', StringComparison.Ordinal)).Select(r => r.Pattern).ToList();
        lists.Should().Contain(["/api/v1/users", "/api/v1/clusters", "/api/v1/authorization/access-rules", "/api/v1/access-keys", "/api/v1/administration/user-applications", "/api/v1/tenants"]);

        foreach (var list in lists)
        {
            var period = list.StartsWith("/api/v1/audit/log", StringComparison.Ordinal) ? "?start=2000-01-01T00:00:00Z&end=2100-01-01T00:00:00Z&numberOfSamples=1000&fileType=JSON" : string.Empty;
            var reply = (await own.Tenant.Admin.GetAsync(list + period)).Expect(HttpStatusCode.OK);
            foreach (var id in foreign) reply.Text.Should().NotContain(id, "{0} is of one tenant", list);
            reply.Text.Should().NotContain($"\"tenantId\":{other.Tenant.Id}").And.NotContain($"\"tenantId\":\"{other.Tenant.Id}\"");
        }

        foreach (var name in new[] { TenantWithEverything.Email, TenantWithEverything.ClientId, "ml-team" })
        {
            var check = await own.Tenant.Admin.PostAsync("/api/v1/authorize", new
            {
                subject = new { type = name == "ml-team" ? "group" : name == TenantWithEverything.ClientId ? "application" : "user", id = name },
                action = "read",
                resourceType = "project",
                scope = new { type = "project", id = other.Ids["project"].Id },
            });
            check.Expect(HttpStatusCode.OK).Field("reason").Should().Be("unknown_scope");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SignIn_InAnotherTenant_IsAWrongPassword(StorageProvider provider)
    {
        var (other, own) = await TwoAsync(provider);
        var http = other.Tenant.Host.Http;
        foreach (var tenant in new[] { own.Tenant.ScopeId, "999999", "0", "-1", "x", " " + other.Tenant.ScopeId, other.Tenant.ScopeId + ".0", "99999999999999999999" })
        {
            await SameAsync(tenant, (t, wrong) => new { grantType = "password", username = TenantWithEverything.Email, password = wrong ? "not it at all" : other.Password, tenantId = t });
            await SameAsync(tenant, (t, wrong) => new { grantType = "app_token", appID = TenantWithEverything.ClientId, appSecret = wrong ? "rnai_no" : other.Secret, tenantId = t });
            await SameAsync(tenant, (t, wrong) => new { grantType = "client_credentials", clientID = other.Ids["application"].Id, clientSecret = wrong ? "rnai_no" : other.Secret, tenantId = t });
            await SameAsync(tenant, (t, wrong) => new { grantType = "app_token", appID = other.Ids["key"].Id, appSecret = wrong ? "rnai_no" : other.KeySecret, tenantId = t });
            await SameFormAsync(tenant, (t, wrong) => new() { ["grant_type"] = "client_credentials", ["client_id"] = other.Ids["key"].Id, ["client_secret"] = wrong ? "rnai_no" : other.KeySecret, ["tenant_id"] = t });
            await SameFormAsync(tenant, (t, wrong) => new() { ["grant_type"] = "password", ["username"] = TenantWithEverything.Email, ["password"] = wrong ? "not it at all" : other.Password, ["tenant_id"] = t });
            await SameFormAsync(tenant, (t, wrong) => new() { ["grant_type"] = "client_credentials", ["client_id"] = TenantWithEverything.ClientId, ["client_secret"] = wrong ? "rnai_no" : other.Secret, ["tenant_id"] = t });
        }

        // The older call can name no tenant: it is the first one's, and these are not its credentials.
        await SamePairAsync("/v1/k8s/auth/oauth/apptoken", JsonContent(new { id = other.Ids["application"].Id, secret = other.Secret }), JsonContent(new { id = Guid.NewGuid().ToString(), secret = other.Secret }));

        Task SameAsync(string tenant, Func<string, bool, object> body)
            => SamePairAsync("/api/v1/token", JsonContent(body(tenant, false)), JsonContent(body(other.Tenant.ScopeId, true)));

        Task SameFormAsync(string tenant, Func<string, bool, Dictionary<string, string>> form)
            => SamePairAsync("/api/v2/token", new FormUrlEncodedContent(form(tenant, false)), new FormUrlEncodedContent(form(other.Tenant.ScopeId, true)));

        async Task SamePairAsync(string path, HttpContent inTheWrongTenant, HttpContent wrong)
        {
            var refused = await SendAsync(http, path, inTheWrongTenant);
            ((int)refused.Status).Should().BeOneOf([400, 401], "the answer was {0}", refused.Text);
            Answers.Essence(refused).Should().Be(Answers.Essence(await SendAsync(http, path, wrong)));
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Tokens_OfOneTenant_NeverActInTheOther(StorageProvider provider)
    {
        var (other, own) = await TwoAsync(provider);
        var http = other.Tenant.Host.Http;
        var signedIn = (await other.Tenant.TokenAsync(Password(other, other.Tenant.ScopeId))).Expect(HttpStatusCode.OK);
        var refresh = signedIn.Field("refreshToken")!;

        var refused = await other.Tenant.TokenAsync(new { grantType = "refresh_token", refreshToken = refresh, tenantId = own.Tenant.ScopeId });
        var unnamed = await other.Tenant.TokenAsync(new { grantType = "refresh_token", refreshToken = refresh });
        var madeUp = await other.Tenant.TokenAsync(new { grantType = "refresh_token", refreshToken = "made up", tenantId = own.Tenant.ScopeId });
        Answers.Essence(refused.Expect(HttpStatusCode.Unauthorized)).Should().Be(Answers.Essence(madeUp));
        Answers.Essence(unnamed).Should().Be(Answers.Essence(madeUp));
        // Nobody has used it up.
        (await other.Tenant.TokenAsync(new { grantType = "refresh_token", refreshToken = refresh, tenantId = other.Tenant.ScopeId })).Expect(HttpStatusCode.OK);

        // With a token nothing else names the tenant.
        var person = new Person(http, other.Ids["user"].Id, TenantWithEverything.Email, signedIn.Field("accessToken")!);
        foreach (var path in new[] { $"/api/v1/users?tenantId={own.Tenant.ScopeId}", $"/api/v1/users?tenant_id={own.Tenant.ScopeId}" })
            (await person.GetAsync(path)).Expect(HttpStatusCode.OK).Ids.Should().Equal(other.Ids["user"].Id);

        // One e-mail, two people: what ends one leaves the other alone.
        (await own.Tenant.Admin.PatchAsync($"/api/v1/users/{own.Ids["user"].Id}", new { enabled = false })).Expect(HttpStatusCode.OK);
        (await person.GetAsync("/api/v1/users")).Expect(HttpStatusCode.OK);
        (await own.Tenant.TokenAsync(Password(own, own.Tenant.ScopeId))).Expect(HttpStatusCode.Unauthorized);
        (await other.Tenant.Admin.PostAsync($"/api/v1/users/{other.Ids["user"].Id}/logout")).Expect(HttpStatusCode.OK);
        (await person.GetAsync("/api/v1/users")).Expect(HttpStatusCode.Unauthorized);
        (await own.Tenant.Admin.GetAsync("/api/v1/users")).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SystemRules_ArePlatformAdministratorsAlone(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var auditor = await world.PersonAsync(4002, World.Tenant);
        var platform = await world.PersonAsync(4003, new Scope("system", "system"));
        const string rules = "/api/v1/authorization/access-rules";

        var listed = (await platform.GetAsync(rules + "?limit=500")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules").EnumerateArray().ToList();
        listed.Should().NotBeEmpty().And.OnlyContain(r => r.GetProperty("scopeType").GetString() == "system");
        (await auditor.GetAsync(rules + "?scopeType=system")).Expect(HttpStatusCode.OK).Json.GetProperty("totalRecords").GetInt32().Should().Be(0);
        (await auditor.GetAsync(rules + "/count?scopeId=system&includeDeleted=true")).Expect(HttpStatusCode.OK).Json.GetProperty("count").GetInt32().Should().Be(0);
        (await auditor.GetAsync($"{rules}/{listed[0].GetProperty("id").GetInt32()}")).Expect(HttpStatusCode.NotFound);
        (await platform.GetAsync(rules + "/1")).Expect(HttpStatusCode.NotFound);
        (await platform.GetAsync("/api/v1/users")).Expect(HttpStatusCode.OK).Ids.Should().Equal(platform.Id);
        (await platform.GetAsync("/api/v1/clusters")).Expect(HttpStatusCode.OK).Ids.Should().BeEmpty();
    }

    private async Task<(TenantWithEverything Other, TenantWithEverything Own)> TwoAsync(StorageProvider provider)
    {
        var host = await Hosts.GetAsync(provider);
        return (await TenantWithEverything.CreateAsync(host, moreRules: 16, customRole: true), await TenantWithEverything.CreateAsync(host));
    }

    private static object Password(TenantWithEverything world, string tenantId) => new { grantType = "password", username = TenantWithEverything.Email, password = world.Password, tenantId };

    /// <summary>Every route that wants a token, with its methods.</summary>
    private static List<(string Method, string Pattern)> Routes(ApiHost host)
        => [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetMetadata<PageMark>() is null)
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method => (method, "/" + endpoint.RoutePattern.RawText!.Trim('/'))))];

    /// <summary>The path with, for its parameters, each kind of id of the other tenant.</summary>
    private static List<string> Paths(string pattern, TenantWithEverything other)
        => Parameter().IsMatch(pattern) ? [.. other.Ids.Keys.Where(kind => kind != "tenant" || !TakesNumber(pattern)).Select(kind => Parameter().Replace(pattern, "{" + kind + "}"))] : [pattern];

    /// <summary>The other tenant's number is also that of some role and rule of one's own.</summary>
    private static bool TakesNumber(string pattern) => pattern.Contains("{roleIdPath}", StringComparison.Ordinal) || pattern.Contains("{accessRuleId}", StringComparison.Ordinal);

    /// <summary>A body that no change refuses before it has looked for its object.</summary>
    private static string? Any(string method)
        => method is "GET" or "DELETE" ? null : """{"name":"taken","description":"x","enabled":false,"resources":[],"source":"directory","groups":["ml-team"]}""";

    private static async Task<int> CompareAsync(TenantWithEverything own, TenantWithEverything other, string method, string path, string? body)
    {
        var replies = new List<Reply>();
        foreach (var random in new[] { false, true })
        {
            var filled = body is null ? null : Own(other.Filled(body, random), own);
            var target = other.Filled(path, random);
            replies.Add(filled is null
                ? await own.Tenant.Admin.SendAsync(new HttpRequestMessage(new HttpMethod(method), target))
                : await own.Tenant.Admin.SendTextAsync(new HttpMethod(method), target, filled));
        }

        var (real, made) = (other.WithoutIds(Answers.Essence(replies[0])), other.WithoutIds(Answers.Essence(replies[1])));
        real.Should().Be(made, "{0} {1} {2} must not tell the other tenant's ids from made-up ones", method, path, body);
        ((int)replies[0].Status).Should().BeLessThan(500);
        return 1;
    }

    private static string Own(string body, TenantWithEverything own)
    {
        foreach (var (kind, (id, _)) in own.Ids) body = body.Replace("\"[" + kind + "]\"", $"\"{id}\"", StringComparison.Ordinal);
        return body;
    }

    private static System.Net.Http.Json.JsonContent JsonContent(object body) => System.Net.Http.Json.JsonContent.Create(body);

    private static async Task<Reply> SendAsync(HttpClient http, string path, HttpContent content)
    {
        using var response = await http.PostAsync(path, content, TestContext.Current.CancellationToken);
        content.Dispose();
        return await Reply.ReadAsync(response);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
