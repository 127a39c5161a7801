using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using System.Xml.Linq;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>Reads a metadata document (OASIS saml-metadata-2.0): well-formed, without a DTD, of one identity provider. Nothing it refers to is fetched.</summary>
internal sealed class SamlMetadataReader(WebAddresses addresses)
{
    private const string Field = "samlData.metadataXmlFile";
    private const int MaxBytes = 256 << 10;
    private const string Redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    private const string Post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    private static readonly XNamespace Metadata = "urn:oasis:names:tc:SAML:2.0:metadata";
    private static readonly XNamespace Signature = "http://www.w3.org/2000/09/xmldsig#";

    public SamlMetadata Read(string base64)
    {
        var bytes = Decode(base64);
        var provider = ReadProvider(bytes);
        return new SamlMetadata(Convert.ToBase64String(bytes), provider.EntityId, (provider.SignOnRedirect ?? provider.SignOnPost)!, provider.SigningCertificates);
    }

    /// <summary>All that sign-in needs. A document that is not as it should be is refused as in a request.</summary>
    public SamlProviderMetadata ReadProvider(byte[] document)
    {
        if (document.Length > MaxBytes) throw ApiException.Invalid(Field, $"is larger than {MaxBytes >> 10} KiB");
        var provider = Provider(Parse(document));
        var entityId = (string?)provider.Parent!.Attribute("entityID");
        if (string.IsNullOrEmpty(entityId)) throw ApiException.Invalid(Field, "names no entityID");
        var (redirect, post) = (Location(provider, "SingleSignOnService", Redirect), Location(provider, "SingleSignOnService", Post));
        if (redirect is null && post is null) throw ApiException.Invalid(Field, "names no SingleSignOnService by redirect or POST");
        return new SamlProviderMetadata(
            PlainText.Demand(Field, entityId, 1024), redirect, post, Location(provider, "SingleLogoutService", Redirect), SigningCertificates(provider), ValidUntil(provider));
    }

    private static byte[] Decode(string base64)
    {
        var buffer = new byte[(base64.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(base64, buffer, out var written)) throw ApiException.Invalid(Field, "is not base64");
        if (written > MaxBytes) throw ApiException.Invalid(Field, $"is larger than {MaxBytes >> 10} KiB");
        return buffer[..written];
    }

    private static XElement Parse(byte[] bytes)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), settings);
            return XDocument.Load(reader).Root!;
        }
        catch (XmlException)
        {
            throw ApiException.Invalid(Field, "is not well-formed XML, or has a document type definition");
        }
    }

    private static XElement Provider(XElement root)
    {
        var providers = root.DescendantsAndSelf(Metadata + "EntityDescriptor").Elements(Metadata + "IDPSSODescriptor").Take(2).ToList();
        return providers.Count == 1 ? providers[0] : throw ApiException.Invalid(Field, "must be the metadata of exactly one SAML 2.0 identity provider");
    }

    private string? Location(XElement provider, string service, string binding)
        => provider.Elements(Metadata + service).FirstOrDefault(x => (string?)x.Attribute("Binding") == binding)?.Attribute("Location") is { Value: var location }
            ? addresses.DemandService(Field, location) : null;

    /// <summary>The earliest end that the provider's own or an enclosing element has (saml-metadata §2.3, §2.4).</summary>
    private static DateTimeOffset? ValidUntil(XElement provider)
    {
        try
        {
            return provider.AncestorsAndSelf().Attributes("validUntil").Select(x => (DateTimeOffset?)XmlConvert.ToDateTimeOffset(x.Value)).Min();
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentOutOfRangeException)
        {
            throw ApiException.Invalid(Field, "has a validUntil that is no time");
        }
    }

    /// <summary>A key without a use is for signing too.</summary>
    private static List<string> SigningCertificates(XElement provider)
    {
        var certificates = provider.Elements(Metadata + "KeyDescriptor")
            .Where(key => (string?)key.Attribute("use") is null or "signing")
            .Descendants(Signature + "X509Certificate")
            .Select(x => Certificate(x.Value))
            .Distinct(StringComparer.Ordinal).ToList();
        return certificates.Count > 0 ? certificates : throw ApiException.Invalid(Field, "names no signing certificate");
    }

    private static string Certificate(string base64)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64));
            return Convert.ToBase64String(certificate.RawData);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or FormatException)
        {
            throw ApiException.Invalid(Field, "holds a signing certificate that cannot be read");
        }
    }
}
