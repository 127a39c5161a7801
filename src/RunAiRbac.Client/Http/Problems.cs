using System.Globalization;
using System.Net;
using System.Text.Json;

namespace RunAiRbac.Client.Http;

/// <summary>Turns an answer that is no success into an exception: a problem document (RFC 9457), or an error object (RFC 6749, section 5.2).</summary>
internal static class Problems
{
    private const int MaxBytes = 1 << 20;
    private static readonly string[] Known = ["type", "title", "status", "detail", "instance", "code", "message", "details", "errorCode", "traceId"];

    public static async Task<RunAiRbacException> ReadAsync(HttpResponseMessage response, string? revision, TimeProvider clock, CancellationToken cancellationToken)
    {
        var members = IsJson(response) ? await MembersAsync(response, cancellationToken).ConfigureAwait(false) : [];
        var code = Text(members, "errorCode") ?? Text(members, "error") ?? Plain(response.StatusCode);
        var detail = Text(members, "detail") ?? Text(members, "message") ?? Text(members, "error_description");
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        return new RunAiRbacException(code, detail is null ? $"The service answered {status} ({code})." : $"The service answered {status} ({code}): {detail}")
        {
            Status = response.StatusCode,
            Field = Text(members, "details"),
            TraceId = Text(members, "traceId"),
            RetryAfter = RetryAfter(response, clock),
            Revision = revision,
            Extensions = members.Where(member => !Known.Contains(member.Key)).ToDictionary(),
        };
    }

    private static string Plain(HttpStatusCode status)
        => (int)status is >= 300 and < 400 ? RunAiRbacErrorCodes.MalformedAnswer : RunAiRbacErrorCodes.UnexpectedStatus;

    private static bool IsJson(HttpResponseMessage response)
        => response.Content.Headers.ContentType?.MediaType is { } type && (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal));

    /// <summary>The members of the object in the body; none when it is something else.</summary>
    private static async Task<Dictionary<string, JsonElement>> MembersAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return [];
            var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject()) members[member.Name] = member.Value.Clone();
            return members;
        }
        catch (JsonException)
        {
            // The status alone then says what went wrong.
            return [];
        }
    }

    private static string? Text(Dictionary<string, JsonElement> members, string name)
        => members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } moment } => moment > clock.GetUtcNow() ? moment - clock.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };
}
