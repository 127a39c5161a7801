using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

namespace RunAiRbac.Api.Tests.Sso.Saml;

/// <summary>One way to spoil what a provider says. Whoever does it holds no key of the provider, unless the provider itself is what is wrong.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Reason">Part of the reason that the log must name, so that none is refused by chance.</param>
internal sealed record SamlAttack(string Name, string Reason)
{
    /// <summary>The provider says this (and signs it).</summary>
    public Func<SamlReply, SamlReply> Says { get; init; } = reply => reply;

    public Action<XmlDocument>? BeforeSigning { get; init; }

    public Action<XmlDocument>? AfterSigning { get; init; }

    public Func<string, string> Text { get; init; } = text => text;

    public Func<byte[], byte[]> Bytes { get; init; } = bytes => bytes;

    public Func<string, string> Base64 { get; init; } = text => text;

    /// <summary>It is against the response's own signature: there must be one, also where none is demanded.</summary>
    public bool NeedsSignedResponse { get; init; }

    public override string ToString() => Name;

    /// <summary>What arrives in the form.</summary>
    /// <param name="reply">A good one.</param>
    /// <param name="signer">The provider's key.</param>
    /// <param name="signResponse">Whether the response is signed besides the assertion.</param>
    public string Write(SamlReply reply, SamlSigner signer, bool signResponse)
    {
        var document = SamlIdp.Write(Says(reply with { AssertionSigner = signer, ResponseSigner = signResponse ? signer : null }), BeforeSigning);
        AfterSigning?.Invoke(document);
        return Base64(Convert.ToBase64String(Bytes(Encoding.UTF8.GetBytes(Text(document.OuterXml)))));
    }
}

/// <summary>All of them.</summary>
internal static class SamlAttacks
{
    private const string Evil = "admin@example.com";
    private static readonly SamlSigner Stranger = SamlSigner.NewRsa();
    private static readonly SamlSigner Weak = SamlSigner.NewRsa(1024);

    public static IEnumerable<SamlAttack> All => [.. Wrapping(), .. Injection(), .. Signatures(), .. Algorithms(), .. Statements(), .. Documents()];

    /// <summary>XML signature wrapping: a signed original hides somewhere, and forged values stand where careless programs read.</summary>
    private static IEnumerable<SamlAttack> Wrapping() =>
    [
        new("XSW1: signed response inside the signature of a forged one", "more than one response")
        {
            NeedsSignedResponse = true,
            AfterSigning = document => Forge(document.DocumentElement!, (original, signature) => signature.AppendChild(original)),
        },
        new("XSW2: signed response beside the signature of a forged one", "more than one response")
        {
            NeedsSignedResponse = true,
            AfterSigning = document => Forge(document.DocumentElement!, (original, signature) => signature.ParentNode!.InsertBefore(original, signature)),
        },
        new("XSW3: forged assertion before the signed one", "2 assertions")
        {
            AfterSigning = document => document.DocumentElement!.InsertBefore(Forged(document), document.Assertion()),
        },
        new("XSW3 reversed: forged assertion after the signed one", "2 assertions")
        {
            AfterSigning = document => document.DocumentElement!.AppendChild(Forged(document)),
        },
        new("XSW4: signed assertion inside a forged one", "2 assertions")
        {
            AfterSigning = document =>
            {
                var (original, forged) = (document.Assertion(), Forged(document));
                document.DocumentElement!.ReplaceChild(forged, original);
                forged.AppendChild(original);
            },
        },
        new("XSW5: forged assertion holds the signature, the original stands after it", "2 assertions")
        {
            AfterSigning = document =>
            {
                var original = (XmlElement)document.Assertion().CloneNode(deep: true);
                original.RemoveChild(original.SignatureIn());
                document.Assertion().SetAttribute("ID", "_forged");
                Spoil(document.Assertion());
                document.DocumentElement!.AppendChild(original);
            },
        },
        new("XSW6: original inside the signature of a forged assertion", "2 assertions")
        {
            AfterSigning = document => Forge(document.Assertion(), (original, signature) => signature.AppendChild(original)),
        },
        new("XSW7: forged assertion in Extensions", "2 assertions")
        {
            AfterSigning = document =>
            {
                var extensions = document.CreateElement("samlp", "Extensions", SamlNames("protocol"));
                document.DocumentElement!.InsertBefore(extensions, document.DocumentElement.Child("Status"));
                extensions.AppendChild(Forged(document));
            },
        },
        new("XSW8: original in an Object of the forged assertion's signature", "2 assertions")
        {
            AfterSigning = document => Forge(document.Assertion(), (original, signature) => signature.AppendChild(document.CreateElement("Object", SignedXml.XmlDsigNamespaceUrl))!.AppendChild(original)),
        },
        new("Forged assertion in the KeyInfo of the signature", "2 assertions")
        {
            AfterSigning = document => document.Assertion().SignatureIn().AppendChild(document.CreateElement("KeyInfo", SignedXml.XmlDsigNamespaceUrl))!.AppendChild(Forged(document)),
        },
        new("Forged assertion in Advice, signed original around it", "2 assertions")
        {
            AfterSigning = document => document.Assertion().AppendChild(document.CreateElement("saml", "Advice", SamlNames("assertion")))!.AppendChild(Forged(document)),
        },
        new("Forged assertion of no namespace", "2 assertions")
        {
            AfterSigning = document => document.DocumentElement!.AppendChild(document.CreateElement("Assertion")),
        },
        new("Forged assertion of SAML 1.1 before the signed one", "2 assertions")
        {
            AfterSigning = document => document.DocumentElement!.PrependChild(document.CreateElement("Assertion", "urn:oasis:names:tc:SAML:1.0:assertion")),
        },
        new("Signed assertion moved into Extensions, nothing in its place", "not in its place")
        {
            AfterSigning = document => document.DocumentElement!.AppendChild(document.CreateElement("samlp", "Extensions", SamlNames("protocol")))!.AppendChild(document.Assertion()),
        },
        new("Signed assertion as the document", "not a response")
        {
            AfterSigning = document =>
            {
                var assertion = document.Assertion();
                document.RemoveChild(document.DocumentElement!);
                document.AppendChild(assertion);
            },
        },
        new("Response inside a response", "more than one response")
        {
            AfterSigning = document =>
            {
                var outer = (XmlElement)document.DocumentElement!.CloneNode(deep: false);
                var inner = document.RemoveChild(document.DocumentElement);
                outer.SetAttribute("ID", "_outer");
                document.AppendChild(outer)!.AppendChild(inner);
            },
        },
        new("Response in a SOAP envelope", "not a response")
        {
            AfterSigning = document =>
            {
                var inner = document.RemoveChild(document.DocumentElement!);
                document.AppendChild(document.CreateElement("Envelope", "http://schemas.xmlsoap.org/soap/envelope/"))!.AppendChild(inner);
            },
        },
        new("Two statuses, the good one first, in an unsigned response", "does not hold exactly one Status")
        {
            AfterSigning = document =>
            {
                foreach (var signature in document.DocumentElement!.ChildNodes.OfType<XmlElement>().Where(x => x.LocalName == "Signature").ToList()) document.DocumentElement.RemoveChild(signature);
                document.DocumentElement.AppendChild(document.DocumentElement.Child("Status").CloneNode(deep: true));
            },
        },
    ];

    private static IEnumerable<SamlAttack> Injection() =>
    [
        new("Comment in the NameID", "a Comment") { Text = text => text.Replace(">alice<", ">alice<!---->.evil.example<", StringComparison.Ordinal) },
        new("Comment that cuts a NameID the provider signed", "a Comment")
        {
            Says = reply => reply with { NameId = Evil + ".evil.example" },
            Text = text => text.Replace(Evil + ".evil", Evil + "<!-- -->.evil", StringComparison.Ordinal),
        },
        new("Comment in the digest", "a Comment") { Text = text => text.Replace("</DigestValue>", "<!-- x --></DigestValue>", StringComparison.Ordinal) },
        new("Comment in the audience", "a Comment") { Text = text => text.Replace("</saml:Audience>", "<!-- x --></saml:Audience>", StringComparison.Ordinal) },
        new("Comment after the document", "a Comment") { Text = text => text + "<!-- x -->" },
        new("Processing instruction in the NameID", "a ProcessingInstruction") { Text = text => text.Replace(">alice<", ">al<?x y?>ice<", StringComparison.Ordinal) },
        new("CDATA in the NameID", "a CDATA") { Text = text => text.Replace(">alice<", "><![CDATA[alice]]><", StringComparison.Ordinal) },
        new("Document type", "document type") { Text = text => "<!DOCTYPE samlp:Response>" + text },
        new("Internal entity", "document type") { Text = text => "<!DOCTYPE r [<!ENTITY e \"" + Evil + "\">]>" + text.Replace(">alice<", ">&e;<", StringComparison.Ordinal) },
        new("External entity", "document type") { Text = text => "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>" + text.Replace(">alice<", ">&e;<", StringComparison.Ordinal) },
        new("External document type", "document type") { Text = text => "<!DOCTYPE r SYSTEM \"http://127.0.0.1:9/evil.dtd\">" + text },
        new("Entities that grow (billion laughs)", "document type")
        {
            Text = text => "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>" + text.Replace(">alice<", ">&c;<", StringComparison.Ordinal),
        },
        new("Default attribute by the document type", "document type") { Text = text => "<!DOCTYPE r [<!ATTLIST saml:Assertion ID ID #IMPLIED>]>" + text },
        new("Entity that is not declared", "not well-formed") { Text = text => text.Replace(">alice<", ">&evil;<", StringComparison.Ordinal) },
        new("Element in the NameID", "holds elements") { Says = reply => reply with { NameId = "alice<b>" + Evil + "</b>" } },
        new("Element in the audience", "holds elements")
        {
            Says = reply => reply with { Conditions = $"<saml:AudienceRestriction><saml:Audience>{SamlReply.Audience}<b/></saml:Audience></saml:AudienceRestriction>" },
        },
    ];

    private static IEnumerable<SamlAttack> Signatures() =>
    [
        new("No signature at all", "the assertion is not signed") { Says = reply => reply with { AssertionSigner = null, ResponseSigner = null } },
        new("Unsigned assertion in a signed response", "the assertion is not signed") { NeedsSignedResponse = true, Says = reply => reply with { AssertionSigner = null } },
        new("Forged signature of the response, good one of the assertion", "none of the provider's certificates") { NeedsSignedResponse = true, Says = reply => reply with { ResponseSigner = Stranger } },
        new("Good signature of the response, forged one of the assertion", "none of the provider's certificates") { NeedsSignedResponse = true, Says = reply => reply with { AssertionSigner = Stranger } },
        new("Response changed after signing", "not what was signed") { NeedsSignedResponse = true, AfterSigning = document => document.DocumentElement!.SetAttribute("Consent", "x") },
        new("NameID changed after signing", "not what was signed") { AfterSigning = document => document.Assertion().Child("NameID").InnerText = Evil },
        new("Attribute added after signing", "not what was signed")
        {
            AfterSigning = document => document.Assertion().Child("AttributeStatement").InnerXml += SamlReply.Attribute("GROUPS", "admins").Replace("<saml:Attribute ", "<saml:Attribute xmlns:saml=\"" + SamlNames("assertion") + "\" ", StringComparison.Ordinal),
        },
        new("White space added after signing", "not what was signed") { AfterSigning = document => document.Assertion().AppendChild(document.CreateTextNode(" ")) },
        new("Another key, told in KeyInfo", "none of the provider's certificates")
        {
            Says = reply => reply with { AssertionSigner = Stranger, ResponseSigner = reply.ResponseSigner is null ? null : Stranger, Style = new() { KeyInfo = Stranger.Certificate } },
        },
        new("Another key", "none of the provider's certificates") { Says = reply => reply with { AssertionSigner = Stranger } },
        new("Key of 1024 bits", "none of the provider's certificates") { Says = reply => reply with { AssertionSigner = Weak } },
        new("Empty reference", "refers to something else") { Says = reply => reply with { Style = new() { Uri = "" } } },
        new("Reference to the response in the assertion's signature", "refers to something else") { Says = reply => reply with { Style = new() { Uri = "#" + reply.ResponseId }, ResponseStyle = new() } },
        new("Reference by XPointer", "refers to something else") { AfterSigning = document => Reference(document).SetAttribute("URI", "#xpointer(/)") },
        new("Reference by XPointer and id", "refers to something else") { AfterSigning = document => Reference(document).SetAttribute("URI", $"#xpointer(id('{document.Assertion().GetAttribute("ID")}'))") },
        new("Reference to another document", "refers to something else") { AfterSigning = document => Reference(document).SetAttribute("URI", "http://127.0.0.1:9/evil.xml") },
        new("Reference without a URI", "refers to something else") { AfterSigning = document => Reference(document).RemoveAttribute("URI") },
        new("Reference with a type", "attribute `Type`") { Says = reply => reply with { Style = new() { ReferenceType = SignedXml.XmlDsigNamespaceUrl + "Object" } } },
        new("Two references", "SignedInfo does not hold") { AfterSigning = document => Reference(document).ParentNode!.AppendChild(Reference(document).CloneNode(deep: true)) },
        new("Two signatures in the assertion", "a signature is not in its place") { AfterSigning = document => document.Assertion().AppendChild(document.Assertion().SignatureIn().CloneNode(deep: true)) },
        new("Signature at the end of the assertion", "the assertion is not signed|a signature is not in its place") { AfterSigning = document => document.Assertion().AppendChild(document.Assertion().SignatureIn()) },
        new("Signature in the subject", "a signature is not in its place") { AfterSigning = document => document.Assertion().Child("Subject").AppendChild(document.Assertion().SignatureIn().CloneNode(deep: true)) },
        new("Signature of another namespace", "signed|in its place") { Text = text => text.Replace("<Signature xmlns=\"" + SignedXml.XmlDsigNamespaceUrl, "<Signature xmlns=\"urn:x", StringComparison.Ordinal) },
        new("Signature of another message", "refers to something else")
        {
            AfterSigning = document =>
            {
                var other = SamlIdp.Write(new SamlReply { AssertionSigner = Stranger });
                document.Assertion().ReplaceChild(document.ImportNode(other.Assertion().SignatureIn(), deep: true), document.Assertion().SignatureIn());
            },
        },
        new("Signature value of another message", "none of the provider's certificates")
        {
            AfterSigning = document => document.Assertion().Child("SignatureValue").InnerText = Convert.ToBase64String(new byte[256]),
        },
        new("Signature value that is empty", "is not base64") { AfterSigning = document => document.Assertion().Child("SignatureValue").InnerText = "" },
        new("Signature value that is no base64", "is not base64") { AfterSigning = document => document.Assertion().Child("SignatureValue").InnerText = "%%%%" },
        new("Object in the signature", "Signature does not hold") { AfterSigning = document => document.Assertion().SignatureIn().AppendChild(document.CreateElement("Object", SignedXml.XmlDsigNamespaceUrl)) },
        new("Text in the signature", "holds text") { AfterSigning = document => document.Assertion().SignatureIn().AppendChild(document.CreateTextNode("x")) },
        new("Second SignedInfo", "Signature does not hold") { AfterSigning = document => document.Assertion().SignatureIn().AppendChild(document.Assertion().Child("SignedInfo").CloneNode(deep: true)) },
        new("Second digest", "Reference does not hold") { AfterSigning = document => Reference(document).AppendChild(document.Assertion().Child("DigestValue").CloneNode(deep: true)) },
        new("Response and assertion of one id", "two ids are the same") { Says = reply => reply with { AssertionId = reply.ResponseId } },
        new("Another element of the assertion's id", "two ids are the same") { AfterSigning = document => document.DocumentElement!.Child("Status").SetAttribute("ID", document.Assertion().GetAttribute("ID")) },
        new("Another element of the assertion's id, as `Id`", "two ids are the same") { AfterSigning = document => document.DocumentElement!.Child("Status").SetAttribute("Id", document.Assertion().GetAttribute("ID")) },
        new("Another element of the assertion's id, as xml:id", "two ids are the same")
        {
            AfterSigning = document =>
            {
                var id = document.CreateAttribute("xml", "id", "http://www.w3.org/XML/1998/namespace");
                id.Value = document.Assertion().GetAttribute("ID");
                document.DocumentElement!.Child("Status").SetAttributeNode(id);
            },
        },
        new("Assertion without an id", "is not a name") { AfterSigning = document => document.Assertion().RemoveAttribute("ID") },
        new("Id that is an XPointer", "is not a name")
        {
            AfterSigning = document =>
            {
                document.Assertion().SetAttribute("ID", "xpointer(/)");
                Reference(document).SetAttribute("URI", "#xpointer(/)");
            },
        },
    ];

    private static IEnumerable<SamlAttack> Algorithms() =>
    [
        new("RSA with SHA-1", "the signature method is") { Says = reply => reply with { Style = new() { Method = SignedXml.XmlDsigRSASHA1Url } } },
        new("Digest by SHA-1", "the digest method is") { Says = reply => reply with { Style = new() { Digest = SignedXml.XmlDsigSHA1Url } } },
        new("Signature method changed to SHA-1", "the signature method is") { AfterSigning = document => document.Assertion().Child("SignatureMethod").SetAttribute("Algorithm", SignedXml.XmlDsigRSASHA1Url) },
        new("Digest by MD5", "the digest method is") { AfterSigning = document => document.Assertion().Child("DigestMethod").SetAttribute("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#md5") },
        new("HMAC keyed with the provider's certificate", "the signature method is") { Says = reply => reply with { Style = new() { HmacKey = reply.AssertionSigner!.Certificate } } },
        new("DSA", "the signature method is") { AfterSigning = document => document.Assertion().Child("SignatureMethod").SetAttribute("Algorithm", SignedXml.XmlDsigDSAUrl) },
        new("Signature method `none`", "the signature method is") { AfterSigning = document => document.Assertion().Child("SignatureMethod").SetAttribute("Algorithm", "none") },
        new("ECDSA named for an RSA key", "none of the provider's certificates|signature:") { AfterSigning = document => document.Assertion().Child("SignatureMethod").SetAttribute("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256") },
        new("Length of an HMAC in the method", "SignatureMethod does not hold")
        {
            AfterSigning = document => document.Assertion().Child("SignatureMethod").AppendChild(document.CreateElement("HMACOutputLength", SignedXml.XmlDsigNamespaceUrl))!.InnerText = "0",
        },
        new("Inclusive canonicalization of the signature", "the canonicalization is") { Says = reply => reply with { Style = new() { Canonicalization = SignedXml.XmlDsigC14NTransformUrl } } },
        new("Canonicalization that keeps comments", "the canonicalization is") { Says = reply => reply with { Style = new() { Canonicalization = SignedXml.XmlDsigExcC14NWithCommentsTransformUrl } } },
        new("Inclusive canonicalization of the assertion", "its transforms") { Says = reply => reply with { Style = new() { Transforms = () => [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigC14NTransform()] } } },
        new("Transforms in another order", "its transforms") { Says = reply => reply with { Style = new() { Transforms = () => [new XmlDsigExcC14NTransform(), new XmlDsigEnvelopedSignatureTransform()] } } },
        new("Enveloped signature alone", "Transforms does not hold") { Says = reply => reply with { Style = new() { Transforms = () => [new XmlDsigEnvelopedSignatureTransform()] } } },
        new("No transforms", "Reference does not hold") { AfterSigning = document => Reference(document).RemoveChild(Reference(document).Child("Transforms")) },
        new("XPath besides", "Transforms does not hold") { Says = reply => reply with { Style = new() { Transforms = () => [new XmlDsigEnvelopedSignatureTransform(), XPath("not(self::text())"), new XmlDsigExcC14NTransform()] } } },
        new("XPath in the place of canonicalization", "its transforms") { Says = reply => reply with { Style = new() { Transforms = () => [new XmlDsigEnvelopedSignatureTransform(), XPath("true()")] } } },
        new("XSLT besides", "Transforms does not hold") { AfterSigning = document => AddTransform(document, SignedXml.XmlDsigXsltTransformUrl) },
        new("XSLT in the place of canonicalization", "its transforms") { AfterSigning = document => document.Assertion().GetElementsByTagName("Transform").OfType<XmlElement>().Last().SetAttribute("Algorithm", SignedXml.XmlDsigXsltTransformUrl) },
        new("Base64 transform besides", "Transforms does not hold") { AfterSigning = document => AddTransform(document, SignedXml.XmlDsigBase64TransformUrl) },
        new("Decryption transform besides", "Transforms does not hold") { AfterSigning = document => AddTransform(document, SignedXml.XmlDecryptionTransformUrl) },
        new("Parameter of the enveloped transform", "Transform does not hold")
        {
            AfterSigning = document => document.Assertion().Child("Transform").AppendChild(document.CreateElement("XPath", SignedXml.XmlDsigNamespaceUrl))!.InnerText = "true()",
        },
    ];

    /// <summary>What a provider, or one for another service or request, really signed.</summary>
    private static IEnumerable<SamlAttack> Statements() =>
    [
        new("Status of a failure", "the provider answered") { Says = reply => reply with { Status = "urn:oasis:names:tc:SAML:2.0:status:Responder" } },
        new("Response of version 1.1", "Version of Response") { Says = reply => reply with { Version = "1.1" } },
        new("Assertion of version 2.1", "Version of Assertion") { Says = reply => reply with { AssertionVersion = "2.1" } },
        new("Response of another issuer", "the issuer of Response") { Says = reply => reply with { ResponseIssuer = "https://idp.example.com/entity/" } },
        new("Assertion of another issuer", "the issuer of Assertion") { Says = reply => reply with { AssertionIssuer = "https://evil.example.com" } },
        new("Issuer with a blank", "the issuer of Assertion") { Says = reply => reply with { AssertionIssuer = SamlReply.Provider + " " } },
        new("Two issuers", "exactly one Issuer") { BeforeSigning = document => document.Assertion().AppendChild(document.Assertion().Child("Issuer").CloneNode(deep: true)) },
        new("Issuer of a format", "format of the issuer") { BeforeSigning = document => document.Assertion().Child("Issuer").SetAttribute("Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress") },
        new("Other destination", "Destination of Response") { Says = reply => reply with { Destination = "https://rbac.test/auth/2/saml/callback" } },
        new("Destination that begins alike", "Destination of Response") { Says = reply => reply with { Destination = SamlReply.Callback + "?x" } },
        new("No destination", "Destination of Response") { Says = reply => reply with { Destination = null } },
        new("Other audience", "the audience is") { Says = reply => reply with { Conditions = Audience("https://other.example.com") } },
        new("Audience that begins alike", "the audience is") { Says = reply => reply with { Conditions = Audience(SamlReply.Audience + "/x") } },
        new("Audience in other case", "the audience is") { Says = reply => reply with { Conditions = Audience(SamlReply.Audience.ToUpperInvariant()) } },
        new("Second restriction to another audience", "the audience is") { Says = reply => reply with { Conditions = reply.Conditions + Audience("https://other.example.com") } },
        new("No audience", "names no audience") { Says = reply => reply with { Conditions = "" } },
        new("Restriction to nobody", "the audience is") { Says = reply => reply with { Conditions = "<saml:AudienceRestriction/>" } },
        new("Condition that is not known", "is not known") { Says = reply => reply with { Conditions = reply.Conditions + "<saml:Condition xmlns:x=\"urn:x\"/>" } },
        new("No conditions", "exactly one Conditions") { BeforeSigning = document => document.Assertion().RemoveChild(document.Assertion().Child("Conditions")) },
        new("Other recipient", "Recipient of") { Says = reply => reply with { Recipient = "https://evil.example.com/callback" } },
        new("No recipient", "Recipient of") { Says = reply => reply with { Recipient = null } },
        new("Answer to another request", "InResponseTo of Response") { Says = reply => reply with { InResponseTo = "_other" } },
        new("Unsolicited response", "InResponseTo of Response") { Says = reply => reply with { InResponseTo = null, ConfirmationInResponseTo = null } },
        new("Confirmation of another request", "InResponseTo of SubjectConfirmationData") { Says = reply => reply with { ConfirmationInResponseTo = "_other" } },
        new("Confirmation of no request", "InResponseTo of SubjectConfirmationData") { Says = reply => reply with { ConfirmationInResponseTo = null } },
        new("Holder of key", "not confirmed by bearer") { Says = reply => reply with { Method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key" } },
        new("Two confirmations", "exactly one SubjectConfirmation") { BeforeSigning = document => document.Assertion().Child("Subject").AppendChild(document.Assertion().Child("SubjectConfirmation").CloneNode(deep: true)) },
        new("Confirmation that has ended", "SubjectConfirmationData is not valid from") { Says = reply => reply with { ConfirmationEnd = SamlReply.Time(reply.At.AddMinutes(-2)) } },
        new("Confirmation without an end", "has no end") { Says = reply => reply with { ConfirmationEnd = null } },
        new("Confirmation with a beginning", "has a NotBefore") { Says = reply => reply with { ConfirmationNotBefore = SamlReply.Time(reply.At.AddMinutes(-1)) } },
        new("Expired", "Conditions is not valid from") { Says = reply => reply with { NotOnOrAfter = SamlReply.Time(reply.At.AddMinutes(-2)) } },
        new("Not valid yet", "Conditions is not valid before") { Says = reply => reply with { NotBefore = SamlReply.Time(reply.At.AddMinutes(2)) } },
        new("Issued long ago", "was issued long ago") { Says = reply => reply with { AssertionIssued = SamlReply.Time(reply.At.AddMinutes(-20)) } },
        new("Issued in the future", "in the future") { Says = reply => reply with { ResponseIssued = SamlReply.Time(reply.At.AddMinutes(3)) } },
        new("No time of issue", "has no IssueInstant") { Says = reply => reply with { AssertionIssued = null } },
        new("Time without a zone", "not a time in UTC") { Says = reply => reply with { NotOnOrAfter = "2036-11-22T09:05:00" } },
        new("Time that is none", "not a time in UTC") { Says = reply => reply with { NotOnOrAfter = "tomorrowZ" } },
        new("Session that has ended", "has ended") { Says = reply => reply with { SessionEnd = SamlReply.Time(reply.At.AddMinutes(-2)) } },
        new("Sign-in in the future", "in the future") { Says = reply => reply with { AuthnInstant = SamlReply.Time(reply.At.AddMinutes(3)) } },
        new("No time of sign-in", "does not say when") { Says = reply => reply with { AuthnInstant = null } },
        new("No sign-in", "does not say that anybody") { BeforeSigning = document => document.Assertion().RemoveChild(document.Assertion().Child("AuthnStatement")) },
        new("No name", "exactly one NameID") { BeforeSigning = document => document.Assertion().Child("Subject").RemoveChild(document.Assertion().Child("NameID")) },
        new("Empty name", "NameID is empty") { Says = reply => reply with { NameId = "" } },
        new("Two names", "exactly one NameID") { BeforeSigning = document => document.Assertion().Child("Subject").AppendChild(document.Assertion().Child("NameID").CloneNode(deep: true)) },
        new("Transient name", "is transient") { Says = reply => reply with { NameIdFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient" } },
        new("Name with a line break", "control characters") { Says = reply => reply with { NameId = "alice&#10;bob" } },
        new("Two subjects", "exactly one Subject") { BeforeSigning = document => document.Assertion().AppendChild(document.Assertion().Child("Subject").CloneNode(deep: true)) },
        new("Attribute without a name", "has no name") { BeforeSigning = document => document.Assertion().Child("Attribute").RemoveAttribute("Name") },
        new("Encrypted assertion", "is encrypted") { AfterSigning = document => document.DocumentElement!.AppendChild(document.CreateElement("saml", "EncryptedAssertion", SamlNames("assertion"))) },
        new("Encrypted name", "is encrypted") { BeforeSigning = document => document.Assertion().Child("Subject").AppendChild(document.CreateElement("saml", "EncryptedID", SamlNames("assertion"))) },
        new("Two signed assertions", "2 assertions")
        {
            Says = reply => reply with { ResponseSigner = null },
            AfterSigning = document =>
            {
                var second = SamlIdp.Write(new SamlReply { AssertionSigner = Stranger });
                document.DocumentElement!.AppendChild(document.ImportNode(second.Assertion(), deep: true));
            },
        },
        new("No assertion", "0 assertions") { AfterSigning = document => document.DocumentElement!.RemoveChild(document.Assertion()) },
    ];

    private static IEnumerable<SamlAttack> Documents() =>
    [
        new("Sign-out response", "not a response") { Text = text => text.Replace("samlp:Response", "samlp:LogoutResponse", StringComparison.Ordinal) },
        new("Response of no namespace", "not a response|not in its place") { Text = text => text.Replace("xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"", "xmlns:samlp=\"urn:x\"", StringComparison.Ordinal) },
        new("UTF-16", "not well-formed") { Bytes = bytes => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(bytes)) },
        new("Says that it is in UTF-16", "the document says it is in") { Text = text => "<?xml version=\"1.0\" encoding=\"utf-16\"?>" + text },
        new("Says that it is in UTF-7", "the document says it is in") { Text = text => "<?xml version=\"1.0\" encoding=\"utf-7\"?>" + text },
        new("Bytes that are no UTF-8", "not well-formed") { Bytes = bytes => [.. bytes[..200], 0xC0, 0xAF, .. bytes[200..]] },
        new("XML 1.1", "not well-formed") { Text = text => "<?xml version=\"1.1\"?>" + text },
        new("NUL character", "not well-formed") { Text = text => text.Replace(">alice<", ">ali\0ce<", StringComparison.Ordinal) },
        new("Control character by reference", "not well-formed") { Text = text => text.Replace(">alice<", ">ali&#0;ce<", StringComparison.Ordinal) },
        new("Attribute twice", "not well-formed") { Text = text => text.Replace(" Version=\"2.0\"", " Version=\"2.0\" Version=\"2.0\"", StringComparison.Ordinal) },
        new("Prefix that is not declared", "not well-formed") { Text = text => text.Replace("<saml:Conditions", "<evil:Conditions", StringComparison.Ordinal) },
        new("Two documents", "not well-formed") { Text = text => text + text },
        new("Huge document", "larger than") { Text = text => text.Replace("<samlp:Status>", new string(' ', 540_000) + "<samlp:Status>", StringComparison.Ordinal) },
        new("Huge form", "too large") { Base64 = text => text + new string('A', 900_000) },
        new("Deep document", "nested deeper") { Text = text => text.Replace("<samlp:Status>", string.Concat(Enumerable.Repeat("<x>", 20_000)) + string.Concat(Enumerable.Repeat("</x>", 20_000)) + "<samlp:Status>", StringComparison.Ordinal) },
        new("Thousands of attributes", "too many attributes")
        {
            Text = text => text.Replace("<samlp:Status>", "<samlp:Status " + string.Join(' ', Enumerable.Range(0, 5000).Select(i => $"a{i}=\"\"")) + ">", StringComparison.Ordinal),
        },
        new("Truncated base64", "not base64|not well-formed") { Base64 = text => text[..(text.Length / 2)] },
        new("Base64 with other characters", "not base64") { Base64 = text => text[..100] + "*" + text[100..] },
        new("Base64 of the URL alphabet with padding inside", "not base64") { Base64 = text => text[..100] + "==" + text[100..] },
        new("Deflated, as by redirect", "not well-formed") { Bytes = Deflate },
        new("Empty", "there is no response") { Base64 = _ => "" },
        new("No XML", "not well-formed") { Base64 = _ => "AAAA" },
    ];

    private static string SamlNames(string what) => "urn:oasis:names:tc:SAML:2.0:" + what;

    private static string Audience(string audience) => $"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>";

    private static XmlElement Reference(XmlDocument document) => document.Assertion().Child("Reference");

    private static void AddTransform(XmlDocument document, string algorithm)
    {
        var transform = document.CreateElement("Transform", SignedXml.XmlDsigNamespaceUrl);
        transform.SetAttribute("Algorithm", algorithm);
        Reference(document).Child("Transforms").AppendChild(transform);
    }

    private static XmlDsigXPathTransform XPath(string expression)
    {
        var transform = new XmlDsigXPathTransform();
        transform.LoadInnerXml(SamlIdp.Load($"<XPath xmlns=\"{SignedXml.XmlDsigNamespaceUrl}\">{expression}</XPath>").ChildNodes);
        return transform;
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var to = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(to, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(bytes);
        return to.ToArray();
    }

    /// <summary>A copy of the assertion about somebody else, without a signature and with an id of its own.</summary>
    private static XmlElement Forged(XmlDocument document)
    {
        var forged = (XmlElement)document.Assertion().CloneNode(deep: true);
        forged.RemoveChild(forged.SignatureIn());
        forged.SetAttribute("ID", "_forged");
        Spoil(forged);
        return forged;
    }

    private static void Spoil(XmlElement holder) => holder.Child("NameID").InnerText = Evil;

    /// <summary>The element becomes forged and keeps the signature; its unsigned original is put where the attack wants it.</summary>
    private static void Forge(XmlElement element, Action<XmlElement, XmlElement> place)
    {
        var original = (XmlElement)element.CloneNode(deep: true);
        original.RemoveChild(original.SignatureIn());
        var forged = 0;
        foreach (var holder in element.SelectNodes("descendant-or-self::*[@ID]")!.OfType<XmlElement>()) holder.SetAttribute("ID", $"_forged{forged++}");
        Spoil(element);
        place(original, element.SignatureIn());
    }
}
