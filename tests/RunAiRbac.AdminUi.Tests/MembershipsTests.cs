using System.Net.Http.Json;
using System.Text.Json;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>A user's groups: who says so, and those that administrators set.</summary>
public sealed class MembershipsTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int Viewer = 7;
    private const int L2Researcher = 8;
    private const int SystemAdministrator = 1;
    private const int ApplicationAdministrator = 1708;
    private const int AccessAuditor = 4002;

    [Fact]
    public async Task DirectoryGroups_Edited_TellWhoGainsWhatAndAreKeptExactly()
    {
        var (odd, known) = ($"CN=ops,OU=<b>x</b>-{Guid.NewGuid().ToString("N")[..6]}", $"team-{Guid.NewGuid().ToString("N")[..6]}");
        await demo.NewRuleAsync("group", odd, L2Researcher, await demo.ScopeAsync("project", "detection"));
        await demo.NewRuleAsync("group", known, Viewer, await demo.ScopeAsync("department", "vision"));
        var person = await demo.NewUserAsync();
        var id = await IdAsync(person.Email);
        await using var admin = await SignInAsync((Service.AdminEmail, Service.AdminPassword));
        await admin.OpenAsync($"/users/{id}?tab=groups");
        await Expect(admin.Page.GetByText("This user is in no group.")).ToBeVisibleAsync();

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Edit directory groups" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        var names = dialog.GetByRole(AriaRole.Combobox, new() { Name = "Directory groups" });
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Save" })).ToBeDisabledAsync();
        await names.FillAsync(odd);
        await names.PressAsync("Enter");
        var changes = dialog.GetByRole(AriaRole.Region, new() { Name = "What changes" });
        await Expect(changes.GetByRole(AriaRole.Heading, new() { Name = "Gains" })).ToBeVisibleAsync();
        await Expect(changes).ToContainTextAsync("In Project detection");
        await names.FillAsync(known);
        await names.PressAsync("Enter");
        await Expect(changes).ToContainTextAsync("In Department vision");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(dialog).ToHaveCountAsync(0);
        var row = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Groups" }).GetByRole(AriaRole.Row).Filter(new() { HasText = odd });
        await Expect(row).ToContainTextAsync("Directory");
        (await GroupsAsync(id)).Should().BeEquivalentTo(odd, known);

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Edit directory groups" }).ClickAsync();
        await names.PressAsync("Backspace");
        await Expect(changes.GetByRole(AriaRole.Heading, new() { Name = "Loses" })).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        (await GroupsAsync(id)).Should().ContainSingle();

        await row.GetByRole(AriaRole.Link).Or(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Groups" }).GetByRole(AriaRole.Link)).First.ClickAsync();
        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Members" }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Members" }).GetByRole(AriaRole.Row).Filter(new() { HasText = person.Email })).ToContainTextAsync("Directory");
    }

    [Fact]
    public async Task DirectoryGroups_ThatWouldGiveMoreThanOneHolds_AreRefusedBeforeSaving()
    {
        var strong = $"strong-{Guid.NewGuid().ToString("N")[..6]}";
        await demo.NewRuleAsync("group", strong, SystemAdministrator, await demo.ScopeAsync("tenant"));
        var (target, manager, auditor) = (await demo.NewUserAsync(), await demo.NewUserAsync((ApplicationAdministrator, await demo.ScopeAsync("tenant"))), await demo.NewUserAsync((AccessAuditor, await demo.ScopeAsync("tenant"))));
        var page = $"/users/{await IdAsync(target.Email)}?tab=groups";
        await using var one = await SignInAsync(manager);
        await one.OpenAsync(page);
        await one.Page.GetByRole(AriaRole.Button, new() { Name = "Edit directory groups" }).ClickAsync();
        var dialog = one.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Combobox, new() { Name = "Directory groups" }).FillAsync(strong);
        await dialog.GetByRole(AriaRole.Combobox, new() { Name = "Directory groups" }).PressAsync("Enter");

        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("hand out more than the caller holds");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Save" })).ToBeDisabledAsync();

        await using var reader = await SignInAsync(auditor);
        await reader.OpenAsync(page);
        await Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Edit directory groups" })).ToHaveCountAsync(0);
        await reader.OpenAsync(page.Replace("groups", "identities", StringComparison.Ordinal));
        await Expect(reader.Page.GetByText("Password kept here")).ToBeVisibleAsync();
        await Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Unlink the password kept here" })).ToHaveCountAsync(0);
    }

    private Task<Person> SignInAsync((string Email, string Password) person) => Person.SignInAsync(browser, demo.Service, person.Email, person.Password);

    private async Task<string> IdAsync(string email) => (await DemoService.GetAsync(demo.Admin, "/api/v1/users?search=" + Uri.EscapeDataString(email)))[0].GetProperty("id").GetString()!;

    private async Task<List<string>> GroupsAsync(string id)
        => [.. (await demo.Admin.GetFromJsonAsync<JsonElement>("/api/v1/users/" + id, TestContext.Current.CancellationToken)).GetProperty("groups").EnumerateArray().Select(x => x.GetString()!)];
}
