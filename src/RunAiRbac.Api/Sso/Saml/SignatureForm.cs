using System.Security.Cryptography;
using System.Xml;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>
/// What a signature says of itself, read before anything else looks at it: exactly the shape below, algorithms from short lists, one reference to the
/// element that holds it. What it says of its key (<c>KeyInfo</c>) is not read.
/// </summary>
/// <param name="Digest">Of the element without the signature.</param>
/// <param name="DigestAlgorithm">What it was made with.</param>
/// <param name="InclusivePrefixes">The prefixes that its canonical form keeps anyway; null: none.</param>
internal sealed record SignatureForm(byte[] Digest, HashAlgorithmName DigestAlgorithm, string? InclusivePrefixes)
{
    private static readonly string[] SignatureMethods =
    [
        SamlNames.RsaSha256, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        SamlNames.EcdsaSha256, SamlNames.EcdsaSha384, SamlNames.EcdsaSha512,
    ];

    private static readonly Dictionary<string, HashAlgorithmName> DigestMethods = new(StringComparer.Ordinal)
    {
        ["http://www.w3.org/2001/04/xmlenc#sha256"] = HashAlgorithmName.SHA256,
        ["http://www.w3.org/2001/04/xmldsig-more#sha384"] = HashAlgorithmName.SHA384,
        ["http://www.w3.org/2001/04/xmlenc#sha512"] = HashAlgorithmName.SHA512,
    };

    /// <param name="signature">The signature.</param>
    /// <param name="id">The id of the element that holds it.</param>
    public static SignatureForm Read(XmlElement signature, string id)
    {
        DemandAttributes(signature, "Id");
        var parts = Children(signature);
        if (parts.Count == 3 && Is(parts[2], "KeyInfo")) parts.RemoveAt(2);
        DemandNames(signature, parts, "SignedInfo", "SignatureValue");
        Base64(parts[1]);
        var signed = Children(parts[0]);
        DemandAttributes(parts[0], "Id");
        DemandNames(parts[0], signed, "CanonicalizationMethod", "SignatureMethod", "Reference");
        Prefixes(signed[0]);
        if (!SignatureMethods.Contains(Algorithm(signed[1]), StringComparer.Ordinal)) throw Wrong($"the signature method is {SamlRefusal.Quote(Algorithm(signed[1]))}");
        DemandNames(signed[1], Children(signed[1]));
        return Reference(signed[2], id);
    }

    private static SignatureForm Reference(XmlElement reference, string id)
    {
        DemandAttributes(reference, "URI");
        if (reference.GetAttribute("URI") != "#" + id) throw Wrong("the signature refers to something else than the element that holds it");
        var parts = Children(reference);
        DemandNames(reference, parts, "Transforms", "DigestMethod", "DigestValue");
        var transforms = Children(parts[0]);
        DemandNames(parts[0], transforms, "Transform", "Transform");
        if (Algorithm(transforms[0]) != SamlNames.Enveloped || Algorithm(transforms[1]) != SamlNames.ExclusiveC14N) throw Wrong("its transforms are not enveloped signature and exclusive canonicalization");
        DemandNames(transforms[0], Children(transforms[0]));
        if (!DigestMethods.TryGetValue(Algorithm(parts[1]), out var digest)) throw Wrong($"the digest method is {SamlRefusal.Quote(Algorithm(parts[1]))}");
        DemandNames(parts[1], Children(parts[1]));
        return new SignatureForm(Base64(parts[2]), digest, Prefixes(transforms[1]));
    }

    /// <summary>The parameter of an exclusive canonicalization, which must be the method.</summary>
    private static string? Prefixes(XmlElement method)
    {
        if (Algorithm(method) != SamlNames.ExclusiveC14N) throw Wrong($"the canonicalization is {SamlRefusal.Quote(Algorithm(method))}");
        var parts = Children(method);
        if (parts.Count == 0) return null;
        if (parts is not [{ LocalName: "InclusiveNamespaces", NamespaceURI: SamlNames.ExclusiveC14N } only]) throw Wrong("the canonicalization has other parameters than prefixes");
        DemandAttributes(only, "PrefixList");
        return Children(only).Count == 0 ? only.GetAttribute("PrefixList") : throw Wrong("the list of prefixes holds elements");
    }

    private static string Algorithm(XmlElement method)
    {
        DemandAttributes(method, "Algorithm");
        return method.GetAttribute("Algorithm");
    }

    private static byte[] Base64(XmlElement element)
    {
        DemandNames(element, [.. element.ChildNodes.OfType<XmlElement>()]);
        var buffer = new byte[element.InnerText.Length];
        return Convert.TryFromBase64String(element.InnerText, buffer, out var written) && written > 0 ? buffer[..written] : throw Wrong($"{element.LocalName} is not base64");
    }

    /// <summary>The elements in it; text between them is none of a signature's.</summary>
    private static List<XmlElement> Children(XmlElement element)
    {
        foreach (XmlNode node in element.ChildNodes)
            if (node is not XmlElement && !string.IsNullOrWhiteSpace(node.Value)) throw Wrong($"{element.LocalName} holds text");
        return [.. element.ChildNodes.OfType<XmlElement>()];
    }

    private static void DemandNames(XmlElement parent, List<XmlElement> elements, params ReadOnlySpan<string> names)
    {
        var same = elements.Count == names.Length;
        for (var i = 0; same && i < names.Length; i++) same = Is(elements[i], names[i]);
        if (!same) throw Wrong($"{parent.LocalName} does not hold what it should");
    }

    private static void DemandAttributes(XmlElement element, string only)
    {
        foreach (XmlAttribute attribute in element.Attributes)
            if (attribute.NamespaceURI != "http://www.w3.org/2000/xmlns/" && attribute.Name != only) throw Wrong($"{element.LocalName} has an attribute {SamlRefusal.Quote(attribute.Name)}");
    }

    private static bool Is(XmlElement element, string name) => element.LocalName == name && element.NamespaceURI == SamlNames.Signature;

    private static SsoRefusal Wrong(string why) => SamlRefusal.Because("signature: " + why);
}
