using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Users;

/// <summary>Users: people known by their e-mail address.</summary>
internal static class UsersEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/api/v1/users").WithTags("Users");
        users.MapGet("", ListAsync).Needs("users", "read", At.Anywhere)
            .Describe("get_users", "List users", "Pending users, known only because a rule names their e-mail, have `isLocal` null.")
            .TakesList(UserLists.Table, search: true)
            .TakesQuery("filter", "Deprecated: `runai.is_local:true` is `filterBy=isLocal==true`.").Produces<User[]>();
        users.MapPost("", CreateAsync).Needs("users", "create", At.Object)
            .Describe("create_user", "Create a local user",
                "The temporary password is shown this once. The user of an e-mail that rules already name takes those rules over, so the caller must hold what they give.")
            .Reads(typeof(UserCreation), """{"email":"ada@example.com","resetPassword":true}""").Produces<UserCreated>(201).FailsWith(404, 409).GivesRevision();
        users.MapGet("/count", CountAsync).Needs("users", "read", At.Anywhere)
            .Describe("count_users", "Count users").TakesQuery("search", "Free text.").TakesQuery("filterBy", "As in the list.").Produces<CountResponse>();
        users.MapGet("/{userId}", GetAsync).Needs("users", "read", At.Anywhere)
            .Describe("get_user_by_id", "Get a user", "Everybody may read their own user.").Produces<User>().FailsWith(404);
        users.MapPatch("/{userId}", PatchAsync).Needs("users", "update", At.Object)
            .Describe("update_user_by_id", "Enable or disable a user", "Disabling ends the user's sessions at once.")
            .Reads(typeof(UserPatch), """{"enabled":false}""").Produces<User>().FailsWith(404, 409).GivesRevision();
        users.MapDelete("/{userId}", DeleteAsync).Needs("users", "delete", At.Object)
            .Describe("delete_user_by_id", "Delete a user", "Its access rules and memberships end with it.").Produces(204).FailsWith(404, 409).GivesRevision();
        users.MapPost("/{userId}/password", ResetPasswordAsync).Needs("users", "update", At.Object)
            .Describe("reset_user_password", "Reset a local user's password",
                "The temporary password is shown this once and, when set by somebody else, must be changed at the first sign-in. All sessions end at once.")
            .Produces<UserPassword>().FailsWith(404, 409).GivesRevision();
        users.MapPost("/{userId}/logout", SignOutAsync).Needs("users", "update", At.Object)
            .Describe("logout_user", "End all sessions of a user").Produces<EmptyAnswer>().FailsWith(404).GivesRevision();
    }

    private static async Task<IResult> ListAsync(HttpContext context, UserLists lists)
    {
        var query = UserLists.WithLegacyFilter(context.Request.Query, ListQuery.Read(context.Request.Query, UserLists.Table));
        return TypedResults.Json(await lists.PageAsync(context, query), JsonBody.Answers);
    }

    private static async Task<IResult> CountAsync(HttpContext context, UserLists lists)
    {
        var query = UserLists.WithLegacyFilter(context.Request.Query, ListQuery.ReadCount(context.Request.Query, UserLists.Table));
        return TypedResults.Json(new CountResponse(await lists.CountAsync(context, query)), JsonBody.Answers);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string userId, UserLists lists)
        => TypedResults.Json(await lists.GetAsync(context, userId), JsonBody.Answers);

    private static async Task<IResult> CreateAsync(HttpContext context, UsersService users)
    {
        var body = NewUser.Read(await JsonBody.ReadAsync<UserCreation>(context, JsonBody.Lenient));
        return TypedResults.Json(await users.CreateAsync(context, body), JsonBody.Answers, statusCode: 201);
    }

    private static async Task<IResult> PatchAsync(HttpContext context, string userId, UsersService users)
    {
        var body = await JsonBody.ReadAsync<UserPatch>(context, JsonBody.Lenient);
        var enabled = body.Enabled ?? throw ApiException.Invalid("enabled", "is missing");
        return TypedResults.Json(await users.SetEnabledAsync(context, userId, enabled), JsonBody.Answers);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string userId, UsersService users)
    {
        await users.DeleteAsync(context, userId);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> ResetPasswordAsync(HttpContext context, string userId, UsersService users)
        => TypedResults.Json(await users.ResetPasswordAsync(context, userId), JsonBody.Answers);

    private static async Task<IResult> SignOutAsync(HttpContext context, string userId, UsersService users)
    {
        await users.SignOutAsync(context, userId);
        return TypedResults.Json(new EmptyAnswer(), JsonBody.Answers);
    }
}
