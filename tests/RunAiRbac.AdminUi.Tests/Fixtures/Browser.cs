namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>
/// One Chromium for all tests. Without Chromium or without the built admin UI tests skip, but fail when RUNAIRBAC_REQUIRE_BROWSER=1 (as in CI).
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (WhyNot() is not null) return;
        // A machine that runs other suites at the same time may take a while.
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
    }

    /// <summary>A browser profile of its own: no cookies, no storage. Its pages' errors must be none at the end (see <see cref="Person"/>).</summary>
    public async Task<IBrowserContext> NewContextAsync(Uri address, int width = 1280, int height = 800, ColorScheme colors = ColorScheme.Light, bool javaScript = true)
    {
        Demand();
        return await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colors,
            JavaScriptEnabled = javaScript,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
    }

    public static void Demand()
    {
        if (WhyNot() is not { } why) return;
        if (Environment.GetEnvironmentVariable("RUNAIRBAC_REQUIRE_BROWSER") == "1") Assert.Fail(why);
        Assert.Skip(why);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? WhyNot()
        => !File.Exists(Chromium) ? $"There is no {Chromium}."
            : !File.Exists(Path.Combine(Service.ProgramFolder, "admin-ui", "index.html")) ? "The admin UI was not built (no Node.js)."
            : null;
}
