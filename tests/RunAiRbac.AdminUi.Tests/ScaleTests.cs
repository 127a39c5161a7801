using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>
/// The UI over 100,000 rules and 10,000 projects: few calls, a page of rows in each, and no more on the page than is shown. Times and long tasks are reported, not
/// asserted.
/// </summary>
public sealed class ScaleTests(Browser browser, LargeService large, ITestOutputHelper output) : IClassFixture<LargeService>
{
    private const int MostCalls = 5;
    private const int MostRows = 101;
    private const int MostBytes = 150_000;
    private const int MostElements = 3_500;

    private static readonly string[] Addresses =
    [
        "/access-rules", "/access-rules?page={last rules}", "/access-rules?search=user-7777", "/access-rules?search=project-77", "/access-rules?roleId=7", "/access-rules?subjectType=group", "/access-rules?scopeType=department",
        "/users", "/users?page=400", "/users?search=777", "/users?sort=lastLogin", "/users/{user}", "/users/{user}?page=10", "/users/{user}?tab=permissions",
        "/groups", "/groups?page=20", "/groups?search=77", "/groups/group-0", "/groups/group-0?tab=members&page=400", "/groups/group-0?tab=permissions",
        "/applications?page=40",
        "/organization", "/organization?search=7", "/organization/tenant", "/organization/tenant?tab=below", "/organization/cluster/{cluster}?tab=below", "/organization/department/{department}?tab=below",
        "/organization/department/{department}", "/organization/project/{project}", "/organization/project/{project}?tab=inherited", "/organization/project/{project}?tab=details",
        "/who-can?action=read&resourceType=project&scopeType=project&scopeId={project}&scopeName=project-7",
        "/check-access?about=other&subjectType=user&subject=user-7@example.org&action=create&resourceType=workloads&scopeType=project&scopeId={project}&scopeName=project-7",
        "/event-history",
    ];

    [Fact]
    public async Task Page_OfALargeOrganization_AsksFewCallsForAPageOfRowsEach()
    {
        await using var admin = await AdminAsync();
        var traffic = await Traffic.WatchAsync(admin);
        foreach (var address in Addresses)
        {
            var visit = await traffic.DuringAsync(admin, () => admin.OpenAsync(Filled(address)));

            Judge(address, visit);
            admin.Calls.Where(call => !call.Contains("permitted-scopes", StringComparison.Ordinal)).Should().HaveCountLessThanOrEqualTo(MostCalls, "of {0}", address);
        }
    }

    [Fact]
    public async Task Rules_SortedByEachColumnAndTurnedToTheEnd_StayAPage()
    {
        await using var admin = await AdminAsync();
        var traffic = await Traffic.WatchAsync(admin);
        await admin.OpenAsync("/access-rules");
        var table = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Access rules" });
        var columns = await table.GetByRole(AriaRole.Columnheader).GetByRole(AriaRole.Button).AllInnerTextsAsync();
        columns.Should().HaveCountGreaterThan(3);
        foreach (var column in columns)
        {
            foreach (var order in new[] { "ascending", "descending" })
            {
                Judge($"{column}, {order}", await traffic.DuringAsync(admin, () => table.GetByRole(AriaRole.Columnheader, new() { Name = column, Exact = true }).GetByRole(AriaRole.Button).ClickAsync()));
                await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = column, Exact = true })).ToHaveAttributeAsync("aria-sort", order);
            }
        }

        await admin.OpenAsync("/access-rules?page=4000");
        await Expect(admin.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "to" })).ToContainTextAsync("99,976 to 100,000 of 100,0");
        Judge("next", await traffic.DuringAsync(admin, () => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync()));
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Next" })).ToBeDisabledAsync();
    }

    [Fact]
    public async Task Search_TypedQuickly_AsksOnce()
    {
        await using var admin = await AdminAsync();
        var traffic = await Traffic.WatchAsync(admin);
        foreach (var (address, label, text, found) in new[] { ("/access-rules", "Search", "user-7777", "user-7777@example.org"), ("/users", "Search", "user-7777", "user-7777@example.org"), ("/organization", "Search clusters", "project-7777", "project-7777") })
        {
            await admin.OpenAsync(address);
            var search = admin.Page.GetByRole(AriaRole.Searchbox, new() { NameRegex = new Regex("^" + label) });

            var visit = await traffic.DuringAsync(admin, async () =>
            {
                await search.PressSequentiallyAsync(text, new() { Delay = 10 });
                await Expect(admin.Page.GetByText(found, new() { Exact = true }).First).ToBeVisibleAsync();
            });

            Judge("typing at " + address, visit);
            visit.Answers.Should().HaveCountLessThanOrEqualTo(3, "each letter is no call of its own");
        }
    }

    [Fact]
    public async Task Tree_WithLongBranches_IsTurnedAndSearchedBranchByBranch()
    {
        await using var admin = await AdminAsync();
        var traffic = await Traffic.WatchAsync(admin);
        await admin.OpenAsync("/organization");
        Judge("open a cluster", await traffic.DuringAsync(admin, () => Button(admin, "Open cluster-0").ClickAsync()));
        var range = admin.Page.GetByRole(AriaRole.Status, new() { Name = "Shown of cluster-0" });
        await Expect(range).ToHaveTextAsync("1 to 50");
        await Button(admin, "Next in cluster-0").ClickAsync();
        Judge("turn to the end", await traffic.DuringAsync(admin, () => Button(admin, "Next in cluster-0").ClickAsync()));
        await Expect(range).ToHaveTextAsync($"101 to {LargeService.DepartmentsOfTheFirstCluster}");
        await Expect(Button(admin, "Next in cluster-0")).ToBeDisabledAsync();

        await admin.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search in cluster-0" }).FillAsync("Department-0");
        await Expect(range).ToHaveTextAsync("1 to 1");
        Judge("open a department", await traffic.DuringAsync(admin, () => Button(admin, "Open department-0").ClickAsync()));
        await admin.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search in department-0" }).FillAsync("project-9999");
        await Expect(admin.Page.GetByRole(AriaRole.Status, new() { Name = "Shown of department-0" })).ToHaveTextAsync("1 to 1");
        await admin.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("project-9999") }).ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = "project-9999" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task RuleDialog_ForAGroup_PicksByNameAndPreviewsTheFirstOfMany()
    {
        await using var admin = await AdminAsync();
        var traffic = await Traffic.WatchAsync(admin);
        await admin.OpenAsync("/access-rules");
        await Button(admin, "New access rule").ClickAsync();
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Group", new() { Exact = true }).ClickAsync();
        Judge("find a group", await traffic.DuringAsync(admin, async () =>
        {
            await dialog.GetByLabel("Who gets access").Last.FillAsync("group-77");
            await admin.Page.GetByRole(AriaRole.Option, new() { Name = "group-77" }).First.ClickAsync();
        }));
        await Button(dialog, "Next").ClickAsync();
        await dialog.GetByLabel("Role").First.ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^Application administrator") }).ClickAsync();
        await Button(dialog, "Next").ClickAsync();
        Judge("find a project", await traffic.DuringAsync(admin, async () =>
        {
            await dialog.GetByRole(AriaRole.Searchbox).First.FillAsync("project-7777");
            await dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("project-7777") }).CheckAsync();
        }));

        var preview = await traffic.DuringAsync(admin, async () =>
        {
            await Button(dialog, "Review").ClickAsync();
            await Expect(dialog.GetByRole(AriaRole.Region, new() { Name = "Who gains what" })).ToBeVisibleAsync();
        });

        Judge("preview", preview);
        await Expect(dialog.GetByRole(AriaRole.Region, new() { Name = "Who gains what" })).ToContainTextAsync(new Regex("and [0-9,]+ more"));
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, large.Service, Service.AdminEmail, Service.AdminPassword);

    private static ILocator Button(Person person, string name) => person.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(ILocator dialog, string name) => dialog.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private void Judge(string what, Visit visit)
    {
        output.WriteLine($"{what}: {visit}");
        visit.Elements.Should().BeLessThan(MostElements, "of {0}", what);
        // The roles, at most a few dozen, come with all their permissions.
        foreach (var answer in visit.Answers)
        {
            answer.Rows.Should().BeLessThanOrEqualTo(MostRows, "{0} at {1}", answer.Call, what);
            answer.Size.Should().BeLessThan(MostBytes, "{0} at {1}", answer.Call, what);
        }
    }

    private static string Filled(string address) => address
        .Replace("{last rules}", $"{(LargeService.Rules / 25) + 1}", StringComparison.Ordinal)
        .Replace("{user}", LargeService.Id('d', 7), StringComparison.Ordinal)
        .Replace("{cluster}", LargeService.Id('a', 0), StringComparison.Ordinal)
        .Replace("{department}", LargeService.Id('b', 0), StringComparison.Ordinal)
        .Replace("{project}", LargeService.Id('c', 7), StringComparison.Ordinal);
}
