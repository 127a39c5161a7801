using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>A service and a provider that know one another, and a browser.</summary>
public abstract class Stage<TProvider> : IAsyncDisposable
    where TProvider : NodeProvider
{
    private readonly string _name;
    private Service? _service;
    private HttpClient? _admin;
    private TProvider? _idp;
    private IBrowserContext? _context;
    private IPage? _page;

    /// <param name="name">Of the provider, as the sign-in page shows it.</param>
    protected Stage(string name) => _name = name;

    public TProvider Idp => _idp!;

    public IPage Page => _page!;

    /// <summary>The link on the sign-in page that leads to the provider.</summary>
    public ILocator Continue => Page.GetByRole(AriaRole.Link, new() { Name = "Continue with " + _name });

    protected Service Service => _service!;

    public Task RuleForGroupAsync(string group)
        => DemoService.PostAsync(_admin!, "/api/v1/authorization/access-rules", new { subjectType = "group", subjectId = group, roleId = 5, scopeType = "tenant", scopeId = "1" });

    /// <summary>Whether the person may create workloads, as another service would ask.</summary>
    public async Task<bool> MayAsync(string email)
    {
        var decision = await DemoService.PostAsync(
            _admin!, "/api/v1/authorize", new { subject = new { type = "user", id = email }, action = "create", resourceType = "workloads", scope = new { type = "tenant", id = "1" } });
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
        await ContinueAsync();
        await AnswerProviderAsync(user);
    }

    /// <summary>The browser's session here ends, that at the provider goes on.</summary>
    public async Task SignInAgainAsync()
    {
        await SignOutHereAsync();
        await ContinueAsync();
        await ExpectHomeAsync();
    }

    public async Task SignOutHereAsync()
    {
        // The page that is open would notice, and go to the sign-in page by itself.
        await Page.GotoAsync("about:blank");
        await _context!.ClearCookiesAsync(new() { Domain = "localhost" });
    }

    public async ValueTask DisposeAsync()
    {
        if (_context is not null) await _context.DisposeAsync();
        _admin?.Dispose();
        if (_idp is not null) await _idp.DisposeAsync();
        if (_service is not null) await _service.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static async Task<TStage> OpenAsync<TStage>(TStage stage, Browser browser)
        where TStage : Stage<TProvider>
    {
        Browser.Demand();
        stage._service = await Service.StartAsync();
        stage._idp = await stage.StartProviderAsync();
        stage._admin = new HttpClient { BaseAddress = stage.Service.Address };
        stage._admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await stage.Service.TokenAsync(Service.AdminEmail, Service.AdminPassword));
        await DemoService.PostAsync(stage._admin, "/api/v1/idps", stage.Registration());
        await stage.TellProviderAsync();
        stage._context = await browser.NewContextAsync(stage.Service.Address);
        stage._page = await stage._context.NewPageAsync();
        return stage;
    }

    protected abstract Task<TProvider> StartProviderAsync();

    /// <summary>What the service is told about the provider.</summary>
    protected abstract object Registration();

    /// <summary>What the provider is told about the service once it knows the provider.</summary>
    protected virtual Task TellProviderAsync() => Task.CompletedTask;

    /// <summary>Says on the provider's page who one is.</summary>
    protected abstract Task AnswerProviderAsync(string user);

    private async Task ContinueAsync()
    {
        await Page.GotoAsync("/login");
        await Continue.ClickAsync();
    }

    private Task ExpectHomeAsync() => Assertions.Expect(Page).ToHaveURLAsync(new Regex("^" + Regex.Escape(Service.Address.ToString()) + "(?!login|auth)"));
}
