using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>The service with the example organization. The tests of one class share it; each changes only what it made.</summary>
public sealed class DemoService : IAsyncLifetime
{
    private Service? _service;
    private HttpClient? _admin;

    public Service Service => _service!;

    /// <summary>The API as the administrator.</summary>
    public HttpClient Admin => _admin!;

    public async ValueTask InitializeAsync()
    {
        _service = await Service.StartAsync(new Dictionary<string, string> { ["seed"] = "demo", ["Tokens__AccessTokenLifetime"] = "01:00:00" });
        _admin = await ClientAsync(Service.AdminEmail, Service.AdminPassword);
    }

    /// <summary>The API as somebody.</summary>
    public async Task<HttpClient> ClientAsync(string email, string password)
    {
        var client = new HttpClient { BaseAddress = Service.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Service.TokenAsync(email, password));
        return client;
    }

    /// <summary>A cluster, department or project of the example, by its name; the tenant.</summary>
    public async Task<(string Type, string Id)> ScopeAsync(string type, string name = "")
    {
        if (type == "tenant") return (type, "1");
        var (path, list, id) = type switch
        {
            "cluster" => ("/api/v1/clusters", null, "uuid"),
            "department" => ("/api/v1/org-unit/departments?filterBy=name==" + name, "departments", "id"),
            _ => ("/api/v1/org-unit/projects?filterBy=name==" + name, "projects", "id"),
        };
        var answer = await GetAsync(Admin, path);
        return (type, (list is null ? answer : answer.GetProperty(list)).EnumerateArray().First(x => x.GetProperty("name").GetString() == name).GetProperty(id).GetString()!);
    }

    /// <summary>A new user with these roles.</summary>
    public async Task<(string Email, string Password)> NewUserAsync(params (int Role, (string Type, string Id) Scope)[] rules)
    {
        var email = $"u{Guid.NewGuid().ToString("N")[..10]}@example.com";
        var made = await PostAsync(Admin, "/api/v1/users", new { email });
        foreach (var (role, scope) in rules) await NewRuleAsync("user", email, role, scope);
        return (email, made.GetProperty("tempPassword").GetString()!);
    }

    public async Task<int> NewRuleAsync(string subjectType, string subjectId, int roleId, (string Type, string Id) scope)
        => (await PostAsync(Admin, "/api/v1/authorization/access-rules", new { subjectType, subjectId, roleId, scopeType = scope.Type, scopeId = scope.Id })).GetProperty("id").GetInt32();

    public async Task<string> NewApplicationAsync()
    {
        var name = $"bot-{Guid.NewGuid().ToString("N")[..10]}";
        await PostAsync(Admin, "/api/v1/service-accounts", new { name });
        return name;
    }

    public static async Task<JsonElement> GetAsync(HttpClient client, string path)
        => await client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    public static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var reply = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        reply.IsSuccessStatusCode.Should().BeTrue("POST {0} answered {1}", path, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        if (_service is not null) await _service.DisposeAsync();
    }
}
