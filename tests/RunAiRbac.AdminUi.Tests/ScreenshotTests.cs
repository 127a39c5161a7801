using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>The pictures of docs/admin-ui.md. Taken always; written only with RUNAIRBAC_UPDATE_SCREENSHOTS=1.</summary>
public sealed class ScreenshotTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private static readonly string Images = Path.Combine(Service.Repository, "docs", "images");

    [Theory, MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task Page_AsItIs_IsTaken(string name)
    {
        await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword, height: 720, colors: name == "check-access-denied" ? ColorScheme.Dark : ColorScheme.Light);
        await admin.OpenAsync(await Pages.AddressAsync(demo, name));
        await KeepAsync(name, await admin.Page.ScreenshotAsync());
    }

    [Fact]
    public async Task Narrow_AccessRules_IsTaken()
    {
        await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword, 390, 720, ColorScheme.Dark);
        await admin.OpenAsync("/access-rules");
        await KeepAsync("access-rules-narrow", await admin.Page.ScreenshotAsync());
    }

    [Fact]
    public async Task Dialog_ReadBack_IsTaken()
    {
        await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword, height: 720);
        await admin.OpenAsync(await Pages.AddressAsync(demo, "check-access-denied"));
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Give this role" }).First.ClickAsync();
        await admin.Page.GetByRole(AriaRole.Region, new() { Name = "Who gains what" }).WaitForAsync();
        await KeepAsync("new-access-rule", await admin.Page.ScreenshotAsync());
    }

    private static async Task KeepAsync(string name, byte[] picture)
    {
        picture.Should().NotBeEmpty();
        if (Environment.GetEnvironmentVariable("RUNAIRBAC_UPDATE_SCREENSHOTS") != "1") return;
        Directory.CreateDirectory(Images);
        await File.WriteAllBytesAsync(Path.Combine(Images, name + ".png"), picture, TestContext.Current.CancellationToken);
    }
}
