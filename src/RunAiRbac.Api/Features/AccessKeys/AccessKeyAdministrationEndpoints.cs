using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.AccessKeys;

/// <summary>Everybody's access keys, under their newer and their older name.</summary>
internal static class AccessKeyAdministrationEndpoints
{
    private const string Deleting = "Needs, besides the permission, everything that the key's user may do. " + AccessKeysEndpoints.Deleting;

    public static void MapAccessKeyAdministration(this IEndpointRouteBuilder routes)
    {
        var administration = routes.MapGroup("/api/v1/administration");
        Filtered(administration.MapGet("/access-keys", ListAsync).WithTags("Access keys").Needs("access-keys", "read", At.Tenant)
            .Describe("get_access_keys_administration", "List everybody's access keys").Produces<AdministeredAccessKeyList>());
        administration.MapDelete("/access-keys/{accessKeyId}", DeleteAsync).WithTags("Access keys").Needs("access-keys", "delete", At.Tenant)
            .Describe("delete_access_key_by_id_administration", "Delete anybody's access key", Deleting).Produces(204).FailsWith(404).GivesRevision();
        Filtered(administration.MapGet("/user-applications", ListOlderAsync).WithTags("User applications").Needs("access-keys", "read", At.Tenant)
            .Describe("get_user_applications_administration", "List everybody's user applications", "Deprecated: the same objects as the access keys.")
            .Produces<IReadOnlyList<AdministeredAccessKey>>().WithMetadata(new ObsoleteAttribute()));
        administration.MapDelete("/user-applications/{appId}", DeleteOlderAsync).WithTags("User applications").Needs("access-keys", "delete", At.Tenant)
            .Describe("delete_user_application_by_id_administration", "Delete anybody's user application", Deleting)
            .Produces(204).FailsWith(404).GivesRevision().WithMetadata(new ObsoleteAttribute());
    }

    private static void Filtered(RouteHandlerBuilder list)
        => list.TakesQuery("clientId", "Only the key with this client id.").TakesQuery("createdBy", "Only the keys of the user with this e-mail or id.");

    private static async Task<IResult> ListAsync(HttpContext context, AccessKeyAdministration administration)
        => TypedResults.Json(new AdministeredAccessKeyList(await administration.ListAsync(context)), JsonBody.Answers);

    private static async Task<IResult> ListOlderAsync(HttpContext context, AccessKeyAdministration administration)
        => TypedResults.Json(await administration.ListAsync(context), JsonBody.Answers);

    private static Task<IResult> DeleteAsync(HttpContext context, string accessKeyId, AccessKeyAdministration administration) => EndAsync(context, accessKeyId, administration);

    private static Task<IResult> DeleteOlderAsync(HttpContext context, string appId, AccessKeyAdministration administration) => EndAsync(context, appId, administration);

    private static async Task<IResult> EndAsync(HttpContext context, string id, AccessKeyAdministration administration)
    {
        await administration.DeleteAsync(context, id);
        return TypedResults.NoContent();
    }
}
