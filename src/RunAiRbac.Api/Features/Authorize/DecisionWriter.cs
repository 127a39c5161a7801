using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.Authorize;

/// <summary>Writes decisions straight to the response: this is the service's hottest path.</summary>
internal static class DecisionWriter
{
    private static readonly JsonEncodedText Allowed = JsonEncodedText.Encode("allowed");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText DecisionId = JsonEncodedText.Encode("decisionId");
    private static readonly JsonEncodedText Revision = JsonEncodedText.Encode("revision");
    private static readonly JsonEncodedText AccessRule = JsonEncodedText.Encode("accessRule");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Sentence = JsonEncodedText.Encode("sentence");
    private static readonly JsonEncodedText Results = JsonEncodedText.Encode("results");
    private static readonly JsonEncodedText[] Reasons = [.. Enum.GetValues<DecisionReason>().Order().Select(reason => JsonEncodedText.Encode(Name(reason)))];
    private static readonly string ProcessPrefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) + "-";
    private static long s_counter;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_json;

    /// <summary>Unique in all processes: a random prefix of this one and a counter.</summary>
    public static string NewDecisionId() => ProcessPrefix + Interlocked.Increment(ref s_counter).ToString("x", CultureInfo.InvariantCulture);

    public static string Name(DecisionReason reason) => reason switch
    {
        DecisionReason.UnknownResourceType => "unknown_resource_type",
        DecisionReason.UnknownAction => "unknown_action",
        DecisionReason.UnknownScope => "unknown_scope",
        DecisionReason.UnknownSubject => "unknown_subject",
        DecisionReason.SubjectDisabled => "subject_disabled",
        DecisionReason.NoMatchingRule => "no_matching_rule",
        DecisionReason.Granted => "granted",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static Task WriteAsync(HttpContext context, in DecisionPoint point, in Decision decision)
    {
        var json = Start();
        json.WriteStartObject();
        WriteDecision(json, point.Snapshot, decision);
        json.WriteString(DecisionId, NewDecisionId());
        json.WriteString(Revision, point.Version.Token);
        json.WriteEndObject();
        return SendAsync(context, json);
    }

    public static Task WriteBatchAsync(HttpContext context, in DecisionPoint point, Decision[] decisions)
    {
        var json = Start();
        json.WriteStartObject();
        json.WriteString(Revision, point.Version.Token);
        json.WriteString(DecisionId, NewDecisionId());
        json.WriteStartArray(Results);
        foreach (var decision in decisions)
        {
            json.WriteStartObject();
            WriteDecision(json, point.Snapshot, decision);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return SendAsync(context, json);
    }

    private static void WriteDecision(Utf8JsonWriter json, PolicySnapshot snapshot, in Decision decision)
    {
        json.WriteBoolean(Allowed, decision.Allowed);
        json.WriteString(Reason, Reasons[(int)decision.Reason]);
        if (decision.Rule is not { } rule) return;
        json.WriteStartObject(AccessRule);
        json.WriteNumber(Id, rule.Id);
        json.WriteString(Sentence, snapshot.Sentence(rule));
        json.WriteEndObject();
    }

    private static Utf8JsonWriter Start()
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(1024);
        var json = t_json ??= new Utf8JsonWriter(buffer);
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        return json;
    }

    private static Task SendAsync(HttpContext context, Utf8JsonWriter json)
    {
        json.Flush();
        var buffer = t_buffer!;
        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        if (buffer.Capacity > 1 << 20) (t_buffer, t_json) = (null, null);
        var flush = response.BodyWriter.FlushAsync(context.RequestAborted);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }
}
