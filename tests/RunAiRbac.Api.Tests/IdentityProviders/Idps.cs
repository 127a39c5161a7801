using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RunAiRbac.Api.Tests.SubjectManagement;

namespace RunAiRbac.Api.Tests.IdentityProviders;

/// <summary>Requests that are valid, to send or to spoil.</summary>
internal static class Idps
{
    public const string Path = "/api/v1/idps";
    public const string Mask = "*******";

    public static readonly string Certificate = NewCertificate();

    public static object Oidc(string? name, string secret = "very secret", string[]? domains = null, bool? trusted = null) => new
    {
        name,
        type = "oidc",
        oidcData = new
        {
            clientId = "runai",
            clientSecret = secret,
            discoverDocumentUrl = "https://idp.example.com/.well-known/openid-configuration",
            scopes = new[] { "profile", "a:b c.d" },
            mandatoryClaim = new { claim = "department", values = new[] { "research" } },
        },
        trustedEmailDomains = domains,
        groupsTrusted = trusted,
    };

    public static object OpenShift(string? name, string secret = "very secret")
        => new { name, type = "openshift-v4", ocpData = new { idpBaseUrl = "https://api.example.com:6443", clientId = "runai", clientSecret = secret, scopes = new[] { "user:full" } } };

    public static object SamlUrl(string? name) => new { name, type = "saml", samlData = new { metadataXmlType = "url", metadataXmlUrl = "https://idp.example.com/metadata", metadataXmlFile = (string?)null } };

    public static object SamlFile(string? name, string xml)
        => new { name, type = "saml", samlData = new { metadataXmlType = "file", metadataXmlFile = Base64(xml), fileName = "idp.xml" } };

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static string Metadata(string? keys = null, string? services = null, string entityId = "https://idp.example.com/entity") =>
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{entityId}">
          <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            {keys ?? Key("signing")}
            {services ?? Service("HTTP-POST", "https://idp.example.com/post") + Service("HTTP-Redirect", "https://idp.example.com/redirect")}
          </md:IDPSSODescriptor>
        </md:EntityDescriptor>
        """;

    public static string Key(string? use, string? certificate = null)
        => $"<md:KeyDescriptor{(use is null ? "" : $" use=\"{use}\"")}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n{certificate ?? Certificate}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";

    public static string Service(string binding, string location)
        => $"<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" Location=\"{location}\"/>";

    /// <summary>Creates one; its path.</summary>
    public static async Task<string> CreateAsync(this Person admin, object body)
        => $"{Path}/{(await admin.PostAsync(Path, body)).Expect(HttpStatusCode.Created).Field("alias")}";

    public static string NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return Convert.ToBase64String(certificate.RawData);
    }
}
