using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Audit;

/// <summary>The audit log: who changed what, who signed in, what was refused.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/audit").WithTags("AuditLogs");
        TakesPeriod(group.MapGet("/log", ListAsync).Needs(AuditLists.ResourceType, "read", At.Anywhere)
            .Describe("getAuditLogs", "Read the audit log", "With the permission at a scope below the tenant: the events that belonged to that scope, or to one below it, when they happened."))
            .TakesList(AuditLists.Table).Produces<AuditLogPage>();
        TakesPeriod(group.MapGet("/log/file", DownloadAsync).Needs(AuditLists.ResourceType, "read", At.Anywhere)
            .Describe("downloadAuditLogs", "Download the audit log as a file"))
            .TakesQuery("file_type", "The file's format; `CSV` when absent. Also read as `fileType`.", "string", "CSV", "JSON")
            .TakesList(AuditLists.Table).Produces(200, contentType: "application/octet-stream");
        group.MapGet("/verify", VerifyAsync).Needs(AuditLists.ResourceType, "read", At.Tenant)
            .Describe("verify_audit_log", "Prove that no sealed event of the audit log was changed or removed").Produces<AuditChainState>();
    }

    private static RouteHandlerBuilder TakesPeriod(RouteHandlerBuilder route)
        => route.TakesQuery("start", "Required: the first moment, such as 2030-01-31T12:00:00Z.").TakesQuery("end", "Required: the last moment.");

    private static async Task<IResult> ListAsync(HttpContext context, AuditLists lists)
    {
        var period = AuditPeriod.Read(context.Request.Query);
        return TypedResults.Json(await lists.PageAsync(context, period, ListQuery.Read(context.Request.Query, AuditLists.Table)), JsonBody.Answers);
    }

    private static async Task<IResult> DownloadAsync(HttpContext context, AuditLists lists)
    {
        var query = context.Request.Query;
        var period = AuditPeriod.Read(query);
        var isJson = (ListQuery.ReadOne(query, "file_type") ?? ListQuery.ReadOne(query, "fileType")) switch
        {
            null or "CSV" => false,
            "JSON" => true,
            _ => throw ApiException.Invalid("file_type", "must be CSV or JSON"),
        };
        var events = await lists.FirstAsync(context, period, ListQuery.Read(query, AuditLists.Table));
        return TypedResults.File(isJson ? AuditFile.ToJson(events) : AuditFile.ToCsv(events), "application/octet-stream", isJson ? "audit-log.json" : "audit-log.csv");
    }

    private static async Task<IResult> VerifyAsync(HttpContext context, AuditLists lists) => TypedResults.Json(await lists.VerifyAsync(context), JsonBody.Answers);
}
