using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Authorize;

/// <summary>May this subject do this action on this kind of resource in this scope?</summary>
internal static class AuthorizeEndpoints
{
    private const int MaxChecks = 10_000;
    private const string CheckExample = """{ "subject": { "type": "application", "id": "ci-bot" }, "action": "create", "resourceType": "workloads", "scope": { "type": "project", "id": "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11" } }""";
    private const string WhoCanExample = """{ "action": "create", "resourceType": "workloads", "scope": { "type": "project", "id": "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11" } }""";

    public static void MapAuthorize(this IEndpointRouteBuilder routes)
    {
        // Plain request delegates: no parameter binding on the hottest path of the service.
        var services = routes.ServiceProvider;
        var handlers = new Handlers(services.GetRequiredService<PolicyStore>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<Metrics>());
        var group = routes.MapGroup("/api/v1/authorize").WithTags("Authorize");
        Ask(group.MapPost("", handlers.CheckAsync), typeof(CheckRequest), typeof(CheckResponse), CheckExample).Describe("authorize", "May the subject do it?",
            "A denied check is 200 with `allowed: false`. Without `subject` it is about the caller; about others it needs `authorization` read at the scope.");
        Ask(group.MapPost("/batch", handlers.BatchAsync), typeof(BatchCheckRequest), typeof(BatchCheckResponse), $$"""{ "checks": [{{CheckExample}}] }""")
            .Describe("authorize_batch", "Up to 10,000 checks at one revision",
                "Same order and count. If the caller may not ask one of them, the whole call is 403 naming its index.");
        Ask(group.MapPost("/explain", handlers.ExplainAsync), typeof(CheckRequest), typeof(ExplainResponse), CheckExample)
            .Describe("authorize_explain", "Why is it allowed or denied?",
                "The decision with its principals, the path, every rule on it, and, when no rule matches, the nearest roles that would allow it.");
        Ask(group.MapPost("/who-can", handlers.WhoCanAsync), typeof(WhoCanRequest), typeof(WhoCanResponse), WhoCanExample)
            .Describe("authorize_who_can", "Who may do it?", "Complete over all pages; groups as groups and their known members as users.");
        Ask(group.MapPost("/what-can", handlers.WhatCanAsync), typeof(WhatCanRequest), typeof(WhatCanResponse), """{ "resourceType": "workloads" }""")
            .Describe("authorize_what_can", "What may the subject do, and where?", "The highest scopes only; about another, cut to the scopes where the caller may ask.");
        Ask(routes.MapPost("/api/v1/authorization/permitted-scopes", handlers.PermittedScopesAsync).WithTags("Permissions"),
                typeof(PermittedScopesRequest), typeof(PermittedScopesResponse), """{ "resourceType": "workloads", "action": "create" }""", At.SignedIn)
            .Describe("get_permitted_scopes", "The highest scopes where the caller may do it");
    }

    private static IEndpointConventionBuilder Ask(IEndpointConventionBuilder endpoint, Type request, Type response, string example, At at = At.Object)
        => (at == At.SignedIn ? endpoint.NeedsSignIn() : endpoint.Needs("authorization", "read", at))
            .Reads(request, example).WithMetadata(new ProducesResponseTypeMetadata(200, response, ["application/json"]));

    private sealed class Handlers(PolicyStore store, TimeProvider clock, Metrics metrics)
    {
        public async Task CheckAsync(HttpContext context)
        {
            var request = await JsonBody.ReadAsync<CheckRequest>(context, JsonBody.Strict, fast: CheckReader.TryReadCheck);
            Questions.Validate(request);
            var point = await DecisionPoint.AtAsync(context.Admitted(), request.Consistency, store, clock, context.RequestAborted);
            var question = Questions.Resolve(request, point.Snapshot, point.Caller);
            point.DemandMayAsk(question);
            var decision = point.Decide(question);
            metrics.Checked(decision.Allowed, request.Consistency);
            await DecisionWriter.WriteAsync(context, point, decision);
        }

        public async Task BatchAsync(HttpContext context)
        {
            var request = await JsonBody.ReadAsync<BatchCheckRequest>(context, JsonBody.Strict, JsonBody.MaxBatchBytes, CheckReader.TryReadBatch);
            if (request.Checks is null) throw ApiException.Invalid("checks", "is missing");
            if (request.Checks.Count is 0 or > MaxChecks) throw ApiException.Invalid("checks", $"must hold 1 to {MaxChecks} checks");
            for (var i = 0; i < request.Checks.Count; i++) Questions.Validate(request.Checks[i], i);
            var point = await DecisionPoint.AtAsync(context.Admitted(), request.Consistency, store, clock, context.RequestAborted);
            var decisions = Decide(request.Checks, point);
            var allowed = decisions.Count(decision => decision.Allowed);
            metrics.Checked(true, request.Consistency, allowed);
            metrics.Checked(false, request.Consistency, decisions.Length - allowed);
            await DecisionWriter.WriteBatchAsync(context, point, decisions);
        }

        public async Task ExplainAsync(HttpContext context)
        {
            var request = await JsonBody.ReadAsync<CheckRequest>(context, JsonBody.Strict);
            Questions.Validate(request);
            var point = await DecisionPoint.AtAsync(context.Admitted(), request.Consistency, store, clock, context.RequestAborted);
            var question = Questions.Resolve(request, point.Snapshot, point.Caller);
            point.DemandMayAsk(question);
            await context.Response.WriteAsJsonAsync(AuthorizeService.Explain(point, question), JsonBody.Answers, context.RequestAborted);
        }

        public async Task WhoCanAsync(HttpContext context)
        {
            var request = await JsonBody.ReadAsync<WhoCanRequest>(context, JsonBody.Strict);
            if (request.Action is null) throw ApiException.Invalid("action", "is missing");
            if (request.ResourceType is null) throw ApiException.Invalid("resourceType", "is missing");
            Questions.ValidateScope(request.Scope);
            var point = await DecisionPoint.AtAsync(context.Admitted(), null, store, clock, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(AuthorizeService.WhoCan(point, request), JsonBody.Answers, context.RequestAborted);
        }

        public async Task WhatCanAsync(HttpContext context)
        {
            var request = await JsonBody.ReadOptionalAsync<WhatCanRequest>(context, JsonBody.Strict) ?? new WhatCanRequest();
            if (request.Subject is not null) Questions.ValidateSubject(request.Subject);
            var point = await DecisionPoint.AtAsync(context.Admitted(), null, store, clock, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(AuthorizeService.WhatCan(point, request), JsonBody.Answers, context.RequestAborted);
        }

        public async Task PermittedScopesAsync(HttpContext context)
        {
            var request = await JsonBody.ReadAsync<PermittedScopesRequest>(context, JsonBody.Lenient);
            if (request.ResourceType is null) throw ApiException.Invalid("resourceType", "is missing");
            var acting = Acting.Reading(context.Admitted(), clock);
            await context.Response.WriteAsJsonAsync(
                AuthorizeService.PermittedScopes(acting, request.ResourceType, request.Action), JsonBody.Answers, context.RequestAborted);
        }

        private static Decision[] Decide(IReadOnlyList<CheckItem> checks, in DecisionPoint point)
        {
            var decisions = new Decision[checks.Count];
            for (var i = 0; i < decisions.Length; i++)
            {
                var question = Questions.Resolve(checks[i], point.Snapshot, point.Caller);
                point.DemandMayAsk(question, i);
                decisions[i] = point.Decide(question);
            }

            return decisions;
        }
    }
}
