using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>Every mapped route, also those that do not exist yet: a new one must state its permission, and have its cases here when it writes policy.</summary>
public sealed partial class RouteInventoryTests(ApiHosts hosts) : ApiTests(hosts)
{
    /// <summary>Pages and their forms, which know by the session cookie who is there; their cases are in the folder Browser.</summary>
    private static readonly string[] Pages =
    [
        "GET /auth/{tenantId}/{alias}/callback",
        "GET /auth/{tenantId}/{alias}/login",
        "GET /auth/{tenantId}/{alias}/signed-out",
        "GET /login",
        "GET /login/password",
        "GET /login/style.css",
        "GET /logout",
        "GET /oauth2/authorize",
        "POST /auth/{tenantId}/{alias}/callback",
        "POST /auth/{tenantId}/{alias}/signed-out",
        "POST /login",
        "POST /login/password",
        "POST /logout",
        "POST /oauth2/authorize",
    ];

    private static readonly string[] Public =
    [
        "GET /.well-known/jwks.json",
        "GET /.well-known/openid-configuration",
        "GET /auth/{tenantId}/{alias}/metadata",
        "GET /health/live",
        "GET /health/ready",
        "POST /api/v1/token",
        "POST /api/v2/token",
        "POST /oauth2/revoke",
        "POST /v1/k8s/auth/oauth/apptoken",
        .. Pages,
    ];

    /// <summary>Routes that are no GET and write no policy.</summary>
    private static readonly string[] WriteNothing =
    [
        "POST /api/v1/authorization/permitted-scopes",
        "POST /api/v1/authorize",
        "POST /api/v1/authorize/batch",
        "POST /api/v1/authorize/explain",
        "POST /api/v1/authorize/simulate",
        "POST /api/v1/authorize/what-can",
        "POST /api/v1/authorize/who-can",
        "POST /api/v1/idps/test",
        "POST /api/v1/idps/{idp}/test",
        "POST /api/v1/token",
        "POST /api/v2/authorization/roles",
        "PUT /api/v2/authorization/roles/{roleIdPath}",
        "DELETE /api/v2/authorization/roles/{roleIdPath}",
        "POST /api/v2/token",
        "POST /v1/k8s/auth/oauth/apptoken",
    ];

    [Fact]
    public async Task Route_Whichever_StatesOnePermissionThatTheCatalogueKnows()
    {
        var routes = await RoutesAsync();

        routes.Should().HaveCountGreaterThan(50);
        foreach (var (name, endpoint) in routes)
        {
            var permission = endpoint.Metadata.OfType<EndpointPermission>().Should().ContainSingle("{0} must state one permission", name).Which;
            var isAsked = permission.At is At.Tenant or At.Object or At.Anywhere;
            (permission.ResourceType is not null && permission.Action is not null).Should().Be(isAsked, "{0} must name what it asks", name);
            if (!isAsked) continue;
            Catalogue.Default.FindResourceType(permission.ResourceType!).Should().BeGreaterThanOrEqualTo(0, "{0} asks about a resource type", name);
            Catalogue.Default.FindAction(permission.Action!).Should().BeGreaterThanOrEqualTo(0, "{0} asks about an action", name);
        }
    }

    [Fact]
    public async Task PublicRoutes_AreTheListedOnes()
        => (await RoutesAsync()).Where(r => r.Endpoint.Metadata.GetMetadata<EndpointPermission>() is { At: At.Public }).Select(r => r.Name)
            .Should().BeEquivalentTo(Public);

    [Fact]
    public async Task RouteThatIsNoGet_HasItsCasesOrWritesNothing()
    {
        var routes = await RoutesAsync();

        var others = routes.Where(r => !r.Name.StartsWith("GET ", StringComparison.Ordinal)).Select(r => r.Name);
        others.Except(WriteNothing, StringComparer.Ordinal).Except(Pages, StringComparer.Ordinal).Should().BeEquivalentTo(WritingRoutes.All.Keys, "each route that writes policy needs its random calls in WritingRoutes");
        WritingRoutes.All.Keys.Except(HeldBackReplicaTests.Cases.Keys, StringComparer.Ordinal).Should().BeEquivalentTo(
            HeldBackReplicaTests.NeedNoRight, "each route that writes policy needs its case in HeldBackReplicaTests");
        routes.Where(r => r.Endpoint.Metadata.OfType<HeaderDoc>().Any(h => h.Name == Writes.RevisionHeader)).Select(r => r.Name)
            .Should().BeEquivalentTo(WritingRoutes.All.Keys, "policy writes, and nothing else, give a revision");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer none")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    public async Task ClosedRoute_WithoutAToken_IsUnauthorized(string? authorization)
    {
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        var closed = (await RoutesAsync()).Select(r => r.Name).Except(Public, StringComparer.Ordinal).Select(Request).ToList();
        closed.AddRange(
            from path in new[] { "/v1", "/api", "/api/v1/nothing", "/api/v1/users", "/api/v1/token" }
            from method in new[] { "TRACE", "HEAD", "OPTIONS", "DELETE" }
            select (new HttpMethod(method), path));

        foreach (var (method, path) in closed)
        {
            using var request = new HttpRequestMessage(method, path);
            if (method.Method is "POST" or "PUT" or "PATCH") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

            response.StatusCode.Should().Be(HttpStatusCode.Unauthorized, "{0} {1} is closed", method, path);
            response.Headers.WwwAuthenticate.Should().Equal([new AuthenticationHeaderValue("Bearer")], "of {0} {1}", method, path);
            response.Content.Headers.ContentType?.MediaType.Should().Be("application/problem+json", "of {0} {1}", method, path);
            if (method != HttpMethod.Head) (await Reply.ReadAsync(response)).ErrorCode.Should().Be("unauthorized", "of {0} {1}", method, path);
        }
    }

    [Fact]
    public async Task TenantRoute_ForOneWithoutTheRight_IsForbidden()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var nobody = await world.SignInAsync(await world.CreateUserAsync());

        foreach (var (name, _) in (await RoutesAsync()).Where(r => r.Endpoint.Metadata.GetMetadata<EndpointPermission>() is { At: At.Tenant }))
        {
            var (method, path) = Request(name);
            using var request = new HttpRequestMessage(method, path);
            (await nobody.SendAsync(request)).Expect(HttpStatusCode.Forbidden, "forbidden");
        }
    }

    private static (HttpMethod Method, string Path) Request(string route)
    {
        var parts = route.Split(' ');
        return (new HttpMethod(parts[0]), Parameter().Replace(parts[1], _ => Guid.NewGuid().ToString()));
    }

    private async Task<List<(string Name, Endpoint Endpoint)>> RoutesAsync()
    {
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        return
        [
            .. from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()
               from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"]
               select ($"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}", (Endpoint)endpoint),
        ];
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
