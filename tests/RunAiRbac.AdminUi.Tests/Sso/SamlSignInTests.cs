using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>A person signs in at a real SAML provider, in a real browser.</summary>
public sealed class SamlSignInTests(Browser browser)
{
    private const string Alias = "guild";
    private const string Continue = "Continue with Guild";

    [Fact]
    public async Task SignIn_RealProvider_GroupsComeAndGoWithIt()
    {
        await using var stage = await Stage.OpenAsync(browser);
        await stage.RuleForGroupAsync("research");
        (await stage.MayAsync("ada.saml@example.com")).Should().BeFalse("nobody has signed in yet");

        await stage.SignInAsync("ada");
        (await stage.MayAsync("ada.saml@example.com")).Should().BeTrue("the provider says that she is in research");

        await stage.Idp.SetGroupsAsync("ada", "sales");
        await stage.SignInAgainAsync();
        (await stage.MayAsync("ada.saml@example.com")).Should().BeFalse("she is in research no more");
    }

    [Fact]
    public async Task SignIn_ProviderHasANewKey_GoesOn()
    {
        await using var stage = await Stage.OpenAsync(browser);
        await stage.SignInAsync("ada");
        await stage.Idp.PublishKeyAsync(1);
        await stage.Idp.SignWithKeyAsync(1);
        await stage.SignInAgainAsync();
    }

    [Fact]
    public async Task SignIn_WrongCertificate_IsRefusedByAPage()
    {
        await using var stage = await Stage.OpenAsync(browser);
        await stage.Idp.SignWithKeyAsync(1);

        var answer = await stage.Page.RunAndWaitForResponseAsync(() => stage.AnswerAsync("ada"), response => response.Url.EndsWith("/callback", StringComparison.Ordinal));

        answer.Status.Should().Be((int)HttpStatusCode.BadRequest);
        await Assertions.Expect(stage.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The sign-in could not be completed");
        (await stage.MayAsync("ada.saml@example.com")).Should().BeFalse();
    }

    [Fact]
    public async Task SignOut_RealProvider_EndsItsSessionToo()
    {
        await using var stage = await Stage.OpenAsync(browser);
        await stage.SignInAsync("bob");
        await stage.SignInAgainAsync();

        await stage.Page.GotoAsync("/logout");
        await stage.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Assertions.Expect(stage.Page).ToHaveURLAsync(new Regex(@"/login\?signedOut"));
        await stage.Page.GetByRole(AriaRole.Link, new() { Name = Continue }).ClickAsync();
        await Assertions.Expect(stage.Page.GetByRole(AriaRole.Heading, new() { Name = "Who are you?" })).ToBeVisibleAsync();
    }

    /// <summary>A service and a provider that know one another, and a browser.</summary>
    private sealed class Stage : IAsyncDisposable
    {
        private readonly Service _service;
        private readonly HttpClient _admin;
        private readonly IBrowserContext _context;

        private Stage(Service service, HttpClient admin, SamlServer idp, IBrowserContext context, IPage page)
            => (_service, _admin, Idp, _context, Page) = (service, admin, idp, context, page);

        public SamlServer Idp { get; }

        public IPage Page { get; }

        public static async Task<Stage> OpenAsync(Browser browser)
        {
            Browser.Demand();
            var idp = await SamlServer.StartAsync();
            var service = await Service.StartAsync();
            var admin = new HttpClient { BaseAddress = service.Address };
            admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await service.TokenAsync(Service.AdminEmail, Service.AdminPassword));
            await PostAsync(admin, "/api/v1/idps", new { name = "Guild", type = "saml", samlData = new { metadataXmlType = "url", metadataXmlUrl = idp.MetadataAddress } });
            await idp.TrustAsync($"{service.Address}auth/1/{Alias}/metadata");
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
            await AnswerAsync(user);
            await ExpectHomeAsync();
        }

        /// <summary>To the provider, and an answer to what it asks.</summary>
        public async Task AnswerAsync(string user)
        {
            await Page.GotoAsync("/login");
            await Page.GetByRole(AriaRole.Link, new() { Name = Continue }).ClickAsync();
            await Page.GetByRole(AriaRole.Button, new() { Name = user }).ClickAsync();
        }

        /// <summary>The browser's session here ends, that at the provider goes on.</summary>
        public async Task SignInAgainAsync()
        {
            // The page that is open would notice, and go to the sign-in page by itself.
            await Page.GotoAsync("about:blank");
            await _context.ClearCookiesAsync(new() { Domain = "localhost" });
            await Page.GotoAsync("/login");
            await Page.GetByRole(AriaRole.Link, new() { Name = Continue }).ClickAsync();
            await ExpectHomeAsync();
        }

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
