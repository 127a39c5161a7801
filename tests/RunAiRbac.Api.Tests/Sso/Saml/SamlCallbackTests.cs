using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.WebUtilities;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sso.Saml;

/// <summary>Responses as a browser brings them, through the real host.</summary>
public sealed partial class SamlCallbackTests(ApiHosts hosts) : ApiTests(hosts)
{
    private static readonly SamlSigner Signer = SamlSigner.NewRsa();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Providers))]
    public async Task Callback_EveryAttack_GetsTheSamePageAndNoSession(StorageProvider storage)
    {
        using var browser = await BrowserAsync(storage);
        var pages = new HashSet<string>(StringComparer.Ordinal);
        foreach (var attack in SamlAttacks.All)
        {
            var visit = await browser.BeginAsync();
            using var answer = await browser.ReturnAsync(visit, attack.Write(visit.Reply, Signer, signResponse: true));
            answer.StatusCode.Should().Be(HttpStatusCode.BadRequest, attack.Name);
            answer.Headers.TryGetValues("Set-Cookie", out var cookies);
            (cookies ?? []).Should().NotContain(x => x.StartsWith("__Host-runairbac=", StringComparison.Ordinal) && !x.StartsWith("__Host-runairbac=;", StringComparison.Ordinal), attack.Name);
            pages.Add(Trace().Replace(await answer.Content.ReadAsStringAsync(Cancel), ""));
        }

        pages.Should().ContainSingle("nobody learns why").Which.Should().Contain("Sign-in failed");
        using var good = await browser.GoodAsync();
        good.StatusCode.Should().Be(HttpStatusCode.SeeOther, "a good response passes: {0}", await good.Content.ReadAsStringAsync(Cancel));
        good.Headers.GetValues("Set-Cookie").Should().Contain(x => x.StartsWith("__Host-runairbac=", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Callback_ResponseOfAnotherAttempt_IsRefused(StorageProvider storage)
    {
        using var browser = await BrowserAsync(storage);
        var (first, second) = (await browser.BeginAsync(), await browser.BeginAsync());

        // A good response to the first request, brought back with the second attempt's handle and cookie.
        using var crossed = await browser.ReturnAsync(second, Write(first.Reply));
        crossed.StatusCode.Should().Be(HttpStatusCode.BadRequest);

        using var unsolicited = await browser.ReturnAsync(second with { Handle = "" }, Write(second.Reply with { InResponseTo = null, ConfirmationInResponseTo = null }));
        unsolicited.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Callback_ResponseBroughtTwice_SignsInOnce(StorageProvider storage)
    {
        using var browser = await BrowserAsync(storage);
        var visit = await browser.BeginAsync();
        using var first = await browser.ReturnAsync(visit, Write(visit.Reply));
        using var second = await browser.ReturnAsync(visit, Write(visit.Reply));

        (first.StatusCode, second.StatusCode).Should().Be((HttpStatusCode.SeeOther, HttpStatusCode.BadRequest));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SignedOut_AnswerOfTheProvider_LeadsToTheSignInPage(StorageProvider storage)
    {
        using var browser = await BrowserAsync(storage);

        using var byRedirect = await browser.GetAsync("signed-out?SAMLResponse=x&RelayState=https%3A%2F%2Fevil.example.com");
        (byRedirect.StatusCode, byRedirect.Headers.Location?.OriginalString).Should().Be((HttpStatusCode.SeeOther, "/login?signedOut&tenant_id=1"), "nothing in the answer says where to go");
        using var begun = await browser.GetAsync("signed-out?SAMLRequest=x");
        begun.StatusCode.Should().Be(HttpStatusCode.NotImplemented, "it is not said that somebody was signed out who was not");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Form_ThatCannotBeRead_IsABadRequestWhereverOneIsTaken(StorageProvider storage)
    {
        using var browser = await BrowserAsync(storage);
        foreach (var type in new[] { "multipart/form-data", "multipart/form-data; boundary=x", "application/json" })
        {
            foreach (var place in new[] { "callback", "signed-out" })
            {
                using var answer = await browser.PostAsync(place, type, "--y\r\nno form");
                answer.StatusCode.Should().Be(HttpStatusCode.BadRequest, "{0} as {1}", place, type);
            }
        }

        using var begun = await browser.PostAsync("signed-out", "application/x-www-form-urlencoded", "SAMLRequest=x");
        begun.StatusCode.Should().Be(HttpStatusCode.NotImplemented);
        using var ended = await browser.PostAsync("signed-out", "application/x-www-form-urlencoded", "SAMLResponse=x");
        ended.StatusCode.Should().Be(HttpStatusCode.SeeOther);
    }

    private static string Write(SamlReply reply) => SamlIdp.Base64(SamlIdp.Write(reply with { AssertionSigner = Signer, ResponseSigner = Signer }).OuterXml);

    private async Task<SamlBrowser> BrowserAsync(StorageProvider storage)
    {
        var world = await OpenAsync(storage);
        var host = await Hosts.GetAsync(storage);
        var path = await world.Admin.CreateAsync(Idps.SamlFile(world.NewName(), SamlWorkshop.Metadata(Signer)));
        return new SamlBrowser(host.Address, path.Split('/')[^1], world.NewEmail());
    }

    [GeneratedRegex("Trace id: [^<]*")]
    private static partial Regex Trace();

    /// <summary>One attempt, and a good reply to it.</summary>
    private sealed record Visit(string Handle, string Cookie, SamlReply Reply);

    private sealed class SamlBrowser(Uri address, string alias, string email) : IDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };

        public async Task<Visit> BeginAsync()
        {
            using var answer = await _http.GetAsync($"/auth/1/{alias}/login", Cancel);
            answer.Headers.Location.Should().NotBeNull("the answer was {0}", answer.StatusCode);
            var query = QueryHelpers.ParseQuery(answer.Headers.Location!.Query);
            await using var inflate = new DeflateStream(new MemoryStream(Convert.FromBase64String(query["SAMLRequest"]!)), CompressionMode.Decompress);
            var request = await XElement.LoadAsync(inflate, LoadOptions.None, Cancel);
            var cookies = string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(x => x.Split(';')[0]));
            var callback = $"{ApiHost.Issuer}/auth/1/{alias}/callback";
            var id = (string?)request.Attribute("ID");
            var reply = new SamlReply
            {
                Destination = callback,
                Recipient = callback,
                InResponseTo = id,
                ConfirmationInResponseTo = id,
                Conditions = $"<saml:AudienceRestriction><saml:Audience>{ApiHost.Issuer}/auth/1/{alias}/metadata</saml:Audience></saml:AudienceRestriction>",
                Attributes = SamlReply.Attribute("email", email),
            };
            return new Visit(query["RelayState"]!, cookies, reply.Moved(TimeProvider.System.GetUtcNow()));
        }

        public void Dispose() => _http.Dispose();

        public Task<HttpResponseMessage> GetAsync(string what) => _http.GetAsync($"/auth/1/{alias}/{what}", Cancel);

        public async Task<HttpResponseMessage> PostAsync(string what, string type, string body)
        {
            using var content = new StringContent(body, MediaTypeHeaderValue.Parse(type));
            return await _http.PostAsync($"/auth/1/{alias}/{what}", content, Cancel);
        }

        public async Task<HttpResponseMessage> GoodAsync()
        {
            var visit = await BeginAsync();
            return await ReturnAsync(visit, Write(visit.Reply));
        }

        public async Task<HttpResponseMessage> ReturnAsync(Visit visit, string response)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/auth/1/{alias}/callback")
            {
                Content = new StringContent($"SAMLResponse={Uri.EscapeDataString(response)}&RelayState={visit.Handle}", System.Text.Encoding.ASCII, "application/x-www-form-urlencoded"),
            };
            request.Headers.Add("Cookie", visit.Cookie);
            request.Headers.Add("Origin", "https://idp.example.com");
            return await _http.SendAsync(request, Cancel);
        }
    }
}
