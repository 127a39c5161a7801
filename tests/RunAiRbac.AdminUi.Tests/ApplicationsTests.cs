using System.Net.Http.Json;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>Applications, from the first secret to the deletion.</summary>
public sealed class ApplicationsTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    [Fact]
    public async Task Newcomer_CreatesAnApplicationGivesItARoleAndRevokesIt_WithoutReadingAnything()
    {
        var name = $"ci-{Guid.NewGuid().ToString("N")[..8]}";
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/applications");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New application" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        var secret = await dialog.GetByLabel("Client secret", new() { Exact = true }).InputValueAsync();
        (await SignsInAsync(name, secret)).Should().BeTrue();
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Copy client secret" })).ToBeVisibleAsync();

        await dialog.GetByRole(AriaRole.Link, new() { Name = "Open and give it access" }).ClickAsync();
        await Expect(admin.Page.GetByText("no access anywhere")).ToBeVisibleAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" }).ClickAsync();
        await dialog.GetByPlaceholder("Choose a role").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^L1 researcher") }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        foreach (var node in new[] { "amsterdam", "vision" }) await dialog.GetByRole(AriaRole.Button, new() { Name = "Open " + node }).ClickAsync();
        await dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("segmentation") }).CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Review" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save rule" }).ClickAsync();

        var row = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Access" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "segmentation" });
        await Expect(row).ToContainTextAsync("L1 researcher");

        var (page, (_, scope)) = (new Uri(admin.Page.Url).PathAndQuery, await demo.ScopeAsync("project", "segmentation"));
        await admin.OpenAsync($"/check-access?about=other&subjectType=application&subject={name}&action=create&resourceType=workloads&scopeType=project&scopeId={scope}");
        await Expect(admin.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Yes" })).ToContainTextAsync($"since Application {name} is a L1 researcher in Project segmentation");
        await admin.OpenAsync(page);
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete the rule" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(admin.Page.GetByText("no access anywhere")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Secret_RegeneratedWithGrace_LeavesTheOldOneForAWhile()
    {
        var (id, name, secret) = await NewAsync();
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/applications/" + id);
        var kept = await RegenerateAsync(admin, "Works for 1 more hour");
        (await SignsInAsync(name, secret)).Should().BeTrue();
        (await SignsInAsync(name, kept)).Should().BeTrue();

        await admin.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        var last = await RegenerateAsync(admin, null);
        (await SignsInAsync(name, kept)).Should().BeFalse();
        (await SignsInAsync(name, last)).Should().BeTrue();
    }

    [Fact]
    public async Task Application_DisabledEnabledAndDeleted_IsWhatTheServiceSays()
    {
        var (id, name, secret) = await NewAsync();
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/applications/" + id);
        await ConfirmAsync(admin, "Disable");
        await Expect(admin.Page.GetByText("Disabled", new() { Exact = true })).ToBeVisibleAsync();
        (await SignsInAsync(name, secret)).Should().BeFalse();
        await ConfirmAsync(admin, "Enable");
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Disable" })).ToBeVisibleAsync();
        (await SignsInAsync(name, secret)).Should().BeTrue();
        await ConfirmAsync(admin, "Delete");

        await Expect(admin.Page).ToHaveURLAsync(new Regex("/applications$"));
        await Expect(admin.Page.GetByRole(AriaRole.Link, new() { Name = "nightly-training" })).ToBeVisibleAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Link, new() { Name = name })).ToHaveCountAsync(0);
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);

    private async Task<(string Id, string Name, string Secret)> NewAsync()
    {
        var name = $"bot-{Guid.NewGuid().ToString("N")[..8]}";
        var made = await DemoService.PostAsync(demo.Admin, "/api/v1/service-accounts", new { name });
        return (made.GetProperty("id").GetString()!, name, made.GetProperty("clientSecret").GetString()!);
    }

    private static async Task<string> RegenerateAsync(Person person, string? grace)
    {
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Regenerate secret" }).ClickAsync();
        var dialog = person.Page.GetByRole(AriaRole.Dialog);
        if (grace is not null)
        {
            await dialog.GetByRole(AriaRole.Combobox, new() { Name = "The present secret" }).ClickAsync();
            await person.Page.GetByRole(AriaRole.Option, new() { Name = grace }).ClickAsync();
        }

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Regenerate", Exact = true }).ClickAsync();
        return await dialog.GetByLabel("Client secret", new() { Exact = true }).InputValueAsync();
    }

    private static async Task ConfirmAsync(Person person, string button)
    {
        await person.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        var dialog = person.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
    }

    private async Task<bool> SignsInAsync(string clientId, string clientSecret)
    {
        using var reply = await demo.Service.Http.PostAsJsonAsync("/api/v1/token", new { grantType = "client_credentials", clientID = clientId, clientSecret }, TestContext.Current.CancellationToken);
        return reply.IsSuccessStatusCode;
    }
}
