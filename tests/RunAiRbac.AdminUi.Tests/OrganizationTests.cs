using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>The tree, and a scope's page with its own and its inherited rules.</summary>
public sealed class OrganizationTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int DepartmentAdministrator = 1710;
    private const int L1Researcher = 5;
    private const int AccessAuditor = 4002;

    [Fact]
    public async Task Tree_Opened_ReadsEachBranchOnlyThen()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/organization");
        admin.Calls.Should().NotContain(call => call.Contains("org-unit", StringComparison.Ordinal));

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Open amsterdam" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Open vision" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("detection") }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = "detection" })).ToBeVisibleAsync();
        var place = admin.Page.GetByRole(AriaRole.Navigation, new() { Name = "Place in the organization" });
        foreach (var above in new[] { "default", "amsterdam", "vision" }) await Expect(place.GetByRole(AriaRole.Link, new() { Name = above })).ToBeVisibleAsync();
        await admin.Page.GoBackAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Open amsterdam" }).Or(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Close amsterdam" }))).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Search_OfTheTree_FindsWhateverTheDepthAndStandsInTheAddress()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/organization?search=fold");

        await Expect(admin.Page.GetByRole(AriaRole.List, new() { Name = "Found" }).GetByRole(AriaRole.Link)).ToContainTextAsync("folding");
    }

    [Fact]
    public async Task ScopePage_OfAProject_ShowsItsOwnRulesAndApartWhatIsInherited()
    {
        var (_, id) = await demo.ScopeAsync("project", "detection");
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/organization/project/" + id);

        var own = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Rules here" });
        await Expect(own).ToContainTextAsync("nightly-training");
        await Expect(own).Not.ToContainTextAsync("vision-team");
        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Inherited" }).ClickAsync();
        var inherited = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Inherited" });
        await Expect(inherited).ToContainTextAsync("Group vision-team is a L2 researcher in Department vision");
        await Expect(inherited).Not.ToContainTextAsync("nightly-training");
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Action" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "Delete" }).ClickAsync();
        await Expect(inherited).Not.ToContainTextAsync("vision-team");
        await Expect(admin.Page).ToHaveURLAsync(new Regex("action=delete"));
    }

    [Fact]
    public async Task Cluster_CreatedRenamedFilledAndDeleted_NamesWhatFallsWithIt()
    {
        var name = "lab-" + Guid.NewGuid().ToString("N")[..8];
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/organization/tenant");
        await CreateAsync(admin, "New cluster", name);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync(name + "-2");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = name + "-2", Exact = true })).ToBeVisibleAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await CreateAsync(admin, "New department", "physics");
        await CreateAsync(admin, "New project", "tides");
        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Details" }).ClickAsync();
        await Expect(admin.Page.GetByText("runai-tides")).ToBeVisibleAsync();

        await admin.Page.GetByRole(AriaRole.Navigation, new() { Name = "Place in the organization" }).GetByRole(AriaRole.Link, new() { Name = name + "-2" }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = name + "-2", Exact = true })).ToBeVisibleAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(dialog.GetByText("2 departments")).ToBeVisibleAsync();
        await Expect(dialog.GetByText("default, physics")).ToBeVisibleAsync();
        await Expect(dialog.GetByText("1 project")).ToBeVisibleAsync();
        var delete = dialog.GetByRole(AriaRole.Button, new() { Name = "Delete cluster" });
        await Expect(delete).ToBeDisabledAsync();
        await dialog.GetByRole(AriaRole.Textbox).FillAsync(name + "-2");
        await delete.ClickAsync();
        await Expect(admin.Page).ToHaveURLAsync(new Regex("/organization/tenant"));
        (await DemoService.GetAsync(demo.Admin, "/api/v1/clusters")).GetRawText().Should().NotContain(name);
    }

    [Fact]
    public async Task Department_RenamedInTheTree_AndAProjectOnItsPage_KeepTheRest()
    {
        var tag = Guid.NewGuid().ToString("N")[..8];
        var (_, cluster) = await demo.ScopeAsync("cluster", "oslo");
        var department = (await DemoService.PostAsync(demo.Admin, "/api/v1/org-unit/departments", new { name = "d-" + tag, clusterId = cluster })).GetProperty("id").GetString();
        var project = (await DemoService.PostAsync(demo.Admin, "/api/v1/org-unit/projects", new { name = "p-" + tag, clusterId = cluster, parentId = department })).GetProperty("id").GetString()!;
        var (email, _) = await demo.NewUserAsync((L1Researcher, ("project", project)));
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/organization");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Open oslo" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for department d-" + tag }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }).ClickAsync();
        await RenameAsync(admin, "d2-" + tag);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Open d2-" + tag }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("p-" + tag) }).ClickAsync();

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("Not a name");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("must start with a letter");
        await RenameAsync(admin, "p2-" + tag);

        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = "p2-" + tag, Exact = true })).ToBeVisibleAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Navigation, new() { Name = "Place in the organization" })).ToContainTextAsync("d2-" + tag);
        await Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Rules here" })).ToContainTextAsync(email);
        await admin.Page.GetByRole(AriaRole.Tab, new() { Name = "Details" }).ClickAsync();
        await Expect(admin.Page.GetByText("runai-p-" + tag)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Description_OfADepartment_IsChangedAndNothingElse()
    {
        var (_, cluster) = await demo.ScopeAsync("cluster", "oslo");
        var made = await DemoService.PostAsync(demo.Admin, "/api/v1/org-unit/departments", new { name = "d" + Guid.NewGuid().ToString("N")[..8], clusterId = cluster, description = "old", defaultNodePools = new[] { "a100" } });
        var path = "/api/v1/org-unit/departments/" + made.GetProperty("id").GetString();
        await using var admin = await AdminAsync();
        await admin.OpenAsync($"/organization/department/{made.GetProperty("id").GetString()}?tab=details");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Edit description" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Dialog).GetByLabel("Description").FillAsync("<i>new</i>");
        await admin.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Expect(admin.Page.GetByText("<i>new</i>", new() { Exact = true })).ToBeVisibleAsync();
        var stored = await DemoService.GetAsync(demo.Admin, path);
        stored.GetProperty("description").GetString().Should().Be("<i>new</i>");
        stored.GetProperty("defaultNodePools").EnumerateArray().Select(p => p.GetString()).Should().Equal("a100");
    }

    [Fact]
    public async Task NodeMenu_OfAPartlyPermittedPerson_NamesWhatIsMissing()
    {
        var person = await demo.NewUserAsync((DepartmentAdministrator, await demo.ScopeAsync("department", "language")), (AccessAuditor, await demo.ScopeAsync("tenant")));
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);
        await one.OpenAsync("/organization");
        await one.Page.GetByRole(AriaRole.Button, new() { Name = "Open amsterdam" }).ClickAsync();

        await one.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for department vision" }).ClickAsync();
        var denied = one.Page.GetByRole(AriaRole.Menuitem, new() { NameRegex = new Regex("^New project in vision") });
        await Expect(denied).ToHaveAttributeAsync("aria-disabled", "true");
        await Expect(denied).ToContainTextAsync("Needs the permission project: Create");
        await one.Page.Keyboard.PressAsync("Escape");
        await one.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for department language" }).ClickAsync();
        await Expect(one.Page.GetByRole(AriaRole.Menuitem, new() { NameRegex = new Regex("^New project in language") })).ToHaveAttributeAsync("aria-disabled", "false");
        await Expect(one.Page.GetByRole(AriaRole.Menuitem, new() { NameRegex = new Regex("^Rename") })).ToHaveCountAsync(0);
        await one.Page.Keyboard.PressAsync("Escape");
        foreach (var (department, project, disabled) in new[] { ("vision", "detection", "true"), ("language", "translation", "false") })
        {
            await one.Page.GetByRole(AriaRole.Button, new() { Name = "Open " + department }).ClickAsync();
            await one.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for project " + project }).ClickAsync();
            await Expect(one.Page.GetByRole(AriaRole.Menuitem, new() { NameRegex = new Regex("^Rename") })).ToHaveAttributeAsync("aria-disabled", disabled);
            await one.Page.Keyboard.PressAsync("Escape");
        }
    }

    [Fact]
    public async Task DefaultDepartment_WhichEveryClusterKeeps_CanBeNeitherRenamedNorDeleted()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/organization");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Open oslo" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for department default" }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Menuitem)).ToHaveTextAsync(["New access rule", "New project in default"]);
    }

    [Fact]
    public async Task NewRule_FromANodeOfTheTree_BeginsWithThatScope()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/organization");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for cluster oslo" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Menuitem, new() { Name = "New access rule" }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task UnknownScope_ItsPage_SaysThatThereIsNone()
    {
        var person = await demo.NewUserAsync((L1Researcher, await demo.ScopeAsync("project", "detection")));
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);

        await one.OpenAsync("/organization/project/4711");
        await Expect(one.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no such place");
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);

    private static async Task RenameAsync(Person person, string name)
    {
        var dialog = person.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
    }

    private static async Task CreateAsync(Person person, string button, string name)
    {
        await person.Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        var dialog = person.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name", new() { Exact = false }).First.FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(person.Page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();
    }
}
