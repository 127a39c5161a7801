using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>Projects: the level below a department.</summary>
internal static class ProjectsEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/org-unit/projects").WithTags("Projects");
        group.MapPost("", CreateAsync).Needs("project", "create", At.Object).Describe("create_project", "Creates a project",
            "The permission is asked at the department; without `parentId` that is the cluster's department `default`.")
            .Reads(typeof(ProjectCreationRequest), """{"name":"my-project","clusterId":"0199c0de-0000-7000-8000-000000000001"}""")
            .GivesRevision().FailsWith(409).Produces<Project>(201);
        group.MapGet("", ListAsync).Needs("project", "read", At.Object).Describe("get_projects", "The projects that the caller may read",
            "`search` finds names that contain the text, whatever the case.")
            .TakesList(UnitFields.Projects, search: true).Produces<ProjectPage>();
        group.MapGet("/count", CountAsync).Needs("project", "read", At.Object).Describe("count_projects", "How many projects the caller may read")
            .TakesQuery("filterBy", "As on the list.").TakesQuery("search", "As on the list.").Produces<CountResponse>();
        group.MapGet("/{projectId}", GetAsync).Needs("project", "read", At.Object).Describe("get_project", "One project")
            .FailsWith(404).Produces<Project>();
        group.MapPut("/{projectId}", UpdateAsync).Needs("project", "update", At.Object).Describe("update_project", "Updates a project",
            "What is left out is cleared, except `resources` and `enforceRunaiScheduler`, which then stay.")
            .Reads(typeof(ProjectUpdateRequest), """{"description":"Vision models","resources":[]}""").GivesRevision().FailsWith(404).Produces<Project>();
        group.MapPatch("/{projectId}", RenameAsync).Needs("project", "update", At.Object).Describe("rename_project", "Renames a project",
            "Only the name changes; without one, nothing. The project's namespace stays as it is, and stays taken.")
            .Reads(typeof(UnitPatch), """{"name":"my-other-project"}""").GivesRevision().FailsWith(404, 409).Produces<Project>();
        group.MapDelete("/{projectId}", DeleteAsync).Needs("project", "delete", At.Object).Describe("delete_project", "Deletes a project",
            "The access rules in it end in the same write. The answer is always 204: all is done then, and the 202 of the compatible API, for deletions that go on, never comes.")
            .GivesRevision().FailsWith(404).Produces(204).Produces(202);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ProjectsService projects)
    {
        var request = await JsonBody.ReadAsync<ProjectCreationRequest>(context, JsonBody.Lenient);
        return Results.Json(await projects.CreateAsync(context, request), JsonBody.Answers, statusCode: 201);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ProjectsService projects)
    {
        var list = ListQuery.Read(context.Request.Query, UnitFields.Projects);
        return Results.Json(await projects.ListAsync(context, list), JsonBody.Answers);
    }

    private static async Task<IResult> CountAsync(HttpContext context, ProjectsService projects)
    {
        var list = ListQuery.ReadCount(context.Request.Query, UnitFields.Projects);
        return Results.Json(await projects.CountAsync(context, list), JsonBody.Answers);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string projectId, ProjectsService projects)
        => Results.Json(await projects.GetAsync(context, projectId), JsonBody.Answers);

    private static async Task<IResult> UpdateAsync(HttpContext context, string projectId, ProjectsService projects)
    {
        var request = await JsonBody.ReadAsync<ProjectUpdateRequest>(context, JsonBody.Lenient);
        return Results.Json(await projects.UpdateAsync(context, projectId, request), JsonBody.Answers);
    }

    private static async Task<IResult> RenameAsync(HttpContext context, string projectId, ProjectsService projects)
    {
        var request = await JsonBody.ReadAsync<UnitPatch>(context, JsonBody.Lenient);
        return Results.Json(await projects.RenameAsync(context, projectId, request), JsonBody.Answers);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string projectId, ProjectsService projects)
    {
        await projects.DeleteAsync(context, projectId);
        return Results.NoContent();
    }
}
