using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Replicas;

/// <summary>Calls to processes.</summary>
internal static class Wire
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<HttpClient> SignInAsync(ApiProcess process)
        => WithToken(process, await TokenAsync(process, new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword }));

    public static async Task<string> TokenAsync(ApiProcess process, object body) => (await PostAsync(process.Http, "/api/v1/token", body)).GetProperty("accessToken").GetString()!;

    public static HttpClient WithToken(ApiProcess process, string token)
    {
        var client = new HttpClient { BaseAddress = process.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Posts JSON; the answer must be good.</summary>
    public static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        response.IsSuccessStatusCode.Should().BeTrue("the answer was {0}: {1}", response.StatusCode, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Cancel);
        return response.StatusCode;
    }
}
