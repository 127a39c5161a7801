using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>A host of a test's own, with its administrator's token.</summary>
internal sealed class InputHost : IAsyncDisposable
{
    private InputHost(ApiHost host, string adminToken) => (Host, AdminToken, Wire) = (host, adminToken, new Wire(host.Address));

    public ApiHost Host { get; }

    public Wire Wire { get; }

    public string AdminToken { get; private set; }

    public static async Task<InputHost> StartAsync(StorageProvider provider, PostgresFixture postgres, TimeProvider? clock = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock, Settings = settings ?? new Dictionary<string, string>() }, postgres);
        return new InputHost(host, await TokenAsync(host, ApiHost.AdminEmail, ApiHost.AdminPassword));
    }

    public static async Task<string> TokenAsync(ApiHost host, string email, string password)
        => (await host.TokenAsync(new { grantType = "password", username = email, password })).GetProperty("accessToken").GetString()!;

    public Task<Answer> JsonAsync(string method, string path, string? json = null) => Wire.SendAsync(Sent.Json(method, path, AdminToken, json));

    /// <summary>As <see cref="JsonAsync"/>; the answer must be good.</summary>
    public async Task<JsonElement> MakeAsync(string path, object body) => (await JsonAsync("POST", path, JsonSerializer.Serialize(body))).Good().Json;

    /// <summary>The revision that the database has at this moment.</summary>
    public async Task<string> RevisionAsync()
    {
        var answer = await JsonAsync("POST", "/api/v1/authorize", """{"action":"read","resourceType":"users","scope":{"type":"tenant","id":"1"},"consistency":{"full":true}}""");
        return answer.Good().Json.GetProperty("revision").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Wire.Dispose();
        await Host.DisposeAsync();
    }
}
