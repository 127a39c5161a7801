using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>
/// Reads a response (saml-core §3.3.3, saml-profiles §4.1.4) as a strict small profile has it: one assertion, signed itself, in a signed response; every
/// value from the bytes that the signatures cover. Throws <see cref="SsoRefusal"/>, or <see cref="UnknownSignerException"/>.
/// </summary>
internal static class SamlResponse
{
    /// <summary>An attempt to sign in lives as long: what was issued before cannot answer it.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    public static SamlAssertion Read(string? base64, SamlExpectation expected)
    {
        var document = StrictXml.Parse(Decode(base64));
        var response = document.DocumentElement!;
        if (!Is(response, "Response", SamlNames.Protocol)) throw SamlRefusal.Because("the document is not a response");
        var assertion = OnlyAssertion(response);
        DemandSignaturePlaces(response, assertion);
        if (SignatureOf(assertion) is null) throw SamlRefusal.Because("the assertion is not signed");
        if (SignatureOf(response) is null && !expected.UnsignedResponses)
            throw SamlRefusal.Because("the response is not signed (the provider must sign responses and assertions, or Sso:AllowUnsignedSamlResponses be true)");
        var signedResponse = SignatureOf(response) is null ? null : SamlSignature.Verify(response, expected.Certificates);
        var signedAssertion = SamlSignature.Verify(assertion, expected.Certificates);
        CheckResponse(StrictXml.Read(signedResponse ?? Encoding.UTF8.GetBytes(response.OuterXml)), expected);
        return new AssertionReader(StrictXml.Read(signedAssertion), expected).Read();
    }

    private static byte[] Decode(string? base64)
    {
        if (string.IsNullOrEmpty(base64)) throw SamlRefusal.Because("there is no response");
        if (base64.Length > StrictXml.MaxBytes * 3 / 2) throw SamlRefusal.Because("the response is too large");
        var buffer = new byte[(base64.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(base64, buffer, out var written) ? buffer[..written] : throw SamlRefusal.Because("the response is not base64");
    }

    /// <summary>The one assertion in the whole document, wherever a second might hide.</summary>
    private static XmlElement OnlyAssertion(XmlElement response)
    {
        var all = response.OwnerDocument.SelectNodes("//*")!.OfType<XmlElement>().ToList();
        if (all.Exists(x => x.LocalName is "EncryptedAssertion" or "EncryptedID" or "EncryptedAttribute" || x.NamespaceURI == SamlNames.Encryption))
            throw SamlRefusal.Because("the response is encrypted, which is not supported: switch encryption of assertions off at the provider");
        // By the local name alone: an assertion of another version, or of no namespace, has no business here either.
        var assertions = all.FindAll(x => x.LocalName == "Assertion");
        if (all.Count(x => x.LocalName == "Response") != 1) throw SamlRefusal.Because("there is more than one response in the document");
        if (assertions.Count != 1) throw SamlRefusal.Because($"there are {assertions.Count} assertions in the document");
        return Is(assertions[0], "Assertion", SamlNames.Assertion) && assertions[0].ParentNode == response ? assertions[0] : throw SamlRefusal.Because("the assertion is not in its place");
    }

    /// <summary>A signature stands in the response or in the assertion, once, right after the issuer (saml-schema), and nowhere else.</summary>
    private static void DemandSignaturePlaces(XmlElement response, XmlElement assertion)
    {
        foreach (var signature in response.OwnerDocument.SelectNodes("//*")!.OfType<XmlElement>().Where(x => x.LocalName == "Signature"))
        {
            var parent = signature.ParentNode as XmlElement;
            if ((parent != response && parent != assertion) || SignatureOf(parent) != signature) throw SamlRefusal.Because("a signature is not in its place");
        }
    }

    private static XmlElement? SignatureOf(XmlElement holder)
        => holder.ChildNodes.OfType<XmlElement>().Take(2).ToList() is [var issuer, var signature] && Is(issuer, "Issuer", SamlNames.Assertion) && SamlSignature.IsSignature(signature) ? signature : null;

    private static bool Is(XmlElement element, string name, string space) => element.LocalName == name && element.NamespaceURI == space;

    private static void CheckResponse(XElement response, SamlExpectation expected)
    {
        Values.DemandVersion(response);
        Values.Demand(response, "Destination", expected.Callback);
        Values.Demand(response, "InResponseTo", expected.RequestId);
        Values.DemandIssuer(response, expected);
        Values.DemandRecent(response, expected);
        var status = Values.Only(Values.Only(response, SamlNames.Samlp + "Status"), SamlNames.Samlp + "StatusCode");
        if ((string?)status.Attribute("Value") != SamlNames.Success)
            throw SamlRefusal.Because("the provider answered " + string.Join(", ", status.DescendantsAndSelf(SamlNames.Samlp + "StatusCode").Select(x => SamlRefusal.Quote((string?)x.Attribute("Value")))));
    }
}
