using System.Text.Json;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>The dialog for new access rules: from where it opens, rules for everybody, and the time in which a rule holds.</summary>
public sealed class RuleDialogTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int Viewer = 7;

    [Fact]
    public async Task RuleForEverybody_WithOthers_IsWarnedOfPreviewedAndSaved()
    {
        var cluster = await NewClusterAsync();
        await using var admin = await AdminAsync();
        var dialog = await OpenAsync(admin);

        await dialog.GetByText("Everybody", new() { Exact = true }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Everybody who can sign in: every user and every application");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Next" })).ToBeDisabledAsync();
        await dialog.GetByRole(AriaRole.Checkbox, new() { Name = "All authenticated users" }).CheckAsync();
        await dialog.GetByText("Group", new() { Exact = true }).ClickAsync();
        await dialog.GetByPlaceholder("Name of a group").FillAsync("vision-team");
        await dialog.GetByPlaceholder("Name of a group").PressAsync("Enter");
        await ChooseRoleAndScopesAsync(admin, dialog, "Viewer", cluster);

        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("Everybody who can sign in gets this");
        await Expect(dialog.GetByText($"All authenticated users are a Viewer in Cluster {cluster}")).ToBeVisibleAsync();
        await Expect(dialog.GetByText($"Group vision-team is a Viewer in Cluster {cluster}")).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Region, new() { Name = "Who gains what" })).ToContainTextAsync("All authenticated users");
        (await RulesInAsync(cluster)).Should().BeEmpty();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save 2 rules" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        (await RulesInAsync(cluster)).Select(r => r.GetProperty("subjectType").GetString()).Should().BeEquivalentTo("all-authenticated-users", "group");
    }

    [Fact]
    public async Task RulesForEverybody_OneOfWhichStands_TellsOfEachAndSavesTheOther()
    {
        var (standing, other) = (await NewClusterAsync(), await NewClusterAsync());
        await DemoService.PostAsync(demo.Admin, "/api/v1/authorization/access-rules/authenticated-users", new { roleId = Viewer, scopeType = "cluster", scopeId = (await demo.ScopeAsync("cluster", standing)).Id });
        await using var admin = await AdminAsync();
        var dialog = await OpenAsync(admin);
        await dialog.GetByText("Everybody", new() { Exact = true }).ClickAsync();
        await dialog.GetByRole(AriaRole.Checkbox, new() { Name = "All authenticated users" }).CheckAsync();
        await ChooseRoleAndScopesAsync(admin, dialog, "Viewer", standing, other);

        await Expect(dialog.GetByRole(AriaRole.Img, new() { Name = "Refused" })).ToHaveCountAsync(1);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save 2 rules" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Listitem).Filter(new() { HasText = standing })).ToContainTextAsync("exists");
        await Expect(dialog.GetByRole(AriaRole.Listitem).Filter(new() { HasText = other }).GetByRole(AriaRole.Img, new() { Name = "Done" })).ToBeVisibleAsync();
        (await RulesInAsync(other)).Should().ContainSingle();
    }

    [Fact]
    public async Task Rule_WithATermAndAReason_IsSavedWithThem()
    {
        var cluster = await NewClusterAsync();
        await using var admin = await AdminAsync();
        var dialog = await OpenAsync(admin);
        await dialog.GetByPlaceholder("E-mail address").FillAsync("alice@example.com");
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "alice@example.com" }).ClickAsync();
        await ChooseRoleAndScopesAsync(admin, dialog, "Viewer", review: false, cluster);
        await dialog.GetByLabel("Starts (UTC)").FillAsync("2999-01-02T03:04");
        await dialog.GetByLabel("Ends (UTC)").FillAsync("2999-01-01T00:00");
        await Expect(dialog.GetByText("It ends before it starts")).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Review" })).ToBeDisabledAsync();
        await dialog.GetByLabel("Ends (UTC)").FillAsync("2999-02-01T00:00");
        await dialog.GetByLabel("Reason").FillAsync("<b>ticket</b> 42");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Review" }).ClickAsync();

        await Expect(dialog.GetByText("From 2 Jan 2999, 03:04 UTC, until 1 Feb 2999, 00:00 UTC")).ToBeVisibleAsync();
        await Expect(dialog.GetByText("the rule does not hold before it starts")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save rule" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        var rule = (await RulesInAsync(cluster)).Should().ContainSingle().Which;
        (rule.GetProperty("notBefore").GetDateTimeOffset(), rule.GetProperty("expiresAt").GetDateTimeOffset(), rule.GetProperty("reason").GetString())
            .Should().Be((new DateTimeOffset(2999, 1, 2, 3, 4, 0, TimeSpan.Zero), new DateTimeOffset(2999, 2, 1, 0, 0, 0, TimeSpan.Zero), "<b>ticket</b> 42"));
        var row = admin.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = cluster });
        await Expect(row).ToContainTextAsync("Not started");
        await Expect(row).ToContainTextAsync("1 Feb 2999");
    }

    [Theory]
    [InlineData("user", "User: alice@example.com")]
    [InlineData("group", "Group: vision-team")]
    [InlineData("application", "Application: nightly-training")]
    public async Task Dialog_FromASubject_HasItFilledIn(string name, string pill)
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync(await Pages.AddressAsync(demo, name));
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" }).ClickAsync();

        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByPlaceholder("Choose a role")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Back" }).ClickAsync();
        await Expect(dialog.GetByText(pill)).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("cluster")]
    [InlineData("department")]
    [InlineData("project")]
    public async Task Dialog_FromAScope_HasItFilledIn(string name)
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync((await Pages.AddressAsync(demo, name)).Split('?')[0]);
        var scope = await admin.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" }).ClickAsync();

        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByPlaceholder("E-mail address").FillAsync("somebody.new@example.com");
        await dialog.GetByPlaceholder("E-mail address").PressAsync("Enter");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await ChooseRoleAsync(admin, dialog, "Viewer");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Review" }).ClickAsync();
        await Expect(dialog.GetByText(new Regex($"User somebody.new@example.com is a Viewer in {name} {Regex.Escape(scope.Trim())}", RegexOptions.IgnoreCase))).ToBeVisibleAsync();
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);

    private static async Task<ILocator> OpenAsync(Person person)
    {
        await person.OpenAsync("/access-rules");
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" }).ClickAsync();
        return person.Page.GetByRole(AriaRole.Dialog);
    }

    private static Task ChooseRoleAndScopesAsync(Person person, ILocator dialog, string role, params string[] clusters) => ChooseRoleAndScopesAsync(person, dialog, role, review: true, clusters);

    private static async Task ChooseRoleAndScopesAsync(Person person, ILocator dialog, string role, bool review, params string[] clusters)
    {
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await ChooseRoleAsync(person, dialog, role);
        foreach (var cluster in clusters) await dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex(cluster) }).CheckAsync();
        if (review) await dialog.GetByRole(AriaRole.Button, new() { Name = "Review" }).ClickAsync();
    }

    private static async Task ChooseRoleAsync(Person person, ILocator dialog, string role)
    {
        await dialog.GetByPlaceholder("Choose a role").ClickAsync();
        await person.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^" + role) }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
    }

    private async Task<string> NewClusterAsync()
    {
        var name = "c" + Guid.NewGuid().ToString("N")[..10];
        await DemoService.PostAsync(demo.Admin, "/api/v1/clusters", new { name });
        return name;
    }

    private async Task<List<JsonElement>> RulesInAsync(string cluster)
    {
        var scope = await demo.ScopeAsync("cluster", cluster);
        return [.. (await DemoService.GetAsync(demo.Admin, $"/api/v1/authorization/access-rules?scopeType=cluster&scopeId={scope.Id}")).GetProperty("accessRules").EnumerateArray()];
    }
}
