using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.SignIn.Browser;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Browser;

/// <summary>To a provider and back, whatever its protocol: attempts, and what a callback may and may not do. The protocol is a stand-in that believes its query.</summary>
public sealed class ProviderSignInTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task SignIn_ThroughAProvider_BeginsASessionThatNamesIt(StorageProvider storage)
    {
        await using var host = await StartAsync(storage);
        var world = await World.OpenAsync(host);
        var alias = await ProviderAsync(world);
        using var browser = new BrowserClient(host);

        var begun = (await browser.GetAsync($"/auth/1/{alias}/login?returnUrl=/users%3Fx=1")).Expect(HttpStatusCode.Redirect);
        begun.SetCookie(SignInAttempts.Cookie).Should().Contain("max-age=600; path=/; secure; samesite=none; httponly").And.NotContain("domain");
        var back = (await BackAsync(browser, alias, State(begun), "ann")).ExpectRedirect("/users?x=1");

        back.SessionCookie.Should().Contain("samesite=lax");
        var session = (await browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK).Json.GetProperty("sessions")[0];
        session.GetProperty("grant").GetString().Should().Be("oidc");
        session.GetProperty("provider").GetString().Should().Be(alias);
        session.GetProperty("kind").GetString().Should().Be("browser");
        await using var db = await host.Services.GetRequiredService<PolicyStore>().OpenAsync(Cancel);
        (await db.SignInAttempts.CountAsync(Cancel)).Should().Be(0);
        (await db.Sessions.SingleAsync(x => x.CookieHash != null, Cancel)).SignOutHint.Should().NotBeNull().And.NotContain("hint");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Callback_OfAPostFromAnotherSite_IsTaken(StorageProvider storage)
    {
        await using var host = await StartAsync(storage);
        var alias = await ProviderAsync(await World.OpenAsync(host));
        using var browser = new BrowserClient(host);
        var state = State(await browser.GetAsync($"/auth/1/{alias}/login"));
        (browser.Origin, browser.FetchSite) = ("https://idp.example", "cross-site");

        (await browser.PostAsync($"/auth/1/{alias}/callback", ("RelayState", state), ("who", "ann"))).ExpectRedirect("/").SessionCookie.Should().NotBeNull();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Attempt_NotOfThisBrowserProviderTenantOrTime_IsRefusedAlike(StorageProvider storage)
    {
        var clock = new FakeClock();
        await using var host = await StartAsync(storage, clock);
        var world = await World.OpenAsync(host);
        var (first, second) = (await ProviderAsync(world), await ProviderAsync(world));
        using var browser = new BrowserClient(host);
        using var other = new BrowserClient(host);
        using var nobody = new BrowserClient(host);
        var (state, others) = (State(await browser.GetAsync($"/auth/1/{first}/login")), State(await other.GetAsync($"/auth/1/{first}/login")));
        var cookie = browser.Cookies[SignInAttempts.Cookie];
        var refused = new List<PageReply>
        {
            // Login CSRF: the attacker's own answer in the victim's browser.
            await BackAsync(browser, first, others, "mallory"), await BackAsync(nobody, first, state, "mallory"),
            // Mix-up: what was begun at one provider is answered at another.
            await BackAsync(browser, second, state, "mallory"),
            await browser.GetAsync($"/auth/2/{first}/callback?state={state}&who=mallory"), await browser.GetAsync($"/auth/1/{first}/callback?who=mallory"), await browser.GetAsync($"/auth/1/{first}/callback?state=&who=mallory"),
            await BackAsync(browser, first, state + "x", "mallory"), await BackAsync(browser, first, "x", "mallory"), await browser.GetAsync($"/auth/01/{first}/callback?state={state}"), await browser.GetAsync($"/auth/1/none/callback?state={state}"),
            await browser.SendAsync(HttpMethod.Post, $"/auth/1/{first}/callback?state={state}"),
        };
        // Cookie tossing.
        foreach (var headers in new string[][] { [$"{SignInAttempts.Cookie}={cookie}; {SignInAttempts.Cookie}=planted"], [$"{SignInAttempts.Cookie}=planted", $"{SignInAttempts.Cookie}={cookie}"], [$"{SignInAttempts.Cookie}="], [$"{SignInAttempts.Cookie}=\"{cookie}\""] })
        {
            browser.RawCookies = headers;
            refused.Add(await BackAsync(browser, first, state, "mallory"));
        }

        browser.RawCookies = null;
        refused.Select(x => x.Expect(HttpStatusCode.BadRequest).Text.Split("Trace id")[0]).Distinct().Should().ContainSingle("every refusal shows the same page");
        refused.Should().OnlyContain(x => x.SessionCookie == null && x.Location == null);

        // None of it has spent the attempt; its answer does, whatever the protocol says of it.
        (await BackAsync(browser, first, state, "refuse-sign_in_failed")).Expect(HttpStatusCode.BadRequest);
        (await BackAsync(browser, first, state, "ann")).Expect(HttpStatusCode.BadRequest);
        state = State(await browser.GetAsync($"/auth/1/{first}/login"));
        (await BackAsync(browser, first, state, "ann")).ExpectRedirect("/");
        (await BackAsync(browser, first, state, "ann")).Expect(HttpStatusCode.BadRequest);

        state = State(await browser.GetAsync($"/auth/1/{first}/login"));
        clock.Advance(TimeSpan.FromMinutes(10));
        (await BackAsync(browser, first, state, "ann")).Expect(HttpStatusCode.BadRequest);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Attempt_ManyAnswersAtOnce_OneIsTaken(StorageProvider storage)
    {
        await using var host = await StartAsync(storage);
        var alias = await ProviderAsync(await World.OpenAsync(host));
        using var browser = new BrowserClient(host);
        var state = State(await browser.GetAsync($"/auth/1/{alias}/login"));
        browser.RawCookies = [$"{SignInAttempts.Cookie}={browser.Cookies[SignInAttempts.Cookie]}"];

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => BackAsync(browser, alias, state, "ann")));

        replies.Count(x => x.Status == HttpStatusCode.SeeOther).Should().Be(1);
        replies.Count(x => x.Status == HttpStatusCode.BadRequest).Should().Be(7);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Provider_ReplacedByOneOfTheSameAlias_TakesNoAttemptOfTheOldOne(StorageProvider storage)
    {
        await using var host = await StartAsync(storage);
        var world = await World.OpenAsync(host);
        var alias = await ProviderAsync(world, "corp");
        using var browser = new BrowserClient(host);
        var state = State(await browser.GetAsync($"/auth/1/{alias}/login"));
        (await world.Admin.DeleteAsync("/api/v1/idps/" + alias)).Status.Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);
        (await ProviderAsync(world, "corp")).Should().Be(alias);

        (await BackAsync(browser, alias, state, "ann")).Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Attempt_BegunOnOneReplica_IsFinishedOnAnother()
    {
        await using var first = await StartAsync(StorageProvider.PostgreSql);
        await using var second = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = first, Services = StandIn }, postgres);
        var alias = await ProviderAsync(await World.OpenAsync(first));
        await second.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
        using var here = new BrowserClient(first);
        using var there = new BrowserClient(second);
        var state = State(await here.GetAsync($"/auth/1/{alias}/login"));
        there.Cookies[SignInAttempts.Cookie] = here.Cookies[SignInAttempts.Cookie];

        (await BackAsync(there, alias, state, "ann")).ExpectRedirect("/");
        (await BackAsync(here, alias, state, "ann")).Expect(HttpStatusCode.BadRequest);
        (await there.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("sign_in_failed", 400, "could not be completed")]
    [InlineData("email_missing", 401, "did not send an e-mail address")]
    [InlineData("email_unverified", 403, "not verified")]
    [InlineData("account_exists", 403, "must link this identity")]
    [InlineData("account_disabled", 403, "is disabled")]
    [InlineData("not_permitted", 403, "does not let you")]
    [InlineData("provider_unavailable", 503, "cannot be reached")]
    public async Task Refusal_OfTheProtocol_IsAPageAndAnEvent(string code, int status, string sentence)
    {
        await using var host = await StartAsync(StorageProvider.Sqlite);
        var alias = await ProviderAsync(await World.OpenAsync(host));
        using var browser = new BrowserClient(host);

        var refused = (await BackAsync(browser, alias, State(await browser.GetAsync($"/auth/1/{alias}/login")), "refuse-" + code)).Expect((HttpStatusCode)status);

        refused.Text.Should().Contain(sentence).And.Contain("Trace id: ").And.Contain("/login?local").And.NotContain("detail of the refusal");
        refused.SessionCookie.Should().BeNull();
        await using var db = await host.Services.GetRequiredService<PolicyStore>().OpenAsync(Cancel);
        var written = await db.AuditEvents.AsNoTracking().SingleAsync(x => x.Action == AuditActions.SignIn && x.Result == AuditResults.Failed, Cancel);
        written.HttpStatusCode.Should().Be(status);
        written.Metadata.Should().Contain(code).And.Contain(alias).And.Contain("oidc");
    }

    [Fact]
    public async Task ReturnUrl_OfAnAttempt_NeverLeadsElsewhere()
    {
        await using var host = await StartAsync(StorageProvider.Sqlite);
        var alias = await ProviderAsync(await World.OpenAsync(host));
        using var browser = new BrowserClient(host);
        foreach (var address in new[] { "//evil.example", "https://evil.example", "/\\evil.example", "/%2f%2fevil.example", "/%0d%0aSet-Cookie:x=y", "javascript:alert(1)" })
        {
            var state = State(await browser.GetAsync($"/auth/1/{alias}/login?returnUrl=" + Uri.EscapeDataString(address)));
            (await BackAsync(browser, alias, state, "ann")).ExpectRedirect("/");
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task SignOut_OfAProvidersSession_GoesOnToTheProvider(StorageProvider storage)
    {
        await using var host = await StartAsync(storage);
        var world = await World.OpenAsync(host);
        var alias = await ProviderAsync(world);
        using var browser = new BrowserClient(host);
        await BackAsync(browser, alias, State(await browser.GetAsync($"/auth/1/{alias}/login")), "ann");

        var left = (await browser.PostAsync("/logout")).Expect(HttpStatusCode.OK);

        left.Header("Refresh").Should().Be($"0;url=https://idp.example/logout?hint=hint-of-ann&to={Uri.EscapeDataString(ApiHost.Issuer + "/logout")}");
        browser.Cookies.Should().NotContainKey(SessionCookies.Name);

        (await world.Admin.PutAsync("/api/v1/security/settings/logoutRedirectUri", new { uri = "https://intranet.example/bye" })).Expect(HttpStatusCode.OK);
        await BackAsync(browser, alias, State(await browser.GetAsync($"/auth/1/{alias}/login")), "ann");
        (await browser.PostAsync("/logout")).Header("Refresh").Should().EndWith("&to=" + Uri.EscapeDataString("https://intranet.example/bye"));
        await BackAsync(browser, alias, State(await browser.GetAsync($"/auth/1/{alias}/login")), "down");
        (await browser.PostAsync("/logout")).Header("Refresh").Should().Be("0;url=https://intranet.example/bye", "a provider that fails keeps nobody signed in");
        (await browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
    }

    private Task<ApiHost> StartAsync(StorageProvider storage, TimeProvider? clock = null)
        => ApiHost.StartAsync(new ApiHostSetup(storage) { Clock = clock, Services = StandIn, Settings = new Dictionary<string, string> { ["Freshness:MaxStaleness"] = "01:00:00" } }, postgres);

    private static void StandIn(IServiceCollection services)
    {
        services.RemoveAll<IProviderProtocol>();
        services.AddSingleton<IProviderProtocol, BelievingProtocol>();
    }

    private static async Task<string> ProviderAsync(World world, string? name = null)
        => (await world.Admin.PostAsync("/api/v1/idps", new
        {
            name = name ?? world.NewName(),
            type = "oidc",
            oidcData = new { clientId = "x", clientSecret = "y", discoverDocumentUrl = "https://idp.example/.well-known/openid-configuration" },
        })).Field("alias")!;

    private static string State(PageReply begun) => begun.Expect(HttpStatusCode.Redirect).Location!.Split("state=")[1];

    private static Task<PageReply> BackAsync(BrowserClient browser, string alias, string state, string who) => browser.GetAsync($"/auth/1/{alias}/callback?state={state}&who={who}");

    /// <summary>Says of everybody who they want to be.</summary>
    private sealed class BelievingProtocol : IProviderProtocol
    {
        public string Type => ProviderTypes.Oidc;

        public Task<IResult> BeginAsync(HttpContext context, SsoProvider provider, SignInAttempt attempt)
            => Task.FromResult<IResult>(TypedResults.Redirect("https://idp.example/authorize?state=" + attempt.Handle));

        public string? FindHandle(HttpContext context, IFormCollection? form) => form is null ? context.Request.Query["state"] : form["RelayState"];

        public Task<ProviderSignIn> FinishAsync(HttpContext context, IFormCollection? form, SsoProvider provider, SignInAttempt attempt)
        {
            var who = form is null ? context.Request.Query["who"].ToString() : form["who"].ToString();
            if (who.StartsWith("refuse-", StringComparison.Ordinal)) throw new SsoRefusal(who["refuse-".Length..], "detail of the refusal");
            return Task.FromResult(new ProviderSignIn { Provider = provider, SubjectClaim = who, Email = who + "@example.com", EmailVerified = true, SignOutHint = "hint-of-" + who });
        }

        public Task<string?> SignOutAddressAsync(SsoProvider provider, string? signOutHint, string returnTo, CancellationToken cancellationToken)
            => signOutHint == "hint-of-down" ? throw new HttpRequestException("down") : Task.FromResult<string?>($"https://idp.example/logout?hint={signOutHint}&to={Uri.EscapeDataString(returnTo)}");
    }
}
