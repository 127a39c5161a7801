using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>Departments: the level below a cluster.</summary>
internal static class DepartmentsEndpoints
{
    public static void MapDepartments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/org-unit/departments").WithTags("Departments");
        group.MapPost("", CreateAsync).Needs("department", "create", At.Object).Describe("create_department", "Creates a department",
            "The permission is asked at the cluster. Quotas, scheduling and node fields are kept and given back.")
            .Reads(typeof(DepartmentCreationRequest), """{"name":"research","clusterId":"0199c0de-0000-7000-8000-000000000001"}""")
            .GivesRevision().FailsWith(409).Produces<Department>(201);
        group.MapGet("", ListAsync).Needs("department", "read", At.Object).Describe("get_departments", "The departments that the caller may read",
            "A department may also be read by who may read departments anywhere inside it.")
            .TakesList(UnitFields.Departments).TakesQuery("verbosity", "Accepted; the answer is always complete.", "string", "meta", "brief", "verbose")
            .Produces<DepartmentPage>();
        group.MapGet("/count", CountAsync).Needs("department", "read", At.Object).Describe("count_departments", "How many departments the caller may read")
            .TakesQuery("filterBy", "As on the list.").Produces<CountResponse>();
        group.MapGet("/{departmentId}", GetAsync).Needs("department", "read", At.Object).Describe("get_department", "One department")
            .FailsWith(404).Produces<Department>();
        group.MapPut("/{departmentId}", UpdateAsync).Needs("department", "update", At.Object).Describe("update_department", "Updates a department",
            "What is left out is cleared, except `resources`, which then stay.")
            .Reads(typeof(DepartmentUpdateRequest), """{"description":"All research","resources":[]}""").GivesRevision().FailsWith(404).Produces<Department>();
        group.MapPatch("/{departmentId}", RenameAsync).Needs("department", "update", At.Object).Describe("rename_department", "Renames a department",
            "Only the name changes; without one, nothing. The department `default` keeps its name: projects without `parentId` go there.")
            .Reads(typeof(UnitPatch), """{"name":"applied-research"}""").GivesRevision().FailsWith(404, 409).Produces<Department>();
        group.MapDelete("/{departmentId}", DeleteAsync).Needs("department", "delete", At.Object).Describe("delete_department", "Deletes a department",
            "Its projects and the access rules in it and in them end in the same write. The department `default` stays as long as its cluster.")
            .GivesRevision().FailsWith(404, 409).Produces(204);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, DepartmentsService departments)
    {
        var request = await JsonBody.ReadAsync<DepartmentCreationRequest>(context, JsonBody.Lenient);
        return Results.Json(await departments.CreateAsync(context, request), JsonBody.Answers, statusCode: 201);
    }

    private static async Task<IResult> ListAsync(HttpContext context, DepartmentsService departments)
    {
        var list = ListQuery.Read(context.Request.Query, UnitFields.Departments);
        if (ListQuery.ReadOne(context.Request.Query, "verbosity") is not (null or "meta" or "brief" or "verbose"))
            throw ApiException.Invalid("verbosity", "must be one of meta, brief, verbose");
        return Results.Json(await departments.ListAsync(context, list), JsonBody.Answers);
    }

    private static async Task<IResult> CountAsync(HttpContext context, DepartmentsService departments)
        => Results.Json(await departments.CountAsync(context, ListQuery.ReadCount(context.Request.Query, UnitFields.Departments)), JsonBody.Answers);

    private static async Task<IResult> GetAsync(HttpContext context, string departmentId, DepartmentsService departments)
        => Results.Json(await departments.GetAsync(context, departmentId), JsonBody.Answers);

    private static async Task<IResult> UpdateAsync(HttpContext context, string departmentId, DepartmentsService departments)
    {
        var request = await JsonBody.ReadAsync<DepartmentUpdateRequest>(context, JsonBody.Lenient);
        return Results.Json(await departments.UpdateAsync(context, departmentId, request), JsonBody.Answers);
    }

    private static async Task<IResult> RenameAsync(HttpContext context, string departmentId, DepartmentsService departments)
    {
        var request = await JsonBody.ReadAsync<UnitPatch>(context, JsonBody.Lenient);
        return Results.Json(await departments.RenameAsync(context, departmentId, request), JsonBody.Answers);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string departmentId, DepartmentsService departments)
    {
        await departments.DeleteAsync(context, departmentId);
        return Results.NoContent();
    }
}
