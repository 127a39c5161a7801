using System.Globalization;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>What if? Reads strictly, as all of <c>/authorize…</c> does, the bodies inside it too.</summary>
internal static class SimulationEndpoints
{
    private const string Example = """{ "create": [{ "subjectId": "ci-bot", "subjectType": "app", "roleId": 5, "scopeId": "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11", "scopeType": "project" }], "delete": [12] }""";

    public static void MapSimulation(this IEndpointRouteBuilder routes)
        => routes.MapPost("/api/v1/authorize/simulate", SimulateAsync).WithTags("Authorize").Needs(RuleChanges.ResourceType, "create", At.Object)
            .Describe("authorize_simulate", "What would change if these rules were deleted and those created?",
                "Deletes first, then creates, as one change at this moment; needs and refuses what the real calls need and refuse (deleting: `access_rules` delete), and writes nothing. Tells it for the subjects of the rules and the known members of their groups, at the highest scopes only. A rule with `subjectType` `all-authenticated-users` and no `subjectId` is one of `/api/v1/authorization/access-rules/authenticated-users`.")
            .Reads(typeof(SimulationRequest), Example).Produces<SimulationResponse>().FailsWith(404, 409);

    private static async Task<IResult> SimulateAsync(HttpContext context, SimulationService service, TimeProvider clock)
    {
        var body = await JsonBody.ReadAsync<SimulationRequest>(context, JsonBody.Strict, JsonBody.MaxBatchBytes);
        return TypedResults.Json(await service.RunAsync(context, Read(body, clock.NowMicros()), body.Limit, body.Cursor), JsonBody.Answers);
    }

    private static SimulatedChange Read(SimulationRequest body, long now)
    {
        var (create, delete) = (body.Create ?? [], body.Delete ?? []);
        if (create.Count + delete.Count is 0 or > RuleBatches.Max)
            throw ApiException.Invalid("create", string.Create(CultureInfo.InvariantCulture, $"and `delete` must together hold 1 to {RuleBatches.Max} rules"));
        var wanted = new List<WantedRule>(create.Count);
        for (var i = 0; i < create.Count; i++)
        {
            try
            {
                wanted.Add(NewRuleReader.ReadSimulated(create[i] ?? throw new ApiException(Kinds.InvalidRequest, "It must be an object."), now));
            }
            catch (ApiException refusal)
            {
                throw SimulationService.Named(refusal, "create", i);
            }
        }

        return new SimulatedChange(wanted, delete);
    }
}
