using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace RunAiRbac.Api.Tests.SubjectManagement;

/// <summary>Somebody signed in, and what they say to the API.</summary>
internal sealed class Person(HttpClient http, string id, string name, string token)
{
    public string Id => id;

    public string Token => token;

    /// <summary>The e-mail address or client id.</summary>
    public string Name => name;

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Reply> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<Reply> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Reply> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<Reply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    /// <summary>The body as it is.</summary>
    public async Task<Reply> SendTextAsync(HttpMethod method, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await SendAsync(method, path, content);
    }

    private async Task<Reply> SendAsync(HttpMethod method, string path, object? body)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        return await SendAsync(method, path, content);
    }

    private async Task<Reply> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await SendAsync(request);
    }

    /// <summary>The request as it is, with the token.</summary>
    public async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }
}
