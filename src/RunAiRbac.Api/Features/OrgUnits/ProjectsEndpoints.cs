namespace RunAiRbac.Api.Features.OrgUnits;

internal static class ProjectsEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
    }
}
