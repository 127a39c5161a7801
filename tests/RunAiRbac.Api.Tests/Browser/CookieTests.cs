using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.SignIn.Browser;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Browser;

/// <summary>The session cookie: how it begins, what it lets do, and how it ends.</summary>
public sealed class CookieTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private const string Sessions = "/api/v1/me/sessions";
    private const string Next = "a longer new password";

    [Theory, MemberData(nameof(Providers))]
    public async Task Cookie_OfASignIn_IsTheSameCallerAsATokensOne(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        await world.GrantAsync("user", created.Field("username")!, World.SystemAdministrator, World.Tenant);
        using var browser = new BrowserClient(await Hosts.GetAsync(provider));

        var signedIn = (await browser.SignInAsync(created.Field("username")!, created.Field("tempPassword")!)).ExpectRedirect("/");

        signedIn.SessionCookie.Should().Contain("; path=/; secure; samesite=lax; httponly").And.NotContain("domain").And.NotContain("expires");
        (await browser.ReadAsync("/api/v1/users")).Expect(HttpStatusCode.OK);
        (await browser.ApiAsync(HttpMethod.Post, "/api/v1/users", new { email = world.NewEmail() })).Expect(HttpStatusCode.Created);
        (await browser.ApiAsync(HttpMethod.Post, "/api/v1/authorize", new { action = "read", resourceType = "users", scope = new { type = "tenant", id = "1" } }))
            .Expect(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean().Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Sessions_OfABrowser_AreListedAndEndedOneByOne(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        using var one = await new BrowserClient(await Hosts.GetAsync(provider)).SignedInAsync(created);
        using var two = await new BrowserClient(await Hosts.GetAsync(provider)).SignedInAsync(created);
        var token = await world.SignInAsync(created);

        var listed = (await one.ReadAsync(Sessions)).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").EnumerateArray().ToList();

        listed.Select(x => x.GetProperty("kind").GetString()).Should().BeEquivalentTo("browser", "browser", "token");
        var own = listed.Single(x => x.GetProperty("current").GetBoolean());
        own.GetProperty("userAgent").GetString().Should().Be("Test browser/1.0");
        own.GetProperty("grant").GetString().Should().Be("password");
        own.TryGetProperty("provider", out _).Should().BeFalse();
        var other = listed.Single(x => x.GetProperty("kind").GetString() == "browser" && !x.GetProperty("current").GetBoolean()).GetProperty("id").GetString();
        (await one.ApiAsync(HttpMethod.Delete, $"{Sessions}/{other}")).Expect(HttpStatusCode.NoContent);
        (await two.ReadAsync(Sessions)).Expect(HttpStatusCode.Unauthorized);
        (await one.ReadAsync(Sessions)).Expect(HttpStatusCode.OK);
        (await token.DeleteAsync($"{Sessions}/{own.GetProperty("id").GetString()}")).Expect(HttpStatusCode.NoContent);
        (await one.ReadAsync(Sessions)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Session_WhateverEndsTokens_EndsItAtOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        foreach (var end in new Func<string, string, Task>[]
        {
            async (id, _) => (await world.Admin.PostAsync($"/api/v1/users/{id}/logout")).Expect(HttpStatusCode.OK),
            async (id, _) => (await world.Admin.PatchAsync($"/api/v1/users/{id}", new { enabled = false })).Expect(HttpStatusCode.OK),
            async (id, _) => (await world.Admin.PostAsync($"/api/v1/users/{id}/password")).Expect(HttpStatusCode.OK),
            async (id, _) => (await world.Admin.DeleteAsync($"/api/v1/users/{id}")).Expect(HttpStatusCode.NoContent),
        })
        {
            var created = await world.CreateUserAsync();
            using var browser = await new BrowserClient(host).SignedInAsync(created);
            (await browser.ReadAsync(Sessions)).Expect(HttpStatusCode.OK);

            await end(created.Id, created.Field("username")!);

            (await browser.ReadAsync(Sessions)).Expect(HttpStatusCode.Unauthorized);
            (await browser.GetAsync("/login/password")).Expect(HttpStatusCode.SeeOther);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SignIn_Again_GivesAnotherCookieAndTheOldOneIsDead(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (first, second) = (await world.CreateUserAsync(), await world.CreateUserAsync());
        using var browser = await new BrowserClient(await Hosts.GetAsync(provider)).SignedInAsync(first);
        using var thief = new BrowserClient(await Hosts.GetAsync(provider));
        var old = thief.Cookies[SessionCookies.Name] = browser.Cookies[SessionCookies.Name];

        await browser.SignedInAsync(second);

        browser.Cookies[SessionCookies.Name].Should().NotBe(old);
        (await thief.ReadAsync(Sessions)).Expect(HttpStatusCode.Unauthorized);
        (await browser.ReadAsync(Sessions)).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task SignIn_WithACookieThatSomebodyPlanted_DoesNotKeepIt()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        using var browser = new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite)) { Cookies = { [SessionCookies.Name] = "planted" } };

        await browser.SignedInAsync(await world.CreateUserAsync());

        browser.Cookies[SessionCookies.Name].Should().NotBe("planted");
    }

    [Fact]
    public async Task Cookie_TwiceOrMalformed_IsRefusedAndNotGuessed()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        using var browser = await new BrowserClient(host).SignedInAsync(await world.CreateUserAsync());
        using var mine = await new BrowserClient(host).SignedInAsync(await world.CreateUserAsync());
        var (good, other, name) = (browser.Cookies[SessionCookies.Name], mine.Cookies[SessionCookies.Name], SessionCookies.Name);
        string[][] refused =
        [
            [$"{name}={good}; {name}={other}"], [$"{name}={other}; {name}={good}"], [$"{name}={good}; {name}={good}"], [$"{name}={good}", $"{name}={other}"],
            [$"{name}={good}; {name}="], [$"{name}=; {name}={good}"], [$"{name}={good}; __HOST-runairbac={good}"], [$"__host-runairbac={good}"],
            [$"{name}="], [$"{name}"], [$"{name}={good[..^1]}"], [$"{name}={good}x"], [$"{name}=\"{good}\""], [$"{name}={good}="], [$"{name}={good.ToUpperInvariant()}"],
            [$"{name}={new string('a', 5000)}"], [$"{name}=none"], [$"{name}=%00"], [$"x{name}={good}"], [$"runairbac={good}"],
        ];

        foreach (var headers in refused)
        {
            browser.RawCookies = headers;
            (await browser.ReadAsync(Sessions)).Status.Should().Be(HttpStatusCode.Unauthorized, "of {0}", string.Join(" | ", headers));
            (await browser.GetAsync("/login/password")).Status.Should().Be(HttpStatusCode.SeeOther, "of {0}", string.Join(" | ", headers));
        }

        browser.RawCookies = [$"a=b; {name}={good}; c=d"];
        (await browser.ReadAsync(Sessions)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer none")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    [InlineData("")]
    public async Task Cookie_BesideAnAuthorizationHeader_DoesNotCount(string authorization)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        using var browser = await new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite)).SignedInAsync(await world.CreateUserAsync());

        (await browser.ApiAsync(HttpMethod.Get, Sessions, null, authorization)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(null, "same-origin")]
    [InlineData("", "same-origin")]
    [InlineData("null", "same-origin")]
    [InlineData("http://rbac.test.evil.example", null)]
    [InlineData("http://evil.example", null)]
    [InlineData("https://rbac.test", null)]
    [InlineData("http://rbac.test:81", null)]
    [InlineData("http://rbac.test/", null)]
    [InlineData("http://rbac.test", "same-site")]
    [InlineData("http://rbac.test", "cross-site")]
    [InlineData("http://rbac.test", "none")]
    [InlineData("http://rbac.test", "")]
    public async Task UnsafeMethod_ByCookieFromElsewhere_IsRefusedAndDoesNothing(string? origin, string? site)
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var created = await world.CreateUserAsync();
        using var browser = await new BrowserClient(await Hosts.GetAsync(StorageProvider.Sqlite)).SignedInAsync(created);
        (browser.Origin, browser.FetchSite) = (origin, site);

        (await browser.ApiAsync(HttpMethod.Post, "/api/v1/access-keys", new { name = "robot" })).Expect(HttpStatusCode.Forbidden, "cross_site_request");
        (await browser.ApiAsync(HttpMethod.Delete, $"{Sessions}/{Guid.NewGuid()}")).Expect(HttpStatusCode.Forbidden, "cross_site_request");
        (await browser.PostAsync("/logout")).Expect(HttpStatusCode.Forbidden);
        (await browser.SignInAsync(created.Field("username")!, created.Field("tempPassword")!)).Expect(HttpStatusCode.Forbidden).SessionCookie.Should().BeNull("of login CSRF");
        (await browser.PostAsync("/login/password", ("currentPassword", created.Field("tempPassword")), ("newPassword", Next), ("repeatPassword", Next))).Expect(HttpStatusCode.Forbidden);
        (await browser.ReadAsync("/api/v1/access-keys")).Expect(HttpStatusCode.OK).Text.Should().NotContain("robot");
        await world.SignInAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task PasswordThatMustBeChanged_InABrowser_LetsDoNothingElse(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = (await world.Admin.PostAsync("/api/v1/users", new { email = world.NewEmail(), resetPassword = true })).Expect(HttpStatusCode.Created);
        await world.GrantAsync("user", created.Field("username")!, World.SystemAdministrator, World.Tenant);
        var temporary = created.Field("tempPassword");
        using var browser = new BrowserClient(await Hosts.GetAsync(provider));

        (await browser.SignInAsync(created.Field("username")!, temporary!, "/tree?x=1")).ExpectRedirect("/login/password?returnUrl=%2Ftree%3Fx%3D1");
        (await browser.GetAsync("/login?returnUrl=/tree")).ExpectRedirect("/login/password?returnUrl=%2Ftree");
        (await browser.ReadAsync("/api/v1/users")).Expect(HttpStatusCode.Forbidden, "password_change_required");
        (await browser.GetAsync("/login/password")).Expect(HttpStatusCode.OK).Text.Should().Contain("must be changed");
        foreach (var (current, next, repeat) in new[] { ("wrong", Next, Next), (temporary, Next, Next + "r"), (temporary, "short", "short"), (temporary, "Password1234", "Password1234"), (temporary, temporary, temporary) })
        {
            var refused = (await browser.PostAsync("/login/password", ("currentPassword", current), ("newPassword", next), ("repeatPassword", repeat))).Expect(HttpStatusCode.BadRequest);
            refused.Text.Should().Contain("role=\"alert\"").And.NotContain(temporary).And.NotContain(Next);
        }

        var old = browser.Cookies[SessionCookies.Name];
        (await browser.PostAsync("/login/password", ("currentPassword", temporary), ("newPassword", Next), ("repeatPassword", Next), ("returnUrl", "/tree?x=1"))).ExpectRedirect("/tree?x=1");
        browser.Cookies[SessionCookies.Name].Should().NotBe(old);
        (await browser.ReadAsync("/api/v1/users")).Expect(HttpStatusCode.OK);
        browser.Cookies[SessionCookies.Name] = old;
        (await browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Session_Idle_EndsAfterTheTenantsTimeAndUsedOneAtTheAbsoluteEnd(StorageProvider provider)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock, Settings = new Dictionary<string, string> { ["BrowserSessions:AbsoluteLifetime"] = "02:00:00", ["Freshness:MaxStaleness"] = "01:00:00" } }, postgres);
        var world = await World.OpenAsync(host);
        var created = await world.CreateUserAsync();
        (await world.Admin.PutAsync("/api/v1/security/settings/browserSessionTimeout", new { idleTimeout = 10 })).Expect(HttpStatusCode.OK);
        var store = host.Services.GetRequiredService<PolicyStore>();
        using var idle = await new BrowserClient(host).SignedInAsync(created);
        using var used = await new BrowserClient(host).SignedInAsync(created);
        for (var minute = 0; minute < 14; minute += 7)
        {
            clock.Advance(TimeSpan.FromMinutes(7));
            await store.PollAsync(TestContext.Current.CancellationToken);
            (await used.ReadAsync(Sessions)).Expect(HttpStatusCode.OK);
        }

        (await idle.ReadAsync(Sessions)).Expect(HttpStatusCode.Unauthorized);
        for (var minute = 14; minute < 112; minute += 7)
        {
            clock.Advance(TimeSpan.FromMinutes(7));
            await store.PollAsync(TestContext.Current.CancellationToken);
            (await used.ReadAsync(Sessions)).Expect(HttpStatusCode.OK);
        }

        clock.Advance(TimeSpan.FromMinutes(9));
        (await used.ReadAsync(Sessions)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task LastUse_OfManyRequests_IsWrittenOnceAMinute(StorageProvider provider)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock, Settings = new Dictionary<string, string> { ["Freshness:MaxStaleness"] = "01:00:00" } }, postgres);
        var world = await World.OpenAsync(host);
        using var browser = await new BrowserClient(host).SignedInAsync(await world.CreateUserAsync());
        var store = host.Services.GetRequiredService<PolicyStore>();
        var begun = await UsedAsync(store);
        for (var i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(11));
            (await browser.ReadAsync(Sessions)).Expect(HttpStatusCode.OK);
        }

        (await UsedAsync(store)).Should().Be(begun);
        clock.Advance(TimeSpan.FromSeconds(11));
        (await browser.ReadAsync(Sessions)).Expect(HttpStatusCode.OK);
        (await UsedAsync(store)).Should().Be(begun + 66_000_000);
    }

    [Fact]
    public async Task Replicas_ShareBrowserSessionsAndTheirEnd()
    {
        await using var first = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var second = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = first }, postgres);
        var world = await World.OpenAsync(first);
        var created = await world.CreateUserAsync();
        await second.Services.GetRequiredService<PolicyStore>().PollAsync(TestContext.Current.CancellationToken);
        using var here = await new BrowserClient(first).SignedInAsync(created);
        using var there = new BrowserClient(second);
        there.Cookies[SessionCookies.Name] = here.Cookies[SessionCookies.Name];
        (await there.ReadAsync(Sessions)).Expect(HttpStatusCode.OK);

        (await here.PostAsync("/logout")).ExpectRedirect("/login?signedOut&tenant_id=1");

        await second.Services.GetRequiredService<PolicyStore>().PollAsync(TestContext.Current.CancellationToken);
        (await there.ReadAsync(Sessions)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Session_BegunThroughAProvider_EndsWithIt(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        var created = await world.CreateUserAsync();
        var alias = (await world.Admin.PostAsync("/api/v1/idps", new { name = world.NewName(), type = "openshift-v4", ocpData = new { idpBaseUrl = "https://api.example.com", clientSecret = "x" } })).Field("alias")!;
        using var local = await new BrowserClient(host).SignedInAsync(created);
        using var external = await new BrowserClient(host).SignedInAsync(created);
        // As a sign-in through the provider leaves it.
        await using (var db = await host.Services.GetRequiredService<PolicyStore>().OpenAsync(TestContext.Current.CancellationToken))
        {
            var id = await db.IdentityProviders.Where(x => x.Alias == alias).Select(x => x.Id).SingleAsync(TestContext.Current.CancellationToken);
            var newest = await db.Sessions.Where(x => x.SubjectId == created.Id).OrderByDescending(x => x.CreatedAt).Select(x => x.Id).FirstAsync(TestContext.Current.CancellationToken);
            await db.Sessions.Where(x => x.Id == newest).ExecuteUpdateAsync(x => x.SetProperty(s => s.ProviderId, id), TestContext.Current.CancellationToken);
        }

        var own = (await external.ReadAsync(Sessions)).Json.GetProperty("sessions").EnumerateArray().Single(x => x.GetProperty("current").GetBoolean());
        own.GetProperty("provider").GetString().Should().Be(alias);

        (await world.Admin.DeleteAsync("/api/v1/idps/" + alias)).Status.Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);

        (await external.ReadAsync(Sessions)).Expect(HttpStatusCode.Unauthorized);
        (await local.ReadAsync(Sessions)).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").GetArrayLength().Should().Be(1);
    }

    private static async Task<long> UsedAsync(PolicyStore store)
    {
        await using var db = await store.OpenAsync(TestContext.Current.CancellationToken);
        return await db.Sessions.Where(x => x.CookieHash != null).Select(x => x.LastUsedAt).SingleAsync(TestContext.Current.CancellationToken);
    }
}
