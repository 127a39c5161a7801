using System.Net;
using RunAiRbac.Api.SignIn.Browser;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Browser;

/// <summary>The pages: what they show, what they tell the browser, and where they send it.</summary>
public sealed class PageTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private static readonly string[] Elsewhere =
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "http:evil.example", "https:/evil.example", "javascript:alert(1)", "evil.example",
        "/\t/evil.example", "/\n/evil.example", "\r\nLocation: https://evil.example", "/%2f%2fevil.example", "/%2fevil.example", "/%5cevil.example", "/%255cevil.example", "/%252f%252fevil.example",
        "/%09/evil.example", "/%0d%0aLocation:evil", "/%00", "/x//evil.example", "/..//evil.example", "/.//evil.example", " /x", "", "x", "/é", "?x", "#x", "/\u00a0", "/" + "\u202e", "@evil.example", "/@/../\\evil.example",
    ];

    [Fact]
    public async Task Page_Whichever_HasEveryHeaderAndNoScript()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        using var browser = new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite));
        var pages = new List<PageReply>
        {
            await browser.GetAsync("/login"), await browser.GetAsync("/login?local"), await browser.GetAsync("/login?signedOut"), await browser.GetAsync("/logout"), await browser.GetAsync("/login/password"),
            await browser.GetAsync("/auth/1/none/login"), await browser.GetAsync("/oauth2/authorize"), await browser.SignInAsync("nobody@example.com", "wrong"), await browser.PostAsync("/logout"),
        };
        await browser.SignedInAsync(await world.CreateUserAsync());
        pages.AddRange([await browser.GetAsync("/logout"), await browser.GetAsync("/login/password")]);
        browser.Origin = "http://evil.example";
        pages.Add(await browser.PostAsync("/logout"));

        foreach (var page in pages)
        {
            page.Header("Content-Security-Policy").Should().Be("default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
            page.Header("X-Content-Type-Options").Should().Be("nosniff");
            page.Header("X-Frame-Options").Should().Be("DENY");
            page.Header("Referrer-Policy").Should().Be("same-origin");
            page.Header("Cross-Origin-Opener-Policy").Should().Be("same-origin");
            page.Header("Permissions-Policy").Should().Contain("camera=()");
            page.Header("Cache-Control").Should().Be("no-store");
            page.Header("Strict-Transport-Security").Should().BeNull("this is Development");
            page.Text.Should().NotContain("<script").And.NotContain("style=").And.NotContain("onload").And.NotContain("javascript:");
            if (page.Status != HttpStatusCode.SeeOther) page.Text.Should().StartWith("<!doctype html>").And.Contain("<html lang=\"en\">").And.Contain("<title>").And.Contain("<h1>");
        }

        pages.Select(x => (int)x.Status).Should().Equal(200, 200, 200, 200, 303, 400, 400, 401, 303, 200, 200, 403);
        pages[5].Text.Should().Contain("Trace id: ");
    }

    [Fact]
    public async Task Page_OutsideDevelopment_DemandsTls()
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.Sqlite)
        {
            Environment = "Production",
            Settings = new Dictionary<string, string> { ["Passwords:Rounds"] = "600000" },
        }, postgres);
        using var browser = new BrowserClient(host);

        (await browser.GetAsync("/login")).Header("Strict-Transport-Security").Should().Be("max-age=31536000");
    }

    [Fact]
    public async Task Stylesheet_OfThePage_MayBeKeptForEver()
    {
        using var browser = new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite));
        var page = (await browser.GetAsync("/login")).Expect(HttpStatusCode.OK);
        var address = page.Text.Split("<link rel=\"stylesheet\" href=\"")[1].Split('"')[0];

        var style = (await browser.GetAsync(address)).Expect(HttpStatusCode.OK);

        style.Header("Cache-Control").Should().Be("public, max-age=31536000, immutable");
        style.Response.Content.Headers.ContentType!.MediaType.Should().Be("text/css");
        style.Text.Should().Contain("prefers-color-scheme: dark");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Login_WrongInAnyWay_LooksTheSame(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        var (known, disabled, pending) = (await world.CreateUserAsync(), await world.CreateUserAsync(), world.NewEmail());
        (await world.Admin.PatchAsync($"/api/v1/users/{disabled.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);
        await world.GrantAsync("user", pending, World.Viewer, World.Tenant);
        var answers = new HashSet<string>();
        foreach (var (email, password) in new[]
        {
            (known.Field("username")!, "wrong"), (known.Field("username")!, ""), (known.Field("username")!, new string('x', 300)), (disabled.Field("username")!, disabled.Field("tempPassword")!),
            (pending, "wrong"), (world.NewEmail(), "wrong"), ("not an address", "wrong"), ("<script>alert(1)</script>\"'", "wrong"), ("", ""),
        })
        {
            using var browser = new BrowserClient(host);
            var refused = (await browser.SignInAsync(email, password)).Expect(HttpStatusCode.Unauthorized);
            refused.SessionCookie.Should().BeNull();
            refused.Text.Should().NotContain("<script>alert").And.NotContain(known.Field("tempPassword"));
            answers.Add(refused.Text.Replace($"value=\"{WebUtility.HtmlEncode(email)}\"", "value=\"\"", StringComparison.Ordinal)
                .Replace($"value=\"{System.Text.Encodings.Web.HtmlEncoder.Default.Encode(email)}\"", "value=\"\"", StringComparison.Ordinal));
        }

        answers.Should().ContainSingle("nothing of the page may tell why");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Login_AtAnUnknownTenant_LooksLikeAWrongPassword(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        using var browser = new BrowserClient(await Hosts.GetAsync(provider));
        foreach (var tenant in new[] { "999999", "x", "-1", "99999999999999" })
        {
            (await browser.GetAsync("/login?tenant_id=" + tenant)).Expect(HttpStatusCode.OK);
            (await browser.PostAsync("/login", ("email", created.Field("username")), ("password", created.Field("tempPassword")), ("tenant_id", tenant))).Expect(HttpStatusCode.Unauthorized);
        }

        (await browser.PostAsync("/login", ("email", created.Field("username")), ("password", created.Field("tempPassword")), ("tenant_id", "1"))).Expect(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task ReturnUrl_ToAnywhereElse_GoesHome()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var created = await world.CreateUserAsync();
        using var browser = new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite));
        foreach (var address in Elsewhere)
        {
            LocalPath.Read(address).Should().Be("/", "{0} leads elsewhere", address);
            (await browser.SignInAsync(created.Field("username")!, created.Field("tempPassword")!, address)).ExpectRedirect("/");
            (await browser.GetAsync("/login?returnUrl=" + Uri.EscapeDataString(address))).ExpectRedirect("/");
        }

        foreach (var address in new[] { "/", "/users", "/users/1?tab=a&x=%20y", "/users#top", "/oauth2/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fx", "/a%20b", "/%C3%A9" })
            LocalPath.Read(address).Should().Be(address);
        (await browser.SignInAsync(created.Field("username")!, created.Field("tempPassword")!, "/users?x=1")).ExpectRedirect("/users?x=1");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Lockout_OfOnePath_HoldsOnEveryOther(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider)
        {
            Clock = new FakeClock(),
            Settings = new Dictionary<string, string> { ["RateLimits:SignIn:FailuresBeforeDelay"] = "2", ["RateLimits:SignIn:FailuresBeforeLock"] = "4", ["RateLimits:SignIn:UserFailuresBeforeLock"] = "5" },
        }, postgres);
        var world = await World.OpenAsync(host);
        using var browser = new BrowserClient(host);
        foreach (var path in new Func<Person, string, Task>[]
        {
            async (_, email) => (await browser.SignInAsync(email, "wrong")).Expect(HttpStatusCode.Unauthorized),
            async (_, email) => (await world.TryPasswordAsync(email, "wrong")).Expect(HttpStatusCode.Unauthorized),
            async (person, _) => (await person.PostAsync("/api/v1/me/password", new { currentPassword = "wrong", newPassword = "a longer new password" })).Expect(HttpStatusCode.BadRequest),
        })
        {
            var created = await world.CreateUserAsync();
            var (email, password) = (created.Field("username")!, created.Field("tempPassword")!);
            var person = await world.SignInAsync(created);
            for (var i = 0; i < 4; i++) await path(person, email);

            (await browser.SignInAsync(email, password)).Expect(HttpStatusCode.Unauthorized);
            (await world.TryPasswordAsync(email, password)).Expect(HttpStatusCode.Unauthorized);
            (await person.PostAsync("/api/v1/me/password", new { currentPassword = password, newPassword = "a longer new password" })).Expect(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Address_ThatFailsTooOften_GetsAPageThatSaysSo()
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.Sqlite) { Settings = new Dictionary<string, string> { ["RateLimits:SignIn:AddressFailuresPerMinute"] = "3" } }, postgres);
        using var browser = new BrowserClient(host);
        for (var i = 0; i < 3; i++) (await browser.SignInAsync($"nobody{i}@example.com", "wrong")).Expect(HttpStatusCode.Unauthorized);

        var refused = (await browser.SignInAsync("nobody@example.com", "wrong")).Expect(HttpStatusCode.TooManyRequests);

        refused.Header("Retry-After").Should().NotBeNull();
        refused.Text.Should().StartWith("<!doctype html>").And.Contain("Trace id: ");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Logout_EndsTheSessionAndGoesWhereTheTenantSays(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var created = await world.CreateUserAsync();
        using var browser = await new BrowserClient(host).SignedInAsync(created);
        var cookie = browser.Cookies[SessionCookies.Name];
        (await browser.GetAsync("/logout")).Expect(HttpStatusCode.OK).Text.Should().Contain(created.Field("username")).And.Contain("<form method=\"post\" action=\"/logout\">");
        (await browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);

        (await browser.PostAsync("/logout")).ExpectRedirect("/login?signedOut&tenant_id=1");

        browser.Cookies.Should().BeEmpty();
        browser.Cookies[SessionCookies.Name] = cookie;
        (await browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        browser.Cookies.Clear();
        (await browser.PostAsync("/logout?returnUrl=https://evil.example")).ExpectRedirect("/login?signedOut");

        (await world.Admin.PutAsync("/api/v1/security/settings/logoutRedirectUri", new { uri = "https://intranet.example/bye" })).Expect(HttpStatusCode.OK);
        await browser.SignedInAsync(created);
        var left = (await browser.PostAsync("/logout")).Expect(HttpStatusCode.OK);
        left.Header("Refresh").Should().Be("0;url=https://intranet.example/bye");
        left.Text.Should().Contain("href=\"https://intranet.example/bye\"");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task AutomaticRedirect_SkipsNeitherTheLocalFormNorTheSignedOut_AndAdministratorsGetInWithTheProviderDown(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        // Nothing listens there.
        var alias = (await world.Admin.PostAsync("/api/v1/idps", new
        {
            name = "Corp",
            type = "oidc",
            oidcData = new { clientId = "x", clientSecret = "y", discoverDocumentUrl = "http://127.0.0.1:9/.well-known/openid-configuration" },
        })).Field("alias")!;
        (await world.Admin.PutAsync("/api/v1/security/settings/autoRedirectSSO", new { enabled = true, idpAlias = alias })).Expect(HttpStatusCode.OK);
        using var browser = new BrowserClient(host);

        (await browser.GetAsync("/login?returnUrl=/users")).ExpectRedirect($"/auth/1/{alias}/login?returnUrl=%2Fusers");
        (await browser.GetAsync("/login?signedOut")).Expect(HttpStatusCode.OK).Text.Should().Contain("Continue with Corp");
        (await browser.GetAsync("/login?local")).Expect(HttpStatusCode.OK).Text.Should().Contain("name=\"password\"");
        (await browser.SignInAsync(ApiHost.AdminEmail, "wrong")).Expect(HttpStatusCode.Unauthorized);
        (await browser.SignInAsync(ApiHost.AdminEmail, ApiHost.AdminPassword)).ExpectRedirect("/");
        (await browser.ReadAsync("/api/v1/users")).Expect(HttpStatusCode.OK);
        (await browser.ApiAsync(HttpMethod.Put, "/api/v1/security/settings/autoRedirectSSO", new { enabled = false })).Expect(HttpStatusCode.OK);
        (await browser.GetAsync("/login?local")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Pages_WithOddInput_AnswerAPageAndNeverAnError()
    {
        using var browser = new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite));
        string[] odd = ["", "%00", "%ff", "%ed%a0%80", "%f0%9f%98%80", "'%22%3Cscript%3E", "%2e%2e%2f", new string('a', 3000), "null", "1%2C2", "-1", "0", "١", "%20", "9999999999999999999999", "1;DROP"];
        foreach (var value in odd)
        {
            foreach (var path in new[] { "/login?returnUrl=" + value, "/login?tenant_id=" + value, "/login?local=" + value, "/logout?x=" + value, "/login/password?returnUrl=" + value, "/oauth2/authorize?client_id=" + value, $"/auth/{value}x/corp/login", $"/auth/1/{value}x/login" })
            {
                // The server itself refuses a NUL in a path.
                if (path.StartsWith("/auth/", StringComparison.Ordinal) && value == "%00") continue;
                var page = await browser.GetAsync(path);
                ((int)page.Status).Should().BeOneOf([200, 303, 400], "of {0}", path);
                if (page.Status != HttpStatusCode.SeeOther) page.Text.Should().StartWith("<!doctype html>", "of {0}", path);
                page.Text.Should().NotContain("<script>");
            }

            foreach (var path in new[] { "/login", "/logout", "/login/password", "/oauth2/authorize" })
            {
                using var form = new StringContent($"email={value}&password={value}&returnUrl={value}&tenant_id={value}&client_id={value}&currentPassword={value}", System.Text.Encoding.ASCII, "application/x-www-form-urlencoded");
                var page = await browser.SendAsync(HttpMethod.Post, path, form);
                ((int)page.Status).Should().BeOneOf([200, 303, 400, 401], "of {0}", path);
                if (page.Status != HttpStatusCode.SeeOther) page.Text.Should().StartWith("<!doctype html>", "of {0}", path);
            }
        }

        foreach (var (body, type) in new[] { ("{}", "application/json"), ("email=a&email=b", "application/x-www-form-urlencoded"), ("x", "text/plain"), ("--b\r\n", "multipart/form-data; boundary=b"), (new string('x', 100_000), "application/x-www-form-urlencoded") })
        {
            using var content = new StringContent(body);
            content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
            ((int)(await browser.SendAsync(HttpMethod.Post, "/login", content)).Status).Should().BeOneOf(400, 401, 413, 415);
        }
    }
}
