using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Groups;

/// <summary>Groups: known from providers, the directory and rules, never created by hand.</summary>
internal static class GroupsEndpoints
{
    public static void MapGroups(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/groups", ListAsync).WithTags("Groups").Needs("groups", "read", At.Anywhere)
            .Describe("get_groups", "List groups").TakesList(GroupLists.Table, search: true).Produces<Group[]>();
        routes.MapGet("/api/v1/groups/{groupId}/members", MembersAsync).WithTags("Groups").Needs("groups", "read", At.Anywhere)
            .Describe("get_group_members", "List the members of a group", "Members are users: those that the caller may read.")
            .TakesList(GroupLists.Members, search: true).Produces<GroupMember[]>().FailsWith(404);
        routes.MapPut("/api/v1/users/{userId}/groups", ReplaceAsync).WithTags("Groups").Needs("groups", "update", At.Object)
            .Describe("put_user_groups", "Replace a user's groups of one source",
                "Needs the permission in the tenant. Only the source `directory` is written by hand; memberships of other sources stay. The caller must hold what the user's rules and the added groups' rules give.")
            .Reads(typeof(UserGroups), """{"source":"directory","groups":["ml-team"]}""").Produces<User>()
            .TakesQuery("dryRun", "Writes nothing and answers with what would change for the user, as `/api/v1/authorize/simulate` does.", "boolean")
            .TakesQuery("limit", "With `dryRun`: page size, 1 to 1,000; default 100.", "integer")
            .TakesQuery("cursor", "With `dryRun`: the cursor of the page before.")
            .FailsWith(404, 409).GivesRevision();
    }

    private static async Task<IResult> ListAsync(HttpContext context, GroupLists lists)
    {
        var query = ListQuery.Read(context.Request.Query, GroupLists.Table);
        return TypedResults.Json(await lists.PageAsync(context, query), JsonBody.Answers);
    }

    private static async Task<IResult> MembersAsync(HttpContext context, string groupId, GroupLists lists)
    {
        var query = ListQuery.Read(context.Request.Query, GroupLists.Members);
        return TypedResults.Json(await lists.MembersAsync(context, groupId, query), JsonBody.Answers);
    }

    private static async Task<IResult> ReplaceAsync(HttpContext context, string userId, MembershipsService memberships)
    {
        var names = DirectoryGroups.Read(await JsonBody.ReadAsync<UserGroups>(context, JsonBody.Lenient));
        var query = context.Request.Query;
        if (!ListQuery.ReadBool(query, "dryRun")) return TypedResults.Json(await memberships.ReplaceAsync(context, userId, names), JsonBody.Answers);
        var limit = ListQuery.ReadInt(query, "limit", 1, AuthorizeService.MaxLimit);
        return TypedResults.Json(await memberships.SimulateAsync(context, userId, names, limit, ListQuery.ReadOne(query, "cursor")), JsonBody.Answers);
    }
}
