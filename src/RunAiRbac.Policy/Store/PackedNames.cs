using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// A subject's id, key and name in one array of bytes, since a million subjects are mostly these: ASCII as it is, UUIDs in 16 bytes, anything else in UTF-16, a
/// name that is the key not at all. Each part is a number (its length in bytes × 4 + its form; seven bits a byte, the low ones first) and the bytes.
/// </summary>
internal readonly struct PackedNames
{
    private const int UuidLength = 36;

    private readonly byte[] _bytes;

    private PackedNames(byte[] bytes) => _bytes = bytes;

    private enum Form
    {
        Ascii,
        Utf16,
        Uuid,
        AsBefore,
    }

    public string Id => Text(0);

    public string Key => Text(1);

    public string Name => Text(2);

    public static PackedNames Of(string id, string key, string name)
    {
        using var bytes = new MemoryStream();
        Append(bytes, id);
        Append(bytes, key);
        if (name == key) AppendNumber(bytes, (uint)Form.AsBefore);
        else Append(bytes, name);
        return new PackedNames(bytes.ToArray());
    }

    /// <summary>Whether that is the id, ordinally. Allocates nothing.</summary>
    public bool IdIs(string text) => PartIs(0, text);

    /// <summary>Whether that is the key, ordinally. Allocates nothing.</summary>
    public bool KeyIs(string text) => PartIs(1, text);

    private static void Append(MemoryStream bytes, string text)
    {
        Span<byte> uuid = stackalloc byte[16];
        if (IsUuid(text, uuid)) Append(bytes, Form.Uuid, uuid);
        else if (Ascii.IsValid(text)) Append(bytes, Form.Ascii, Encoding.ASCII.GetBytes(text));
        else Append(bytes, Form.Utf16, MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static void Append(MemoryStream bytes, Form form, ReadOnlySpan<byte> part)
    {
        AppendNumber(bytes, ((uint)part.Length << 2) | (uint)form);
        bytes.Write(part);
    }

    private static void AppendNumber(MemoryStream bytes, uint number)
    {
        for (; number > 0x7F; number >>= 7) bytes.WriteByte((byte)(number | 0x80));
        bytes.WriteByte((byte)number);
    }

    /// <summary>Whether the text is a UUID in the one spelling that comes back the same.</summary>
    private static bool IsUuid(string text, Span<byte> bytes)
    {
        if (text.Length != UuidLength || !Guid.TryParseExact(text, "D", out var uuid) || uuid.ToString("D") != text) return false;
        return uuid.TryWriteBytes(bytes);
    }

    private bool PartIs(int part, string text)
    {
        var bytes = Part(part, out var form);
        switch (form)
        {
            case Form.Ascii:
                return bytes.Length == text.Length && Ascii.Equals(bytes, text);
            case Form.Uuid:
                Span<char> spelled = stackalloc char[UuidLength];
                return text.Length == UuidLength && new Guid(bytes).TryFormat(spelled, out _) && spelled.SequenceEqual(text);
            default:
                return bytes.SequenceEqual(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    private string Text(int part)
    {
        var bytes = Part(part, out var form);
        return form switch
        {
            Form.Ascii => Encoding.ASCII.GetString(bytes),
            Form.Uuid => new Guid(bytes).ToString("D"),
            _ => new string(MemoryMarshal.Cast<byte, char>(bytes)),
        };
    }

    private ReadOnlySpan<byte> Part(int part, out Form form)
    {
        ReadOnlySpan<byte> before = default;
        var formBefore = Form.Ascii;
        for (var at = 0; ; part--)
        {
            var number = Number(ref at);
            form = (Form)(number & 3);
            ReadOnlySpan<byte> bytes = _bytes.AsSpan(at, (int)(number >> 2));
            at += bytes.Length;
            if (form == Form.AsBefore)
            {
                bytes = before;
                form = formBefore;
            }

            if (part == 0) return bytes;
            before = bytes;
            formBefore = form;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Number(ref int at)
    {
        uint number = _bytes[at++];
        if (number < 0x80) return number;
        number &= 0x7F;
        for (var shift = 7; ; shift += 7)
        {
            uint next = _bytes[at++];
            number |= (next & 0x7F) << shift;
            if (next < 0x80) return number;
        }
    }
}
