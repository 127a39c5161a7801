using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Roles;

/// <summary>Roles, permission sets and permissions, for reading: predefined roles are nobody's to change. In v1 POST, PUT and DELETE are 405.</summary>
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
        MapPermissionSets(group.MapGroup("/permission-sets").WithTags("Permission sets").NeedsSignIn());
        MapNewer(routes.MapGroup("/api/v2/authorization/roles").WithTags("Roles"));
    }

    private static void MapPermissionSets(RouteGroupBuilder sets)
    {
        sets.MapGet("", (HttpContext context) => Results.Json(new PermissionSetList(PermissionSets.All(context.Admitted().Snapshot)), JsonBody.Answers))
            .Describe("get_permission_sets", "All permission sets", "One for each predefined role, of the same name.").Produces<PermissionSetList>();
        sets.MapGet("/{permissionSetId}", (HttpContext context, string permissionSetId) => Results.Json(PermissionSets.Get(context.Admitted().Snapshot, permissionSetId), JsonBody.Answers))
            .Describe("get_permission_set", "One permission set").FailsWith(404).Produces<PermissionSet>();
    }

    private static void MapNewer(RouteGroupBuilder roles)
    {
        roles.MapGet("", PageAsync).NeedsSignIn().Describe("get_roles", "Roles with their permission sets").TakesList(RolesService.Spec).Produces<IReadOnlyList<Role>>();
        roles.MapPost("", IResult () => throw RolesService.CustomRolesComeLater()).Needs("roles", "create", At.Tenant)
            .Describe("create_role", "Not served yet: create a role of one's own").Produces(201).FailsWith(501);
        roles.MapGet("/{roleIdPath}", GetNewerAsync).NeedsSignIn().Describe("get_role", "One role with its permission sets").FailsWith(404).Produces<Role>();
        roles.MapPut("/{roleIdPath}", RefuseChange).Needs("roles", "update", At.Tenant)
            .Describe("update_role", "Refused for predefined roles (`role_is_predefined`)").Produces<Role>().FailsWith(404, 501);
        roles.MapDelete("/{roleIdPath}", RefuseChange).Needs("roles", "delete", At.Tenant)
            .Describe("delete_role", "Refused for predefined roles (`role_is_predefined`)").Produces(204).FailsWith(404, 501);
    }

    private static async Task<IResult> PageAsync(HttpContext context, RolesService roles)
        => Results.Json(await roles.PageAsync(context, ListQuery.Read(context.Request.Query, RolesService.Spec)), JsonBody.Answers);

    private static async Task<IResult> GetNewerAsync(HttpContext context, string roleIdPath, RolesService roles)
        => Results.Json(PermissionSets.WithSets(await roles.GetAsync(context, roleIdPath)), JsonBody.Answers);

    private static IResult RefuseChange(HttpContext context, string roleIdPath)
    {
        RolesService.RefuseChange(context, roleIdPath);
        return Results.Empty;
    }

    private static async Task<IResult> ListAsync(HttpContext context, RolesService roles)
        => Results.Json(await roles.ListAsync(context), JsonBody.Answers);

    private static async Task<IResult> GetAsync(HttpContext context, string roleIdPath, RolesService roles)
        => Results.Json(await roles.GetAsync(context, roleIdPath), JsonBody.Answers);

    private static IResult PermissionsAsync(HttpContext context, RolesService roles)
        => Results.Json(roles.PermissionsOf(context), JsonBody.Answers);
}
