using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.IdentityProviders;

/// <summary>What is wrong in a provider is named, and nothing of it is kept.</summary>
public sealed class ProviderInputTests(ApiHosts hosts) : ApiTests(hosts)
{
    /// <summary>Values of an address that no provider may have.</summary>
    private static readonly string[] BadAddresses =
    [
        "", " ", "https://", "https:///x", "http://idp.example.com", "HTTP://idp.example.com", "ftp://idp.example.com", "file:///etc/passwd", "javascript:alert(1)", "//idp.example.com", "https:idp.example.com", "https://a@idp.example.com",
        "https://a:b@idp.example.com/", "https://@idp.example.com/", "https://idp.example.com/#x", "https://idp.example.com/a b", "https://idp.example.com/\\u000a", "https://idp.example.com\\\\@evil.example", "https://idp.example.com:0/", "https://idp.example.com:65536",
        "https://idp.example.com:x/", "https://[::1", "https://idp..example.com", "https://\\u202eidp.example.com", "https://idp.ex\\u00e4mple.com", "https://%69dp.example.com", "<https://idp.example.com>", "https://idp.example.com/\\u0000",
    ];

    [Theory, MemberData(nameof(Providers))]
    public async Task Addresses_Odd_AreRefused(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        string[] bad = [.. BadAddresses, "https://idp.example.com/" + new string('a', 2030)];
        foreach (var address in bad)
        {
            await RefusedAsync(world, "oidcData.discoverDocumentUrl", $$$"""{"type":"oidc","oidcData":{"clientId":"a","clientSecret":"b","discoverDocumentUrl":"{{{address}}}"}}""", address);
            await RefusedAsync(world, "ocpData.idpBaseUrl", $$$"""{"type":"openshift-v4","ocpData":{"clientSecret":"b","idpBaseUrl":"{{{address}}}"}}""", address);
            await RefusedAsync(world, "samlData.metadataXmlUrl", $$$"""{"type":"saml","samlData":{"metadataXmlType":"url","metadataXmlUrl":"{{{address}}}"}}""", address);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Addresses_Good_AreTaken(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        foreach (var (address, kept) in new[]
        {
            ("https://idp.example.com", null), ("HTTPS://IDP.example.com:8443/a/b?c=d:e@f", null), ("idp.example.com", "https://idp.example.com"), ("idp.example.com:8443/x", "https://idp.example.com:8443/x"),
            ("https://10.0.0.1/x", null), ("https://[fd00::1]:6443/", null), ("https://keycloak/realms/a", null), ("http://localhost:3000/x", null), ("http://127.0.0.1:3000", null), ("http://[::1]:3000", (string?)null),
        })
        {
            var path = await tenant.Admin.CreateAsync(new { name = ApiHost.NewName("idp"), type = "openshift-v4", ocpData = new { idpBaseUrl = address, clientSecret = "x" } });
            (await tenant.Admin.GetAsync(path)).Json.GetProperty("ocpData").GetProperty("idpBaseUrl").GetString().Should().Be(kept ?? address);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Members_MissingOrOdd_AreNamed(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var before = (await world.Admin.GetAsync(Idps.Path)).Text;
        foreach (var (field, change) in new (string, Action<JsonObject>)[]
        {
            ("type", body => body.Remove("type")), ("type", body => body["type"] = "OIDC"), ("type", body => body["type"] = "ldap"), ("type", body => body["type"] = ""),
            ("oidcData", body => body.Remove("oidcData")), ("oidcData", body => body["oidcData"] = null),
            ("oidcData.clientId", body => body["oidcData"]!["clientId"] = ""), ("oidcData.clientId", body => body["oidcData"]!["clientId"] = " "), ("oidcData.clientId", body => body["oidcData"]!["clientId"] = new string('a', 257)),
            ("oidcData.clientSecret", body => body["oidcData"]!["clientSecret"] = null), ("oidcData.clientSecret", body => body["oidcData"]!["clientSecret"] = "a\u0007"),
            ("oidcData.clientSecret", body => body["oidcData"]!["clientSecret"] = Idps.Mask), ("oidcData.clientSecret", body => body["oidcData"]!["clientSecret"] = new string('a', 2049)),
            ("oidcData.discoverDocumentUrl", body => body["oidcData"]!["discoverDocumentUrl"] = null),
            ("oidcData.scopes[0]", body => body["oidcData"]!["scopes"] = new JsonArray("a/b")), ("oidcData.scopes[1]", body => body["oidcData"]!["scopes"] = new JsonArray("a", "b ")), ("oidcData.scopes[0]", body => body["oidcData"]!["scopes"] = new JsonArray("a\n")),
            ("oidcData.scopes[0]", body => body["oidcData"]!["scopes"] = new JsonArray((JsonNode?)null)), ("oidcData.scopes", body => body["oidcData"]!["scopes"] = new JsonArray([.. Enumerable.Range(0, 101).Select(i => (JsonNode?)$"s{i}")])),
            ("oidcData.mandatoryClaim.claim", body => body["oidcData"]!["mandatoryClaim"]!["claim"] = "1"), ("oidcData.mandatoryClaim.claim", body => body["oidcData"]!["mandatoryClaim"] = new JsonObject()),
            ("oidcData.mandatoryClaim.values", body => body["oidcData"]!["mandatoryClaim"]!["values"] = new JsonArray()), ("oidcData.mandatoryClaim.values[0]", body => body["oidcData"]!["mandatoryClaim"]!["values"] = new JsonArray("a b")),
            ("oidcData.mandatoryClaim.values[0]", body => body["oidcData"]!["mandatoryClaim"]!["values"] = new JsonArray("12")),
            ("mappers.email", body => body["mappers"] = new JsonObject { ["email"] = "" }), ("mappers.uid", body => body["mappers"] = new JsonObject { ["uid"] = new string('a', 257) }),
            ("trustedEmailDomains[0]", body => body["trustedEmailDomains"] = new JsonArray("nodot")), ("trustedEmailDomains[1]", body => body["trustedEmailDomains"] = new JsonArray("a.com", "@b.com")),
            ("trustedEmailDomains[0]", body => body["trustedEmailDomains"] = new JsonArray("*.example.com")), ("trustedEmailDomains[0]", body => body["trustedEmailDomains"] = new JsonArray("a@b.com")),
            ("trustedEmailDomains[0]", body => body["trustedEmailDomains"] = new JsonArray("")), ("trustedEmailDomains[0]", body => body["trustedEmailDomains"] = new JsonArray(" example.com")),
            ("name", body => body["name"] = "  "), ("name", body => body["name"] = "a\u200bb"), ("name", body => body["name"] = new string('a', 257)),
            ("groupsTrusted", body => body["groupsTrusted"] = "yes"), ("oidcData", body => body["oidcData"] = "x"), ("oidcData.scopes", body => body["oidcData"]!["scopes"] = "a"),
        })
        {
            var body = JsonSerializer.SerializeToNode(Idps.Oidc(world.NewName()))!.AsObject();
            change(body);
            await RefusedAsync(world, field, body.ToJsonString(), field);
        }

        (await world.Admin.PostAsync(Idps.Path, new { type = "saml" })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("samlData");
        (await world.Admin.PostAsync(Idps.Path, new { type = "saml", samlData = new { metadataXmlType = "ftp" } })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("samlData.metadataXmlType");
        (await world.Admin.PostAsync(Idps.Path, new { type = "openshift-v4" })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("ocpData");
        (await world.Admin.GetAsync(Idps.Path)).Text.Should().Be(before);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Metadata_OddDocuments_AreRefused(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var good = Idps.Metadata();
        foreach (var xml in new[]
        {
            "", "x", "<a", "<a/>", "{}", good[..^5], good + "<x/>", good.Replace("</md:IDPSSODescriptor>", "</md:Other>", StringComparison.Ordinal),
            good.Replace("?>", "?><!DOCTYPE x []>", StringComparison.Ordinal), "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>",
            "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;\">]><a>&c;</a>",
            good.Replace("UTF-8", "utf-7", StringComparison.Ordinal), good.Replace("UTF-8", "nothing", StringComparison.Ordinal), good.Replace("UTF-8", "UTF-16", StringComparison.Ordinal), good.Replace("entity\"", "\u0001\"", StringComparison.Ordinal),
            good.Replace("SAML:2.0:metadata", "SAML:3.0:metadata", StringComparison.Ordinal), good.Replace(" entityID=\"https://idp.example.com/entity\"", "", StringComparison.Ordinal),
            Idps.Metadata(entityId: ""), Idps.Metadata(entityId: new string('e', 1025)), Idps.Metadata(keys: ""), Idps.Metadata(keys: Idps.Key("encryption")), Idps.Metadata(keys: Idps.Key("signing", "AAAA")),
            Idps.Metadata(keys: Idps.Key("signing", "not base64!")), Idps.Metadata(keys: Idps.Key("signing") + Idps.Key("signing", "")), Idps.Metadata(services: "<x/>"), Idps.Metadata(services: Idps.Service("SOAP", "https://idp.example.com/soap")),
            Idps.Metadata(services: Idps.Service("HTTP-Redirect", "http://idp.example.com")), Idps.Metadata(services: Idps.Service("HTTP-Redirect", "javascript:alert(1)")), Idps.Metadata(services: "<md:SingleSignOnService/>"),
            ValidUntil(good, "soon"), ValidUntil(good, "2030-02-30T00:00:00Z"), ValidUntil(good, "0001-01-01T00:00:00+14:00"), ValidUntil(good, "9999-12-31T23:59:59-14:00"), ValidUntil(good, "2030-01-01T00:00:00+99:00"),
            $"<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{Entity(good)}{Entity(good)}</md:EntitiesDescriptor>",
            string.Concat(Enumerable.Repeat("<a>", 30_000)) + string.Concat(Enumerable.Repeat("</a>", 30_000)), "<a>" + new string('x', 300_000) + "</a>",
        })
            await RefusedAsync(world, "samlData.metadataXmlFile", JsonSerializer.Serialize(Idps.SamlFile(null, xml)), xml.Length > 200 ? xml[..200] : xml);

        foreach (var file in new[] { "!", "AAA", "====", "PGEvPg", "\u00e9" })
            (await world.Admin.PostAsync(Idps.Path, new { type = "saml", samlData = new { metadataXmlType = "file", metadataXmlFile = file } })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("samlData.metadataXmlFile");
        (await world.Admin.PostAsync(Idps.Path, new { type = "saml", samlData = new { metadataXmlType = "file", metadataXmlUrl = "https://idp.example.com" } })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("samlData.metadataXmlFile");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Metadata_InOtherForms_IsRead(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var second = Idps.NewCertificate();
        var xml = Idps.Metadata(keys: Idps.Key("encryption", "garbage nobody reads") + Idps.Key(null, second) + Idps.Key("signing"), services: Idps.Service("HTTP-POST", "https://idp.example.com/post"));
        var utf16 = Convert.ToBase64String([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(xml.Replace("UTF-8", "UTF-16", StringComparison.Ordinal))]);
        var wrapped = $"<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{Entity(xml)}</md:EntitiesDescriptor>";
        foreach (var file in new[] { utf16, Idps.Base64(wrapped), string.Join("\r\n", Idps.Base64(xml).Chunk(76).Select(line => new string(line))) })
        {
            // Without a type it is whichever is given.
            var path = await tenant.Admin.CreateAsync(new { name = ApiHost.NewName("saml"), type = "saml", samlData = new { metadataXmlFile = file, metadataXmlUrl = "" } });
            var data = (await tenant.Admin.GetAsync(path)).Json.GetProperty("samlData");
            data.GetProperty("signingCertificate").GetString().Should().Be(second);
            data.GetProperty("singleSignOnServiceUrl").GetString().Should().Be("https://idp.example.com/post");
        }
    }

    private static string ValidUntil(string xml, string time) => xml.Replace(" entityID=", $" validUntil=\"{time}\" entityID=", StringComparison.Ordinal);

    private static string Entity(string xml) => xml[xml.IndexOf("?>", StringComparison.Ordinal)..][2..];

    private static async Task RefusedAsync(World world, string field, string body, string what)
    {
        var refused = (await world.Admin.SendTextAsync(HttpMethod.Post, Idps.Path, body)).Expect(HttpStatusCode.BadRequest, "invalid_request");
        refused.Details.Should().Be(field, "it was {0}", what);
    }
}
