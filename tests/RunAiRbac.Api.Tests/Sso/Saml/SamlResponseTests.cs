using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;
using RunAiRbac.Api.Sso.Saml;

namespace RunAiRbac.Api.Tests.Sso.Saml;

/// <summary>Good responses, as providers of all kinds write them.</summary>
public sealed class SamlResponseTests
{
    private static readonly SamlSigner Signer = SamlSigner.NewRsa();
    private static readonly SamlReply Good = new() { AssertionSigner = Signer, ResponseSigner = Signer };

    [Fact]
    public void Response_Good_IsReadWhole()
    {
        var assertion = Read(Good);

        assertion.Id.Should().Be(Good.AssertionId);
        assertion.Name.Should().Be(new SamlNameId("alice", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", null, null));
        assertion.SessionIndex.Should().Be("session-1");
        assertion.Attributes.Select(x => (x.Name, string.Join('|', x.Values))).Should().Equal(
            ("email", "alice@example.com"), ("firstName", "Alice"), ("lastName", "Ångström & Søns"), ("GROUPS", "red|green,blue"));
    }

    [Theory]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha512")]
    public void Response_SignedByRsaWithSha2_Passes(string method, string digest)
        => Read(Good with { Style = new() { Method = method, Digest = digest } }).Name.Value.Should().Be("alice");

    [Theory]
    [InlineData("nistP256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", 64)]
    [InlineData("nistP384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", 96)]
    [InlineData("nistP521", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", 132)]
    public void Response_SignedByEcdsa_Passes(string curve, string method, int length)
    {
        var signer = SamlSigner.NewEcdsa(ECCurve.CreateFromFriendlyName(curve), method);
        var document = SamlIdp.Write(Good with { AssertionSigner = signer, ResponseSigner = signer });

        Convert.FromBase64String(document.Assertion().Child("SignatureValue").InnerText).Should().HaveCount(length, "RFC 6931 has r and s side by side");
        SamlAttackTests.Read(document.OuterXml, false, signer.Certificate).Name.Value.Should().Be("alice");
    }

    [Fact]
    public void Response_SignedWithTheNewerOfTwoKeys_Passes()
        => SamlAttackTests.Read(SamlIdp.Write(Good).OuterXml, false, SamlSigner.NewRsa().Certificate, Signer.Certificate).Name.Value.Should().Be("alice");

    [Fact]
    public void Response_WithNamespacePrefixesToKeep_Passes()
    {
        var typed = """<saml:Attribute Name="email"><saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">alice@example.com</saml:AttributeValue></saml:Attribute>""";
        Read(Good with { Attributes = typed, Style = new() { InclusivePrefixes = "xs" } }).Attributes[0].Values.Should().Equal("alice@example.com");
    }

    [Fact]
    public void Response_WithDefaultNamespacesAndADeclaration_Passes()
    {
        var xml = Good.Xml().Replace("<saml:Assertion ", "<Assertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\" ", StringComparison.Ordinal)
            .Replace("</saml:Assertion>", "</Assertion>", StringComparison.Ordinal).Replace("<saml:Conditions", "<Conditions", StringComparison.Ordinal).Replace("</saml:Conditions", "</Conditions", StringComparison.Ordinal);
        var document = SamlIdp.Load(xml);
        SamlIdp.Sign(document.Assertion(), Signer, new());
        SamlIdp.Sign(document.DocumentElement!, Signer, new());

        SamlAttackTests.Read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document.OuterXml, false, Signer.Certificate).Name.Value.Should().Be("alice");
    }

    [Fact]
    public void Response_WithAnyCertificateInKeyInfo_PassesByTheConfiguredOne()
        => Read(Good with { Style = new() { KeyInfo = SamlSigner.NewRsa().Certificate } }).Name.Value.Should().Be("alice");

    [Fact]
    public void Response_InBase64WithLineBreaks_Passes()
    {
        var text = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(SamlIdp.Write(Good).OuterXml), Base64FormattingOptions.InsertLineBreaks);
        SamlResponse.Read(text, SamlAttackTests.Expected([Signer.Certificate])).Name.Value.Should().Be("alice");
    }

    [Fact]
    public void Response_SignatureWithLineBreaks_Passes()
    {
        var document = SamlIdp.Write(Good with { ResponseSigner = null });
        var value = document.Assertion().Child("SignatureValue");
        value.InnerText = "\n" + value.InnerText.Insert(64, "\n") + "\n";
        SamlAttackTests.Read(document.OuterXml, true, Signer.Certificate).Name.Value.Should().Be("alice");
    }

    [Fact]
    public void Conditions_SeveralAudiencesAndOneTimeUse_Pass()
        => Read(Good with
        {
            Conditions = $"<saml:AudienceRestriction><saml:Audience>urn:other</saml:Audience><saml:Audience>{SamlReply.Audience}</saml:Audience></saml:AudienceRestriction><saml:OneTimeUse/><saml:ProxyRestriction Count=\"0\"/>",
        }).Name.Value.Should().Be("alice");

    [Fact]
    public void Times_WithinTheClockSkew_Pass()
        => Read(Good with
        {
            NotBefore = SamlReply.Time(SamlReply.Now.AddSeconds(50)),
            NotOnOrAfter = SamlReply.Time(SamlReply.Now.AddSeconds(-50)),
            ConfirmationEnd = SamlReply.Time(SamlReply.Now.AddSeconds(-50)),
            ResponseIssued = SamlReply.Time(SamlReply.Now.AddSeconds(50)),
            AssertionIssued = "2026-11-22T09:00:50Z",
            AuthnInstant = SamlReply.Time(SamlReply.Now.AddSeconds(50)),
            SessionEnd = SamlReply.Time(SamlReply.Now.AddSeconds(-50)),
        }).Name.Value.Should().Be("alice");

    [Fact]
    public void Assertion_WithAdviceExtensionsAndOtherStatements_Passes()
        => Read(Good with { Advice = "<saml:Advice><saml:AssertionIDRef>_x</saml:AssertionIDRef></saml:Advice>" }, document =>
        {
            var extensions = document.CreateElement("samlp", "Extensions", SamlNames.Protocol);
            document.DocumentElement!.InsertBefore(extensions, document.DocumentElement.Child("Status"));
        }).Name.Value.Should().Be("alice");

    [Fact]
    public void Attributes_NilOrOfElements_HaveNoText()
    {
        const string attributes =
            """
            <saml:Attribute Name="a" FriendlyName="f"><saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/><saml:AttributeValue><x>y</x></saml:AttributeValue><saml:AttributeValue>z</saml:AttributeValue></saml:Attribute>
            """;
        Read(Good with { Attributes = attributes }).Attributes.Should().ContainSingle().Which.Values.Should().Equal(null, null, "z");
    }

    [Fact]
    public void Signature_OfTheFrameworkItself_AgreesOnTheBytes()
    {
        // The bytes that are read must be the ones that stock XML signatures cover.
        var document = SamlIdp.Write(Good with { ResponseSigner = null });
        var bytes = SamlSignature.Verify(document.Assertion(), [Signer.Certificate]);

        var digest = Convert.FromBase64String(document.Assertion().Child("DigestValue").InnerText);
        SHA256.HashData(bytes).Should().Equal(digest);
        System.Text.Encoding.UTF8.GetString(bytes).Should().StartWith("<saml:Assertion ").And.NotContain("Signature");
        document.Assertion().SignatureIn().Child("CanonicalizationMethod").GetAttribute("Algorithm").Should().Be(SignedXml.XmlDsigExcC14NTransformUrl);
    }

    [Fact]
    public void Response_OfSamlify_Passes()
    {
        // Recorded from tests/identity-providers/saml.mjs: another program's canonical form, digests and signatures.
        var xml = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sso", "Saml", "samlify-response.xml"));
        var document = SamlIdp.Load(xml);
        var certificate = Convert.FromBase64String(document.Assertion().Child("X509Certificate").InnerText);
        var expected = SamlAttackTests.Expected([certificate]) with
        {
            Provider = document.Assertion().Child("Issuer").InnerText,
            Audience = "http://sp/md",
            Callback = "http://sp/callback",
            Now = XmlConvert.ToDateTimeOffset(document.Assertion().GetAttribute("IssueInstant")),
        };

        var assertion = SamlResponse.Read(SamlIdp.Base64(xml), expected);

        assertion.Name.Value.Should().Be("id-ada");
        assertion.Attributes.Select(x => $"{x.Name}={string.Join('|', x.Values)}").Should().Equal("email=ada.saml@example.com", "firstName=Ada", "lastName=Lovelace & Co", "GROUPS=research");
        FluentActions.Invoking(() => SamlResponse.Read(SamlIdp.Base64(xml.Replace("id-ada", "id-bob", StringComparison.Ordinal)), expected)).Should().Throw<Api.Sso.SsoRefusal>();
    }

    private static SamlAssertion Read(SamlReply reply, Action<XmlDocument>? beforeSigning = null)
        => SamlAttackTests.Read(SamlIdp.Write(reply, beforeSigning).OuterXml, false, Signer.Certificate);
}
