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
    private const int UuidBytes = 16;

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
        var hasUuid = IsUuid(id, out var uuid);
        var bytes = new byte[(hasUuid ? 0 : SizeOf(id)) + SizeOf(key) + (name == key ? 1 : SizeOf(name))];
        var rest = bytes.AsSpan();
        if (!hasUuid) Append(ref rest, id);
        Append(ref rest, key);
        if (name == key) AppendNumber(ref rest, (uint)Form.AsBefore);
        else Append(ref rest, name);
        return new PackedNames(uuid, bytes);
    }

    /// <summary>Whether that is the id, ordinally. Allocates nothing.</summary>
    public bool IdIs(string text) => HasUuid ? Is(_uuid, text) : PartIs(0, text);

    /// <summary>Whether that is the key, ordinally. Allocates nothing.</summary>
    public bool KeyIs(string text) => PartIs(KeyPart, text);

    /// <summary>The form that takes the least room, and the bytes of that room.</summary>
    private static (Form Form, int Length) FormOf(string text, out Guid uuid)
    {
        if (IsUuid(text, out uuid)) return (Form.Uuid, UuidBytes);
        return Ascii.IsValid(text) ? (Form.Ascii, text.Length) : (Form.Utf16, text.Length * sizeof(char));
    }

    private static int SizeOf(string text)
    {
        var (form, length) = FormOf(text, out _);
        var size = 1 + length;
        for (var number = Header(form, length); number > 0x7F; number >>= 7) size++;
        return size;
    }

    private static uint Header(Form form, int length) => ((uint)length << 2) | (uint)form;

    private static void Append(ref Span<byte> rest, string text)
    {
        var (form, length) = FormOf(text, out var uuid);
        AppendNumber(ref rest, Header(form, length));
        if (form == Form.Uuid) uuid.TryWriteBytes(rest);
        else if (form == Form.Ascii) Encoding.ASCII.GetBytes(text, rest);
        else MemoryMarshal.AsBytes(text.AsSpan()).CopyTo(rest);
        rest = rest[length..];
    }

    private static void AppendNumber(ref Span<byte> rest, uint number)
    {
        for (; number > 0x7F; number >>= 7)
        {
            rest[0] = (byte)(number | 0x80);
            rest = rest[1..];
        }

        rest[0] = (byte)number;
        rest = rest[1..];
    }

    /// <summary>Whether the text is a UUID, not the empty one, in the one spelling that comes back the same.</summary>
    private static bool IsUuid(string text, out Guid uuid)
    {
        if (text.Length == UuidLength && Guid.TryParseExact(text, "D", out uuid) && uuid != Guid.Empty && Is(uuid, text)) return true;
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
