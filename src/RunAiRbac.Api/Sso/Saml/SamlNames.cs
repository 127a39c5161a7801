using System.Xml.Linq;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>Names of SAML 2.0 (OASIS saml-core, saml-bindings, saml-metadata) and XML signatures (W3C xmldsig-core) that this service speaks.</summary>
internal static class SamlNames
{
    public const string Assertion = "urn:oasis:names:tc:SAML:2.0:assertion";
    public const string Protocol = "urn:oasis:names:tc:SAML:2.0:protocol";
    public const string Metadata = "urn:oasis:names:tc:SAML:2.0:metadata";
    public const string Signature = "http://www.w3.org/2000/09/xmldsig#";
    public const string Encryption = "http://www.w3.org/2001/04/xmlenc#";
    public const string ExclusiveC14N = "http://www.w3.org/2001/10/xml-exc-c14n#";
    public const string Enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    public const string RsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    public const string EcdsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    public const string EcdsaSha384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
    public const string EcdsaSha512 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";

    public const string Success = "urn:oasis:names:tc:SAML:2.0:status:Success";
    public const string Bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
    public const string EmailName = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    public const string TransientName = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    public const string EntityName = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
    public const string Redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    public const string Post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

    public static readonly XNamespace Saml = Assertion;
    public static readonly XNamespace Samlp = Protocol;
    public static readonly XNamespace Md = Metadata;
    public static readonly XNamespace Ds = Signature;
}
