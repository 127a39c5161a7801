using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>What a newcomer does first: an application, a role for it in a project, its access and why, and the end of it.</summary>
public sealed class NewcomerTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    [Fact]
    public async Task Newcomer_WithTheKeyboardAlone_GivesAnApplicationAccessSeesWhyAndRevokesIt()
    {
        var bot = $"bot-{Guid.NewGuid().ToString("N")[..8]}";
        await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);
        var (page, keys) = (admin.Page, new Keyboard(admin.Page));
        await admin.OpenAsync("/");

        await keys.PressAsync(Link(page, "Applications"));
        await keys.PressAsync(Button(page, "New application"));
        await Expect(page.GetByLabel("Name")).ToBeFocusedAsync();
        await keys.TypeAsync(bot);
        await page.Keyboard.PressAsync("Enter");
        await keys.PressAsync(page.GetByRole(AriaRole.Link, new() { Name = "Open and give it access" }));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = bot })).ToBeVisibleAsync();

        await keys.PressAsync(Button(page, "New access rule"));
        var dialog = page.GetByRole(AriaRole.Dialog);
        await keys.ChooseAsync(dialog.GetByPlaceholder("Choose a role"), "L1 researcher");
        await keys.PressAsync(Button(dialog, "Next"));
        await keys.TypeAsync("detection", dialog.GetByRole(AriaRole.Searchbox));
        await keys.PressAsync(dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("detection") }), "Space");
        await keys.PressAsync(Button(dialog, "Review"));
        await Expect(dialog.GetByText($"Application {bot} is a L1 researcher in Project detection")).ToBeVisibleAsync();
        await keys.PressAsync(Button(dialog, "Save rule"));
        await Expect(dialog).ToHaveCountAsync(0);

        await AskAsync(page, keys, bot);
        await Expect(Answer(page, "Yes")).ToContainTextAsync($"since Application {bot} is a L1 researcher in Project detection");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Path" }).GetByRole(AriaRole.Listitem).Last.GetByRole(AriaRole.Img, new() { Name = "Allows it" })).ToBeVisibleAsync();

        await keys.PressAsync(Link(page, "Applications"));
        await keys.PressAsync(Link(page, bot));
        await keys.PressAsync(page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"^Actions: Application {bot}") }));
        await Expect(page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete the rule" })).Not.ToHaveAttributeAsync("aria-disabled", "true");
        await keys.ReachAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete the rule" }), "ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByRole(AriaRole.Region, new() { Name = "Who loses what" })).ToContainTextAsync(bot);
        await keys.PressAsync(dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }));
        await Expect(page.GetByText($"No access rule names {bot}")).ToBeVisibleAsync();

        await AskAsync(page, keys, bot);
        await Expect(Answer(page, "No")).ToContainTextAsync("no access rule gives it");
    }

    private static async Task AskAsync(IPage page, Keyboard keys, string application)
    {
        await keys.PressAsync(Link(page, "Check access"));
        await keys.PressAsync(page.GetByRole(AriaRole.Switch), "Space");
        await keys.ReachAsync(page.GetByRole(AriaRole.Radio, new() { Name = "User" }));
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await keys.ChooseAsync(page.GetByPlaceholder("Name of an application"), application);
        await keys.PressAsync(page.GetByRole(AriaRole.Combobox, new() { Name = "Action" }));
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "Create" })).ToBeVisibleAsync();
        foreach (var key in new[] { "ArrowDown", "ArrowDown", "ArrowDown", "Enter" }) await page.Keyboard.PressAsync(key);
        await Expect(page).ToHaveURLAsync(new Regex("action=create"));
        await keys.ChooseAsync(page.GetByRole(AriaRole.Combobox, new() { Name = "Resource type" }), "Workloads");
        await keys.PressAsync(page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Scope:") }));
        var scopes = page.GetByRole(AriaRole.Dialog, new() { Name = "Scope" });
        await keys.TypeAsync("detection", scopes.GetByRole(AriaRole.Searchbox));
        await keys.PressAsync(scopes.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("detection") }), "Space");
        await Expect(scopes).ToHaveCountAsync(0);
    }

    private static ILocator Link(IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name });

    private static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name });

    private static ILocator Answer(IPage page, string word) => page.GetByRole(AriaRole.Status).Filter(new() { HasText = word });
}
