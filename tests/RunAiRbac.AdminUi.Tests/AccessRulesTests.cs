using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>The table of access rules, the dialog that makes them, and their deletion.</summary>
public sealed class AccessRulesTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private static class Role
    {
        public const int Viewer = 7;
        public const int L2Researcher = 8;
        public const int L1Researcher = 5;
        public const int DepartmentAdministrator = 1710;
        public const int AccessAuditor = 4002;
    }

    [Fact]
    public async Task NewRule_InThreeSteps_IsReadBackPreviewedAndSaved()
    {
        var bot = await demo.NewApplicationAsync();
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/access-rules");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);

        await dialog.GetByText("Application", new() { Exact = true }).ClickAsync();
        await dialog.GetByPlaceholder("Name of an application").FillAsync(bot);
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = bot }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await dialog.GetByPlaceholder("Choose a role").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^L1 researcher") }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Region, new() { Name = "Permissions of L1 researcher" }).GetByText("Workloads", new() { Exact = true })).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        foreach (var node in new[] { "amsterdam", "language" }) await dialog.GetByRole(AriaRole.Button, new() { Name = "Open " + node }).ClickAsync();
        await dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("translation") }).CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Review" }).ClickAsync();

        await Expect(dialog.GetByText($"Application {bot} is a L1 researcher in Project translation")).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Region, new() { Name = "Who gains what" })).ToContainTextAsync("Workloads");
        (await RulesOfAsync(bot)).Should().Be(0, "nothing is saved before one says so");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save rule" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        (await RulesOfAsync(bot)).Should().Be(1);
        await Expect(admin.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = bot })).ToContainTextAsync("L1 researcher");
    }

    [Fact]
    public async Task NewRules_OneOfWhichStands_TellsOfEachAndSavesTheOthers()
    {
        var bot = await demo.NewApplicationAsync();
        await demo.NewRuleAsync("app", bot, Role.Viewer, await demo.ScopeAsync("cluster", "oslo"));
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/access-rules");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Application", new() { Exact = true }).ClickAsync();
        await dialog.GetByPlaceholder("Name of an application").FillAsync(bot);
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = bot }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await dialog.GetByPlaceholder("Choose a role").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^Viewer") }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("amsterdam") }).CheckAsync();
        await dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("oslo") }).CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Review" }).ClickAsync();

        await Expect(dialog.GetByRole(AriaRole.Img, new() { Name = "Refused" })).ToHaveCountAsync(1);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save 2 rules" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Img, new() { Name = "Done" })).ToHaveCountAsync(1);
        await Expect(dialog.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "oslo" })).ToContainTextAsync("exists");
        (await RulesOfAsync(bot)).Should().Be(2);
    }

    [Fact]
    public async Task Deletion_ShowsWhoLosesWhat_AndTheRuleGoes()
    {
        var bot = await demo.NewApplicationAsync();
        await demo.NewRuleAsync("app", bot, Role.L2Researcher, await demo.ScopeAsync("project", "folding"));
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/access-rules?search=" + bot);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = $"Delete: Application {bot} is a L2 researcher in Project folding" }).ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);

        await Expect(dialog.GetByRole(AriaRole.Region, new() { Name = "Who loses what" })).ToContainTextAsync(bot);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        (await RulesOfAsync(bot)).Should().Be(1, "nothing is deleted by looking");
        await admin.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Delete: ") }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(admin.Page.GetByText("Nothing matches the search")).ToBeVisibleAsync();
        (await RulesOfAsync(bot)).Should().Be(0);
    }

    [Fact]
    public async Task Controls_PerRule_AreWhatTheServiceAllows()
    {
        var language = await demo.ScopeAsync("department", "language");
        var person = await demo.NewUserAsync((Role.DepartmentAdministrator, language), (Role.AccessAuditor, await demo.ScopeAsync("tenant")));
        using var api = await demo.ClientAsync(person.Email, person.Password);
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);
        await one.OpenAsync("/access-rules");
        var rules = (await DemoService.GetAsync(api, "/api/v1/authorization/access-rules")).GetProperty("accessRules").EnumerateArray().Where(r => r.GetProperty("scopeType").GetString() != "system").ToList();
        var checks = rules.Select(r => new { action = "delete", resourceType = "access_rules", scope = new { type = r.GetProperty("scopeType").GetString(), id = r.GetProperty("scopeId").GetString() } });
        var allowed = (await DemoService.PostAsync(api, "/api/v1/authorize/batch", new { checks })).GetProperty("results").EnumerateArray().Select(r => r.GetProperty("allowed").GetBoolean()).ToList();

        allowed.Should().Contain(true).And.Contain(false);
        foreach (var (rule, may) in rules.Zip(allowed))
        {
            var row = one.Page.GetByRole(AriaRole.Row).Filter(new() { Has = one.Page.GetByText(rule.GetProperty("subjectId").GetString()!, new() { Exact = true }), HasText = rule.GetProperty("roleName").GetString() });
            await Expect(row.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Delete: ") }).First).ToHaveAttributeAsync("aria-label", new Regex("^Delete: "));
            var disabled = await row.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Delete: ") }).First.GetAttributeAsync("aria-disabled");
            (disabled == "true").Should().Be(!may, "of {0}", rule);
        }

        var denied = one.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "nightly-training" }).GetByRole(AriaRole.Button);
        await denied.HoverAsync();
        await Expect(one.Page.GetByRole(AriaRole.Tooltip)).ToContainTextAsync("access_rules: Delete");
        await denied.ClickAsync(new() { Force = true });
        await Expect(one.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.L1Researcher)]
    public async Task Person_WhoMayNotReadRules_SeesNoneOfItAndNoMenuOfWhatIsNotTheirs(int role)
    {
        var person = await demo.NewUserAsync((role, await demo.ScopeAsync("project", "detection")));
        await using var one = await Person.SignInAsync(browser, demo.Service, person.Email, person.Password);

        await one.OpenAsync("/");

        var menu = one.Page.GetByRole(AriaRole.Navigation);
        foreach (var absent in new[] { "Access rules", "Users", "Applications", "Settings", "Event history" }) await Expect(menu.GetByRole(AriaRole.Link, new() { Name = absent })).ToHaveCountAsync(0);
        await Expect(menu.GetByRole(AriaRole.Link, new() { Name = "Check access" })).ToBeVisibleAsync();
        await one.OpenAsync("/access-rules");
        await Expect(one.Page.GetByText("There are no access rules that you may see.")).ToBeVisibleAsync();
        await Expect(one.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task List_SearchedSortedAndFiltered_StandsInTheAddressAndTheBackButtonGoesBack()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/access-rules");
        var table = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Access rules" });

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Subject", Exact = true }).ClickAsync();
        await Expect(admin.Page).ToHaveURLAsync(new Regex("sort=subjectId"));
        await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = "Subject" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await admin.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search subject, role or scope" }).FillAsync("vision-team");
        await Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Expect(admin.Page).ToHaveURLAsync(new Regex("search=vision-team"));
        await admin.Page.ReloadAsync();
        await Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await admin.Page.GoBackAsync();
        await Expect(table.GetByText("nightly-training")).ToBeVisibleAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search subject, role or scope" })).ToHaveValueAsync("");
    }

    [Fact]
    public async Task List_OnAPhone_TellsEveryRuleWholeAndSorts()
    {
        await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword, width: 390);
        await admin.OpenAsync("/access-rules?search=nightly-training");

        var row = admin.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "nightly-training" });
        foreach (var value in new[] { "nightly-training", "L1 researcher", "detection", "amsterdam / vision", "Active" }) await Expect(row.GetByText(value, new() { Exact = true })).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(row.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Delete: ") })).ToBeInViewportAsync(new() { Ratio = 1 });
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Sort by" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "Created", Exact = true }).ClickAsync();
        await Expect(admin.Page).ToHaveURLAsync(new Regex("sort=createdAt&order=asc"));
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Sort descending" }).ClickAsync();
        await Expect(admin.Page).ToHaveURLAsync(new Regex("order=desc"));
    }

    [Fact]
    public async Task List_FilteredByRoleScopeAndStatus_ShowsThoseAndKeepsTheChosenColumns()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/access-rules");
        var table = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Access rules" });
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Role" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "L2 researcher" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Status" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "Active", Exact = true }).ClickAsync();
        await admin.Page.GetByText("Any scope").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Open amsterdam" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("vision") }).ClickAsync();
        await Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Expect(table).ToContainTextAsync("vision-team");

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Columns" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Menuitemcheckbox, new() { Name = "Reason" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Menuitemcheckbox, new() { Name = "Created by", Exact = true }).ClickAsync();
        await admin.OpenAsync(new Uri(admin.Page.Url).PathAndQuery);
        await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = "Reason" })).ToBeVisibleAsync();
        await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = "Created by" })).ToHaveCountAsync(0);
        await Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Csv_OfTheList_HoldsItsRowsByThePathsOfTheirScopes()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/access-rules?search=nightly-training");

        var download = await admin.Page.RunAndWaitForDownloadAsync(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Download as CSV" }).ClickAsync());
        var text = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);

        download.SuggestedFilename.Should().Be("access-rules.csv");
        text.Should().StartWith("Subject,Role,Scope,Status,Created by,Created,Expires\r\n").And.Contain("nightly-training,L1 researcher,default/amsterdam/vision/detection,Active,");
    }

    [Fact]
    public async Task Name_WithHtmlInIt_ShowsAsText()
    {
        const string Name = "<img src=x onerror=alert(1)><b>team</b>";
        await demo.NewRuleAsync("group", Name, Role.Viewer, await demo.ScopeAsync("cluster", "oslo"));
        await using var admin = await AdminAsync();

        await admin.OpenAsync("/access-rules?subjectType=group");

        await Expect(admin.Page.GetByText(Name, new() { Exact = true })).ToBeVisibleAsync();
        (await admin.Page.Locator("main img").CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Keyboard_Alone_OpensTheDialogAndLeavesIt()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/access-rules");
        var button = admin.Page.GetByRole(AriaRole.Button, new() { Name = "New access rule" });

        for (var i = 0; i < 40 && !await button.EvaluateAsync<bool>("e => e === document.activeElement"); i++) await admin.Page.Keyboard.PressAsync("Tab");
        await admin.Page.Keyboard.PressAsync("Enter");
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToBeVisibleAsync();
        await dialog.GetByPlaceholder("E-mail address").FocusAsync();
        await admin.Page.Keyboard.TypeAsync("somebody.new@example.com");
        await admin.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByText("User: somebody.new@example.com")).ToBeVisibleAsync();
        await admin.Page.Keyboard.PressAsync("Escape");
        await admin.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);

    private async Task<int> RulesOfAsync(string application)
        => (await DemoService.GetAsync(demo.Admin, "/api/v1/authorization/access-rules?subjectIds=" + application)).GetProperty("totalRecords").GetInt32();
}
