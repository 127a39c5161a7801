using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>Identity providers and how sessions behave. One test at a time changes the account's settings, so they are one flow.</summary>
public sealed class SettingsTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int AccessAuditor = 4002;

    [Fact]
    public async Task Provider_CreatedMappedRedirectedToEditedAndDeleted_IsWhatTheServiceKeeps()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/settings");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New identity provider" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("Company login");
        await dialog.GetByLabel("Discovery document").FillAsync("https://idp.example.com/.well-known/openid-configuration");
        await dialog.GetByLabel("Client id").FillAsync("runai");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Create" })).ToBeDisabledAsync();
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Client secret" }).FillAsync("s3cret-of-the-provider");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(dialog.GetByLabel("Redirect address", new() { Exact = true })).ToHaveValueAsync(new Regex("/callback$"));
        await admin.Page.Keyboard.PressAsync("Escape");
        (await ProviderAsync()).GetProperty("trustedEmailDomains")[0].GetString().Should().Be("*", "a first provider is trusted, and the form says so");

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Mappers of Company login" }).ClickAsync();
        await dialog.GetByLabel("Groups", new() { Exact = true }).FillAsync("roles");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        (await ProviderAsync()).GetProperty("mappers").GetProperty("groups").GetString().Should().Be("roles");

        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Sign-in and sessions" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Switch, new() { Name = "Redirect automatically" }).CheckAsync();
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Identity provider" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "Company login" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).Nth(1).ClickAsync();
        await Expect(admin.Page.GetByText("Automatic redirect: saved.")).ToBeVisibleAsync();
        (await DemoService.GetAsync(demo.Admin, "/api/v1/security/settings")).GetProperty("autoRedirectSSO").GetProperty("enabled").GetBoolean().Should().BeTrue();

        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Identity providers" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Edit Company login" }).ClickAsync();
        await dialog.GetByLabel("Client id").FillAsync("runai-2");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        (await ProviderAsync()).GetProperty("oidcData").GetProperty("clientId").GetString().Should().Be("runai-2");

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Delete Company login" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Textbox).FillAsync((await ProviderAsync()).GetProperty("alias").GetString()!);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(admin.Page.GetByText("There are none: everybody signs in with a password kept here.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Provider_Refused_NamesTheField()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/settings");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New identity provider" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Combobox, new() { Name = "Type" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "SAML 2.0" }).ClickAsync();
        await dialog.GetByLabel("Metadata address").FillAsync("not an address");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();

        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("metadataXmlUrl");
        await Expect(dialog.GetByLabel("Metadata address")).ToHaveAttributeAsync("aria-invalid", "true");
    }

    [Fact]
    public async Task TimeoutAndLogoutAddress_Saved_AreKept()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/settings?tab=sign-in");
        await admin.Page.GetByLabel("Minutes").FillAsync("45");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).First.ClickAsync();
        await Expect(admin.Page.GetByText("Session timeout: saved.")).ToBeVisibleAsync();
        await admin.Page.GetByLabel("Address").FillAsync("https://intranet.example.com/bye");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).Last.ClickAsync();
        await Expect(admin.Page.GetByText("Logout redirect: saved.")).ToBeVisibleAsync();

        await admin.Page.ReloadAsync();
        await Expect(admin.Page.GetByLabel("Minutes")).ToHaveValueAsync("45");
        await Expect(admin.Page.GetByLabel("Address")).ToHaveValueAsync("https://intranet.example.com/bye");
    }

    [Fact]
    public async Task Settings_ForWhoMayNotReadThem_AreNeitherInTheMenuNorOnThePage()
    {
        var person = await demo.NewUserAsync((AccessAuditor, await demo.ScopeAsync("tenant")));
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);
        await one.OpenAsync("/settings");

        await Expect(one.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Settings" })).ToHaveCountAsync(0);
        await Expect(one.Page.GetByRole(AriaRole.Button, new() { Name = "New identity provider" })).ToHaveCountAsync(0);
        await Expect(one.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("security-settings");
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);

    private async Task<System.Text.Json.JsonElement> ProviderAsync() => (await DemoService.GetAsync(demo.Admin, "/api/v1/idps"))[0];
}
