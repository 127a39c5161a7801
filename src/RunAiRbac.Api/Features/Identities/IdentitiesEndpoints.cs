using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Identities;

/// <summary>In which ways a user is recognized.</summary>
internal static class IdentitiesEndpoints
{
    public static void MapIdentities(this IEndpointRouteBuilder routes)
    {
        var user = routes.MapGroup("/api/v1/users/{userId}").WithTags("Identities");
        user.MapGet("/identities", ListAsync).Needs("users", "read", At.Anywhere)
            .Describe("get_user_identities", "List a user's identities", "Local and of identity providers, with what each provider last said. Everybody may read their own.")
            .Produces<UserIdentities>().FailsWith(404);
        user.MapPost("/identities", LinkAsync).Needs("users", "update", At.Object)
            .Describe("link_user_identity", "Link a provider's account to a user",
                "From now on that account signs in as the user, so the caller must hold all that the user's rules give. A pending user becomes one by this, which needs `users` create too. A user has at most one account of each provider.")
            .Reads(typeof(IdentityLink), """{"provider":"keycloak","subjectClaim":"7c9a3f0e-9d2b-4f57-8f3f-0d6f3f0f5a11"}""").Produces<UserIdentity>(201).FailsWith(404, 409).GivesRevision();
        user.MapDelete("/identities/{identityId}", UnlinkAsync).Needs("users", "update", At.Object)
            .Describe("unlink_user_identity", "Unlink an identity",
                "Ends all sessions of the user, and the memberships that came from that provider; of the local identity, the password. The last one may go too: the answer says how many are left.")
            .Produces<IdentityUnlinked>().FailsWith(404, 409).GivesRevision();
        user.MapGet("/identity-requests", RequestsAsync).Needs("users", "read", At.Anywhere)
            .Describe("get_user_identity_requests", "List sign-ins that wait to be linked",
                "Accounts of identity providers that were refused with `account_exists` because the user has their e-mail address, of the last 30 days; at most 20.")
            .Produces<IdentityRequests>().FailsWith(404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, string userId, IdentityLists lists)
        => TypedResults.Json(await lists.OfUserAsync(context, userId), JsonBody.Answers);

    private static async Task<IResult> LinkAsync(HttpContext context, string userId, IdentitiesService identities)
    {
        var wanted = NewIdentity.Read(await JsonBody.ReadAsync<IdentityLink>(context, JsonBody.Lenient));
        return TypedResults.Json(await identities.LinkAsync(context, userId, wanted), JsonBody.Answers, statusCode: 201);
    }

    private static async Task<IResult> UnlinkAsync(HttpContext context, string userId, string identityId, IdentitiesService identities)
        => TypedResults.Json(await identities.UnlinkAsync(context, userId, identityId), JsonBody.Answers);

    private static async Task<IResult> RequestsAsync(HttpContext context, string userId, IdentityLists lists)
        => TypedResults.Json(await lists.RequestsAsync(context, userId), JsonBody.Answers);
}
