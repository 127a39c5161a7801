namespace RunAiRbac.Api.Features.Roles;

internal static class RolesEndpoints
{
    public static void MapRoles(this IEndpointRouteBuilder routes)
    {
    }
}
