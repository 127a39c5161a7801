using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// A subject's id, key and name in little room, since a million subjects are mostly these. An id that is a UUID stands in the struct itself, so that whoever
/// holds the record can compare it; the rest is one array of bytes: ASCII as it is, UUIDs in 16 bytes, anything else in UTF-16, a name that is the key not at
/// all. Each part is a number (its length in bytes × 4 + its form; seven bits a byte, the low ones first) and the bytes.
/// </summary>
internal readonly struct PackedNames
{
    private const int UuidLength = 36;

    // Empty: the id is the first part of the bytes.
    private readonly Guid _uuid;
    private readonly byte[] _bytes;

    private PackedNames(Guid uuid, byte[] bytes) => (_uuid, _bytes) = (uuid, bytes);

    private enum Form
    {
        Ascii,
        Utf16,
        Uuid,
        AsBefore,
    }

    public string Id => HasUuid ? _uuid.ToString("D") : Text(0);

    public string Key => Text(KeyPart);

    public string Name => Text(KeyPart + 1);

    private bool HasUuid => _uuid != Guid.Empty;

    private int KeyPart => HasUuid ? 0 : 1;

    public static PackedNames Of(string id, string key, string name)
    {
        using var bytes = new MemoryStream();
        if (!IsUuid(id, out var uuid)) Append(bytes, id);
        Append(bytes, key);
        if (name == key) AppendNumber(bytes, (uint)Form.AsBefore);
        else Append(bytes, name);
        return new PackedNames(uuid, bytes.ToArray());
    }

    /// <summary>Whether that is the id, ordinally. Allocates nothing.</summary>
    public bool IdIs(string text) => HasUuid ? Is(_uuid, text) : PartIs(0, text);

    /// <summary>Whether that is the key, ordinally. Allocates nothing.</summary>
    public bool KeyIs(string text) => PartIs(KeyPart, text);

    private static void Append(MemoryStream bytes, string text)
    {
        if (IsUuid(text, out var uuid)) Append(bytes, Form.Uuid, uuid.ToByteArray());
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

    /// <summary>Whether the text is a UUID, not the empty one, in the one spelling that comes back the same.</summary>
    private static bool IsUuid(string text, out Guid uuid)
    {
        if (text.Length == UuidLength && Guid.TryParseExact(text, "D", out uuid) && uuid != Guid.Empty && uuid.ToString("D") == text) return true;
        uuid = Guid.Empty;
        return false;
    }

    private static bool Is(in Guid uuid, string text)
    {
        Span<char> spelled = stackalloc char[UuidLength];
        return text.Length == UuidLength && uuid.TryFormat(spelled, out _) && spelled.SequenceEqual(text);
    }

    private bool PartIs(int part, string text)
    {
        var bytes = Part(part, out var form);
        switch (form)
        {
            case Form.Ascii:
                return bytes.Length == text.Length && Ascii.Equals(bytes, text);
            case Form.Uuid:
                return Is(new Guid(bytes), text);
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
