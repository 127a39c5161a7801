using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.AccessKeys;

/// <summary>One's own access keys under their older name; the same objects as <see cref="AccessKeysEndpoints"/>.</summary>
internal static class UserApplicationsEndpoints
{
    private const string Deprecated = "Deprecated: the same objects as the access keys. ";

    public static void MapUserApplications(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/user-applications").WithTags("User applications").NeedsSignIn()
            .WithMetadata(ClosedToAccessKeys.Instance, new ObsoleteAttribute());
        keys.MapGet("", ListAsync).Describe("get_user_applications", "List the caller's user applications", Deprecated).Produces<IReadOnlyList<AccessKey>>();
        keys.MapPost("", CreateAsync).Describe("create_user_application", "Create a user application", Deprecated + AccessKeysEndpoints.Creating)
            .Reads(typeof(AccessKeyCreation), AccessKeysEndpoints.Example).Produces<UserApplicationCreated>(201).FailsWith(403, 409).GivesRevision();
        keys.MapGet("/{appId}", GetAsync).Describe("get_user_application_by_id", "Get a user application of the caller", Deprecated).Produces<AccessKey>().FailsWith(404);
        keys.MapDelete("/{appId}", DeleteAsync).Describe("delete_user_application_by_id", "Delete a user application of the caller", Deprecated + AccessKeysEndpoints.Deleting)
            .Produces(204).FailsWith(403, 404).GivesRevision();
        keys.MapPost("/{appId}/secret", ReplaceSecretAsync).Describe("regenerate_user_application_secret", "Replace a user application's secret", Deprecated + AccessKeysEndpoints.Replacing)
            .Produces<AccessKeySecret>().FailsWith(403, 404).GivesRevision();
    }

    private static async Task<IResult> ListAsync(HttpContext context, AccessKeysService keys) => TypedResults.Json(await keys.ListAsync(context), JsonBody.Answers);

    private static async Task<IResult> CreateAsync(HttpContext context, AccessKeysService keys)
    {
        var made = await keys.CreateAsync(context, await AccessKeysEndpoints.ReadNameAsync(context));
        var created = new UserApplicationCreated
        {
            Id = made.Row.Id,
            ClientId = made.Row.Id,
            Name = made.Row.Label!,
            Secret = made.Secret,
            CreatedAt = Storage.Micros.ToTime(made.Row.CreatedAt),
            Revision = made.Revision,
        };
        return TypedResults.Json(created, JsonBody.Answers, statusCode: 201);
    }

    private static Task<IResult> GetAsync(HttpContext context, string appId, AccessKeysService keys) => AccessKeysEndpoints.GetByIdAsync(context, appId, keys);

    private static Task<IResult> DeleteAsync(HttpContext context, string appId, AccessKeysService keys) => AccessKeysEndpoints.DeleteByIdAsync(context, appId, keys);

    private static Task<IResult> ReplaceSecretAsync(HttpContext context, string appId, AccessKeysService keys) => AccessKeysEndpoints.ReplaceSecretByIdAsync(context, appId, keys);
}
