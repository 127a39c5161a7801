using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Projects: the level below a department.</summary>
public sealed class ProjectsClient
{
    private const string Path = "/api/v1/org-unit/projects";
    private static readonly Operation Create = Operation.Post(Path);
    private static readonly Operation List = Operation.Get(Path);
    private static readonly Operation Count = Operation.Get(Path + "/count");
    private static readonly Operation Get = Operation.Get(Path + "/{projectId}");
    private static readonly Operation Put = Operation.Put(Path + "/{projectId}");
    private static readonly Operation Patch = Operation.Patch(Path + "/{projectId}");
    private static readonly Operation PutResources = Operation.Put(Path + "/{projectId}/resources");
    private static readonly Operation PatchResources = Operation.Patch(Path + "/{projectId}/resources");
    private static readonly Operation Delete = Operation.Delete(Path + "/{projectId}");
    private readonly Transport _transport;

    internal ProjectsClient(Transport transport) => _transport = transport;

    /// <summary>Creates a project; the permission is asked at its department. 409 when the name or the namespace is taken.</summary>
    /// <param name="project">The project.</param>
    /// <param name="cancellationToken">Gives up; whether it was created is then not known.</param>
    public Task<Written<Project>> CreateAsync(ProjectCreationRequest project, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<Project>(new Call(Create).Json(project), cancellationToken);

    /// <summary>A page of the projects that the caller may read.</summary>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ProjectPage> ListAsync(ListQuery? query = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<ProjectPage>((query ?? new ListQuery()).AddTo(new Call(List)), cancellationToken);

    /// <summary>All projects, page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Project> ListAllAsync(ListQuery? query = null, CancellationToken cancellationToken = default)
        => Pages.ByOffsetAsync<Project>(query?.Offset ?? 0, async (offset, token) =>
        {
            var page = await ListAsync((query ?? new ListQuery()) with { Offset = offset }, token).ConfigureAwait(false);
            return (page.Projects, page.Next);
        }, cancellationToken);

    /// <summary>How many projects there are.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> CountAsync(CountQuery? query = null, CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<CountResponse>((query ?? new CountQuery()).AddTo(new Call(Count)), cancellationToken).ConfigureAwait(false)).Count;

    /// <summary>One project.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Project> GetAsync(string id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<Project>(new Call(Get, id), cancellationToken);

    /// <summary>Updates a project: what is left out is cleared, except the resources and <c>enforceRunaiScheduler</c>, which then stay.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="update">Its new attributes.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<Project>> UpdateAsync(string id, ProjectUpdateRequest update, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<Project>(new Call(Put, id).Json(update), cancellationToken);

    /// <summary>Renames a project. 409 when the name is taken. Its namespace stays as it is.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its new name.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<Project>> RenameAsync(string id, string name, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<Project>(new Call(Patch, id).Json(new UnitPatch(name)), cancellationToken);

    /// <summary>Replaces a project's quotas; gives them back.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="resources">The quotas, per node pool.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<IReadOnlyList<Resources>>> ReplaceResourcesAsync(string id, IReadOnlyList<Resources> resources, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<IReadOnlyList<Resources>>(new Call(PutResources, id).Json(resources), cancellationToken);

    /// <summary>Changes a project's quotas in the node pools that are named, and leaves the others; gives all back.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="resources">The changes, one per node pool.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<IReadOnlyList<Resources>>> MergeResourcesAsync(string id, IReadOnlyList<Resources> resources, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<IReadOnlyList<Resources>>(new Call(PatchResources, id).Json(resources), cancellationToken);

    /// <summary>Deletes a project and all access rules in it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Delete, id), cancellationToken);
}
