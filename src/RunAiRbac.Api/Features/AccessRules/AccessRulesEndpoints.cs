using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>Access rules: `subject is a role in a scope`. They never change; one deletes and creates.</summary>
internal static class AccessRulesEndpoints
{
    private const string Example = """{ "subjectId": "ci-bot", "subjectType": "app", "roleId": 5, "scopeId": "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11", "scopeType": "project" }""";
    private const string ExampleForAll = """{ "roleId": 7, "scopeId": "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11", "scopeType": "project" }""";
    private const string ExampleOfMany = """{ "payload": { "roleId": 5, "subjects": [{ "subjectId": "ci-bot", "subjectType": "app" }], "scopes": [{ "scopeId": "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11", "scopeType": "project" }] } }""";

    public static void MapAccessRules(this IEndpointRouteBuilder routes)
    {
        var rules = routes.MapGroup("/api/v1/authorization/access-rules").WithTags("Access rules");
        rules.MapPost("", CreateAsync).Needs("access_rules", "create", At.Object)
            .Describe("create_access_rule", "Create an access rule", "Needs `access_rules` create at the scope and every permission of the role there (403 `would_escalate`).")
            .Reads(typeof(AccessRuleCreation), Example).Produces<AccessRule>(201).Rehearses().FailsWith(404, 409).GivesRevision();
        rules.MapPost("/authenticated-users", CreateForAllAsync).Needs("access_rules", "create", At.Object)
            .Describe("create_authenticated_users_access_rule", "Create an access rule for everybody signed in", "For every user and every application. Needs what any rule needs at the scope.")
            .Reads(typeof(AuthenticatedUsersRuleCreation), ExampleForAll).Produces<AccessRule>(201).Rehearses().FailsWith(404, 409).GivesRevision();
        rules.MapPost("/batch-create", CreateManyAsync).Needs("access_rules", "create", At.Object)
            .Describe("access_rules_batch_create", "Create many access rules", "One role for each of the subjects in each of the scopes, at most 1,000 rules. Each is judged as if it were alone, on the state before; the good ones are one change.")
            .Reads(typeof(AccessRuleBatchCreation), ExampleOfMany).Produces<AccessRuleBatchCreationResult>().FailsWith(501).GivesRevision();
        rules.MapPost("/batch", BatchAsync).Needs("access_rules", "delete", At.Object)
            .Describe("access_rules_batch", "Delete many access rules", "At most 1,000. Each is judged in the order given; the good ones are one change. `validate_delete` tells what `delete` would do and does nothing.")
            .Reads(typeof(AccessRuleBatch), """{ "ids": ["12", "13"], "action": "validate_delete" }""").Produces<AccessRuleBatchResult>().FailsWith(501).GivesRevision();
        Filtered(rules.MapGet("", ListAsync).Needs("access_rules", "read", At.Object)
            .Describe("get_access_rules", "List access rules", "Shows the rules at the scopes where the caller may read rules.")
            .TakesList(AccessRuleListing.Table, search: true)).Produces<AccessRulePage>();
        Filtered(rules.MapGet("/count", CountAsync).Needs("access_rules", "read", At.Object).Describe("count_access_rules", "Count access rules")
            .TakesList(AccessRuleListing.Table, search: true)).Produces<CountResponse>();
        rules.MapGet("/{accessRuleId}", GetAsync).Needs("access_rules", "read", At.Object).Describe("get_access_rule", "Get an access rule")
            .Produces<AccessRule>().FailsWith(404);
        rules.MapDelete("/{accessRuleId}", DeleteAsync).Needs("access_rules", "delete", At.Object).Describe("delete_access_rule", "Delete an access rule")
            .Produces(204).FailsWith(404, 409, 501).GivesRevision();

        var mine = routes.MapGroup("/api/v1/authorization/me/access-rules").WithTags("Me");
        mine.MapGet("", Mine).NeedsSignIn().Describe("get_me_access_rules", "List the caller's own access rules, through groups too")
            .TakesList(ListSpec.PagingOnly, search: true).Produces<MyAccessRulesResponse>();
        mine.MapGet("/count", CountMine).NeedsSignIn().Describe("count_me_access_rules", "Count the caller's own access rules")
            .TakesQuery("search", "Text in the subject's, role's or scope's name.").Produces<CountResponse>();
    }

    private static RouteHandlerBuilder Filtered(RouteHandlerBuilder endpoint) => endpoint
        .TakesQuery("subjectType", "Only rules of this type of subject.", "string", "user", "app", "service-account", "group", "all-authenticated-users")
        .TakesQuery("subjectIds", "Only rules of these subjects (ids, e-mails or names), comma-joined or repeated.")
        .TakesQuery("subjectIdFilter", "Deprecated: one of `subjectIds`.")
        .TakesQuery("clusterId", "Only rules in this cluster.")
        .TakesQuery("scopeType", "Only rules at scopes of this type.")
        .TakesQuery("scopeId", "Only rules at this scope.")
        .TakesQuery("roleId", "Only rules of this role.", "integer")
        .TakesQuery("includeDeleted", "Deleted rules too.", "boolean")
        .TakesQuery("lastUpdated", "Only rules created or deleted at or after this time.");

    /// <summary>With <c>dryRun</c> it is a simulation and answers as one.</summary>
    private static RouteHandlerBuilder Rehearses(this RouteHandlerBuilder endpoint) => endpoint
        .TakesQuery("dryRun", "Writes nothing and answers 200 with what would change, as `/api/v1/authorize/simulate` does.", "boolean")
        .TakesQuery("limit", "With `dryRun`: page size, 1 to 1,000; default 100.", "integer")
        .TakesQuery("cursor", "With `dryRun`: the cursor of the page before.")
        .Produces<SimulationResponse>();

    private static async Task<IResult> CreateAsync(HttpContext context, RuleWritesService service, SimulationService simulation, TimeProvider clock)
    {
        var body = await JsonBody.ReadAsync<AccessRuleCreation>(context, JsonBody.Lenient);
        return await CreateOrSimulateAsync(context, NewRuleReader.Read(body, clock.NowMicros()), service, simulation);
    }

    private static async Task<IResult> CreateForAllAsync(HttpContext context, RuleWritesService service, SimulationService simulation, TimeProvider clock)
    {
        var body = await JsonBody.ReadAsync<AuthenticatedUsersRuleCreation>(context, JsonBody.Lenient);
        return await CreateOrSimulateAsync(context, NewRuleReader.Read(body, clock.NowMicros()), service, simulation);
    }

    private static async Task<IResult> CreateOrSimulateAsync(HttpContext context, WantedRule wanted, RuleWritesService service, SimulationService simulation)
    {
        var query = context.Request.Query;
        if (!ListQuery.ReadBool(query, "dryRun")) return TypedResults.Json(await service.CreateAsync(context, wanted), JsonBody.Answers, statusCode: 201);
        var limit = ListQuery.ReadInt(query, "limit", 1, AuthorizeService.MaxLimit);
        var change = new SimulatedChange([wanted], [], Single: true);
        return TypedResults.Json(await simulation.RunAsync(context, change, limit, ListQuery.ReadOne(query, "cursor")), JsonBody.Answers);
    }

    private static async Task<IResult> CreateManyAsync(HttpContext context, RuleWritesService service)
    {
        RefuseDryRun(context);
        var body = await JsonBody.ReadAsync<AccessRuleBatchCreation>(context, JsonBody.Lenient, JsonBody.MaxBatchBytes);
        return TypedResults.Json(await service.CreateAsync(context, body), JsonBody.Answers);
    }

    private static async Task<IResult> BatchAsync(HttpContext context, RuleWritesService service)
    {
        RefuseDryRun(context);
        var body = await JsonBody.ReadAsync<AccessRuleBatch>(context, JsonBody.Lenient, JsonBody.MaxBatchBytes);
        return TypedResults.Json(await service.DeleteAsync(context, body), JsonBody.Answers);
    }

    /// <summary>Unknown parameters are ignored, but nobody who asks for a dry run may be given a wet one.</summary>
    private static void RefuseDryRun(HttpContext context)
    {
        if (ListQuery.ReadBool(context.Request.Query, "dryRun"))
            throw new ApiException(Kinds.NotImplemented, "`dryRun` is not served here, and nothing was written: `/api/v1/authorize/simulate` tells what would change.", "dryRun");
    }

    private static async Task<IResult> ListAsync(HttpContext context, AccessRulesService service)
        => TypedResults.Json(await service.ListAsync(context), JsonBody.Answers);

    private static async Task<IResult> CountAsync(HttpContext context, AccessRulesService service)
        => TypedResults.Json(await service.CountAsync(context), JsonBody.Answers);

    private static async Task<IResult> GetAsync(HttpContext context, string accessRuleId, AccessRulesService service)
        => TypedResults.Json(await service.GetAsync(context, accessRuleId), JsonBody.Answers);

    private static async Task<IResult> DeleteAsync(HttpContext context, string accessRuleId, RuleWritesService service)
    {
        RefuseDryRun(context);
        await service.DeleteAsync(context, accessRuleId);
        return TypedResults.NoContent();
    }

    private static IResult Mine(HttpContext context, AccessRulesService service)
        => TypedResults.Json(new MyAccessRulesResponse(service.Mine(context)), JsonBody.Answers);

    private static IResult CountMine(HttpContext context, AccessRulesService service)
        => TypedResults.Json(service.CountMine(context), JsonBody.Answers);
}
