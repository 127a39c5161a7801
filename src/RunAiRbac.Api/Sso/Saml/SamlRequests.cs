using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>Writes what this service sends, always signed (saml-core §3.4.1, §3.7.1; saml-bindings §3.4, §3.5; saml-metadata).</summary>
internal sealed class SamlRequests(SamlAddresses addresses, TimeProvider clock)
{
    /// <summary>Which kind of name comes back is for the provider's administrator to choose, so none is demanded.</summary>
    public XElement SignIn(SsoProvider provider, string requestId, string destination)
        => Request("AuthnRequest", provider, requestId, destination,
            new XAttribute("AssertionConsumerServiceURL", addresses.Callback(provider)),
            new XAttribute("ProtocolBinding", SamlNames.Post),
            Issuer(provider),
            new XElement(SamlNames.Samlp + "NameIDPolicy", new XAttribute("AllowCreate", "true")));

    public XElement SignOut(SsoProvider provider, SamlSignOutHint hint, string destination)
        => Request("LogoutRequest", provider, "_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), destination,
            Issuer(provider),
            new XElement(SamlNames.Saml + "NameID", Given("Format", hint.Name.Format), Given("NameQualifier", hint.Name.NameQualifier), Given("SPNameQualifier", hint.Name.SpNameQualifier), hint.Name.Value),
            hint.SessionIndex is { } index ? new XElement(SamlNames.Samlp + "SessionIndex", index) : null);

    /// <summary>What an administrator of the provider, or the provider itself, reads of this service.</summary>
    public XElement Metadata(SsoProvider provider, SamlKey key)
        => new(SamlNames.Md + "EntityDescriptor", new XAttribute(XNamespace.Xmlns + "md", SamlNames.Metadata),
            new XAttribute("entityID", addresses.EntityId(provider)),
            new XAttribute("ID", "_" + Convert.ToHexStringLower(SHA256.HashData(key.Certificate).AsSpan(0, 16))),
            new XElement(SamlNames.Md + "SPSSODescriptor",
                new XAttribute("AuthnRequestsSigned", "true"), new XAttribute("WantAssertionsSigned", "true"), new XAttribute("protocolSupportEnumeration", SamlNames.Protocol),
                new XElement(SamlNames.Md + "KeyDescriptor", new XAttribute("use", "signing"),
                    new XElement(SamlNames.Ds + "KeyInfo", new XAttribute(XNamespace.Xmlns + "ds", SamlNames.Signature),
                        new XElement(SamlNames.Ds + "X509Data", new XElement(SamlNames.Ds + "X509Certificate", Convert.ToBase64String(key.Certificate))))),
                new XElement(SamlNames.Md + "SingleLogoutService", new XAttribute("Binding", SamlNames.Redirect), new XAttribute("Location", addresses.SignedOut(provider))),
                new XElement(SamlNames.Md + "SingleLogoutService", new XAttribute("Binding", SamlNames.Post), new XAttribute("Location", addresses.SignedOut(provider))),
                new XElement(SamlNames.Md + "NameIDFormat", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
                new XElement(SamlNames.Md + "NameIDFormat", SamlNames.EmailName),
                new XElement(SamlNames.Md + "NameIDFormat", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
                new XElement(SamlNames.Md + "AssertionConsumerService",
                    new XAttribute("Binding", SamlNames.Post), new XAttribute("Location", addresses.Callback(provider)), new XAttribute("index", "0"), new XAttribute("isDefault", "true"))));

    /// <summary>By redirect: deflated, in the query, with the query's signature.</summary>
    public static string Redirect(XElement request, string destination, string? relayState, SamlKey key)
    {
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(Encoding.UTF8.GetBytes(request.ToString(SaveOptions.DisableFormatting)));
        var query = "SAMLRequest=" + Uri.EscapeDataString(Convert.ToBase64String(deflated.ToArray()))
            + (relayState is null ? "" : "&RelayState=" + Uri.EscapeDataString(relayState))
            + "&SigAlg=" + Uri.EscapeDataString(SamlNames.RsaSha256);
        using var rsa = key.Open();
        var signature = rsa.SignData(Encoding.ASCII.GetBytes(query), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{destination}{(destination.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}&Signature={Uri.EscapeDataString(Convert.ToBase64String(signature))}";
    }

    /// <summary>With an enveloped signature, right after the issuer where there is one, else as the first child.</summary>
    public static string Sign(XElement element, SamlKey key)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        using (var reader = element.CreateReader()) document.Load(reader);
        var root = document.DocumentElement!;
        using var rsa = key.Open();
        using var certificate = X509CertificateLoader.LoadCertificate(key.Certificate);
        var signed = new SignedXml(root) { SigningKey = rsa };
        signed.SignedInfo!.CanonicalizationMethod = SamlNames.ExclusiveC14N;
        signed.SignedInfo.SignatureMethod = SamlNames.RsaSha256;
        var reference = new Reference("#" + root.GetAttribute("ID")) { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        signed.KeyInfo.AddClause(new KeyInfoX509Data(certificate));
        signed.ComputeSignature();
        var issuer = root.FirstChild is XmlElement { LocalName: "Issuer" } first ? first : null;
        root.InsertAfter(document.ImportNode(signed.GetXml(), deep: true), issuer);
        return document.OuterXml;
    }

    private XElement Request(string name, SsoProvider provider, string id, string destination, params object?[] content)
        => new(SamlNames.Samlp + name,
            new XAttribute(XNamespace.Xmlns + "samlp", SamlNames.Protocol), new XAttribute(XNamespace.Xmlns + "saml", SamlNames.Assertion),
            new XAttribute("ID", id), new XAttribute("Version", "2.0"), new XAttribute("IssueInstant", XmlConvert.ToString(clock.GetUtcNow().UtcDateTime, "yyyy-MM-ddTHH:mm:ss.fffZ")),
            new XAttribute("Destination", destination),
            content);

    private XElement Issuer(SsoProvider provider) => new(SamlNames.Saml + "Issuer", addresses.EntityId(provider));

    private static XAttribute? Given(string name, string? value) => value is null ? null : new XAttribute(name, value);
}
