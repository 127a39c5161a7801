using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.Sso;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.IdentityProviders;

/// <summary>What a test of a provider finds, what it tells nobody, and who may ask for one.</summary>
public sealed class ProviderTestTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string New = Idps.Path + "/test";
    private const int CloudOperator = 1711;
    private const int CloudSupport = 1709;
    private static readonly string[] Good = ["discovery_document passed", "issuer passed", "endpoints passed", "signing_keys passed", "scopes not_checked", "client passed", "sign_in not_checked"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Providers))]
    public async Task Oidc_Good_PassesAndNothingIsWritten(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        await using var idp = await StandInOidc.StartAsync();
        var path = await tenant.Admin.CreateAsync(Oidc(idp));
        var before = await HistoryAsync(tenant);

        var stored = await tenant.Admin.PostAsync(path + "/test", null);
        Found(stored).Should().Equal(Good);
        Found(await tenant.Admin.PostAsync(New, Oidc(idp))).Should().Equal(Good);
        Found(await tenant.Admin.PostAsync(path + "/test", Oidc(idp, Idps.Mask))).Should().Equal(Good);

        idp.Asked["/token"].Should().Be(3);
        stored.Text.Should().NotContain(StandInOidc.Secret).And.NotContain(JsonEncodedText.Encode(StandInOidc.Secret).ToString());
        stored.Field("traceId").Should().NotBeNullOrEmpty();
        stored.Revision.Should().BeNull();
        (await HistoryAsync(tenant)).Should().Be(before);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Oidc_WithAWrongClient_FailsThereAlone(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        await using var idp = await StandInOidc.StartAsync();

        Found(await tenant.Admin.PostAsync(New, Oidc(idp, "wrong"))).Should().Equal(Good.Select(x => x == "client passed" ? "client failed" : x));
        idp.Instead["/token"] = () => Results.Text("""{"error":"unauthorized_client"}""", "application/json", statusCode: 400);
        Found(await tenant.Admin.PostAsync(New, Oidc(idp))).Should().Contain("client failed");
        foreach (var (text, status) in new[] { ("""{"error":"invalid_request"}""", 400), ("<html>", 400), ("""{"error":"invalid_grant"}""", 500), ("""{"error":"invalid_grant","error":"x"}""", 400), ("{}", 200), ("", 302) })
        {
            idp.Instead["/token"] = () => Results.Text(text, "application/json", statusCode: status);
            Found(await tenant.Admin.PostAsync(New, Oidc(idp))).Should().Contain("client not_checked", "the answer was {0} {1}", status, text);
        }
    }

    [Fact]
    public async Task Oidc_Spoiled_FailsWhereItIsAndIsToldNoSecret()
    {
        var tenant = await TenantAsync(StorageProvider.Sqlite);
        foreach (var (expected, discovery, keys) in new (string, Action<JsonObject>, Action<JsonObject>)[]
        {
            ("issuer failed", x => x["issuer"] = "https://other.example.com", Nothing),
            ("issuer failed", x => x["issuer"] = "no address", Nothing),
            ("endpoints failed", x => x.Remove("token_endpoint"), Nothing),
            ("endpoints failed", x => x["token_endpoint"] = "http://idp.example.com/token", Nothing),
            ("endpoints failed", x => x["userinfo_endpoint"] = "https://u:p@idp.example.com/", Nothing),
            ("endpoints failed", x => x["authorization_endpoint"] = "no address", Nothing),
            ("signing_keys failed", Nothing, x => x["keys"] = new JsonArray()),
            ("signing_keys failed", Nothing, x => x["keys"] = new JsonArray(new JsonObject { ["kty"] = "oct", ["k"] = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0" })),
            ("signing_keys failed", Nothing, x => x["keys"]![0]!["use"] = "enc"),
            ("signing_keys failed", x => x["id_token_signing_alg_values_supported"] = new JsonArray("HS256", "none"), Nothing),
            ("signing_keys failed", x => x["jwks_uri"] = "http://127.0.0.1:1/keys", Nothing),
        })
        {
            await using var idp = await StandInOidc.StartAsync();
            (idp.Discovery, idp.KeySet) = (discovery, keys);

            var reply = await tenant.Admin.PostAsync(New, Oidc(idp));

            Found(reply).Should().Contain(expected).And.Contain("client not_checked");
            Found(reply).Count(x => x.EndsWith(" failed", StringComparison.Ordinal)).Should().Be(1, "only {0}", expected);
            idp.Asked.Should().NotContainKey("/token", "the provider is another than it should be");
        }

        await using var scoped = await StandInOidc.StartAsync();
        scoped.Discovery = x => x["scopes_supported"] = new JsonArray("openid", "profile");
        Found(await tenant.Admin.PostAsync(New, Oidc(scoped))).Should().Contain("scopes warning").And.Contain("client passed");

        static void Nothing(JsonObject document)
        {
        }
    }

    [Fact]
    public async Task Addresses_ThatAreNoProvider_AllAnswerAlike()
    {
        var tenant = await TenantAsync(StorageProvider.Sqlite);
        await using var idp = await StandInOidc.StartAsync();
        idp.Instead["/html"] = () => Results.Text("<html>Top secret intranet", "text/html");
        idp.Instead["/json"] = () => Results.Text("""{"issuer":"internal-host-name"}""", "application/json");
        idp.Instead["/error"] = () => Results.Text("Top secret intranet", statusCode: 500);
        idp.Instead["/loop"] = () => Results.Redirect(idp.Issuer + "/loop");
        idp.Instead["/inside"] = () => Results.Redirect("https://10.0.0.1/metadata");
        idp.Instead["/large"] = () => Results.Text(new string('x', 2 << 20));
        string[] addresses =
        [
            idp.Issuer + "/html", idp.Issuer + "/json", idp.Issuer + "/error", idp.Issuer + "/nothing", idp.Issuer + "/loop", idp.Issuer + "/inside", idp.Issuer + "/large", "http://127.0.0.1:1/",
            "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[fd00::1]/", "https://name.invalid/",
        ];

        foreach (var make in new Func<string, object>[]
        {
            address => new { type = "oidc", oidcData = new { clientId = "a", clientSecret = "b", discoverDocumentUrl = address } },
            address => new { type = "saml", samlData = new { metadataXmlType = "url", metadataXmlUrl = address } },
            address => new { type = "openshift-v4", ocpData = new { clientId = "a", clientSecret = "b", idpBaseUrl = address } },
        })
        {
            var own = await TenantAsync(StorageProvider.Sqlite);
            var answers = new HashSet<string>();
            foreach (var address in addresses) answers.Add((await own.Admin.PostAsync(New, make(address))).Expect(HttpStatusCode.OK).Json.GetProperty("checks").GetRawText());
            answers.Should().ContainSingle("no address tells whether, or how, something answers there").Which.Should().Contain("failed").And.NotContain("intranet").And.NotContain("internal-host-name");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task StoredSecret_IsNotSentToAnotherAddress(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        await using var idp = await StandInOidc.StartAsync();
        await using var other = await StandInOidc.StartAsync();
        var path = await tenant.Admin.CreateAsync(Oidc(idp));

        Found(await tenant.Admin.PostAsync(path + "/test", Oidc(other, Idps.Mask))).Should().Contain("client not_checked").And.Contain("signing_keys passed");
        other.Asked.Should().NotContainKey("/token");
        Found(await tenant.Admin.PostAsync(path + "/test", Oidc(other))).Should().Contain("client passed");
        (await tenant.Admin.GetAsync(path)).Json.GetProperty("oidcData").GetProperty("discoverDocumentUrl").GetString().Should().Be(idp.DiscoveryAddress);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Saml_IsJudgedByItsMetadata(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        var path = await tenant.Admin.CreateAsync(Idps.SamlFile("file", Idps.Metadata()));
        Found(await tenant.Admin.PostAsync(path + "/test", null)).Should().Equal("metadata passed", "signing_certificates passed", "sign_in_address passed", "sign_out_address warning", "sign_in not_checked");

        foreach (var (xml, expected) in new[]
        {
            (Until("2000-01-01T00:00:00Z"), "metadata failed"),
            (Until(DateTimeOffset.UtcNow.AddDays(3).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null)), "metadata warning"),
            (Until("2999-01-01T00:00:00Z"), "metadata passed"),
            (Idps.Metadata(keys: Idps.Key("signing", Certificate(2048, -2, -1))), "signing_certificates warning"),
            (Idps.Metadata(keys: Idps.Key("signing", Certificate(2048, -2, 3))), "signing_certificates warning"),
            (Idps.Metadata(keys: Idps.Key("signing", Certificate(2048, -2, -1)) + Idps.Key("signing")), "signing_certificates warning"),
            (Idps.Metadata(keys: Idps.Key("signing", Certificate(1024, -2, 300))), "signing_certificates failed"),
        })
            Found(await tenant.Admin.PostAsync(New, Idps.SamlFile(null, xml))).Should().Contain(expected);

        var byPost = Idps.Metadata(services: Idps.Service("HTTP-POST", "https://idp.example.com/post"));
        var (server, address) = await StandIn.StartAsync(app => app.MapGet("/", () => byPost));
        await using (server)
            Found(await tenant.Admin.PostAsync(New, new { type = "saml", samlData = new { metadataXmlUrl = address } })).Should().Contain("metadata passed").And.Contain("sign_in_address passed");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task OpenShift_IsJudgedByItsOAuthMetadata(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        await using var server = await StandInOpenShift.StartAsync();
        object Body(string? client) => new { type = "openshift-v4", ocpData = new { idpBaseUrl = server.Address, clientId = client, clientSecret = "x" } };
        var path = await tenant.Admin.CreateAsync(Body("runai"));

        Found(await tenant.Admin.PostAsync(path + "/test", null)).Should().Equal("oauth_metadata passed", "endpoints passed", "client not_checked", "sign_in not_checked");
        Found(await tenant.Admin.PostAsync(New, Body(null))).Should().Contain("client failed");
        server.Metadata = document => document["token_endpoint"] = "http://oauth.example.com/token";
        Found(await tenant.Admin.PostAsync(path + "/test", null)).Should().Contain("endpoints failed");
        server.Metadata = document => document.Remove("issuer");
        Found(await tenant.Admin.PostAsync(path + "/test", null)).Should().Contain("endpoints failed");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Test_ByOneWhoCouldNotSaveIt_IsRefusedAndFetchesNothing(StorageProvider provider)
    {
        var (tenant, stranger) = (await TenantAsync(provider), await TenantAsync(provider));
        await using var idp = await StandInOidc.StartAsync();
        var path = await tenant.Admin.CreateAsync(Oidc(idp));
        var (cloud, support, nobody) = (await tenant.PersonAsync("cloud@example.com"), await tenant.PersonAsync("support@example.com"), await tenant.PersonAsync("nobody@example.com"));
        await tenant.GrantAsync("user", cloud.Name, CloudOperator, tenant.Scope);
        await tenant.GrantAsync("user", support.Name, CloudSupport, tenant.Scope);

        foreach (var test in new[] { path + "/test", New, Idps.Path + "/nothing/test" })
        {
            (await cloud.PostAsync(test, Oidc(idp))).Expect(HttpStatusCode.Forbidden, "would_escalate");
            foreach (var person in new[] { support, nobody }) (await person.PostAsync(test, Oidc(idp))).Expect(HttpStatusCode.Forbidden, "forbidden");
        }

        (await stranger.Admin.PostAsync(path + "/test", null)).Expect(HttpStatusCode.NotFound, "not_found");
        (await tenant.Admin.PostAsync(Idps.Path + "/nothing/test", null)).Expect(HttpStatusCode.NotFound, "not_found");
        idp.Asked.Should().BeEmpty();
    }

    [Fact]
    public async Task Test_OfWhatCouldNotBeSaved_IsRefused()
    {
        var tenant = await TenantAsync(StorageProvider.Sqlite);
        var path = await tenant.Admin.CreateAsync(Idps.Oidc("okta"));
        (await tenant.Admin.PostAsync(New, new { type = "oidc" })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("oidcData");
        (await tenant.Admin.PostAsync(New, Idps.Oidc(null, Idps.Mask))).Expect(HttpStatusCode.BadRequest).Details.Should().Be("oidcData.clientSecret");
        (await tenant.Admin.PostAsync(New, new { type = "saml", samlData = new { metadataXmlUrl = "http://idp.example.com" } })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("samlData.metadataXmlUrl");
        (await tenant.Admin.PostAsync(path + "/test", Idps.SamlUrl(null))).Expect(HttpStatusCode.BadRequest).Details.Should().Be("type");
        (await tenant.Admin.SendTextAsync(HttpMethod.Post, New, "")).Expect(HttpStatusCode.BadRequest).Details.Should().Be("body");
    }

    [Fact]
    public async Task ProviderCalledTest_IsReadAndTestedAsAnother()
    {
        var tenant = await TenantAsync(StorageProvider.Sqlite);
        await using var idp = await StandInOidc.StartAsync();
        (await tenant.Admin.PostAsync(Idps.Path, Named(Oidc(idp), "test"))).Expect(HttpStatusCode.Created).Field("alias").Should().Be("test");

        (await tenant.Admin.GetAsync(New)).Expect(HttpStatusCode.OK).Field("alias").Should().Be("test");
        Found(await tenant.Admin.PostAsync(New + "/test", null)).Should().Equal(Good);
        (await tenant.Admin.DeleteAsync(New)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Tests_TooMany_AreRefusedForThisTenantAlone()
    {
        var (tenant, other) = (await TenantAsync(StorageProvider.Sqlite), await TenantAsync(StorageProvider.Sqlite));
        var body = Idps.SamlFile(null, Idps.Metadata());
        Reply reply;
        var asked = 0;
        do reply = await tenant.Admin.PostAsync(New, body);
        while (reply.Status == HttpStatusCode.OK && ++asked < 50 * ProviderTestBudget.Burst);

        reply.Expect(HttpStatusCode.TooManyRequests, "too_many_requests");
        asked.Should().BeGreaterThanOrEqualTo(ProviderTestBudget.Burst);
        (await other.Admin.PostAsync(New, body)).Expect(HttpStatusCode.OK);
    }

    /// <summary>Each check as <c>name status</c>; every one has its sentence.</summary>
    private static List<string> Found(Reply reply)
    {
        var checks = reply.Expect(HttpStatusCode.OK).Json.GetProperty("checks").EnumerateArray().ToList();
        checks.Should().OnlyContain(check => check.GetProperty("message").GetString()!.EndsWith('.'));
        return checks.ConvertAll(check => $"{check.GetProperty("name").GetString()} {check.GetProperty("status").GetString()}");
    }

    private static JsonNode Oidc(StandInOidc idp, string secret = StandInOidc.Secret)
        => JsonSerializer.SerializeToNode(new { type = "oidc", oidcData = new { clientId = StandInOidc.ClientId, clientSecret = secret, discoverDocumentUrl = idp.DiscoveryAddress } })!;

    private static JsonNode Named(JsonNode body, string name)
    {
        body["name"] = name;
        return body;
    }

    private static string Until(string time) => Idps.Metadata().Replace("entityID=", $"validUntil=\"{time}\" entityID=", StringComparison.Ordinal);

    private static string Certificate(int bits, int fromDays, int toDays)
    {
        using var key = RSA.Create(bits);
        var request = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays));
        return Convert.ToBase64String(certificate.RawData);
    }

    private static async Task<(long Revision, int Events, int Rows)> HistoryAsync(OwnTenant tenant)
    {
        await using var db = await tenant.Store.OpenAsync(Cancel);
        return (tenant.Store.Current(tenant.Id)!.Snapshot.Revision, await db.AuditEvents.CountAsync(x => x.TenantId == tenant.Id, Cancel), await db.IdentityProviders.CountAsync(x => x.TenantId == tenant.Id, Cancel));
    }

    private async Task<OwnTenant> TenantAsync(StorageProvider provider) => await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
}
