using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Roles;

/// <summary>Roles and permissions, for reading: predefined roles are nobody's to change, so POST, PUT and DELETE are 405.</summary>
internal static class RolesEndpoints
{
    public static void MapRoles(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/authorization").WithTags("Roles");
        group.MapGet("/roles", ListAsync).NeedsSignIn().Describe("get_roles_v1", "All roles with their permissions").Produces<IReadOnlyList<Role>>();
        group.MapGet("/roles/{roleIdPath}", GetAsync).NeedsSignIn().Describe("get_role_v1", "One role").FailsWith(404).Produces<Role>();
        group.MapGet("/permissions", PermissionsAsync).NeedsSignIn().WithTags("Permissions")
            .Describe("get_permissions", "What the caller may do anywhere", "The union over all scopes; resource types on which the caller may do nothing are left out.")
            .Produces<IReadOnlyList<RolePermission>>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, RolesService roles)
        => Results.Json(await roles.ListAsync(context), JsonBody.Answers);

    private static async Task<IResult> GetAsync(HttpContext context, string roleIdPath, RolesService roles)
        => Results.Json(await roles.GetAsync(context, roleIdPath), JsonBody.Answers);

    private static IResult PermissionsAsync(HttpContext context, RolesService roles)
        => Results.Json(roles.PermissionsOf(context), JsonBody.Answers);
}
