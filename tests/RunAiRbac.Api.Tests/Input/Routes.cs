using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>One operation of the API as it is mapped.</summary>
internal sealed partial record MappedRoute(string Method, string Pattern, BodyDoc? Body)
{
    public IReadOnlyList<string> Parameters { get; } = [.. Parameter().Matches(Pattern).Select(match => match.Groups[1].Value)];

    /// <summary>The path with a value for each parameter, taken as it is.</summary>
    public string Fill(Func<string, string> value) => Parameter().Replace(Pattern, match => value(match.Groups[1].Value));

    [GeneratedRegex(@"\{([A-Za-z]+)[^}]*\}")]
    private static partial Regex Parameter();
}

internal static class Routes
{
    /// <summary>Every operation that the host has; a new one comes in by itself.</summary>
    public static IReadOnlyList<MappedRoute> Of(ApiHost host)
    {
        var routes =
            from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/')
            where endpoint.Metadata.GetMetadata<EndpointPermission>() is not null
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            orderby pattern, method
            select new MappedRoute(method, pattern, endpoint.Metadata.OfType<BodyDoc>().LastOrDefault());
        return [.. routes];
    }
}
