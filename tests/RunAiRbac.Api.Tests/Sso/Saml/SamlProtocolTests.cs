using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Sso.Saml;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sso.Saml;

public sealed partial class SamlProtocolTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Providers))]
    public async Task Begin_ByRedirect_SendsASignedRequest(StorageProvider storage)
    {
        var shop = await OpenWorkshopAsync(storage);

        var address = (await shop.Protocol.BeginAsync(new DefaultHttpContext(), shop.Provider, shop.Attempt)).Should().BeOfType<RedirectHttpResult>().Which.Url;

        address.Should().StartWith("https://idp.example.com/redirect?SAMLRequest=");
        var request = await ReadRedirectAsync(shop, address, "SAMLRequest");
        request.Name.Should().Be(SamlNames.Samlp + "AuthnRequest");
        request.Attributes().Where(x => !x.IsNamespaceDeclaration).Select(x => $"{x.Name}={x.Value}").Should().BeEquivalentTo(
            $"ID={SamlReply.RequestId}", "Version=2.0", "IssueInstant=2026-11-22T09:00:00.000Z", "Destination=https://idp.example.com/redirect",
            $"AssertionConsumerServiceURL={SamlReply.Callback}", "ProtocolBinding=urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST");
        request.Element(SamlNames.Saml + "Issuer")!.Value.Should().Be(SamlReply.Audience);
        QueryHelpers.ParseQuery(new Uri(address).Query)["RelayState"].Should().Equal(shop.Attempt.Handle);
    }

    [Fact]
    public async Task Begin_RedirectAddressWithAQuery_KeepsIt()
    {
        var shop = await OpenWorkshopAsync(StorageProvider.Sqlite);
        shop.Provider = SamlWorkshop.File(SamlWorkshop.Metadata(SamlSigner.NewRsa(), Idps.Service("HTTP-Redirect", "https://idp.example.com/sso?tenant=1&amp;x=y")));

        var address = (await shop.Protocol.BeginAsync(new DefaultHttpContext(), shop.Provider, shop.Attempt)).Should().BeOfType<RedirectHttpResult>().Which.Url;

        address.Should().StartWith("https://idp.example.com/sso?tenant=1&x=y&SAMLRequest=");
        await ReadRedirectAsync(shop, address, "SAMLRequest");
    }

    [Fact]
    public async Task Begin_ProviderWithPostAlone_ShowsAPageWithASignedRequest()
    {
        var shop = await OpenWorkshopAsync(StorageProvider.Sqlite);
        shop.Provider = SamlWorkshop.File(SamlWorkshop.Metadata(SamlSigner.NewRsa(), Idps.Service("HTTP-POST", "https://idp.example.com/post?a=1&amp;b=2")));
        var context = new DefaultHttpContext { RequestServices = (await Hosts.GetAsync(StorageProvider.Sqlite)).Services, Response = { Body = new MemoryStream() } };

        await (await shop.Protocol.BeginAsync(context, shop.Provider, shop.Attempt)).ExecuteAsync(context);

        var page = Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
        page.Should().Contain("action=\"https://idp.example.com/post?a=1&amp;b=2\"").And.Contain("<button type=\"submit\">").And.Contain($"name=\"RelayState\" value=\"{shop.Attempt.Handle}\"");
        var nonce = ScriptNonce().Match(page).Groups[1].Value;
        context.Response.Headers.ContentSecurityPolicy.ToString().Should().Contain($"script-src 'nonce-{WebUtility.HtmlDecode(nonce)}'").And.Contain("default-src 'none'").And.Contain("form-action https:");
        var request = Encoding.UTF8.GetString(Convert.FromBase64String(WebUtility.HtmlDecode(RequestField().Match(page).Groups[1].Value)));
        IsSigned(request, await CertificateAsync(shop)).Should().BeTrue();
        XElement.Parse(request).Elements().Select(x => x.Name.LocalName).Should().Equal("Issuer", "Signature", "NameIDPolicy");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Finish_GoodResponse_SaysWhoItIs(StorageProvider storage)
    {
        var shop = await OpenWorkshopAsync(storage);
        var said = await shop.FinishAsync(shop.Good with
        {
            Attributes = shop.Good.Attributes + SamlReply.Attribute("UID", "1001") + SamlReply.Attribute("GID", "100") + SamlReply.Attribute("SUPPLEMENTARYGROUPS", "10", "20"),
        });

        (said.SubjectClaim, said.Email, said.EmailVerified, said.FirstName, said.LastName).Should().Be(("alice", "alice@example.com", null, "Alice", "Ångström & Søns"));
        said.Groups.Should().Equal("red", "green,blue");
        said.Attributes.Select(x => $"{x.Key}={string.Join('|', x.Value)}").Should().BeEquivalentTo("uid=1001", "gid=100", "supplementaryGroups=10|20");
        said.Provider.Should().BeSameAs(shop.Provider);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Finish_SameAssertionTwice_IsRefused(StorageProvider storage)
    {
        var shop = await OpenWorkshopAsync(storage);
        var reply = shop.Good;
        await shop.FinishAsync(reply);

        (await shop.RefusalAsync(reply)).Message.Should().Contain("used before");
        // In another response too.
        (await shop.RefusalAsync(reply with { ResponseId = "_other" })).Message.Should().Contain("used before");
        (await shop.FinishAsync(shop.Good)).SubjectClaim.Should().Be("alice");
    }

    [Fact]
    public async Task Finish_SameAssertionOnAnotherReplica_IsRefused()
    {
        await using var one = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var other = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = one }, postgres);
        var (here, there) = (new SamlWorkshop(one), new SamlWorkshop(other));
        there.Provider = here.Provider;
        var reply = here.Good;

        // At the same moment, so that neither knows of the other.
        var both = await Task.WhenAll(new[] { here, there }.Select(async shop =>
        {
            try
            {
                await shop.FinishAsync(reply);
                return "";
            }
            catch (SsoRefusal refusal)
            {
                return refusal.Message;
            }
        }));

        both.Should().ContainSingle(x => x.Length == 0).And.ContainSingle(x => x.Contains("used before", StringComparison.Ordinal));
        (await there.RefusalAsync(reply)).Message.Should().Contain("used before");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Sweep_AssertionsTooOldToBeUsed_AreForgotten(StorageProvider storage)
    {
        var shop = await OpenWorkshopAsync(storage);
        var (old, living) = (shop.Good, shop.Good);
        await shop.FinishAsync(old);
        shop.Clock.Advance(TimeSpan.FromMinutes(13));
        living = living.Moved(shop.Clock.GetUtcNow());
        await shop.FinishAsync(living);

        await shop.Replays.SweepAsync(Cancel);

        (await shop.RefusalAsync(living)).Message.Should().Contain("used before");
        (await shop.RefusalAsync(old)).Message.Should().Contain("long ago");
        await using var db = await (await Hosts.GetAsync(storage)).Services.GetRequiredService<PolicyStore>().OpenAsync(Cancel);
        db.SamlAssertions.Count(x => x.ProviderId == shop.Provider.Id).Should().Be(1);
    }

    [Fact]
    public async Task Finish_WrongForms_AreRefused()
    {
        var shop = await OpenWorkshopAsync(StorageProvider.Sqlite);
        var response = SamlIdp.Base64(SamlIdp.Write(shop.Good).OuterXml);
        foreach (var form in new Dictionary<string, StringValues>[] { [], new() { ["SAMLResponse"] = new([response, response]) }, new() { ["samlResponse"] = "" }, new() { ["SAMLResponse"] = "" } })
            (await FluentActions.Awaiting(() => shop.FinishAsync(form)).Should().ThrowAsync<SsoRefusal>()).Which.Code.Should().Be(SsoRefusalCodes.SignInFailed);
        await FluentActions.Awaiting(() => shop.Protocol.FinishAsync(new DefaultHttpContext(), null, shop.Provider, shop.Attempt)).Should().ThrowAsync<SsoRefusal>();

        shop.Protocol.FindHandle(new DefaultHttpContext(), null).Should().BeNull();
        shop.Protocol.FindHandle(new DefaultHttpContext(), new FormCollection(new() { ["RelayState"] = new(["a", "b"]) })).Should().BeNull();
        shop.Protocol.FindHandle(new DefaultHttpContext(), new FormCollection(new() { ["RelayState"] = "a" })).Should().Be("a");
        (await shop.FinishAsync(shop.Good)).SubjectClaim.Should().Be("alice");
    }

    [Fact]
    public async Task Mappers_FullAndFriendlyNames_AreFound()
    {
        const string attributes =
            """
            <saml:Attribute Name="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"><saml:AttributeValue>a@example.com</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="urn:oid:2.5.4.42" FriendlyName="givenName"><saml:AttributeValue>Ada</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="member" FriendlyName="groups"><saml:AttributeValue>no</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="groups"><saml:AttributeValue>one</saml:AttributeValue></saml:Attribute>
            <saml:Attribute Name="groups"><saml:AttributeValue>two</saml:AttributeValue><saml:AttributeValue>one</saml:AttributeValue></saml:Attribute>
            """;
        var shop = await OpenWorkshopAsync(StorageProvider.Sqlite);
        shop.Map(new Mappers { Email = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", FirstName = "givenName", LastName = "GIVENNAME", Groups = "groups", Uid = "" });

        var said = await shop.FinishAsync(shop.Good with { Attributes = attributes });

        (said.Email, said.FirstName, said.LastName).Should().Be(("a@example.com", "Ada", null));
        said.Groups.Should().Equal("one", "two");
        said.Attributes.Should().BeEmpty();
    }

    [Fact]
    public async Task Groups_AbsentEmptyAndNotMapped_AreToldApart()
    {
        var shop = await OpenWorkshopAsync(StorageProvider.Sqlite);
        (await shop.FinishAsync(shop.Good with { Attributes = "" })).Groups.Should().BeNull("nothing was said");
        (await shop.FinishAsync(shop.Good with { Attributes = "<saml:Attribute Name=\"http://schemas.microsoft.com/claims/groups.link\"><saml:AttributeValue>https://x</saml:AttributeValue></saml:Attribute>" }))
            .Groups.Should().BeNull("too many groups to be said");
        (await shop.FinishAsync(shop.Good with { Attributes = "<saml:Attribute Name=\"GROUPS\"/>" })).Groups.Should().BeEmpty();
        shop.Map(new Mappers { Email = "email", Groups = "" });
        (await shop.FinishAsync(shop.Good)).Groups.Should().BeNull("they are not mapped");
    }

    [Fact]
    public async Task Email_Missing_IsTheNameOnlyWhenItIsAnAddress()
    {
        var shop = await OpenWorkshopAsync(StorageProvider.Sqlite);
        var email = shop.Good with { Attributes = "", NameId = "bob@example.com", NameIdFormat = SamlNames.EmailName };
        (await shop.FinishAsync(email)).Email.Should().Be("bob@example.com");
        (await shop.FinishAsync(email with { AssertionId = "_1", NameIdFormat = null })).Email.Should().BeNull();
        (await shop.FinishAsync(email with { AssertionId = "_2", Attributes = SamlReply.Attribute("email", "x@example.com") })).Email.Should().Be("x@example.com");
        (await shop.RefusalAsync(email with { AssertionId = "_3", Attributes = SamlReply.Attribute("email", "x@example.com", "y@example.com") })).Message.Should().Contain("several");
    }

    [Fact]
    public async Task SignOut_ProviderThatOffersIt_IsAskedByASignedRequest()
    {
        var shop = await OpenWorkshopAsync(StorageProvider.Sqlite);
        var hint = (await shop.FinishAsync(shop.Good)).SignOutHint;
        (await shop.Protocol.SignOutAddressAsync(shop.Provider, hint, "/", Cancel)).Should().BeNull("the metadata names no sign-out service");

        const string logout = "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.example.com/logout\"/>";
        shop.Provider = SamlWorkshop.File(SamlWorkshop.Metadata(SamlSigner.NewRsa(), logout + Idps.Service("HTTP-Redirect", "https://idp.example.com/redirect")));
        var address = await shop.Protocol.SignOutAddressAsync(shop.Provider, hint, "/", Cancel);

        address.Should().StartWith("https://idp.example.com/logout?SAMLRequest=");
        var request = await ReadRedirectAsync(shop, address!, "SAMLRequest");
        request.Name.Should().Be(SamlNames.Samlp + "LogoutRequest");
        var name = request.Element(SamlNames.Saml + "NameID")!;
        (name.Value, (string?)name.Attribute("Format"), request.Element(SamlNames.Samlp + "SessionIndex")!.Value).Should().Be(("alice", shop.Good.NameIdFormat, "session-1"));
        (await shop.Protocol.SignOutAddressAsync(shop.Provider, null, "/", Cancel)).Should().BeNull();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Metadata_OfThisService_IsSignedAndSaysWhereToAnswer(StorageProvider storage)
    {
        var world = await OpenAsync(storage);
        var host = await Hosts.GetAsync(storage);
        var alias = (await world.Admin.CreateAsync(Idps.SamlFile(world.NewName(), Idps.Metadata()))).Split('/')[^1];

        using var response = await host.Http.GetAsync($"/auth/1/{alias}/metadata", Cancel);

        response.Content.Headers.ContentType!.MediaType.Should().Be("application/samlmetadata+xml");
        var text = await response.Content.ReadAsStringAsync(Cancel);
        var metadata = XElement.Parse(text);
        var certificate = Convert.FromBase64String(metadata.Element(SamlNames.Md + "SPSSODescriptor")!.Element(SamlNames.Md + "KeyDescriptor")!.Value);
        IsSigned(text, certificate).Should().BeTrue();
        ((string?)metadata.Attribute("entityID")).Should().Be($"{ApiHost.Issuer}/auth/1/{alias}/metadata");
        var service = metadata.Element(SamlNames.Md + "SPSSODescriptor")!;
        ((string?)service.Attribute("WantAssertionsSigned"), (string?)service.Attribute("AuthnRequestsSigned")).Should().Be(("true", "true"));
        ((string?)service.Element(SamlNames.Md + "AssertionConsumerService")!.Attribute("Location")).Should().Be($"{ApiHost.Issuer}/auth/1/{alias}/callback");
        text.Should().NotContain("PRIVATE");
        using (var loaded = X509CertificateLoader.LoadCertificate(certificate))
            (loaded.NotAfter - DateTime.UtcNow).TotalDays.Should().BeGreaterThan(3600);

        foreach (var path in new[] { "/auth/1/nobody/metadata", $"/auth/2/{alias}/metadata", $"/auth/x/{alias}/metadata" })
            (await host.Http.GetAsync(path, Cancel)).StatusCode.Should().Be(HttpStatusCode.NotFound, path);
    }

    [Fact]
    public async Task Key_MadeByTwoReplicasAtOnce_IsOne()
    {
        await using var one = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var other = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = one }, postgres);

        var keys = await Task.WhenAll(new[] { one, other }.Select(host => host.Services.GetRequiredService<SamlKeys>().GetAsync(ApiHost.Tenant, Cancel)));

        keys[0].Certificate.Should().Equal(keys[1].Certificate);
        using var rsa = keys[0].Open();
        using var certificate = X509CertificateLoader.LoadCertificate(keys[0].Certificate);
        using var publicKey = certificate.GetRSAPublicKey()!;
        publicKey.VerifyData("x"u8.ToArray(), rsa.SignData("x"u8.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Should().BeTrue();
        await using var db = await one.Services.GetRequiredService<PolicyStore>().OpenAsync(Cancel);
        db.SamlKeys.Single().ProtectedPrivateKey.Should().StartWith("CfDJ8", "it is encrypted by Data Protection");
    }

    private async Task<SamlWorkshop> OpenWorkshopAsync(StorageProvider storage) => new(await Hosts.GetAsync(storage));

    private static async Task<byte[]> CertificateAsync(SamlWorkshop shop) => (await shop.Keys.GetAsync(ApiHost.Tenant, Cancel)).Certificate;

    /// <summary>Verifies the query's signature as saml-bindings §3.4.4.1 has it, and reads the request.</summary>
    private static async Task<XElement> ReadRedirectAsync(SamlWorkshop shop, string address, string parameter)
    {
        var (signed, signature) = (SignedPart().Match(address).Groups[1].Value, SignedPart().Match(address).Groups[2].Value);
        using var certificate = X509CertificateLoader.LoadCertificate(await CertificateAsync(shop));
        using var key = certificate.GetRSAPublicKey()!;
        key.VerifyData(Encoding.ASCII.GetBytes(signed), Convert.FromBase64String(Uri.UnescapeDataString(signature)), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Should().BeTrue();
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        query["SigAlg"].Should().Equal(SamlNames.RsaSha256);
        await using var inflate = new DeflateStream(new MemoryStream(Convert.FromBase64String(query[parameter]!)), CompressionMode.Decompress);
        return await XElement.LoadAsync(inflate, LoadOptions.None, Cancel);
    }

    private static bool IsSigned(string xml, byte[] certificate)
    {
        var document = SamlIdp.Load(xml);
        var signed = new SignedXml(document);
        signed.LoadXml((XmlElement)document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]!);
        using var loaded = X509CertificateLoader.LoadCertificate(certificate);
        using var key = loaded.GetRSAPublicKey()!;
        return signed.CheckSignature(key);
    }

    [GeneratedRegex("[?&](SAMLRequest=.*)&Signature=(.*)$")]
    private static partial Regex SignedPart();

    [GeneratedRegex("<script nonce=\"([^\"]+)\">")]
    private static partial Regex ScriptNonce();

    [GeneratedRegex("name=\"SAMLRequest\" value=\"([^\"]+)\"")]
    private static partial Regex RequestField();
}
