using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RunAiRbac.Api.Tests.Browser;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>The whole way through a provider that is no SAML one: from the sign-in page to a session, over HTTP, on both databases.</summary>
public sealed partial class ProviderSignInTests(ApiHosts hosts) : ApiTests(hosts)
{
    private static readonly Dictionary<string, Action<StandInOidc>> Lies = new(StringComparer.Ordinal)
    {
        ["state missing"] = idp => idp.Answer = x => x.Remove("state"),
        ["state foreign"] = idp => idp.Answer = x => x["state"] = new string('A', 43),
        ["issuer of another"] = idp => idp.Answer = x => x["iss"] = "https://other.example.com",
        ["issuer missing"] = idp => idp.Answer = x => x.Remove("iss"),
        ["code missing"] = idp => idp.Answer = x => x.Remove("code"),
        ["code invented"] = idp => idp.Answer = x => x["code"] = "abc",
        ["error with a script"] = idp => idp.Answer = x => (x["error"], x["error_description"]) = ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ["nonce of another"] = idp => idp.Claims = x => x["nonce"] = new string('A', 43),
        ["alg none"] = idp => idp.Header = x => x["alg"] = "none",
        ["alg HS256 with the public key"] = idp => idp.Header = x => x["alg"] = "HS256",
        ["key not published"] = idp => idp.Header = x => x["kid"] = "mine",
        ["expired"] = idp => idp.Claims = x => x["exp"] = x["exp"]!.GetValue<long>() - 3600,
        ["issued in the future"] = idp => idp.Claims = x => x["iat"] = x["iat"]!.GetValue<long>() + 3600,
        ["aud of another"] = idp => idp.Claims = x => x["aud"] = "other",
        ["azp of another"] = idp => idp.Claims = x => x["azp"] = "other",
        ["iss of another"] = idp => idp.Claims = x => x["iss"] = "https://other.example.com",
        ["userinfo of another"] = idp => idp.UserInfo = x => x["sub"] = "other",
    };

    public static TheoryData<StorageProvider, string> AllLies
    {
        get
        {
            var data = new TheoryData<StorageProvider, string>();
            foreach (var lie in Lies.Keys)
            {
                data.Add(StorageProvider.Sqlite, lie);
                data.Add(StorageProvider.PostgreSql, lie);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SignIn_GoodProvider_BeginsASessionWithItsGroups(StorageProvider provider)
    {
        await using var stage = await OpenStageAsync(provider);
        var group = stage.World.NewName();
        await stage.World.GrantAsync("group", group, World.L1Researcher, World.Tenant);
        stage.Idp.Person["groups"] = new JsonArray(group, stage.World.NewName());

        (await stage.SignInAsync("/projects?x=1")).ExpectRedirect("/projects?x=1").SessionCookie.Should().NotBeNull();
        (await stage.MayAsync()).Should().BeTrue("a rule names the group");

        stage.Idp.Person["groups"] = new JsonArray();
        (await stage.SignInAsync()).ExpectRedirect("/");
        (await stage.MayAsync()).Should().BeFalse("the provider took the person out of it");

        stage.Idp.Person["groups"] = new JsonArray(group);
        await stage.SignInAsync();
        stage.Idp.Person.Remove("groups");
        (await stage.SignInAsync()).ExpectRedirect("/");
        (await stage.MayAsync()).Should().BeTrue("an absent claim is not an empty one");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SignIn_ProviderRolledItsKeys_GoesOn(StorageProvider provider)
    {
        await using var stage = await OpenStageAsync(provider);
        (await stage.SignInAsync()).ExpectRedirect("/");
        stage.Idp.RollKeys();
        (await stage.SignInAsync()).ExpectRedirect("/").SessionCookie.Should().NotBeNull();
    }

    [Theory, MemberData(nameof(AllLies))]
    public async Task Callback_Lie_IsAnsweredWithTheOnePage(StorageProvider provider, string lie)
    {
        await using var stage = await OpenStageAsync(provider);
        Lies[lie](stage.Idp);
        ExpectTheOnePage(await stage.SignInAsync());
        (await stage.Browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Callback_AnswerThatIsNotForThisAttempt_IsAnsweredWithTheOnePage(StorageProvider provider)
    {
        await using var stage = await OpenStageAsync(provider);
        await using var other = await OpenStageAsync(provider);

        // Nobody's, another browser's, another provider's, another tenant's.
        ExpectTheOnePage(await stage.Browser.GetAsync($"/auth/1/{stage.Alias}/callback"));
        ExpectTheOnePage(await other.Browser.GetAsync(await stage.VisitAsync(await stage.BeginAsync())));
        var answer = await stage.VisitAsync(await stage.BeginAsync());
        ExpectTheOnePage(await stage.Browser.GetAsync(answer.Replace(stage.Alias, other.Alias, StringComparison.Ordinal)));
        ExpectTheOnePage(await stage.Browser.GetAsync(answer.Replace("/auth/1/", "/auth/2/", StringComparison.Ordinal)));

        // The same once more.
        (await stage.Browser.GetAsync(answer)).ExpectRedirect("/");
        ExpectTheOnePage(await stage.Browser.GetAsync(answer));
        stage.Idp.Asked["/token"].Should().Be(1, "a code goes nowhere before its attempt is known");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Provider_Down_ShowsAPageAndTheLocalFormStaysOpen(StorageProvider provider)
    {
        await using var stage = await OpenStageAsync(provider);
        stage.Idp.IsDown = true;
        (await stage.Browser.GetAsync($"/auth/1/{stage.Alias}/login")).Expect(HttpStatusCode.ServiceUnavailable).Text.Should().Contain("cannot be reached");
        (await stage.Browser.GetAsync("/login?local")).Expect(HttpStatusCode.OK);
        (await stage.Browser.SignInAsync(ApiHost.AdminEmail, ApiHost.AdminPassword)).ExpectRedirect("/");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SignOut_SessionOfAProvider_GoesOnToItsSignOut(StorageProvider provider)
    {
        await using var stage = await OpenStageAsync(provider);
        await stage.SignInAsync();
        var page = (await stage.Browser.PostAsync("/logout")).Expect(HttpStatusCode.OK).Text;
        page.Should().Contain(WebUtility.HtmlEncode(stage.Idp.Issuer + "/logout")).And.Contain("id_token_hint=").And.Contain("post_logout_redirect_uri=" + Uri.EscapeDataString(ApiHost.Issuer));
        (await stage.Browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SignIn_OpenShift_BeginsASession(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        await using var openShift = await StandInOpenShift.StartAsync();
        var group = world.NewName();
        openShift.User["metadata"]!["name"] = world.NewEmail();
        openShift.User["groups"] = new JsonArray(group);
        await world.GrantAsync("group", group, World.L1Researcher, World.Tenant);
        var path = await world.Admin.CreateAsync(new
        {
            name = world.NewName(),
            type = "openshift-v4",
            ocpData = new { idpBaseUrl = openShift.Address, clientId = StandInOpenShift.ClientId, clientSecret = StandInOpenShift.Secret },
            trustedEmailDomains = new[] { "example.com" },
            groupsTrusted = true,
        });
        using var browser = new BrowserClient(await Hosts.GetAsync(provider));
        var away = (await browser.GetAsync($"/auth/1/{path[(Idps.Path.Length + 1)..]}/login")).Location!;
        (await browser.GetAsync(await VisitAsync(away))).ExpectRedirect("/").SessionCookie.Should().NotBeNull();
        (await MayAsync(browser)).Should().BeTrue();
        openShift.User.Remove("kind");
        ExpectTheOnePage(await browser.GetAsync(await VisitAsync((await browser.GetAsync($"/auth/1/{path[(Idps.Path.Length + 1)..]}/login")).Location!)));
    }

    /// <summary>Every refusal is the same page, whatever was wrong.</summary>
    private static void ExpectTheOnePage(PageReply reply)
    {
        reply.Expect(HttpStatusCode.BadRequest).SessionCookie.Should().BeNull();
        reply.Text.Should().NotContain("alert(1)");
        TraceId().Replace(reply.Text, "").Should().Be(TraceId().Replace(_page ??= reply.Text, ""));
    }

    private static string? _page;

    [GeneratedRegex("Trace id: [^<]*")]
    private static partial Regex TraceId();

    private static async Task<bool> MayAsync(BrowserClient browser)
        => (await browser.ApiAsync(HttpMethod.Post, "/api/v1/authorize", new { action = "create", resourceType = "workloads", scope = new { type = "tenant", id = "1" } }))
            .Expect(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean();

    /// <summary>What the provider sends the browser back to: a path of this service.</summary>
    private static async Task<string> VisitAsync(string address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await http.GetAsync(address, TestContext.Current.CancellationToken);
        response.Headers.Location!.GetLeftPart(UriPartial.Authority).Should().Be(ApiHost.Issuer);
        return response.Headers.Location.PathAndQuery;
    }

    private async Task<Stage> OpenStageAsync(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var idp = await StandInOidc.StartAsync();
        idp.Person["sub"] = Guid.NewGuid().ToString();
        idp.Person["email"] = world.NewEmail();
        var path = await world.Admin.CreateAsync(new
        {
            name = world.NewName(),
            type = "oidc",
            oidcData = new { clientId = StandInOidc.ClientId, clientSecret = StandInOidc.Secret, discoverDocumentUrl = idp.DiscoveryAddress },
            mappers = new { email = "email", groups = "groups" },
            trustedEmailDomains = new[] { "example.com" },
            groupsTrusted = true,
        });
        return new Stage(world, idp, path[(Idps.Path.Length + 1)..], new BrowserClient(await Hosts.GetAsync(provider)));
    }

    private sealed class Stage(World world, StandInOidc idp, string alias, BrowserClient browser) : IAsyncDisposable
    {
        public World World => world;

        public StandInOidc Idp => idp;

        public string Alias => alias;

        public BrowserClient Browser => browser;

        public async Task<string> BeginAsync(string returnUrl = "/")
            => (await browser.GetAsync($"/auth/1/{alias}/login?returnUrl={Uri.EscapeDataString(returnUrl)}")).Location!;

        public Task<string> VisitAsync(string address) => ProviderSignInTests.VisitAsync(address);

        public async Task<PageReply> SignInAsync(string returnUrl = "/") => await browser.GetAsync(await VisitAsync(await BeginAsync(returnUrl)));

        public Task<bool> MayAsync() => ProviderSignInTests.MayAsync(browser);

        public async ValueTask DisposeAsync()
        {
            browser.Dispose();
            await idp.DisposeAsync();
        }
    }
}
