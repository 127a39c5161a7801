namespace RunAiRbac.Api.Features.Applications;

internal static class ApplicationsEndpoints
{
    public static void MapApplications(this IEndpointRouteBuilder routes)
    {
    }
}
