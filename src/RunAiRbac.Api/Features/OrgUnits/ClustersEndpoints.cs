namespace RunAiRbac.Api.Features.OrgUnits;

internal static class ClustersEndpoints
{
    public static void MapClusters(this IEndpointRouteBuilder routes)
    {
    }
}
