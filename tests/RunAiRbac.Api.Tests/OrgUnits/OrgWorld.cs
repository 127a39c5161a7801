using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.OrgUnits;

/// <summary>One answer: its status, headers and body.</summary>
internal sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, string Text)
{
    /// <summary>The methods that a 405 names.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>The body as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Id => Json["id"]?.GetValue<string>() ?? Json["uuid"]!.GetValue<string>();

    /// <summary>Asserts the status, with the body as the reason.</summary>
    public Answer Is(int status)
    {
        ((int)Status).Should().Be(status, "the answer was {0}", Text);
        return this;
    }

    /// <summary>Asserts a problem document that carries the compatible fields and, for bad input, names the field.</summary>
    public Answer IsProblem(int status, string errorCode, string? field = null)
    {
        Is(status);
        Json["code"]!.GetValue<int>().Should().Be(status);
        Json["message"]!.GetValue<string>().Should().NotBeEmpty();
        Json["errorCode"]!.GetValue<string>().Should().Be(errorCode, "the answer was {0}", Text);
        if (field is not null) Json["details"]?.GetValue<string>().Should().Be(field, "the answer was {0}", Text);
        return this;
    }
}

/// <summary>Somebody who calls the API.</summary>
internal sealed class Somebody(HttpClient client, string token)
{
    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
        {
            Allow = [.. response.Content.Headers.Allow],
        };
    }
}

/// <summary>A running service and its administrator, with short ways to make units and actors; every name is made new, so that tests share nothing.</summary>
internal sealed class OrgWorld(HttpClient client, string adminToken)
{
    public const string Clusters = "/api/v1/clusters";
    public const string Departments = "/api/v1/org-unit/departments";
    public const string Projects = "/api/v1/org-unit/projects";
    public const string Rules = "/api/v1/authorization/access-rules";

    public Somebody Admin { get; } = new(client, adminToken);

    public static string NewName(string prefix) => prefix + "-" + Guid.NewGuid().ToString("n")[..12];

    public async Task<string> ClusterAsync(string? name = null)
        => (await Admin.PostAsync(Clusters, new { name = name ?? NewName("cluster") })).Is(201).Id;

    public async Task<string> DepartmentAsync(string clusterId, string? name = null)
        => (await Admin.PostAsync(Departments, new { name = name ?? NewName("department"), clusterId })).Is(201).Id;

    public async Task<string> ProjectAsync(string clusterId, string? parentId = null, string? name = null)
        => (await Admin.PostAsync(Projects, new { name = name ?? NewName("project"), clusterId, parentId })).Is(201).Id;

    /// <summary>The id of the cluster's department <c>default</c>.</summary>
    public async Task<string> DefaultDepartmentAsync(string clusterId)
    {
        var all = await AllAsync(Admin, Departments, "departments");
        return all.Single(d => d["clusterId"]!.GetValue<string>() == clusterId && d["name"]!.GetValue<string>() == "default")["id"]!.GetValue<string>();
    }

    /// <summary>An application with rules: (role's name, scope type, scope id).</summary>
    public async Task<Somebody> ActorAsync(params (string Role, string ScopeType, string ScopeId)[] rules) => (await AppAsync(rules)).Actor;

    public async Task<(Somebody Actor, string Name)> AppAsync(params (string Role, string ScopeType, string ScopeId)[] rules)
    {
        var name = NewName("app");
        var created = (await Admin.PostAsync("/api/v1/apps", new { name })).Is(201).Json;
        foreach (var rule in rules) await RuleAsync(name, rule.Role, rule.ScopeType, rule.ScopeId);
        using var response = await client.PostAsJsonAsync(
            "/api/v1/token",
            new { grantType = "app_token", AppId = name, AppSecret = created["secret"]!.GetValue<string>() },
            TestContext.Current.CancellationToken);
        var token = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["accessToken"]!.GetValue<string>();
        return (new Somebody(client, token), name);
    }

    public async Task<int> RuleAsync(string app, string role, string scopeType, string scopeId)
    {
        var roles = (await Admin.GetAsync("/api/v1/authorization/roles")).Is(200).Json.AsArray();
        var roleId = roles.Single(r => r!["name"]!.GetValue<string>() == role)!["id"]!.GetValue<int>();
        var rule = await Admin.PostAsync(Rules, new { subjectId = app, subjectType = "app", roleId, scopeId, scopeType });
        return rule.Is(201).Json["id"]!.GetValue<int>();
    }

    /// <summary>Every item of a paged list.</summary>
    public static async Task<List<JsonNode>> AllAsync(Somebody actor, string path, string member)
    {
        var all = new List<JsonNode>();
        for (int? offset = 0; offset is not null;)
        {
            var page = (await actor.GetAsync($"{path}?limit=500&offset={offset}")).Is(200).Json;
            all.AddRange(page[member]!.AsArray().Select(item => item!));
            offset = page["next"]?.GetValue<int>();
        }

        return all;
    }

    /// <summary>A corner of a running service.</summary>
    public static async Task<OrgWorld> OnAsync(ApiHost host)
    {
        var admin = await host.TokenAsync(new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword });
        return new OrgWorld(host.Http, admin.GetProperty("accessToken").GetString()!);
    }
}
