using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace RunAiRbac.Storage;

/// <summary>
/// Consistency tokens: 24 bytes (format 1, store 8, epoch 3, tenant 4, revision 8, big-endian) as 32 characters of base64 with <c>-</c> and <c>.</c> for
/// <c>+</c> and <c>/</c>. Opaque to callers and not secret: a made-up one can only make its own check wait.
/// </summary>
internal sealed class ConsistencyTokens(ulong storeId, int epoch)
{
    private const int Bytes = 24;
    private const int Characters = 32;
    private const byte Format = 1;

    public int Epoch => epoch;

    public ulong StoreId => storeId;

    public static ConsistencyTokens For(StoreRow store) => new(Convert.ToUInt64(store.StoreId, 16), store.Epoch);

    public string Make(int tenantId, long revision)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], storeId);
        bytes[9] = (byte)(epoch >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], (ushort)epoch);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], tenantId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], revision);
        return Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '.');
    }

    /// <summary>A token of a later epoch than the one known here gives a revision that never comes, so that only a reload can satisfy it.</summary>
    public ConsistencyTokenStatus Read(string token, int tenantId, out long revision)
    {
        revision = 0;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (!TryDecode(token, bytes) || bytes[0] != Format) return ConsistencyTokenStatus.Malformed;
        if (BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]) != storeId) return ConsistencyTokenStatus.Malformed;
        if (BinaryPrimitives.ReadInt32BigEndian(bytes[12..]) != tenantId) return ConsistencyTokenStatus.Malformed;
        var tokenEpoch = (bytes[9] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        if (tokenEpoch < epoch) return ConsistencyTokenStatus.UnknownRevision;
        revision = tokenEpoch > epoch ? long.MaxValue : BinaryPrimitives.ReadInt64BigEndian(bytes[16..]);
        return revision > 0 ? ConsistencyTokenStatus.Good : ConsistencyTokenStatus.Malformed;
    }

    private static bool TryDecode(string token, Span<byte> bytes)
    {
        if (token.Length != Characters) return false;
        Span<byte> ascii = stackalloc byte[Characters];
        for (var i = 0; i < Characters; i++)
        {
            var c = token[i];
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.')) return false;
            ascii[i] = c switch { '-' => (byte)'+', '.' => (byte)'/', _ => (byte)c };
        }

        return Base64.DecodeFromUtf8(ascii, bytes, out _, out var written) == OperationStatus.Done && written == Bytes;
    }
}
