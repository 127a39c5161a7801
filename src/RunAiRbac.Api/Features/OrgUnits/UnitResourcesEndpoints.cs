using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>The quotas of departments and projects by themselves; they are kept and given back.</summary>
internal static class UnitResourcesEndpoints
{
    private const string Example = """[{"nodePool":{"id":"default"},"gpu":{"deserved":8}}]""";

    public static void MapUnitResources(this IEndpointRouteBuilder routes)
    {
        var departments = routes.MapGroup("/api/v1/org-unit/departments/{departmentId}/resources").WithTags("Departments");
        Described(departments.MapPut("", ReplaceDepartmentsAsync).Needs("department", "update", At.Object)
            .Describe("update_department_resources", "Replaces a department's quotas"));
        Described(departments.MapPatch("", MergeDepartmentsAsync).Needs("department", "update", At.Object)
            .Describe("patch_department_resources", "Changes a department's quotas in the node pools named", UnitResources.MergeDescription));
        var projects = routes.MapGroup("/api/v1/org-unit/projects/{projectId}/resources").WithTags("Projects");
        Described(projects.MapPut("", ReplaceProjectsAsync).Needs("project", "update", At.Object)
            .Describe("update_project_resources", "Replaces a project's quotas"));
        Described(projects.MapPatch("", MergeProjectsAsync).Needs("project", "update", At.Object)
            .Describe("patch_project_resources", "Changes a project's quotas in the node pools named", UnitResources.MergeDescription));
    }

    private static void Described(RouteHandlerBuilder endpoint)
        => endpoint.Reads(typeof(Resources[]), Example).Produces<Resources[]>().FailsWith(404).GivesRevision();

    private static Task<IResult> ReplaceDepartmentsAsync(HttpContext context, string departmentId, UnitResourcesService service)
        => AnswerAsync(context, body => service.ReplaceAsync(context, UnitTypes.Department, departmentId, body));

    private static Task<IResult> MergeDepartmentsAsync(HttpContext context, string departmentId, UnitResourcesService service)
        => AnswerAsync(context, body => service.MergeAsync(context, UnitTypes.Department, departmentId, body));

    private static Task<IResult> ReplaceProjectsAsync(HttpContext context, string projectId, UnitResourcesService service)
        => AnswerAsync(context, body => service.ReplaceAsync(context, UnitTypes.Project, projectId, body));

    private static Task<IResult> MergeProjectsAsync(HttpContext context, string projectId, UnitResourcesService service)
        => AnswerAsync(context, body => service.MergeAsync(context, UnitTypes.Project, projectId, body));

    private static async Task<IResult> AnswerAsync(HttpContext context, Func<Resources[], Task<IReadOnlyList<Resources>>> change)
        => TypedResults.Json(await change(await JsonBody.ReadAsync<Resources[]>(context, JsonBody.Lenient)), JsonBody.Answers);
}
