using System.Globalization;
using System.Text.Json;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>What holds for every page: accessible in both colour schemes, few calls, nothing wider than the window, little to load.</summary>
public sealed class QualityTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int MostCalls = 5;
    private const int MostScript = 300_000;

    private static readonly string Axe = Path.Combine(Service.Repository, "src", "RunAiRbac.AdminUi", "node_modules", "axe-core", "axe.min.js");

    [Theory, MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task Page_ToEverybody_IsAccessibleInBothColourSchemes(string name)
    {
        foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword, colors: colors);
            await admin.OpenAsync(await Pages.AddressAsync(demo, name));

            (await ViolationsAsync(admin.Page)).Should().BeEmpty("of {0} in {1}", name, colors);
        }
    }

    [Fact]
    public async Task Dialog_ForNewRules_IsAccessibleInBothColourSchemes()
    {
        foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword, colors: colors);
            await admin.OpenAsync("/access-rules");
            await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" }).ClickAsync();
            await admin.Page.GetByRole(AriaRole.Dialog).WaitForAsync();

            (await ViolationsAsync(admin.Page)).Should().BeEmpty("in {0}", colors);
        }
    }

    [Theory, MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task Page_Opened_MakesFewCallsAndFitsTheWindow(string name)
    {
        foreach (var width in new[] { 1280, 390 })
        {
            await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword, width);
            await admin.OpenAsync(await Pages.AddressAsync(demo, name));

            // The rule at the system, which only the platform's administrator sees, is one more question.
            admin.Calls.Where(call => !call.Contains("permitted-scopes", StringComparison.Ordinal)).Should().HaveCountLessThanOrEqualTo(MostCalls, "of {0}", name);
            (await admin.Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth - window.innerWidth")).Should().BeLessThanOrEqualTo(0, "{0} fits into {1} px", name, width);
        }
    }

    [Fact]
    public async Task FirstLoad_OfAPage_TransfersLittleScript()
    {
        await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);
        var bytes = 0;
        admin.Page.Response += (_, response) =>
        {
            if (response.Url.EndsWith(".js", StringComparison.Ordinal) && response.Headers.TryGetValue("content-length", out var length)) bytes += int.Parse(length, CultureInfo.InvariantCulture);
        };

        await admin.OpenAsync("/access-rules");

        bytes.Should().BeInRange(1, MostScript - 1);
    }

    [Fact]
    public async Task Storage_OfTheBrowser_HoldsNoToken()
    {
        await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);
        await admin.OpenAsync("/access-rules");

        var stored = await admin.Page.EvaluateAsync<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])");

        stored.Should().NotContain("eyJ");
    }

    /// <summary>Serious and critical ones, as one line each. In a world of its own, since the page's policy allows no foreign script.</summary>
    internal static async Task<List<string>> ViolationsAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var tree = (await session.SendAsync("Page.getFrameTree"))!.Value;
        var world = (await session.SendAsync("Page.createIsolatedWorld", new() { ["frameId"] = tree.GetProperty("frameTree").GetProperty("frame").GetProperty("id").GetString()! }))!.Value.GetProperty("executionContextId").GetInt32();
        await session.SendAsync("Runtime.evaluate", new() { ["expression"] = await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken), ["contextId"] = world });
        const string Run = "axe.run({ resultTypes: ['violations'] }).then(r => JSON.stringify(r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? '')).slice(0, 4).join(' | '))))";
        var result = (await session.SendAsync("Runtime.evaluate", new() { ["expression"] = Run, ["contextId"] = world, ["awaitPromise"] = true, ["returnByValue"] = true }))!.Value;
        return JsonSerializer.Deserialize<List<string>>(result.GetProperty("result").GetProperty("value").GetString()!)!;
    }
}
