using System.Net.Http.Json;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>What everybody does with their own account.</summary>
public sealed class AccountTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int L1Researcher = 5;

    [Fact]
    public async Task MyAccess_OfAResearcher_NamesTheirRules()
    {
        var person = await demo.NewUserAsync((L1Researcher, await demo.ScopeAsync("project", "detection")));
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);
        await one.OpenAsync("/account");

        await Expect(one.Page.GetByRole(AriaRole.Region, new() { Name = "My access" })).ToContainTextAsync("detection");
    }

    [Fact]
    public async Task AccessKey_CreatedRegeneratedAndDeleted_SignsInWithTheLastSecretOnly()
    {
        var person = await demo.NewUserAsync();
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);
        await one.OpenAsync("/account?tab=access-keys");
        await one.Page.GetByRole(AriaRole.Button, new() { Name = "New access key" }).ClickAsync();
        var dialog = one.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("laptop");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        var id = await dialog.GetByLabel("Client id", new() { Exact = true }).InputValueAsync();
        var first = await dialog.GetByLabel("Client secret", new() { Exact = true }).InputValueAsync();
        (await SignsInAsync(id, first)).Should().BeTrue();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        await one.Page.GetByRole(AriaRole.Button, new() { Name = "Regenerate the secret of laptop" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Regenerate", Exact = true }).ClickAsync();
        var second = await dialog.GetByLabel("Client secret", new() { Exact = true }).InputValueAsync();
        (await SignsInAsync(id, first)).Should().BeFalse();
        (await SignsInAsync(id, second)).Should().BeTrue();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        await one.Page.GetByRole(AriaRole.Button, new() { Name = "Delete laptop" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(one.Page.GetByText("You have no access keys.")).ToBeVisibleAsync();
        (await SignsInAsync(id, second)).Should().BeFalse();
    }

    [Fact]
    public async Task Session_OfAnotherDevice_IsEnded()
    {
        var person = await demo.NewUserAsync();
        using var other = await demo.ClientAsync(person.Email, person.Password);
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);
        await one.OpenAsync("/account?tab=sessions");
        await Expect(one.Page.GetByText("This session")).ToBeVisibleAsync();
        await one.Page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true }).ClickAsync();
        await one.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "End session" }).ClickAsync();

        await Expect(one.Page.GetByRole(AriaRole.Button, new() { Name = "End", Exact = true })).ToHaveCountAsync(0);
        using var reply = await other.GetAsync("/api/v1/me", TestContext.Current.CancellationToken);
        ((int)reply.StatusCode).Should().Be(401);
    }

    [Fact]
    public async Task Password_ChangedByOneself_IsTheNewOne()
    {
        const string Next = "Another-horse-8-battery";
        var person = await demo.NewUserAsync();
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);
        await one.OpenAsync("/account?tab=password");
        await FillAsync(one, "wrong", Next, Next);
        await Expect(one.Page.GetByLabel("Present password").Or(one.Page.GetByRole(AriaRole.Alert)).First).ToBeVisibleAsync();
        (await PasswordSignsInAsync(person.Email, Next)).Should().BeFalse();
        await one.Page.GetByRole(AriaRole.Textbox, new() { Name = "New password again" }).FillAsync("different");
        await Expect(one.Page.GetByText("Differs from the new password")).ToBeVisibleAsync();
        await Expect(one.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" })).ToBeDisabledAsync();

        await FillAsync(one, person.Password, Next, Next);
        await one.Page.WaitForURLAsync("**/login*");
        (await PasswordSignsInAsync(person.Email, Next)).Should().BeTrue();
        (await PasswordSignsInAsync(person.Email, person.Password)).Should().BeFalse();
    }

    private static async Task FillAsync(Person person, string current, string next, string again)
    {
        await person.Page.GetByRole(AriaRole.Textbox, new() { Name = "Present password" }).FillAsync(current);
        await person.Page.GetByRole(AriaRole.Textbox, new() { Name = "New password", Exact = true }).FillAsync(next);
        await person.Page.GetByRole(AriaRole.Textbox, new() { Name = "New password again" }).FillAsync(again);
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
    }

    private async Task<bool> SignsInAsync(string clientId, string clientSecret)
    {
        using var reply = await demo.Service.Http.PostAsJsonAsync("/api/v1/token", new { grantType = "client_credentials", clientID = clientId, clientSecret }, TestContext.Current.CancellationToken);
        return reply.IsSuccessStatusCode;
    }

    private async Task<bool> PasswordSignsInAsync(string email, string password)
    {
        using var reply = await demo.Service.Http.PostAsJsonAsync("/api/v1/token", new { grantType = "password", username = email, password }, TestContext.Current.CancellationToken);
        return reply.IsSuccessStatusCode;
    }
}
