using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class AdmissionTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Fact]
    public async Task Endpoints_All_StateTheirPermission()
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);

        var silent = Routes(api).Where(route => route.Metadata.GetMetadata<EndpointPermission>() is null).Select(route => route.DisplayName);

        silent.Should().BeEmpty();
    }

    [Fact]
    public async Task Endpoints_NotPublic_RefuseWithoutAToken()
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);
        var closed = Routes(api).Where(route => route.Metadata.GetMetadata<EndpointPermission>()?.At != At.Public).ToList();

        closed.Should().HaveCountGreaterThan(40);
        foreach (var route in closed)
        {
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                var reply = await SendAsync(api, new HttpMethod(method), "/" + route.RoutePattern.RawText!.TrimStart('/').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), []);
                reply.Expect(HttpStatusCode.Unauthorized, "unauthorized");
            }
        }
    }

    [Fact]
    public async Task UnknownPath_WithoutAToken_IsUnauthorized_WithOneNotFound()
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);
        var world = await OpenAsync(StorageProvider.Sqlite);

        (await SendAsync(api, HttpMethod.Get, "/api/v1/nothing", [])).Expect(HttpStatusCode.Unauthorized);
        (await world.Admin.GetAsync("/api/v1/nothing?secret=1")).Expect(HttpStatusCode.NotFound, "not_found").Field("instance").Should().Be("/api/v1/nothing");
        (await world.Admin.DeleteAsync("/api/v1/users")).Expect(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
    }

    [Fact]
    public async Task AuthorizationHeader_LaxOrDoubled_IsUnauthorized()
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);
        var token = (await api.TokenAsync(new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword })).GetProperty("accessToken").GetString()!;

        (await SendAsync(api, HttpMethod.Get, "/api/v1/me/sessions", ["Bearer " + token])).Expect(HttpStatusCode.OK);
        foreach (var headers in new string[][]
        {
            ["Bearer " + token, "Bearer " + token], ["bearer " + token], ["Bearer  " + token], ["Bearer\t" + token], [token], ["Bearer"], ["Bearer " + token + "x"],
            ["Bearer " + token[..^1]], ["Bearer " + token + "," + token], ["Basic " + token], ["Bearer " + token + " x"],
        })
        {
            (await SendAsync(api, HttpMethod.Get, "/api/v1/me/sessions", headers)).Expect(HttpStatusCode.Unauthorized, "unauthorized");
        }
    }

    [Fact]
    public async Task Unauthorized_Always_ChallengesWithBearer()
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);

        using var response = await api.Http.GetAsync("/api/v1/users", TestContext.Current.CancellationToken);

        response.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
        response.Content.Headers.ContentType!.ToString().Should().Be("application/problem+json");
        response.Headers.Contains("Server").Should().BeFalse();
    }

    [Fact]
    public async Task PublicEndpoint_WithAStaleToken_StillAnswers()
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);

        (await SendAsync(api, HttpMethod.Get, "/.well-known/jwks.json", ["Bearer stale"])).Expect(HttpStatusCode.OK);
    }

    [Theory, InlineData("abc-1", true), InlineData("with space", false), InlineData("", false)]
    public async Task RequestId_VisibleAscii_IsEchoedOnEveryAnswer(string id, bool echoed)
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);
        foreach (var path in new[] { "/health/live", "/api/v1/users" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("X-Request-ID", id);
            using var response = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);

            response.Headers.TryGetValues("X-Request-ID", out var values).Should().Be(echoed);
            if (echoed) values.Should().Equal(id);
        }
    }

    private static IEnumerable<RouteEndpoint> Routes(ApiHost api) => api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static async Task<Reply> SendAsync(ApiHost api, HttpMethod method, string path, string[] authorization)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var value in authorization) request.Headers.TryAddWithoutValidation("Authorization", value);
        using var response = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }
}
