using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using RunAiRbac.Api.SignIn.Browser.Native;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Browser;

/// <summary>Programs on a person's own machine: authorization code with PKCE on a loopback redirect.</summary>
public sealed class NativeSignInTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private const string Redirect = "http://127.0.0.1:49152/callback";
    private static readonly string Verifier = Base64Url.EncodeToString(SHA256.HashData("a verifier"u8));
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    [Theory, MemberData(nameof(Providers))]
    public async Task Code_OfOneSignedIn_GivesTokensOfThatPerson(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        var created = await world.CreateUserAsync();
        using var browser = new BrowserClient(host);

        // Not signed in: to the sign-in page, and back.
        var sent = (await browser.GetAsync(Address())).Expect(HttpStatusCode.SeeOther);
        sent.Location.Should().StartWith("/login?returnUrl=%2Foauth2%2Fauthorize%3F");
        var back = (await browser.SignInAsync(created.Field("username")!, created.Field("tempPassword")!, QueryHelpers.ParseQuery(sent.Location!.Split('?')[1])["returnUrl"])).Expect(HttpStatusCode.SeeOther);
        back.Location.Should().Be(Address());

        // A page asks; nothing is given before the person has answered.
        var asked = (await browser.GetAsync(back.Location!)).Expect(HttpStatusCode.OK);
        asked.Text.Should().Contain("RunAiRbac command line").And.Contain(created.Field("username")).And.Contain("value=\"allow\"");
        asked.Header("Content-Security-Policy").Should().Contain("form-action 'self' http://127.0.0.1:49152;").And.Contain("frame-ancestors 'none'");
        var answer = Answer(await AllowAsync(browser));
        answer["state"].ToString().Should().Be("a state/+&=ü");
        answer["iss"].ToString().Should().Be(ApiHost.Issuer);
        var tokens = (await RedeemAsync(host, answer["code"]!)).Expect(HttpStatusCode.OK);

        var person = new Person(host.Http, created.Id, "", tokens.Field("access_token")!);
        var sessions = (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").EnumerateArray().ToList();
        var own = sessions.Single(x => x.GetProperty("current").GetBoolean());
        own.GetProperty("grant").GetString().Should().Be("authorization_code");
        own.GetProperty("clientId").GetString().Should().Be("runairbac-cli");
        own.GetProperty("kind").GetString().Should().Be("token");
        (await FormAsync(host, "/api/v2/token", ("grant_type", "refresh_token"), ("refresh_token", tokens.Field("refresh_token")))).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Code_UsedTwice_EndsTheSessionItMade(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        using var browser = await new BrowserClient(host).SignedInAsync(await world.CreateUserAsync());
        var code = Answer(await AllowAsync(browser))["code"].ToString();
        var tokens = (await RedeemAsync(host, code)).Expect(HttpStatusCode.OK);
        var person = new Person(host.Http, "", "", tokens.Field("access_token")!);
        (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);

        (await RedeemAsync(host, code)).Expect(HttpStatusCode.BadRequest).Field("error").Should().Be("invalid_grant");

        (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        (await FormAsync(host, "/api/v2/token", ("grant_type", "refresh_token"), ("refresh_token", tokens.Field("refresh_token")))).Expect(HttpStatusCode.BadRequest);
        (await browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Code_ManyAtOnce_GiveNoLivingSession(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        using var browser = await new BrowserClient(host).SignedInAsync(await world.CreateUserAsync());
        var code = Answer(await AllowAsync(browser))["code"].ToString();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RedeemAsync(host, code)));

        foreach (var good in replies.Where(x => x.Status == HttpStatusCode.OK))
            (await new Person(host.Http, "", "", good.Field("access_token")!).GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        replies.Count(x => x.Status == HttpStatusCode.OK).Should().BeLessThanOrEqualTo(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Code_WithAnythingElse_IsNotGood(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        using var browser = await new BrowserClient(host).SignedInAsync(await world.CreateUserAsync());
        var code = Answer(await AllowAsync(browser))["code"].ToString();

        foreach (var reply in new[]
        {
            await RedeemAsync(host, code, verifier: Verifier[..^1] + "A"), await RedeemAsync(host, code, verifier: Challenge), await RedeemAsync(host, code, verifier: "x"), await RedeemAsync(host, code, verifier: Verifier + "é"),
            await RedeemAsync(host, code, redirect: "http://127.0.0.1:49153/callback"), await RedeemAsync(host, code, redirect: Redirect + "/"), await RedeemAsync(host, code, redirect: "http://localhost:49152/callback"),
            await RedeemAsync(host, code, client: "other"), await RedeemAsync(host, code[..^1]), await RedeemAsync(host, "2" + code[1..]), await RedeemAsync(host, "x"), await RedeemAsync(host, ".x"),
            await FormAsync(host, "/api/v2/token", [.. Fields(code), ("tenant_id", "2")]),
        })
            reply.Expect(HttpStatusCode.BadRequest).Field("error").Should().Be("invalid_grant");

        (await RedeemAsync(host, code)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Code_TooLateOrAfterTheSignOut_IsNotGood()
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.Sqlite) { Clock = clock, Settings = new Dictionary<string, string> { ["Freshness:MaxStaleness"] = "01:00:00" } }, postgres);
        var world = await World.OpenAsync(host);
        var created = await world.CreateUserAsync();
        using var browser = await new BrowserClient(host).SignedInAsync(created);
        var late = Answer(await AllowAsync(browser))["code"].ToString();
        clock.Advance(TimeSpan.FromSeconds(61));
        (await RedeemAsync(host, late)).Expect(HttpStatusCode.BadRequest).Field("error").Should().Be("invalid_grant");

        var left = Answer(await AllowAsync(browser))["code"].ToString();
        (await browser.PostAsync("/logout")).Expect(HttpStatusCode.SeeOther);
        (await RedeemAsync(host, left)).Expect(HttpStatusCode.BadRequest).Field("error").Should().Be("invalid_grant");

        await browser.SignedInAsync(created);
        var disabled = Answer(await AllowAsync(browser))["code"].ToString();
        (await world.Admin.PatchAsync($"/api/v1/users/{created.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);
        (await RedeemAsync(host, disabled)).Expect(HttpStatusCode.BadRequest).Field("error").Should().Be("invalid_grant");
    }

    [Fact]
    public async Task Request_WithAnotherClientOrRedirect_GoesNowhere()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        using var browser = await new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite)).SignedInAsync(await world.CreateUserAsync());
        foreach (var redirect in new[]
        {
            "https://127.0.0.1:1/x", "http://127.0.0.1/x", "http://127.0.0.1:0/x", "http://127.0.0.1:65536/x", "http://127.0.0.1:1", "http://evil.example:1/x", "http://127.0.0.1:1@evil.example/x", "http://localhost.evil.example:1/x",
            "http://127.0.0.2:1/x", "http://127.0.0.1:1/x#y", "http://127.0.0.1:1/x?y", "http://127.0.0.1:1/x\r\n", "http://127.0.0.1:1\\x", "HTTP://127.0.0.1:1/x", "javascript:alert(1)", "", "http://127.1:1/x", "http://[::2]:1/x", "http://2130706433:1/x", "//127.0.0.1:1/x",
        })
        {
            AuthorizationRequest.IsLoopback(redirect).Should().BeFalse();
            var page = (await browser.GetAsync(Address(redirect: redirect))).Expect(HttpStatusCode.BadRequest);
            page.Text.Should().StartWith("<!doctype html>");
            page.Location.Should().BeNull();
            (await browser.PostAsync("/oauth2/authorize", [.. Asked(redirect), ("answer", "allow")])).Expect(HttpStatusCode.BadRequest).Location.Should().BeNull();
        }

        (await browser.GetAsync(Address(client: "other"))).Expect(HttpStatusCode.BadRequest).Location.Should().BeNull();
        (await browser.GetAsync(Address() + "&client_id=runairbac-cli")).Expect(HttpStatusCode.BadRequest);
        foreach (var good in new[] { "http://localhost:1/", "http://[::1]:65535/a/b-c", Redirect }) AuthorizationRequest.IsLoopback(good).Should().BeTrue();
    }

    [Theory]
    [InlineData("code_challenge_method=S256", "code_challenge_method=plain", "invalid_request")]
    [InlineData("&code_challenge_method=S256", "", "invalid_request")]
    [InlineData("code_challenge=", "code_challenge=x", "invalid_request")]
    [InlineData("code_challenge=", "other=", "invalid_request")]
    [InlineData("response_type=code", "response_type=token", "unsupported_response_type")]
    [InlineData("response_type=code", "response_type=code%20token", "unsupported_response_type")]
    public async Task Request_ThatIsWrong_TellsTheProgram(string instead, string of, string error)
    {
        using var browser = new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite));

        var answer = Answer(await browser.GetAsync(Address().Replace(instead, of, StringComparison.Ordinal)));

        answer["error"].ToString().Should().Be(error);
        answer["state"].ToString().Should().Be("a state/+&=ü");
        answer["iss"].ToString().Should().Be(ApiHost.Issuer);
    }

    [Fact]
    public async Task Answer_RefusedOrFromElsewhereOrOfNobody_GivesNoCode()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        using var browser = await new BrowserClient(host).SignedInAsync(await world.CreateUserAsync());
        using var nobody = new BrowserClient(host);
        using var mustChange = await new BrowserClient(host).SignedInAsync((await world.Admin.PostAsync("/api/v1/users", new { email = world.NewEmail(), resetPassword = true })).Expect(HttpStatusCode.Created));

        Answer(await browser.PostAsync("/oauth2/authorize", [.. Asked(), ("answer", "deny")]))["error"].ToString().Should().Be("access_denied");
        Answer(await browser.PostAsync("/oauth2/authorize", Asked()))["error"].ToString().Should().Be("access_denied");
        Answer(await AllowAsync(nobody))["error"].ToString().Should().Be("login_required");
        Answer(await AllowAsync(mustChange))["error"].ToString().Should().Be("login_required");
        (await mustChange.GetAsync(Address())).Expect(HttpStatusCode.SeeOther).Location.Should().StartWith("/login/password?returnUrl=");
        browser.Origin = "http://127.0.0.1:49152";
        (await AllowAsync(browser)).Expect(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Discovery_NamesTheEndpointAndWhatItTakes()
    {
        var document = await ApiHost.GetAsync((await Hosts.GetAsync(StorageProvider.Sqlite)).Http, "/.well-known/openid-configuration");

        document.GetProperty("authorization_endpoint").GetString().Should().Be(ApiHost.Issuer + "/oauth2/authorize");
        document.GetProperty("response_types_supported")[0].GetString().Should().Be("code");
        document.GetProperty("code_challenge_methods_supported").GetArrayLength().Should().Be(1);
        document.GetProperty("code_challenge_methods_supported")[0].GetString().Should().Be("S256");
        document.GetProperty("grant_types_supported").EnumerateArray().Select(x => x.GetString()).Should().Contain("authorization_code");
        document.GetProperty("authorization_response_iss_parameter_supported").GetBoolean().Should().BeTrue();
    }

    private static (string, string?)[] Asked(string redirect = Redirect, string client = "runairbac-cli")
        => [("response_type", "code"), ("client_id", client), ("redirect_uri", redirect), ("state", "a state/+&=ü"), ("code_challenge", Challenge), ("code_challenge_method", "S256")];

    private static string Address(string redirect = Redirect, string client = "runairbac-cli")
        => "/oauth2/authorize?" + string.Join('&', Asked(redirect, client).Select(x => $"{x.Item1}={Uri.EscapeDataString(x.Item2!)}"));

    private static Task<PageReply> AllowAsync(BrowserClient browser) => browser.PostAsync("/oauth2/authorize", [.. Asked(), ("answer", "allow")]);

    /// <summary>What the program is told.</summary>
    private static Dictionary<string, Microsoft.Extensions.Primitives.StringValues> Answer(PageReply reply)
    {
        reply.Expect(HttpStatusCode.SeeOther).Location.Should().StartWith(Redirect + "?");
        return QueryHelpers.ParseQuery(reply.Location![Redirect.Length..]);
    }

    private static (string, string?)[] Fields(string code, string? verifier = null, string redirect = Redirect, string client = "runairbac-cli")
        => [("grant_type", "authorization_code"), ("client_id", client), ("code", code), ("redirect_uri", redirect), ("code_verifier", verifier ?? Verifier)];

    private static Task<Reply> RedeemAsync(ApiHost host, string code, string? verifier = null, string redirect = Redirect, string client = "runairbac-cli")
        => FormAsync(host, "/api/v2/token", Fields(code, verifier, redirect, client));

    private static async Task<Reply> FormAsync(ApiHost host, string path, params (string Name, string? Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(x => KeyValuePair.Create(x.Name, x.Value ?? "")));
        using var response = await host.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }
}
