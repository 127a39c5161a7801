using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>Access rules: `subject is a role in a scope`. They never change; one deletes and creates.</summary>
internal static class AccessRulesEndpoints
{
    private const string Example = """{ "subjectId": "ci-bot", "subjectType": "app", "roleId": 5, "scopeId": "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11", "scopeType": "project" }""";

    public static void MapAccessRules(this IEndpointRouteBuilder routes)
    {
        var rules = routes.MapGroup("/api/v1/authorization/access-rules").WithTags("Access rules");
        rules.MapPost("", CreateAsync).Needs("access_rules", "create", At.Object)
            .Describe("create_access_rule", "Create an access rule", "Needs `access_rules` create at the scope and every permission of the role there (403 `would_escalate`).")
            .Reads(typeof(AccessRuleCreation), Example).Produces<AccessRule>(201).FailsWith(404, 409).GivesRevision();
        Filtered(rules.MapGet("", ListAsync).Needs("access_rules", "read", At.Object)
            .Describe("get_access_rules", "List access rules", "Shows the rules at the scopes where the caller may read rules.")
            .TakesList(AccessRuleListing.Table, search: true)).Produces<AccessRulePage>();
        Filtered(rules.MapGet("/count", CountAsync).Needs("access_rules", "read", At.Object).Describe("count_access_rules", "Count access rules")
            .TakesList(AccessRuleListing.Table, search: true)).Produces<CountResponse>();
        rules.MapGet("/{accessRuleId}", GetAsync).Needs("access_rules", "read", At.Object).Describe("get_access_rule", "Get an access rule")
            .Produces<AccessRule>().FailsWith(404);
        rules.MapDelete("/{accessRuleId}", DeleteAsync).Needs("access_rules", "delete", At.Object).Describe("delete_access_rule", "Delete an access rule")
            .Produces(204).FailsWith(404, 409).GivesRevision();

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

    private static async Task<IResult> CreateAsync(HttpContext context, AccessRulesService service)
    {
        if (ListQuery.ReadBool(context.Request.Query, "dryRun"))
            throw new Errors.ApiException(Errors.Kinds.NotImplemented, "`dryRun` is not served yet; nothing was written.", "dryRun");
        var body = await JsonBody.ReadAsync<AccessRuleCreation>(context, JsonBody.Lenient);
        return TypedResults.Json(await service.CreateAsync(context, body), JsonBody.Answers, statusCode: 201);
    }

    private static async Task<IResult> ListAsync(HttpContext context, AccessRulesService service)
        => TypedResults.Json(await service.ListAsync(context), JsonBody.Answers);

    private static async Task<IResult> CountAsync(HttpContext context, AccessRulesService service)
        => TypedResults.Json(await service.CountAsync(context), JsonBody.Answers);

    private static async Task<IResult> GetAsync(HttpContext context, string accessRuleId, AccessRulesService service)
        => TypedResults.Json(await service.GetAsync(context, accessRuleId), JsonBody.Answers);

    private static async Task<IResult> DeleteAsync(HttpContext context, string accessRuleId, AccessRulesService service)
    {
        await service.DeleteAsync(context, accessRuleId);
        return TypedResults.NoContent();
    }

    private static IResult Mine(HttpContext context, AccessRulesService service)
        => TypedResults.Json(new MyAccessRulesResponse(service.Mine(context)), JsonBody.Answers);

    private static IResult CountMine(HttpContext context, AccessRulesService service)
        => TypedResults.Json(service.CountMine(context), JsonBody.Answers);
}
