using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>An administrator sets real providers up in the admin UI and tests them; people sign in there, and their accounts are linked to users.</summary>
public sealed class ProviderFormTests(Browser browser)
{
    [Theory]
    [InlineData("address")]
    [InlineData("file")]
    public async Task SamlProvider_SetUpAndTestedInTheForm_SignsPeopleIn(string metadataBy)
    {
        Browser.Demand();
        await using var idp = await SamlServer.StartAsync();
        await using var service = await Service.StartAsync();
        await using (var admin = await Person.SignInAsync(browser, service, Service.AdminEmail, Service.AdminPassword))
        {
            await admin.OpenAsync("/settings");
            await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New identity provider" }).ClickAsync();
            var dialog = admin.Page.GetByRole(AriaRole.Dialog);
            await dialog.GetByRole(AriaRole.Combobox, new() { Name = "Type" }).ClickAsync();
            await admin.Page.GetByRole(AriaRole.Option, new() { Name = "SAML 2.0" }).ClickAsync();
            await dialog.GetByLabel("Name").FillAsync("Guild");
            await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true })).ToBeDisabledAsync();
            await GiveMetadataAsync(dialog, idp, metadataBy);

            await dialog.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
            var found = dialog.GetByRole(AriaRole.Region, new() { Name = "Result of the test" });
            await Expect(found.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Certificates" }).GetByRole(AriaRole.Img, new() { Name = "Passed" })).ToBeVisibleAsync();
            await Expect(found.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Signing in" }).GetByRole(AriaRole.Img, new() { Name = "Not checked" })).ToBeVisibleAsync();
            await dialog.GetByLabel("Name").FillAsync("Guild ");
            await Expect(found).ToHaveCountAsync(0);
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();

            await Expect(dialog.GetByLabel("Redirect address", new() { Exact = true })).ToHaveValueAsync($"{service.Address}auth/1/guild/callback");
            await idp.TrustAsync(await dialog.GetByLabel("Metadata of this service", new() { Exact = true }).InputValueAsync());
            await admin.Page.Keyboard.PressAsync("Escape");
            await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Test Guild" }).ClickAsync();
            await Expect(found.GetByRole(AriaRole.Heading, new() { Name = "Nothing speaks against it" })).ToBeVisibleAsync();
            await Expect(found.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(5);
        }

        await using var context = await browser.NewContextAsync(service.Address);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/login");
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue with Guild" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "ada" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Account of ada.saml@example.com" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task OidcProvider_Tested_SaysWhatIsWrongAndWhatIsRight()
    {
        Browser.Demand();
        await using var service = await Service.StartAsync();
        await using var idp = await OidcServer.StartAsync($"{service.Address}auth/1/keyhouse/callback", $"{service.Address}logout");
        await using var admin = await Person.SignInAsync(browser, service, Service.AdminEmail, Service.AdminPassword);
        await admin.OpenAsync("/settings");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New identity provider" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        var found = dialog.GetByRole(AriaRole.Region, new() { Name = "Result of the test" });
        await dialog.GetByLabel("Name").FillAsync("Keyhouse");
        await dialog.GetByLabel("Discovery document").FillAsync(idp.DiscoveryAddress);
        await dialog.GetByLabel("Client id").FillAsync(OidcServer.ClientId);
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Client secret" }).FillAsync("not its secret");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Expect(found.GetByRole(AriaRole.Heading, new() { Name = "Nobody can sign in like this" })).ToBeVisibleAsync();
        await Expect(Check(found, "Client id and secret", "Failed")).ToBeVisibleAsync();
        await Expect(Check(found, "Keys", "Passed")).ToBeVisibleAsync();
        await Expect(found).ToContainTextAsync("Trace id");

        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Client secret" }).FillAsync(OidcServer.ClientSecret);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Expect(Check(found, "Client id and secret", "Passed")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(dialog.GetByLabel("Redirect address", new() { Exact = true })).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Expect(Check(found, "Client id and secret", "Passed")).ToBeVisibleAsync();
        await idp.DisposeAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Test again" }).ClickAsync();
        await Expect(Check(found, "Discovery document", "Failed")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task RefusedAccount_LinkedOnTheUsersPage_SignsInAndUnlinkedNoMore()
    {
        Browser.Demand();
        await using var idp = await SamlServer.StartAsync();
        await using var service = await Service.StartAsync();
        await using var admin = await Person.SignInAsync(browser, service, Service.AdminEmail, Service.AdminPassword);
        using var api = new HttpClient { BaseAddress = service.Address };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await service.TokenAsync(Service.AdminEmail, Service.AdminPassword));
        await DemoService.PostAsync(api, "/api/v1/idps", new { name = "Guild", type = "saml", samlData = new { metadataXmlType = "url", metadataXmlUrl = idp.MetadataAddress } });
        await idp.TrustAsync($"{service.Address}auth/1/guild/metadata");
        await DemoService.PostAsync(api, "/api/v1/users", new { email = "ada.saml@example.com" });
        await using var context = await browser.NewContextAsync(service.Address);
        var page = await context.NewPageAsync();
        await SignInAsync(page, "Guild", "ada");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("An administrator must link this identity");

        await admin.OpenAsync("/users?search=ada.saml");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "ada.saml@example.com" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Identities" }).ClickAsync();
        var refused = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Refused sign-ins" });
        await Expect(refused.GetByRole(AriaRole.Row).Filter(new() { HasText = "id-ada" })).ToContainTextAsync("Ada Lovelace & Co");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Link id-ada of Guild" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("with all that this user may do");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Link", Exact = true }).ClickAsync();
        await Expect(admin.Page.GetByText("None waits to be linked.")).ToBeVisibleAsync();
        await SignInAsync(page, "Guild", null);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Account of ada.saml@example.com" })).ToBeVisibleAsync();

        await admin.Page.ReloadAsync();
        var identities = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Identities" });
        await Expect(identities.GetByRole(AriaRole.Row).Filter(new() { HasText = "Guild" })).ToContainTextAsync(new Regex("id-ada.*ada.saml@example.com"));
        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Groups" }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Groups" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "research" })).ToContainTextAsync("guild");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Edit directory groups" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Changed only there: research");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Identities" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Unlink the account of Guild" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("memberships that it told of end too: research");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Unlink", Exact = true }).ClickAsync();
        await Expect(identities.GetByRole(AriaRole.Row).Filter(new() { HasText = "Guild" })).ToHaveCountAsync(0);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Unlink the password kept here" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("It is the last one");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await context.ClearCookiesAsync(new() { Domain = "localhost" });
        await SignInAsync(page, "Guild", null);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("An administrator must link this identity");
    }

    private static ILocator Check(ILocator found, string name, string status)
        => found.GetByRole(AriaRole.Listitem).Filter(new() { HasText = name }).GetByRole(AriaRole.Img, new() { Name = status, Exact = true });

    private static async Task GiveMetadataAsync(ILocator dialog, SamlServer idp, string by)
    {
        if (by == "address")
        {
            await dialog.GetByLabel("Metadata address").FillAsync(idp.MetadataAddress);
            return;
        }

        using var http = new HttpClient();
        var metadata = await http.GetByteArrayAsync(idp.MetadataAddress, TestContext.Current.CancellationToken);
        await dialog.GetByText("Metadata file").First.ClickAsync();
        await dialog.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "guild.xml", MimeType = "application/xml", Buffer = metadata });
    }

    /// <summary>With a session at the provider nobody is asked there: no name.</summary>
    private static async Task SignInAsync(IPage page, string provider, string? name)
    {
        await page.GotoAsync("/login");
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue with " + provider }).ClickAsync();
        if (name is not null) await page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
    }
}
