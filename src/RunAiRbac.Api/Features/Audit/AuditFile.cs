using System.Globalization;
using System.Text.Json;
using CsvHelper;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Audit;

/// <summary>Events as a file.</summary>
internal static class AuditFile
{
    private static readonly CsvWriterOptions Csv = new() { NewLine = "\r\n", Injection = CsvInjection.Escape, InjectionCharacters = "=+-@\t\r", InjectionEscape = '\'' };

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

    /// <summary>RFC 4180, with a header. A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection).</summary>
    public static byte[] ToCsv(IEnumerable<AuditLog> events)
    {
        using var bytes = new MemoryStream();
        using (var csv = CsvWriter.Create(bytes, Csv, leaveOpen: true))
        {
            csv.WriteRecord([.. Columns.Select(column => column.Name)]);
            foreach (var row in events) csv.WriteRecord([.. Columns.Select(column => column.Value(row) ?? string.Empty)]);
        }

        return bytes.ToArray();
    }

    public static byte[] ToJson(IEnumerable<AuditLog> events) => JsonSerializer.SerializeToUtf8Bytes(events, JsonBody.Answers);
}
