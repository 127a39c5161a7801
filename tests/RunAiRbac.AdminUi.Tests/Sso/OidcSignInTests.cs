using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>A person signs in at a real OpenID provider, in a real browser.</summary>
public sealed class OidcSignInTests(Browser browser)
{
    private const string Alias = "keyhouse";
    private const string Continue = "Continue with Keyhouse";

    [Fact]
    public async Task SignIn_RealProvider_GroupsComeAndGoWithIt()
    {
        await using var stage = await Stage.OpenAsync(browser);
        await stage.RuleForGroupAsync("research");
        (await stage.MayAsync("ada@example.com")).Should().BeFalse("nobody has signed in yet");

        await stage.SignInAsync("ada");
        await Assertions.Expect(stage.Page.GetByRole(AriaRole.Button, new() { Name = "Account of ada@example.com" })).ToBeVisibleAsync();
        (await stage.MayAsync("ada@example.com")).Should().BeTrue("the provider says that she is in research");

        await stage.Idp.SetGroupsAsync("ada", "sales");
        (await stage.MayAsync("ada@example.com")).Should().BeTrue("the provider has not been asked again");
        await stage.SignInAgainAsync();
        (await stage.MayAsync("ada@example.com")).Should().BeFalse("she is in research no more");

        await stage.Idp.SetGroupsAsync("ada", "research");
        await stage.SignInAgainAsync();
        (await stage.MayAsync("ada@example.com")).Should().BeTrue();
    }

    [Fact]
    public async Task SignIn_ProviderRolledItsKeys_GoesOn()
    {
        await using var stage = await Stage.OpenAsync(browser);
        await stage.SignInAsync("ada");
        await stage.Idp.RollKeysAsync();
        // Its sessions are gone with the old keys.
        await stage.SignOutHereAsync();
        await stage.SignInAsync("ada");
    }

    [Fact]
    public async Task SignOut_RealProvider_EndsItsSessionToo()
    {
        await using var stage = await Stage.OpenAsync(browser);
        await stage.SignInAsync("bob");

        await stage.Page.GotoAsync("/logout");
        await stage.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await stage.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, sign me out" }).ClickAsync();

        await Assertions.Expect(stage.Page).ToHaveURLAsync(new Regex(@"/logout\?state="));
        await stage.Page.GotoAsync("/login");
        await stage.Page.GetByRole(AriaRole.Link, new() { Name = Continue }).ClickAsync();
        await Assertions.Expect(stage.Page.GetByPlaceholder("Enter any login")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task SignIn_ProviderDown_ShowsAPageThatSaysSo()
    {
        await using var stage = await Stage.OpenAsync(browser);
        await stage.Idp.DisposeAsync();

        await stage.Page.GotoAsync("/login");
        var answer = await stage.Page.RunAndWaitForResponseAsync(
            () => stage.Page.GetByRole(AriaRole.Link, new() { Name = Continue }).ClickAsync(), response => response.Url.Contains("/auth/1/", StringComparison.Ordinal));

        answer.Status.Should().Be((int)HttpStatusCode.ServiceUnavailable);
        await Assertions.Expect(stage.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("cannot be reached");
        await stage.Page.GetByRole(AriaRole.Link, new() { Name = "Back to sign-in" }).ClickAsync();
        await Assertions.Expect(stage.Page.GetByLabel("Password")).ToBeVisibleAsync();
    }

    /// <summary>A service and a provider that know one another, and a browser.</summary>
    private sealed class Stage : IAsyncDisposable
    {
        private readonly Service _service;
        private readonly HttpClient _admin;
        private readonly IBrowserContext _context;

        private Stage(Service service, HttpClient admin, OidcServer idp, IBrowserContext context, IPage page)
            => (_service, _admin, Idp, _context, Page) = (service, admin, idp, context, page);

        public OidcServer Idp { get; }

        public IPage Page { get; }

        public static async Task<Stage> OpenAsync(Browser browser)
        {
            Browser.Demand();
            var service = await Service.StartAsync();
            var own = service.Address.ToString().TrimEnd('/');
            var idp = await OidcServer.StartAsync($"{own}/auth/1/{Alias}/callback", $"{own}/logout");
            var admin = new HttpClient { BaseAddress = service.Address };
            admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await service.TokenAsync(Service.AdminEmail, Service.AdminPassword));
            await PostAsync(admin, "/api/v1/idps", new
            {
                name = "Keyhouse",
                type = "oidc",
                oidcData = new { clientId = OidcServer.ClientId, clientSecret = OidcServer.ClientSecret, discoverDocumentUrl = idp.DiscoveryAddress, scopes = new[] { "email", "profile", "groups" } },
                mappers = new { email = "email", groups = "groups" },
            });
            var context = await browser.NewContextAsync(service.Address);
            return new Stage(service, admin, idp, context, await context.NewPageAsync());
        }

        public Task RuleForGroupAsync(string group)
            => PostAsync(_admin, "/api/v1/authorization/access-rules", new { subjectType = "group", subjectId = group, roleId = 5, scopeType = "tenant", scopeId = "1" });

        /// <summary>Whether the person may create workloads, as another service would ask.</summary>
        public async Task<bool> MayAsync(string email)
        {
            var decision = await PostAsync(
                _admin, "/api/v1/authorize", new { subject = new { type = "user", id = email }, action = "create", resourceType = "workloads", scope = new { type = "tenant", id = "1" } });
            return decision.GetProperty("allowed").GetBoolean();
        }

        public async Task SignInAsync(string user)
        {
            await Page.GotoAsync("/login");
            await Page.GetByRole(AriaRole.Link, new() { Name = Continue }).ClickAsync();
            await Page.GetByPlaceholder("Enter any login").FillAsync(user);
            await Page.GetByPlaceholder("and password").FillAsync("anything");
            await Page.GetByRole(AriaRole.Button, new() { Name = "Sign-in" }).ClickAsync();
            await ExpectHomeAsync();
        }

        /// <summary>The browser's session here ends, that at the provider goes on.</summary>
        public async Task SignInAgainAsync()
        {
            await SignOutHereAsync();
            await Page.GotoAsync("/login");
            await Page.GetByRole(AriaRole.Link, new() { Name = Continue }).ClickAsync();
            await ExpectHomeAsync();
        }

        public Task SignOutHereAsync() => _context.ClearCookiesAsync(new() { Domain = "localhost" });

        public async ValueTask DisposeAsync()
        {
            await _context.DisposeAsync();
            _admin.Dispose();
            await Idp.DisposeAsync();
            await _service.DisposeAsync();
        }

        private Task ExpectHomeAsync() => Assertions.Expect(Page).ToHaveURLAsync(new Regex("^" + Regex.Escape(_service.Address.ToString()) + "(?!login|auth)"));

        private static async Task<JsonElement> PostAsync(HttpClient admin, string path, object body)
        {
            using var response = await admin.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            response.IsSuccessStatusCode.Should().BeTrue("the answer was {0}: {1}", response.StatusCode, text);
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
    }
}
