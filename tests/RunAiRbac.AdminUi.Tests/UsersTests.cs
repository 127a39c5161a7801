using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>Users and groups: their tables, what gives them access, and what administrators do with them.</summary>
public sealed class UsersTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int Viewer = 7;
    private const int L2Researcher = 8;
    private const int DepartmentAdministrator = 1710;
    private const int AccessAuditor = 4002;

    [Fact]
    public async Task NewUser_Created_GetsAPasswordShownOnceThatSignsIn()
    {
        var email = $"new-{Guid.NewGuid().ToString("N")[..8]}@example.com";
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/users");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New local user" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("E-mail").FillAsync(email);
        await dialog.GetByLabel("First name").FillAsync("Nora");
        await dialog.GetByLabel("Must choose a new password at the first sign-in").UncheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();

        await Expect(dialog.GetByText("It is shown this once")).ToBeVisibleAsync();
        var password = await dialog.GetByLabel("Temporary password", new() { Exact = true }).InputValueAsync();
        (await demo.Service.TokenAsync(email, password)).Should().NotBeEmpty();
        await dialog.GetByRole(AriaRole.Link, new() { Name = "Open the user" }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = email, Exact = true })).ToBeVisibleAsync();
        await Expect(admin.Page.GetByText("Nora")).ToBeVisibleAsync();
        (await admin.Page.ContentAsync()).Should().NotContain(password, "it is shown once");
    }

    [Fact]
    public async Task NewUser_Refused_ShowsTheServicesSentenceAndKeepsWhatWasEntered()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/users");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New local user" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("E-mail").FillAsync("alice@example.com");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();

        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("already exists");
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Trace id");
        await Expect(dialog.GetByLabel("E-mail")).ToHaveValueAsync("alice@example.com");
    }

    [Fact]
    public async Task UserPage_Opened_NamesEachGrantsSourceAndScope()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/users?search=alice");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "alice@example.com" }).ClickAsync();

        var access = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Access" });
        var throughGroup = access.GetByRole(AriaRole.Row).Filter(new() { HasText = "L2 researcher" });
        await Expect(throughGroup).ToContainTextAsync("Through group vision-team");
        await Expect(throughGroup).ToContainTextAsync("amsterdam");
        await Expect(access.GetByRole(AriaRole.Row).Filter(new() { HasText = "Viewer" })).ToContainTextAsync("Direct");
        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Permissions" }).ClickAsync();
        await Expect(admin.Page).ToHaveURLAsync(new Regex("tab=permissions"));
        await Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Permissions in vision" })).ToContainTextAsync("Group vision-team is a L2 researcher in Department vision");
        await admin.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Find a resource type, a scope or an action" }).FillAsync("no such thing");
        await Expect(admin.Page.GetByText("Nothing matches.")).ToBeVisibleAsync();
        await admin.Page.GoBackAsync();
        await Expect(access).ToBeVisibleAsync();
    }

    [Fact]
    public async Task UserPage_RuleDeletedThere_IsGoneAfterItsPreview()
    {
        var person = await demo.NewUserAsync((Viewer, await demo.ScopeAsync("project", "folding")));
        await using var admin = await AdminAsync();
        await admin.OpenAsync(await UserPathAsync(person.Email));
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = $"Actions: User {person.Email} is a Viewer in Project folding" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete the rule" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Region, new() { Name = "Who loses what" })).ToContainTextAsync(person.Email);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();

        await Expect(admin.Page.GetByText("no access anywhere")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task User_DisabledAndEnabledAndSignedOut_IsWhatTheServiceSays()
    {
        var person = await demo.NewUserAsync();
        await using var admin = await AdminAsync();
        await admin.OpenAsync(await UserPathAsync(person.Email));
        await ConfirmAsync(admin, "Disable", "Disable");
        await Expect(admin.Page.GetByText("Disabled", new() { Exact = true })).ToBeVisibleAsync();
        (await SignsInAsync(person)).Should().BeFalse();
        await ConfirmAsync(admin, "Enable", "Enable");
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Disable" })).ToBeVisibleAsync();
        (await SignsInAsync(person)).Should().BeTrue();

        using var theirs = await demo.ClientAsync(person.Email, person.Password);
        await ConfirmAsync(admin, "End sessions", "End sessions");
        await Expect(admin.Page.GetByText("have ended")).ToBeVisibleAsync();
        using var reply = await theirs.GetAsync("/api/v1/me", TestContext.Current.CancellationToken);
        ((int)reply.StatusCode).Should().Be(401);
    }

    [Fact]
    public async Task Password_Reset_ShowsTheNewOneAndEndsTheOld()
    {
        var person = await demo.NewUserAsync();
        await using var admin = await AdminAsync();
        await admin.OpenAsync(await UserPathAsync(person.Email));
        await ConfirmAsync(admin, "Reset password", "Reset password");

        var shown = await admin.Page.GetByRole(AriaRole.Dialog).GetByLabel("Temporary password", new() { Exact = true }).InputValueAsync();
        (await SignsInAsync(person)).Should().BeFalse();
        (await SignsInAsync((person.Email, shown))).Should().BeTrue();
    }

    [Fact]
    public async Task User_Deleted_LeavesTheList()
    {
        var person = await demo.NewUserAsync();
        await using var admin = await AdminAsync();
        await admin.OpenAsync(await UserPathAsync(person.Email));
        await ConfirmAsync(admin, "Delete", "Delete");

        await Expect(admin.Page).ToHaveURLAsync(new Regex("/users$"));
        await Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Users" })).ToBeVisibleAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Link, new() { Name = person.Email })).ToHaveCountAsync(0);
        (await SignsInAsync(person)).Should().BeFalse();
    }

    [Fact]
    public async Task AccessKey_OfSomebody_IsEndedByAnAdministrator()
    {
        var person = await demo.NewUserAsync();
        using var theirs = await demo.ClientAsync(person.Email, person.Password);
        await DemoService.PostAsync(theirs, "/api/v1/access-keys", new { name = "laptop" });
        await using var admin = await AdminAsync();
        await admin.OpenAsync(await UserPathAsync(person.Email) + "?tab=access-keys");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Delete laptop" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();

        await Expect(admin.Page.GetByText("This user has no access keys.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Controls_OfAPersonWhoMayOnlyManagePart_AreAbsentOrDisabledAsTheServiceSays()
    {
        var language = await demo.ScopeAsync("department", "language");
        var reader = await demo.NewUserAsync((AccessAuditor, await demo.ScopeAsync("tenant")));
        var manager = await demo.NewUserAsync((DepartmentAdministrator, language), (AccessAuditor, await demo.ScopeAsync("tenant")));
        var alice = await UserPathAsync("alice@example.com");

        await using var auditor = await Person.SignInAsync(browser, demo.Service, reader.Email, reader.Password);
        await auditor.OpenAsync(alice);
        foreach (var absent in new[] { "New access rule", "Reset password", "Disable", "Delete" }) await Expect(auditor.Page.GetByRole(AriaRole.Button, new() { Name = absent, Exact = true })).ToHaveCountAsync(0);
        await auditor.OpenAsync("/users");
        await Expect(auditor.Page.GetByRole(AriaRole.Button, new() { Name = "New local user" })).ToHaveCountAsync(0);

        await using var one = await Person.SignInAsync(browser, demo.Service, manager.Email, manager.Password);
        await one.OpenAsync(alice);
        var disabled = one.Page.GetByRole(AriaRole.Button, new() { Name = "Disable", Exact = true });
        await Expect(disabled).ToHaveAttributeAsync("aria-disabled", "true");
        await disabled.HoverAsync();
        await Expect(one.Page.GetByRole(AriaRole.Tooltip)).ToContainTextAsync("users: Edit");
        await disabled.ClickAsync(new() { Force = true });
        await Expect(one.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Group_WithHtmlInItsName_ShowsItsMembersAndRulesAsText()
    {
        const string Name = "<b>team</b>/50%,a";
        var person = await demo.NewUserAsync();
        await demo.NewRuleAsync("group", Name, L2Researcher, await demo.ScopeAsync("department", "genomics"));
        using var reply = await demo.Admin.PutAsync($"/api/v1/users/{await UserIdAsync(person.Email)}/groups", System.Net.Http.Json.JsonContent.Create(new { source = "directory", groups = new[] { Name } }), TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/groups");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = Name }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = Name, Exact = true })).ToBeVisibleAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Access" })).ToContainTextAsync("L2 researcher");
        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Members" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = person.Email }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Access" })).ToContainTextAsync("Through group " + Name);
    }

    [Fact]
    public async Task UnknownUser_Opened_SaysSoWithTheTraceId()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/users/nobody");

        await Expect(admin.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Trace id");
        await Expect(admin.Page.GetByRole(AriaRole.Link, new() { Name = "Users" }).Last).ToBeVisibleAsync();
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);

    private async Task<string> UserIdAsync(string email)
        => (await DemoService.GetAsync(demo.Admin, "/api/v1/users?search=" + Uri.EscapeDataString(email)))[0].GetProperty("id").GetString()!;

    private async Task<string> UserPathAsync(string email) => "/users/" + await UserIdAsync(email);

    private static async Task ConfirmAsync(Person person, string button, string confirm)
    {
        await person.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        var dialog = person.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = confirm, Exact = true }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToHaveCountAsync(0);
    }

    private async Task<bool> SignsInAsync((string Email, string Password) person)
    {
        using var reply = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
            demo.Service.Http, "/api/v1/token", new { grantType = "password", username = person.Email, password = person.Password }, TestContext.Current.CancellationToken);
        return reply.IsSuccessStatusCode;
    }
}
