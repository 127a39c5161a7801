using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>Roles, Check access and Who can.</summary>
public sealed class DecisionTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int L1Researcher = 5;
    private const int DepartmentAdministrator = 1710;

    [Fact]
    public async Task Matrix_OfTwoRoles_HasNoEmptyCellAndAgreesWithTheApi()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/roles");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "L1 researcher" }).ClickAsync();
        await Expect(admin.Page).ToHaveURLAsync(new Regex("/roles/5$"));
        await admin.OpenAsync("/roles/5?compare=8");

        var cells = admin.Page.Locator("tbody td");
        var names = await cells.EvaluateAllAsync<string[]>("all => all.map(cell => cell.querySelector('[aria-label]')?.getAttribute('aria-label') ?? '')");
        names.Should().OnlyContain(name => name == "yes" || name == "no").And.HaveCountGreaterThan(8 * 36);
        var held = 0;
        foreach (var role in new[] { 5, 8 })
            held += (await DemoService.GetAsync(demo.Admin, $"/api/v1/authorization/roles/{role}")).GetProperty("permissions").EnumerateArray().Sum(p => p.GetProperty("actions").GetArrayLength());
        names.Count(name => name == "yes").Should().Be(held);

        var all = await admin.Page.Locator("tbody th[scope=row]").CountAsync();
        await admin.Page.GetByRole(AriaRole.Switch, new() { Name = "Only differences" }).CheckAsync();
        (await admin.Page.Locator("tbody th[scope=row]").CountAsync()).Should().BePositive().And.BeLessThan(all);
        await admin.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search resource types" }).FillAsync("templates");
        await Expect(admin.Page.Locator("tbody th[scope=row]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Check_Allowed_SaysYesByWhichRuleAndDrawsThePath()
    {
        var (_, id) = await demo.ScopeAsync("project", "detection");
        await using var admin = await AdminAsync();

        await admin.OpenAsync($"/check-access?about=other&subjectType=user&subject=alice@example.com&action=create&resourceType=workloads&scopeType=project&scopeId={id}");

        await Expect(admin.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Yes" })).ToContainTextAsync(
            "User alice@example.com may create Workloads in Project detection, since Group vision-team is a L2 researcher in Department vision.");
        var path = admin.Page.GetByRole(AriaRole.List, new() { Name = "Path" }).GetByRole(AriaRole.Listitem);
        await Expect(path).ToHaveCountAsync(4);
        await Expect(path.Nth(2)).ToContainTextAsync("Group vision-team is a L2 researcher in Department vision");
        await Expect(path.Nth(2).GetByRole(AriaRole.Img, new() { Name = "Allows it" })).ToBeVisibleAsync();
        await Expect(path.Nth(1)).ToContainTextAsync("The role does not hold this permission");
    }

    [Fact]
    public async Task Check_Denied_OffersTheNearestRoleAndAfterItIsGivenSaysYes()
    {
        var person = await demo.NewUserAsync();
        var (_, id) = await demo.ScopeAsync("project", "translation");
        await using var admin = await AdminAsync();
        await admin.OpenAsync($"/check-access?about=other&subjectType=user&subject={person.Email}&action=create&resourceType=workloads&scopeType=project&scopeId={id}&scopeName=translation");
        await Expect(admin.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "No" })).ToContainTextAsync("no access rule gives it");

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Give this role" }).First.ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText(new Regex($"User {person.Email} is a .* in Project translation"))).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save rule" }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Yes" })).ToContainTextAsync($"User {person.Email} may create Workloads in Project translation");
    }

    [Fact]
    public async Task Check_ByFields_FollowsThemAndTheBackButtonGoesBack()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/check-access");
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Action" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "Delete" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Resource type" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "Projects" }).ClickAsync();
        await admin.Page.GetByText("Choose a scope").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("oslo") }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Yes" })).ToContainTextAsync("may delete Projects in Cluster oslo");
        await admin.Page.GoBackAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Status)).ToHaveCountAsync(0);
        await Expect(admin.Page).ToHaveURLAsync(new Regex("action=delete&resourceType=project$"));
    }

    [Fact]
    public async Task Check_ByOneWhoMayNotAskAboutOthers_IsAboutThemselves()
    {
        var (_, id) = await demo.ScopeAsync("project", "detection");
        var person = await demo.NewUserAsync((L1Researcher, ("project", id)));
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);

        await one.OpenAsync($"/check-access?about=other&subjectType=user&subject=alice@example.com&action=create&resourceType=workloads&scopeType=project&scopeId={id}");

        await Expect(one.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Yes" })).ToContainTextAsync($"User {person.Email} may create Workloads");
        await Expect(one.Page.GetByRole(AriaRole.Switch)).ToHaveCountAsync(0);
        await Expect(one.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Who can" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Check_DeniedForOneWhoMayNotGrantThere_DisablesTheRemedyAndNamesThePermission()
    {
        var person = await demo.NewUserAsync((DepartmentAdministrator, await demo.ScopeAsync("department", "language")));
        var (_, id) = await demo.ScopeAsync("project", "detection");
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);

        await one.OpenAsync($"/check-access?action=create&resourceType=workloads&scopeType=project&scopeId={id}");

        var remedy = one.Page.GetByRole(AriaRole.Button, new() { Name = "Give this role" }).First;
        await Expect(remedy).ToHaveAttributeAsync("aria-disabled", "true");
        await remedy.HoverAsync();
        await Expect(one.Page.GetByRole(AriaRole.Tooltip)).ToContainTextAsync("access_rules: Create");
    }

    [Fact]
    public async Task WhoCan_Asked_ListsEverybodyWithTheRules()
    {
        var (_, id) = await demo.ScopeAsync("project", "detection");
        await using var admin = await AdminAsync();

        await admin.OpenAsync($"/who-can?action=create&resourceType=workloads&scopeType=project&scopeId={id}&scopeName=detection");

        var table = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Who can" });
        foreach (var (name, because) in new[] { ("nightly-training", "Application nightly-training is a L1 researcher in Project detection"), ("alice@example.com", "Group vision-team is a L2 researcher") })
            await Expect(table.GetByRole(AriaRole.Row).Filter(new() { Has = admin.Page.GetByText(name, new() { Exact = true }) })).ToContainTextAsync(because);
    }

    [Fact]
    public async Task WhoCan_ASubjectFollowed_LeadsToItsPageAndTheBackButtonToTheAnswer()
    {
        var (_, id) = await demo.ScopeAsync("project", "detection");
        await using var admin = await AdminAsync();
        await admin.OpenAsync($"/who-can?action=create&resourceType=workloads&scopeType=project&scopeId={id}&scopeName=detection");

        await admin.Page.GetByRole(AriaRole.Region, new() { Name = "Who can" }).GetByRole(AriaRole.Link, new() { Name = "alice@example.com" }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "alice@example.com" })).ToBeVisibleAsync();
        await admin.Page.GoBackAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Who can" })).ToContainTextAsync("nightly-training");
    }

    [Fact]
    public async Task Start_OfOneWithoutAnyRight_IsTheirOwnAccount()
    {
        var person = await demo.NewUserAsync();
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);

        await one.OpenAsync("/");

        await Expect(one.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "My account" })).ToBeVisibleAsync();
        await Expect(one.Page.GetByText("No access rule names you or a group of yours: ask an administrator.")).ToBeVisibleAsync();
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);
}
