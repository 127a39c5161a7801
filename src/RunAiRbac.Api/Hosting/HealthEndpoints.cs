using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Hosting;

/// <summary>Whether the process lives, and whether it should get requests.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").IsPublic();
        group.MapGet("/live", Live).Describe("health_live", "Whether the process lives").Produces<Health>();
        group.MapGet("/ready", Ready).Describe("health_ready", "Whether this replica should get requests", "Its policy is fresh and its signing key usable.")
            .Produces<Health>().Produces<Health>(503);
    }

    private static IResult Live() => TypedResults.Ok(new Health("live", []));

    private static IResult Ready(PolicyStore store, SigningKeys keys, Draining draining)
    {
        var problems = new List<string>();
        if (draining.HasBegun) problems.Add("The replica is stopping.");
        if (!store.IsReady) problems.Add("The policy has not been confirmed for longer than Freshness:MaxStaleness.");
        if (keys.Problem is { } problem) problems.Add(problem);
        return problems.Count == 0
            ? TypedResults.Ok(new Health("ready", []))
            : TypedResults.Json(new Health("not ready", problems), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record Health(string Status, IReadOnlyList<string> Problems);
}
