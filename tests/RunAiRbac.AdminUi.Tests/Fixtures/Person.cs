using System.Text.RegularExpressions;

namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>
/// Somebody signed in, in a browser profile of their own. Counts the calls to the API, and collects what a page must not do: errors on the console
/// (breaches of the content security policy are such) and uncaught exceptions.
/// </summary>
public sealed class Person : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _calls = [];
    private readonly List<string> _faults = [];

    private Person(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).AbsolutePath.StartsWith("/api/", StringComparison.Ordinal)) _calls.Add($"{request.Method} {new Uri(request.Url).PathAndQuery}");
        };
        page.Console += (_, message) =>
        {
            // A refusal that the page shows is no fault; the browser logs each as `Failed to load resource`.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) _faults.Add(message.Text);
        };
        page.PageError += (_, error) => _faults.Add(error);
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    /// <summary>Calls to the API since the last <see cref="OpenAsync"/>.</summary>
    public IReadOnlyList<string> Calls => _calls;

    /// <summary>A browser with a session of that user, which began on the sign-in page.</summary>
    public static async Task<Person> SignInAsync(Browser browser, Service service, string email, string password, int width = 1280, int height = 800, ColorScheme colors = ColorScheme.Light)
    {
        var context = await browser.NewContextAsync(service.Address, width, height, colors);
        var page = await context.NewPageAsync();
        // The page that asks whether to sign out is a light one to come back to.
        await page.GotoAsync("/login?local&returnUrl=/logout");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByLabel("Password").PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/logout$"));
        return new Person(context, page);
    }

    /// <summary>Somebody who is not signed in.</summary>
    public static Person Visit(IBrowserContext context, IPage page) => new(context, page);

    /// <summary>Opens a page and waits until it has loaded what it needs.</summary>
    public async Task OpenAsync(string path)
    {
        _calls.Clear();
        await Page.GotoAsync(path);
        await Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        await SettleAsync();
    }

    /// <summary>Until no call runs and nothing says that it loads.</summary>
    public async Task SettleAsync()
    {
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Assertions.Expect(Page.GetByLabel("Loading", new() { Exact = true })).ToHaveCountAsync(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _faults.Should().BeEmpty("a page reports no errors");
    }
}
