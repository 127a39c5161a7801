using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>
/// Verifies that an element was signed as a whole and gives back the very bytes that the signature covers. <see cref="SignedXml"/> checks the signature with
/// the configured keys and nothing else; the canonical bytes are made here as well, must have the signed digest, and only from them values are read:
/// what is verified cannot be another thing than what is used.
/// </summary>
internal static class SamlSignature
{
    private const int MinRsaBits = 2048;
    private const int MinEcdsaBits = 256;

    static SamlSignature() => EcdsaSignatureDescription.Register();

    /// <param name="element">Holds the signature as a child; the document has been through <see cref="StrictXml"/>.</param>
    /// <param name="certificates">The provider's (DER): any of them, whatever their dates, as metadata is where trust comes from.</param>
    public static byte[] Verify(XmlElement element, IReadOnlyList<byte[]> certificates)
    {
        var root = Isolate(element);
        var signature = root.ChildNodes.OfType<XmlElement>().Single(IsSignature);
        var id = root.GetAttribute("ID");
        if (!IsName(id)) throw SamlRefusal.Because($"the ID of {element.LocalName} is not a name");
        var form = SignatureForm.Read(signature, id);
        var bytes = Canonicalize(root, form.InclusivePrefixes);
        if (!CryptographicOperations.FixedTimeEquals(CryptographicOperations.HashData(form.DigestAlgorithm, bytes), form.Digest))
            throw SamlRefusal.Because($"{element.LocalName} is not what was signed");
        // What the message says of its key is not even parsed.
        foreach (var keyInfo in signature.ChildNodes.OfType<XmlElement>().Where(x => x.LocalName == "KeyInfo").ToList()) signature.RemoveChild(keyInfo);
        return certificates.Any(certificate => IsSignedBy(certificate, root, signature)) ? bytes : throw new UnknownSignerException();
    }

    public static bool IsSignature(XmlElement element) => element.LocalName == "Signature" && element.NamespaceURI == SamlNames.Signature;

    /// <summary>Whether signatures by its key are taken.</summary>
    public static bool IsUsable(X509Certificate2 certificate)
    {
        using var key = PublicKey(certificate);
        return key is not null;
    }

    private static bool IsSignedBy(byte[] certificate, XmlElement root, XmlElement signature)
    {
        using var loaded = X509CertificateLoader.LoadCertificate(certificate);
        using var key = PublicKey(loaded);
        if (key is null) return false;
        var signed = new OneElementSignedXml(root);
        try
        {
            signed.LoadXml(signature);
            return signed.CheckSignature(key);
        }
        catch (CryptographicException malformed)
        {
            throw SamlRefusal.Because("signature: " + SamlRefusal.Quote(malformed.Message));
        }
    }

    /// <summary>Null: too weak, or of a kind that is not used here.</summary>
    private static AsymmetricAlgorithm? PublicKey(X509Certificate2 certificate)
    {
        if (certificate.GetRSAPublicKey() is { } rsa) return rsa.KeySize >= MinRsaBits ? rsa : null;
        return certificate.GetECDsaPublicKey() is { KeySize: >= MinEcdsaBits } ecdsa ? ecdsa : null;
    }

    /// <summary>The element as the root of a document of its own, with the namespaces that it inherits: nothing outside it can play a part.</summary>
    private static XmlElement Isolate(XmlElement element)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var root = (XmlElement)document.AppendChild(document.ImportNode(element, deep: true))!;
        for (var ancestor = element.ParentNode as XmlElement; ancestor is not null; ancestor = ancestor.ParentNode as XmlElement)
        {
            foreach (XmlAttribute attribute in ancestor.Attributes)
            {
                var isNamespace = attribute.NamespaceURI == "http://www.w3.org/2000/xmlns/";
                if (isNamespace && !root.HasAttribute(attribute.Name)) root.SetAttributeNode((XmlAttribute)document.ImportNode(attribute, deep: true));
            }
        }

        return root;
    }

    /// <summary>The two transforms that there are: without the signature, then exclusive canonical form.</summary>
    private static byte[] Canonicalize(XmlElement root, string? inclusivePrefixes)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var copy = (XmlElement)document.AppendChild(document.ImportNode(root, deep: true))!;
        copy.RemoveChild(copy.ChildNodes.OfType<XmlElement>().Single(IsSignature));
        var transform = new XmlDsigExcC14NTransform(includeComments: false, inclusivePrefixes);
        transform.LoadInput(document);
        using var output = (Stream)transform.GetOutput(typeof(Stream));
        using var bytes = new MemoryStream();
        output.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static bool IsName(string id)
    {
        try
        {
            return XmlConvert.VerifyNCName(id) == id;
        }
        catch (Exception wrong) when (wrong is XmlException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Knows one element: a reference cannot mean any other.</summary>
    private sealed class OneElementSignedXml : SignedXml
    {
        private readonly XmlElement _element;

        public OneElementSignedXml(XmlElement element)
            : base(element.OwnerDocument)
        {
            _element = element;
            Resolver = null!;
        }

        public override XmlElement? GetIdElement(XmlDocument? document, string idValue)
            => ReferenceEquals(document, _element.OwnerDocument) && idValue == _element.GetAttribute("ID") ? _element : null;
    }
}
