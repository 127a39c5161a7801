using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>
/// The one parser of SAML messages. UTF-8 only; no document type, comment, processing instruction or CDATA anywhere, so that no text can be cut or hidden in a
/// way that two readers see differently; ids unique over the whole document; bounded in size and depth before anything recursive sees it.
/// </summary>
internal static class StrictXml
{
    public const int MaxBytes = 512 << 10;
    private const int MaxDepth = 32;
    private const int MaxAttributes = 64;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static XmlDocument Parse(ReadOnlySpan<byte> bytes)
    {
        var text = Check(bytes);
        using var reader = Open(text);
        // White space is part of what a signature covers.
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.Load(reader);
        return document;
    }

    /// <summary>The same, to read values of.</summary>
    public static XElement Read(ReadOnlySpan<byte> bytes)
    {
        using var reader = Open(Check(bytes));
        return XElement.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static string Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes) throw SamlRefusal.Because($"the document is larger than {MaxBytes >> 10} KiB");
        try
        {
            var text = Utf8.GetString(bytes);
            using var reader = Open(text);
            var ids = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read()) CheckNode(reader, ids);
            return text;
        }
        catch (Exception malformed) when (malformed is XmlException or DecoderFallbackException)
        {
            throw SamlRefusal.Because("the document is not well-formed XML in UTF-8, or has a document type: " + SamlRefusal.Quote(malformed.Message));
        }
    }

    private static void CheckNode(XmlReader reader, HashSet<string> ids)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                if (reader.Depth >= MaxDepth) throw SamlRefusal.Because($"the document is nested deeper than {MaxDepth}");
                if (reader.AttributeCount > MaxAttributes) throw SamlRefusal.Because("an element has too many attributes");
                CheckIds(reader, ids);
                break;
            case XmlNodeType.XmlDeclaration:
                if (reader.GetAttribute("encoding") is { } encoding && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
                    throw SamlRefusal.Because($"the document says it is in {SamlRefusal.Quote(encoding)}");
                break;
            case XmlNodeType.EndElement or XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                break;
            default:
                throw SamlRefusal.Because($"the document holds a {reader.NodeType}");
        }
    }

    /// <summary>Whatever any schema might take for an id: two of a value would let a reference mean another element than the one that is read.</summary>
    private static void CheckIds(XmlReader reader, HashSet<string> ids)
    {
        while (reader.MoveToNextAttribute())
        {
            if (reader.LocalName.Equals("id", StringComparison.OrdinalIgnoreCase) && !ids.Add(reader.Value)) throw SamlRefusal.Because("two ids are the same");
        }

        reader.MoveToElement();
    }

    private static XmlReader Open(string text) => XmlReader.Create(new StringReader(text), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
        MaxCharactersFromEntities = 1,
    });
}
