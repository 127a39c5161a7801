using System.Text.Json;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>The audit log as a page.</summary>
public sealed class EventHistoryTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    [Fact]
    public async Task Events_Filtered_StandInTheAddressAndTellBeforeAndAfter()
    {
        var (_, cluster) = await demo.ScopeAsync("cluster", "oslo");
        var name = "h" + Guid.NewGuid().ToString("N")[..8];
        var made = await DemoService.PostAsync(demo.Admin, "/api/v1/org-unit/departments", new { name, clusterId = cluster, description = "before" });
        using var changed = await demo.Admin.PutAsync("/api/v1/org-unit/departments/" + made.GetProperty("id").GetString(), System.Net.Http.Json.JsonContent.Create(new { description = "<u>after</u>" }), TestContext.Current.CancellationToken);
        changed.EnsureSuccessStatusCode();
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/event-history");
        var events = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Events" });
        await admin.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Name of the object" }).FillAsync(name);
        await Expect(events.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Action" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "Changed" }).ClickAsync();
        await Expect(events.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Expect(admin.Page).ToHaveURLAsync(new Regex($"what={name}.*action=update"));

        await events.GetByRole(AriaRole.Button, new() { Name = "Changed" }).ClickAsync();
        var difference = admin.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Row).Filter(new() { HasText = "description" });
        await Expect(difference).ToContainTextAsync("before");
        await Expect(difference).ToContainTextAsync("<u>after</u>");
        await admin.Page.Keyboard.PressAsync("Escape");
        await admin.Page.ReloadAsync();
        await Expect(events.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Refusal_Filtered_IsShownAsFailed()
    {
        using var reply = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
            demo.Service.Http, "/api/v1/token", new { grantType = "password", username = Service.AdminEmail, password = "wrong" }, TestContext.Current.CancellationToken);
        reply.IsSuccessStatusCode.Should().BeFalse();
        await using var admin = await AdminAsync();

        // The log of refusals is written a moment later.
        await admin.OpenAsync("/event-history?result=Failed");
        var failed = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Events" }).GetByText("Failed", new() { Exact = true }).First;
        for (var i = 0; i < 20 && await failed.CountAsync() == 0; i++)
        {
            await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Refresh" }).ClickAsync();
            await admin.SettleAsync();
        }

        await Expect(failed).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Downloads_HoldTheFilteredEvents()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/event-history?what=nightly-training&action=create");

        var csv = await admin.Page.RunAndWaitForDownloadAsync(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Download as CSV" }).ClickAsync());
        var json = await admin.Page.RunAndWaitForDownloadAsync(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Download as JSON" }).ClickAsync());

        (await File.ReadAllTextAsync(await csv.PathAsync(), TestContext.Current.CancellationToken)).Should().StartWith("Time,Who,Action,Kind,What,Result\r\n").And.Contain("nightly-training");
        using var events = JsonDocument.Parse(await File.ReadAllTextAsync(await json.PathAsync(), TestContext.Current.CancellationToken));
        events.RootElement.EnumerateArray().Should().NotBeEmpty().And.OnlyContain(e => e.GetProperty("action").GetString() == "create");
        events.RootElement[0].TryGetProperty("after", out _).Should().BeTrue();
    }

    [Fact]
    public async Task Events_OfOneKind_AreShownByItsWordsOnly()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/event-history");
        await admin.Page.GetByRole(AriaRole.Combobox, new() { Name = "Kind" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Option, new() { Name = "Access rule" }).ClickAsync();

        await Expect(admin.Page).ToHaveURLAsync(new Regex("type=access-rule"));
        var kinds = admin.Page.GetByRole(AriaRole.Region, new() { Name = "Events" }).Locator("tbody td[data-label=Kind]");
        await Expect(kinds.Filter(new() { HasNotText = "Access rule" })).ToHaveCountAsync(0);
        await Expect(kinds.First).ToHaveTextAsync("Access rule");
    }

    [Fact]
    public async Task Verification_OfAWholeLog_SaysSo()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/event-history");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Dialog).GetByText("No sealed event was changed or removed.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Pages_Turned_ShowOtherEventsWithTheTotal()
    {
        await using var admin = await AdminAsync();
        await admin.OpenAsync("/event-history?sort=timestamp&order=asc");
        await Expect(admin.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex("^1 to 25 of "));
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();

        await Expect(admin.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex("^26 to "));
        await Expect(admin.Page).ToHaveURLAsync(new Regex("page=2"));
    }

    private Task<Person> AdminAsync() => Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);
}
