using System.Net;
using System.Text;
using System.Text.Json;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>A request as it goes over the wire, for showing and sending.</summary>
internal sealed record Sent(string Method, string Path)
{
    public string? Token { get; init; }

    public byte[]? Body { get; init; }

    /// <summary>Null: no header.</summary>
    public string? ContentType { get; init; } = "application/json";

    public bool Chunked { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public static Sent Json(string method, string path, string? token, string? json)
        => new(method, path) { Token = token, Body = json is null ? null : Encoding.UTF8.GetBytes(json) };

    public static Sent Form(string path, string? token, string form)
        => new("POST", path) { Token = token, Body = Encoding.UTF8.GetBytes(form), ContentType = "application/x-www-form-urlencoded" };

    public override string ToString()
    {
        var body = Body is null ? string.Empty : Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 400));
        return $"{Method} {(Path.Length > 300 ? Path[..300] + "…" : Path)} [{ContentType}] {body}";
    }
}

/// <summary>An answer with what design.md §7 demands of every error.</summary>
internal sealed record Answer(Sent Sent, HttpStatusCode Status, string Text, JsonElement Json, HttpResponseMessage Response)
{
    private static readonly string[] Members = ["type", "title", "detail", "instance", "message", "errorCode", "traceId"];

    public int Code => (int)Status;

    public string? Details => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("details", out var details) ? details.GetString() : null;

    public string? ErrorCode => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("errorCode", out var code) ? code.GetString() : null;

    public string? OAuthError => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("error", out var error) ? error.GetString() : null;

    /// <summary>The error it must be: this status, well-formed.</summary>
    public Answer Refused(int status)
    {
        Code.Should().Be(status, "{0} was answered {1}", Sent, Text);
        Flaw().Should().BeNull("{0} was answered {1}", Sent, Text);
        return this;
    }

    public Answer Good()
    {
        Response.IsSuccessStatusCode.Should().BeTrue("{0} was answered {1} {2}", Sent, Status, Text);
        return this;
    }

    /// <summary>What is wrong with the answer as such; null: nothing.</summary>
    public string? Flaw()
    {
        if (Code < 400) return Code is >= 200 and < 300 or 304 ? null : $"the status {Code}";
        if (Code == 500) return "a 500";
        if (Code == 401 && Response.Headers.WwwAuthenticate.Count == 0) return "a 401 without WWW-Authenticate";
        if (Sent.Method == "HEAD") return null;
        var type = Response.Content.Headers.ContentType?.MediaType;
        var path = Sent.Path.Split('?')[0];
        if (path.StartsWith("/oauth2", StringComparison.OrdinalIgnoreCase) || path.StartsWith("/api/v2/token", StringComparison.OrdinalIgnoreCase))
            return type == "application/json" && OAuthError is not null ? null : "no error object of RFC 6749";
        if (type != "application/problem+json" || Json.ValueKind != JsonValueKind.Object) return "no problem document";
        foreach (var member in Members)
            if (!Json.TryGetProperty(member, out var value) || value.ValueKind != JsonValueKind.String || value.GetString()!.Length == 0) return $"no `{member}`";
        foreach (var member in new[] { "status", "code" })
            if (!Json.TryGetProperty(member, out var value) || !value.TryGetInt32(out var number) || number != Code) return $"a wrong `{member}`";
        return null;
    }
}

/// <summary>Sends requests as they are: no path is tidied, no header added.</summary>
internal sealed class Wire(Uri address) : IDisposable
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(60) };

    public async Task<Answer> SendAsync(Sent sent)
    {
        using var request = new HttpRequestMessage(new HttpMethod(sent.Method), new Uri(address.GetLeftPart(UriPartial.Authority) + sent.Path, AsItIs));
        if (sent.Body is not null)
        {
            request.Content = new ByteArrayContent(sent.Body);
            if (sent.ContentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", sent.ContentType);
            if (sent.Chunked) request.Headers.TransferEncodingChunked = true;
            else if (sent.Body.Length > 60_000) request.Headers.ExpectContinue = true;
        }

        if (sent.Token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + sent.Token);
        foreach (var (name, value) in sent.Headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(sent, response.StatusCode, text, Parse(response, text), response);
    }

    public void Dispose() => _http.Dispose();

    private static JsonElement Parse(HttpResponseMessage response, string text)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (text.Length == 0 || type is not ("application/json" or "application/problem+json")) return default;
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
