using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Clusters: the level below the tenant.</summary>
public sealed class ClustersClient
{
    private const string Path = "/api/v1/clusters";
    private static readonly Operation List = Operation.Get(Path);
    private static readonly Operation Create = Operation.Post(Path);
    private static readonly Operation Get = Operation.Get(Path + "/{clusterUuid}");
    private static readonly Operation Put = Operation.Put(Path + "/{clusterUuid}");
    private static readonly Operation Delete = Operation.Delete(Path + "/{clusterUuid}");
    private readonly Transport _transport;

    internal ClustersClient(Transport transport) => _transport = transport;

    /// <summary>All clusters that the caller may read, by name.</summary>
    /// <param name="verbosity"><c>full</c> (default) or <c>metadata</c>, which leaves out the status.</param>
    /// <param name="includeRequestedForDelete">Accepted for compatibility: clusters are deleted at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<DisplayedCluster>> ListAsync(
        string? verbosity = null, bool? includeRequestedForDelete = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<DisplayedCluster>>(
            new Call(List).Query("verbosity", verbosity).Query("includeRequestedForDelete", includeRequestedForDelete), cancellationToken);

    /// <summary>Creates a cluster and its department <c>default</c>. 409 when the name is taken.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="cancellationToken">Gives up; whether it was created is then not known.</param>
    public Task<Written<DisplayedCluster>> CreateAsync(ClusterCreationRequest cluster, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<DisplayedCluster>(new Call(Create).Json(cluster), cancellationToken);

    /// <summary>One cluster.</summary>
    /// <param name="uuid">Its id.</param>
    /// <param name="verbosity"><c>full</c> (default) or <c>metadata</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<DisplayedCluster> GetAsync(string uuid, string? verbosity = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<DisplayedCluster>(new Call(Get, uuid).Query("verbosity", verbosity), cancellationToken);

    /// <summary>Renames a cluster.</summary>
    /// <param name="uuid">Its id.</param>
    /// <param name="update">The new name.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> UpdateAsync(string uuid, ClusterUpdateRequest update, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Put, uuid).Json(update), cancellationToken);

    /// <summary>Deletes a cluster with its departments, projects and all access rules in them, at once.</summary>
    /// <param name="uuid">Its id.</param>
    /// <param name="force">Whether the service answers 204 instead of 202; the deletion is the same.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteAsync(string uuid, bool? force = null, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Delete, uuid).Query("force", force), cancellationToken);
}
