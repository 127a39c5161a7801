using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using RunAiRbac.Api.Sso.Saml;

namespace RunAiRbac.Api.Tests.Sso.Saml;

/// <summary>A key of a provider with its certificate.</summary>
internal sealed class SamlSigner
{
    private SamlSigner(AsymmetricAlgorithm key, CertificateRequest request, string method)
    {
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        (Key, Method, Certificate) = (key, method, certificate.RawData);
    }

    public AsymmetricAlgorithm Key { get; }

    /// <summary>The signature method that fits.</summary>
    public string Method { get; }

    public byte[] Certificate { get; }

    public static SamlSigner NewRsa(int bits = 2048)
    {
        var key = RSA.Create(bits);
        return new(key, new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), SamlNames.RsaSha256);
    }

    public static SamlSigner NewEcdsa(ECCurve curve, string method)
    {
        EcdsaSignatureDescription.Register();
        var key = ECDsa.Create(curve);
        return new(key, new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256), method);
    }
}

/// <summary>How a provider signs.</summary>
internal sealed record SamlStyle
{
    /// <summary>Null: the key's own.</summary>
    public string? Method { get; init; }

    public string Digest { get; init; } = SignedXml.XmlDsigSHA256Url;

    public string Canonicalization { get; init; } = SignedXml.XmlDsigExcC14NTransformUrl;

    public string? InclusivePrefixes { get; init; }

    /// <summary>Null: that of the element.</summary>
    public string? Uri { get; init; }

    public Func<IEnumerable<Transform>>? Transforms { get; init; }

    /// <summary>Told with the signature; null: none.</summary>
    public byte[]? KeyInfo { get; init; }

    /// <summary>Used in place of the key, with HMAC.</summary>
    public byte[]? HmacKey { get; init; }

    public string? ReferenceType { get; init; }
}

/// <summary>What a provider says, to be spoiled at will. Attributes that are null are left out.</summary>
internal sealed record SamlReply
{
    public const string Provider = "https://idp.example.com/entity";
    public const string Audience = "http://rbac.test/auth/1/saml/metadata";
    public const string Callback = "http://rbac.test/auth/1/saml/callback";
    public const string RequestId = "_0123456789abcdef0123456789abcdef";
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    public DateTimeOffset At { get; init; } = Now;
    public string ResponseId { get; init; } = "_r" + Guid.NewGuid().ToString("N");
    public string AssertionId { get; init; } = "_a" + Guid.NewGuid().ToString("N");
    public string Version { get; init; } = "2.0";
    public string AssertionVersion { get; init; } = "2.0";
    public string? Destination { get; init; } = Callback;
    public string? InResponseTo { get; init; } = RequestId;
    public string? ConfirmationInResponseTo { get; init; } = RequestId;
    public string ResponseIssuer { get; init; } = Provider;
    public string AssertionIssuer { get; init; } = Provider;
    public string Status { get; init; } = SamlNames.Success;
    public string NameId { get; init; } = "alice";
    public string? NameIdFormat { get; init; } = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    public string Method { get; init; } = SamlNames.Bearer;
    public string? Recipient { get; init; } = Callback;
    public string? ConfirmationNotBefore { get; init; }
    public string? ConfirmationEnd { get; init; } = Time(Now.AddMinutes(5));
    public string? NotBefore { get; init; } = Time(Now.AddMinutes(-1));
    public string? NotOnOrAfter { get; init; } = Time(Now.AddMinutes(5));
    public string? ResponseIssued { get; init; } = Time(Now);
    public string? AssertionIssued { get; init; } = Time(Now);
    public string? AuthnInstant { get; init; } = Time(Now.AddMinutes(-2));
    public string? SessionEnd { get; init; }
    public string Conditions { get; init; } = $"<saml:AudienceRestriction><saml:Audience>{Audience}</saml:Audience></saml:AudienceRestriction>";
    public string Attributes { get; init; } = Attribute("email", "alice@example.com") + Attribute("firstName", "Alice") + Attribute("lastName", "Ångström & Søns") + Attribute("GROUPS", "red", "green,blue");
    public string? Advice { get; init; }

    public SamlSigner? AssertionSigner { get; init; }
    public SamlSigner? ResponseSigner { get; init; }
    public SamlStyle Style { get; init; } = new();
    public SamlStyle? ResponseStyle { get; init; }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);

    public static string Attribute(string name, params string[] values)
        => $"""<saml:Attribute Name="{name}">{string.Concat(values.Select(x => $"<saml:AttributeValue>{SecurityElement.Escape(x)}</saml:AttributeValue>"))}</saml:Attribute>""";

    /// <summary>The response, of which nothing is signed yet.</summary>
    public string Xml() =>
        $"""
        <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="{ResponseId}" Version="{Version}"{A("IssueInstant", ResponseIssued)}{A("Destination", Destination)}{A("InResponseTo", InResponseTo)}>
        <saml:Issuer>{ResponseIssuer}</saml:Issuer>
        <samlp:Status><samlp:StatusCode Value="{Status}"/></samlp:Status>
        <saml:Assertion ID="{AssertionId}" Version="{AssertionVersion}"{A("IssueInstant", AssertionIssued)}>
        <saml:Issuer>{AssertionIssuer}</saml:Issuer>
        <saml:Subject><saml:NameID{A("Format", NameIdFormat)}>{NameId}</saml:NameID>
        <saml:SubjectConfirmation Method="{Method}"><saml:SubjectConfirmationData{A("Recipient", Recipient)}{A("InResponseTo", ConfirmationInResponseTo)}{A("NotBefore", ConfirmationNotBefore)}{A("NotOnOrAfter", ConfirmationEnd)}/></saml:SubjectConfirmation></saml:Subject>
        <saml:Conditions{A("NotBefore", NotBefore)}{A("NotOnOrAfter", NotOnOrAfter)}>{Conditions}</saml:Conditions>{Advice}
        <saml:AuthnStatement{A("AuthnInstant", AuthnInstant)}{A("SessionNotOnOrAfter", SessionEnd)} SessionIndex="session-1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
        <saml:AttributeStatement>{Attributes}</saml:AttributeStatement>
        </saml:Assertion>
        </samlp:Response>
        """;

    /// <summary>The same for other times, as a provider with that clock says it.</summary>
    public SamlReply Moved(DateTimeOffset now) => this with
    {
        At = now,
        ConfirmationEnd = Time(now.AddMinutes(5)),
        NotBefore = Time(now.AddMinutes(-1)),
        NotOnOrAfter = Time(now.AddMinutes(5)),
        ResponseIssued = Time(now),
        AssertionIssued = Time(now),
        AuthnInstant = Time(now.AddMinutes(-2)),
    };

    private static string A(string name, string? value) => value is null ? "" : $" {name}=\"{value}\"";
}

/// <summary>A small writer of responses, good and bad.</summary>
internal static class SamlIdp
{
    public static XmlDocument Load(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.LoadXml(xml);
        return document;
    }

    public static XmlElement Assertion(this XmlDocument document) => (XmlElement)document.GetElementsByTagName("Assertion", SamlNames.Assertion)[0]!;

    public static XmlElement SignatureIn(this XmlElement element) => element.ChildNodes.OfType<XmlElement>().Single(x => x.LocalName == "Signature");

    public static XmlElement Child(this XmlElement element, string name) => element.GetElementsByTagName(name, "*").OfType<XmlElement>().First();

    public static string Base64(string xml) => Convert.ToBase64String(Encoding.UTF8.GetBytes(xml));

    /// <summary>Signs what the reply names signers for, the assertion first.</summary>
    public static XmlDocument Write(SamlReply reply, Action<XmlDocument>? beforeSigning = null)
    {
        var document = Load(reply.Xml());
        beforeSigning?.Invoke(document);
        if (reply.AssertionSigner is { } inner) Sign(document.Assertion(), inner, reply.Style);
        if (reply.ResponseSigner is { } outer) Sign(document.DocumentElement!, outer, reply.ResponseStyle ?? reply.Style);
        return document;
    }

    /// <summary>Puts a signature right after the issuer.</summary>
    public static void Sign(XmlElement element, SamlSigner signer, SamlStyle style)
    {
        var signature = Signature(element, signer, style);
        element.InsertAfter(element.OwnerDocument.ImportNode(signature, deep: true), element.ChildNodes.OfType<XmlElement>().First());
    }

    private static XmlElement Signature(XmlElement element, SamlSigner signer, SamlStyle style)
    {
        var signed = new AnyIdSignedXml(element.OwnerDocument) { SigningKey = signer.Key };
        signed.SignedInfo!.CanonicalizationMethod = style.Canonicalization;
        signed.SignedInfo.SignatureMethod = style.Method ?? signer.Method;
        var reference = new Reference(style.Uri ?? "#" + element.GetAttribute("ID")) { DigestMethod = style.Digest, Type = style.ReferenceType };
        foreach (var transform in style.Transforms?.Invoke() ?? [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigExcC14NTransform(style.InclusivePrefixes!)]) reference.AddTransform(transform);
        signed.AddReference(reference);
        if (style.KeyInfo is { } certificate) signed.KeyInfo.AddClause(new KeyInfoX509Data(certificate));
        if (style.HmacKey is null)
        {
            signed.ComputeSignature();
            return signed.GetXml();
        }

        using var hmac = new HMACSHA256(style.HmacKey);
        signed.SignedInfo.SignatureMethod = null;
        signed.ComputeSignature(hmac);
        return signed.GetXml();
    }

    /// <summary>Finds ids wherever, as careless programs do.</summary>
    private sealed class AnyIdSignedXml(XmlDocument document) : SignedXml(document)
    {
        public override XmlElement? GetIdElement(XmlDocument? document, string idValue) => (XmlElement?)document?.SelectSingleNode($"//*[@ID='{idValue}']");
    }
}
