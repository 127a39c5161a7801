using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Hosting;

/// <summary>What is at `/` when the admin UI was not built: here it never is beside the program. With it: tests/RunAiRbac.AdminUi.Tests.</summary>
public sealed class AdminUiPageTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/access-rules")]
    public async Task Page_WithoutTheAdminUi_SaysHowToGetIt(string path)
    {
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);

        using var reply = await host.Http.GetAsync(path, TestContext.Current.CancellationToken);

        reply.StatusCode.Should().Be(HttpStatusCode.OK);
        reply.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        reply.Headers.CacheControl!.NoStore.Should().BeTrue();
        reply.Headers.GetValues("Content-Security-Policy").Should().ContainSingle().Which.Should().Contain("script-src 'self';").And.NotContain("unsafe");
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("install Node.js");
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("GET", "//api/v1/users")]
    [InlineData("GET", "///API/v1/users")]
    [InlineData("GET", "/auth/nothing")]
    [InlineData("GET", "/assets/nothing.js")]
    [InlineData("POST", "/access-rules")]
    public async Task OtherPaths_AreNoPage(string method, string path)
    {
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host.Address.GetLeftPart(UriPartial.Authority) + path));

        using var reply = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        reply.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        reply.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
    }
}
