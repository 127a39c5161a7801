using System.Globalization;
using System.Text;
using System.Text.Json;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Audit;

/// <summary>Events as a file.</summary>
internal static class AuditFile
{
    private const string EndOfLine = "\r\n";

    private static readonly (string Name, Func<AuditLog, string?> Value)[] Columns =
    [
        ("id", x => x.Id),
        ("timestamp", x => x.Timestamp.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)),
        ("tenant_id", x => x.TenantId),
        ("subject", x => x.Subject),
        ("subject_type", x => x.SubjectType),
        ("subject_id", x => x.SubjectId),
        ("source_ip", x => x.SourceIp),
        ("action", x => x.Action),
        ("http_method", x => x.HttpMethod),
        ("url", x => x.Url),
        ("entity_type", x => x.EntityType),
        ("entity_name", x => x.EntityName),
        ("entity_id", x => x.EntityId),
        ("result", x => x.Result),
        ("http_status_code", x => x.HttpStatusCode?.ToString(CultureInfo.InvariantCulture)),
        ("cluster_name", x => x.ClusterName),
        ("cluster_id", x => x.ClusterId),
        ("request_id", x => x.RequestId),
        ("metadata", x => x.Metadata is null ? null : JsonSerializer.Serialize(x.Metadata, JsonBody.Answers)),
        ("before", x => x.Before?.GetRawText()),
        ("after", x => x.After?.GetRawText()),
        ("number", x => x.Number?.ToString(CultureInfo.InvariantCulture)),
        ("hash", x => x.Hash),
    ];

    /// <summary>RFC 4180, with a header.</summary>
    public static byte[] ToCsv(IEnumerable<AuditLog> events)
    {
        var csv = new StringBuilder();
        csv.AppendJoin(',', Columns.Select(column => column.Name)).Append(EndOfLine);
        foreach (var row in events) csv.AppendJoin(',', Columns.Select(column => Cell(column.Value(row)))).Append(EndOfLine);
        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    public static byte[] ToJson(IEnumerable<AuditLog> events) => JsonSerializer.SerializeToUtf8Bytes(events, JsonBody.Answers);

    /// <summary>
    /// A spreadsheet takes a cell that begins with one of = + - @ tab CR for a formula: it gets an apostrophe in front (OWASP, CSV injection). Quoted where
    /// RFC 4180, section 2, wants it.
    /// </summary>
    private static string Cell(string? value)
    {
        var text = value is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + value : value ?? string.Empty;
        return text.AsSpan().ContainsAny("\",\r\n") ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : text;
    }
}
