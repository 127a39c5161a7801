using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.AccessKeys;

/// <summary>One's own access keys.</summary>
internal static class AccessKeysEndpoints
{
    internal const string Creating = "At most 20 a user. The secret is shown this once; tokens taken with it (client_credentials, app_token) act as the caller, with the caller's rights of the moment.";
    internal const string Deleting = "Tokens taken with it are dead at once.";
    internal const string Replacing = "The new secret is shown this once. The old one, and tokens taken with it, are dead at once.";
    internal const string Example = """{"name":"laptop"}""";

    public static void MapAccessKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/access-keys").WithTags("Access keys").NeedsSignIn().WithMetadata(ClosedToAccessKeys.Instance);
        keys.MapGet("", ListAsync).Describe("get_access_keys", "List the caller's access keys").Produces<AccessKeyList>();
        keys.MapPost("", CreateAsync).Describe("create_access_key1", "Create an access key of the caller", Creating)
            .Reads(typeof(AccessKeyCreation), Example).Produces<AccessKeyCreated>(201).FailsWith(403, 409).GivesRevision();
        keys.MapGet("/{accessKeyId}", GetAsync).Describe("get_access_key_by_id1", "Get an access key of the caller").Produces<AccessKey>().FailsWith(404);
        keys.MapDelete("/{accessKeyId}", DeleteAsync).Describe("delete_access_key_by_id", "Delete an access key of the caller", Deleting)
            .Produces(204).FailsWith(403, 404).GivesRevision();
        keys.MapPost("/{accessKeyId}/secret", ReplaceSecretAsync).Describe("regenerate_access_key_secret", "Replace an access key's secret", Replacing)
            .Produces<AccessKeySecret>().FailsWith(403, 404).GivesRevision();
        routes.MapUserApplications();
        routes.MapAccessKeyAdministration();
    }

    private static async Task<IResult> ListAsync(HttpContext context, AccessKeysService keys)
        => TypedResults.Json(new AccessKeyList(await keys.ListAsync(context)), JsonBody.Answers);

    private static async Task<IResult> CreateAsync(HttpContext context, AccessKeysService keys)
    {
        var made = await keys.CreateAsync(context, await ReadNameAsync(context));
        var created = new AccessKeyCreated
        {
            Id = made.Row.Id,
            ClientId = made.Row.Id,
            Name = made.Row.Label!,
            ClientSecret = made.Secret,
            CreatedAt = Storage.Micros.ToTime(made.Row.CreatedAt),
            Revision = made.Revision,
        };
        return TypedResults.Json(created, JsonBody.Answers, statusCode: 201);
    }

    private static Task<IResult> GetAsync(HttpContext context, string accessKeyId, AccessKeysService keys) => GetByIdAsync(context, accessKeyId, keys);

    private static Task<IResult> DeleteAsync(HttpContext context, string accessKeyId, AccessKeysService keys) => DeleteByIdAsync(context, accessKeyId, keys);

    private static Task<IResult> ReplaceSecretAsync(HttpContext context, string accessKeyId, AccessKeysService keys) => ReplaceSecretByIdAsync(context, accessKeyId, keys);

    internal static async Task<string> ReadNameAsync(HttpContext context)
        => ClientNames.Read((await JsonBody.ReadAsync<AccessKeyCreation>(context, JsonBody.Lenient)).Name);

    internal static async Task<IResult> GetByIdAsync(HttpContext context, string id, AccessKeysService keys)
        => TypedResults.Json(await keys.GetAsync(context, id), JsonBody.Answers);

    internal static async Task<IResult> DeleteByIdAsync(HttpContext context, string id, AccessKeysService keys)
    {
        await keys.DeleteAsync(context, id);
        return TypedResults.NoContent();
    }

    internal static async Task<IResult> ReplaceSecretByIdAsync(HttpContext context, string id, AccessKeysService keys)
    {
        var made = await keys.ReplaceSecretAsync(context, id);
        return TypedResults.Json(new AccessKeySecret { ClientSecret = made.Secret, Revision = made.Revision }, JsonBody.Answers);
    }
}
