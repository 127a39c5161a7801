using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>One operation of the API as it is mapped.</summary>
internal sealed partial record MappedRoute(string Method, string Pattern, BodyDoc? Body, bool IsPublic)
{
    /// <summary>As the tables of the tests name it.</summary>
    public string Name => $"{Method} {Pattern}";

    /// <summary>The query parameters that it says it reads, each with values that it takes.</summary>
    public IReadOnlyList<(string Name, string[] Values)> Query { get; init; } = [];

    /// <summary>It writes policy, and says so.</summary>
    public bool GivesRevision { get; init; }

    public IReadOnlyList<string> Parameters { get; } = [.. Parameter().Matches(Pattern).Select(match => match.Groups[1].Value)];

    /// <summary>The query without which the operation is refused; empty: there is none.</summary>
    public string RequiredQuery { get; } = Pattern.StartsWith("/api/v1/audit/log", StringComparison.Ordinal) ? "?start=2020-01-01T00:00:00Z&end=2100-01-01T00:00:00Z" : string.Empty;

    /// <summary>The path with a value for each parameter, taken as it is.</summary>
    public string Fill(Func<string, string> value) => Parameter().Replace(Pattern, match => value(match.Groups[1].Value));

    [GeneratedRegex(@"\{([A-Za-z]+)[^}]*\}")]
    private static partial Regex Parameter();
}

internal static class Routes
{
    private static IEnumerable<(string, string[])> List(ListDoc list)
    {
        yield return (list.Spec.Limits.Name, ["1", "2", "50"]);
        yield return ("offset", ["0", "1", "40"]);
        yield return ("sortOrder", ["asc", "desc"]);
        if (list.Search) yield return ("search", ["n1", "a", "%25"]);
        if (list.Spec.SortFields.Length > 0) yield return ("sortBy", list.Spec.SortFields);
        if (list.Spec.FilterFields.Length > 0)
            yield return ("filterBy", [.. from field in list.Spec.FilterFields from op in list.Spec.FilterOperators from value in new[] { "n1", "7", "true", "2026-01-01T00:00:00Z", "a,name" } select Uri.EscapeDataString(field + op + value)]);
    }

    private static (string, string[]) Parameter(QueryDoc query)
        => (query.Name, query.Values ?? (query.Type == "boolean" ? ["true", "False"] : query.Type == "integer" ? ["1", "7"] : ["n1", "user", "2026-01-01T00:00:00Z"]));

    /// <summary>Every operation that the host has; a new one comes in by itself.</summary>
    public static IReadOnlyList<MappedRoute> Of(ApiHost host)
    {
        var routes =
            from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/')
            where endpoint.Metadata.GetMetadata<EndpointPermission>() is not null
            // Pages answer people: odd input of theirs is in the folder Browser.
            where endpoint.Metadata.GetMetadata<PageMark>() is null
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            orderby pattern, method
            select new MappedRoute(method, pattern, endpoint.Metadata.OfType<BodyDoc>().LastOrDefault(), endpoint.Metadata.GetMetadata<EndpointPermission>()!.At == At.Public)
            {
                GivesRevision = endpoint.Metadata.OfType<HeaderDoc>().Any(header => header.Name == Writes.RevisionHeader),
                Query = [.. endpoint.Metadata.OfType<ListDoc>().SelectMany(List), .. endpoint.Metadata.OfType<QueryDoc>().Select(Parameter)],
            };
        return [.. routes];
    }
}
