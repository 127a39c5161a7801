namespace RunAiRbac.Api.Features.OrgUnits;

internal static class DepartmentsEndpoints
{
    public static void MapDepartments(this IEndpointRouteBuilder routes)
    {
    }
}
