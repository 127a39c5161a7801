namespace RunAiRbac.Api.Features.Groups;

internal static class GroupsEndpoints
{
    public static void MapGroups(this IEndpointRouteBuilder routes)
    {
    }
}
