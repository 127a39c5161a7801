using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>The SDK has a method for every operation of the compatible API and for every route of the service.</summary>
public sealed class CoverageTests(ApiHosts hosts) : ApiTests(hosts)
{
    /// <summary>For platforms and verifiers of tokens, or refused to everybody.</summary>
    private static readonly string[] NotForPrograms =
    [
        "GET /.well-known/jwks.json",
        "GET /.well-known/openid-configuration",
        "GET /health/live",
        "GET /health/ready",
        "DELETE /api/v2/authorization/roles/{roleIdPath}",
        "POST /api/v2/authorization/roles",
        "PUT /api/v2/authorization/roles/{roleIdPath}",
    ];

    private static IEnumerable<string> Served => EveryMethodTests.Operations.Select(o => $"{o.Method} {o.Path}");

    [Fact]
    public void Operation_OfTheCompatibleApi_HasAMethod()
    {
        using var operations = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contract", "operations.json")));
        var wanted = operations.RootElement.EnumerateArray().Select(o => $"{o.GetProperty("method").GetString()} {o.GetProperty("path").GetString()}").ToList();

        wanted.Should().HaveCountGreaterThan(75);
        wanted.Except(Served, StringComparer.Ordinal).Should().BeEmpty();
    }

    [Fact]
    public async Task Route_OfTheService_HasAMethod_AndTheOtherWayRound()
    {
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        var routes = from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()
                         // Pages are for people.
                     where endpoint.Metadata.GetMetadata<PageMark>() is null
                     from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
                     select $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}";

        routes.Except(NotForPrograms, StringComparer.Ordinal).Should().BeEquivalentTo(Served);
    }
}
