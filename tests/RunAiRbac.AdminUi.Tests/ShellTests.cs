using System.Net;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>How the service gives the UI out, and what stands around every page.</summary>
public sealed class ShellTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    [Fact]
    public async Task Page_WhicheverPath_IsTheOneAndNeverStored()
    {
        Browser.Demand();
        foreach (var path in new[] { "/", "/access-rules", "/users/some-id", "/no/such/page" })
        {
            using var reply = await demo.Service.Http.GetAsync(path, TestContext.Current.CancellationToken);

            reply.StatusCode.Should().Be(HttpStatusCode.OK);
            reply.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
            reply.Headers.CacheControl!.NoStore.Should().BeTrue();
            var policy = reply.Headers.GetValues("Content-Security-Policy").Should().ContainSingle().Which;
            policy.Should().Contain("default-src 'none'").And.Contain("script-src 'self';").And.Contain("frame-ancestors 'none'").And.NotContain("unsafe");
        }
    }

    [Fact]
    public async Task Asset_Built_IsKeptForEverAndCompressed()
    {
        Browser.Demand();
        var page = await demo.Service.Http.GetStringAsync("/", TestContext.Current.CancellationToken);
        var script = System.Text.RegularExpressions.Regex.Match(page, "/assets/[^\"]+\\.js").Value;
        using var request = new HttpRequestMessage(HttpMethod.Get, script);
        request.Headers.Add("Accept-Encoding", "br");
        using var reply = await demo.Service.Http.SendAsync(request, TestContext.Current.CancellationToken);

        reply.Headers.CacheControl!.ToString().Should().Contain("immutable");
        reply.Content.Headers.ContentEncoding.Should().Equal("br");
        reply.Content.Headers.ContentType!.MediaType.Should().Be("text/javascript");
    }

    [Theory]
    [InlineData("/api/v1/nothing")]
    [InlineData("/v1/nothing")]
    [InlineData("/assets/nothing.js")]
    public async Task UnknownPath_OfPrograms_StaysAProblemDocument(string path)
    {
        Browser.Demand();
        using var reply = await demo.Service.Http.GetAsync(path, TestContext.Current.CancellationToken);

        reply.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
    }

    [Fact]
    public async Task Start_SignedIn_LeadsToTheFirstPageAndSaysWhoOneIs()
    {
        await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword);

        await admin.OpenAsync("/");

        await Assertions.Expect(admin.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/access-rules$"));
        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Account of " + Service.AdminEmail })).ToBeVisibleAsync();
        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Region, new() { Name = "Access rules" }).GetByText("nightly-training")).ToBeVisibleAsync();
    }
}
