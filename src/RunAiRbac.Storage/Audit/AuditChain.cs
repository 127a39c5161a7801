using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RunAiRbac.Storage;

/// <summary>
/// The hash chain of a tenant's events. An event's hash is the SHA-256 of the hash before it (32 bytes) and of its fields in the order below, each as its
/// length in bytes (32 bits, big-endian; -1: null) and its UTF-8 text, numbers in decimal. The order and the fields never change
/// (docs/decisions/0010-audit-chain.md).
/// </summary>
internal static class AuditChain
{
    /// <summary>Before the first event.</summary>
    public static readonly string Zero = new('0', SHA256.HashSizeInBytes * 2);

    private const string Format = "runairbac-audit-1";

    public static string Hash(AuditEventRow row, long number, string previous)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        bytes.Write(Convert.FromHexString(previous));
        foreach (var field in Fields(row, number)) Write(bytes, field);
        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }

    private static IEnumerable<string?> Fields(AuditEventRow row, long number) =>
    [
        Format, Text(row.TenantId), Text(number), row.Id, Text(row.At),
        row.SubjectId, row.Subject, row.SubjectFolded, row.SubjectType, row.SourceIp,
        row.Action, row.HttpMethod, row.Url,
        row.EntityType, row.EntityName, row.EntityNameFolded, row.EntityId,
        row.Result, row.HttpStatusCode is { } status ? Text(status) : null,
        row.ClusterId, row.ClusterName, row.ClusterNameFolded,
        row.RequestId, row.Metadata, row.Before, row.After, row.Scopes,
    ];

    private static void Write(ArrayBufferWriter<byte> bytes, string? field)
    {
        var length = bytes.GetSpan(sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(length, field is null ? -1 : Encoding.UTF8.GetByteCount(field));
        bytes.Advance(sizeof(int));
        if (field is not null) Encoding.UTF8.GetBytes(field, bytes);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
