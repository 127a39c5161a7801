using System.Net;
using System.Text.Json;

namespace RunAiRbac.Api.Tests.SubjectManagement;

/// <summary>An answer as a client sees it.</summary>
internal sealed record Reply(HttpStatusCode Status, JsonElement Json, string Text, string? Revision)
{
    public string? ErrorCode => Field("errorCode");

    public string? Details => Field("details");

    public string Id => Field("id")!;

    public string? Field(string name) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The ids of a bare array.</summary>
    public IReadOnlyList<string> Ids => [.. Json.EnumerateArray().Select(x => x.GetProperty("id").GetString()!)];

    /// <summary>Fails with the answer's text when the status is another.</summary>
    public Reply Expect(HttpStatusCode status, string? errorCode = null)
    {
        Status.Should().Be(status, "the answer was {0}", Text);
        if (errorCode is not null) ErrorCode.Should().Be(errorCode, "the answer was {0}", Text);
        return this;
    }

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return new Reply(response.StatusCode, document.RootElement.Clone(), text, response.Headers.TryGetValues("X-Revision", out var values) ? values.Single() : null);
    }
}
