using System.Security.Cryptography;
using System.Text;

namespace RunAiRbac.Api.Http;

/// <summary>UUIDs of things that have another id already: version 8 (RFC 9562, section 5.8) from the SHA-256 of a name, always the same.</summary>
internal static class NamedUuids
{
    public static Guid Of(string name)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
