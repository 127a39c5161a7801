using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>Clusters: the level below the tenant.</summary>
internal static class ClustersEndpoints
{
    public static void MapClusters(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/clusters").WithTags("Clusters");
        group.MapGet("", ListAsync).Needs("cluster", "read", At.Object).Describe("get_clusters", "The clusters that the caller may read",
            "By name. A cluster may also be read by who may read clusters anywhere inside it.")
            .TakesVerbosity().TakesQuery("includeRequestedForDelete", "Accepted; clusters are deleted at once, so there is nothing to include.", "boolean")
            .Produces<IReadOnlyList<DisplayedCluster>>();
        group.MapPost("", CreateAsync).Needs("cluster", "create", At.Object).Describe("create_cluster", "Creates a cluster and its department `default`")
            .Reads(typeof(ClusterCreationRequest), """{"name":"cluster-a"}""").GivesRevision().FailsWith(409).Produces<DisplayedCluster>(201);
        group.MapGet("/{clusterUuid}", GetAsync).Needs("cluster", "read", At.Object).Describe("get_cluster_by_uuid", "One cluster")
            .TakesVerbosity().FailsWith(404).Produces<DisplayedCluster>();
        group.MapPut("/{clusterUuid}", RenameAsync).Needs("cluster", "update", At.Object).Describe("updateCluster", "Renames a cluster")
            .Reads(typeof(ClusterUpdateRequest), """{"name":"cluster-b"}""").GivesRevision().FailsWith(404, 409).Produces(204);
        group.MapDelete("/{clusterUuid}", DeleteAsync).Needs("cluster", "delete", At.Object).Describe("delete_cluster", "Deletes a cluster",
            "The cluster, its departments and projects, and the access rules in them end at once, in one write: also when the answer, without `force`, is 202.")
            .TakesQuery("force", "Answer 204 instead of 202; the deletion is the same.", "boolean")
            .GivesRevision().FailsWith(404).Produces<AcceptedResponse>(202).Produces(204);
    }

    private static RouteHandlerBuilder TakesVerbosity(this RouteHandlerBuilder endpoint)
        => endpoint.TakesQuery("verbosity", "`metadata` leaves out the status.", "string", "metadata", "full");

    private static async Task<IResult> ListAsync(HttpContext context, ClustersService clusters)
    {
        var full = IsFull(context);
        ListQuery.ReadBool(context.Request.Query, "includeRequestedForDelete");
        return Results.Json(await clusters.ListAsync(context, full), JsonBody.Answers);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ClustersService clusters)
    {
        var request = await JsonBody.ReadAsync<ClusterCreationRequest>(context, JsonBody.Lenient);
        return Results.Json(await clusters.CreateAsync(context, request), JsonBody.Answers, statusCode: 201);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string clusterUuid, ClustersService clusters)
        => Results.Json(await clusters.GetAsync(context, clusterUuid, IsFull(context)), JsonBody.Answers);

    private static async Task<IResult> RenameAsync(HttpContext context, string clusterUuid, ClustersService clusters)
    {
        await clusters.RenameAsync(context, clusterUuid, await JsonBody.ReadAsync<ClusterUpdateRequest>(context, JsonBody.Lenient));
        return Results.NoContent();
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string clusterUuid, ClustersService clusters)
    {
        var force = ListQuery.ReadBool(context.Request.Query, "force");
        // For the event, which is written before the answer.
        context.Response.StatusCode = force ? StatusCodes.Status204NoContent : StatusCodes.Status202Accepted;
        await clusters.DeleteAsync(context, clusterUuid);
        return force ? Results.NoContent() : Results.Json(new AcceptedResponse(202, "Request has been accepted."), JsonBody.Answers, statusCode: 202);
    }

    private static bool IsFull(HttpContext context) => ListQuery.ReadOne(context.Request.Query, "verbosity") switch
    {
        null or "full" => true,
        "metadata" => false,
        _ => throw ApiException.Invalid("verbosity", "must be metadata or full"),
    };
}
