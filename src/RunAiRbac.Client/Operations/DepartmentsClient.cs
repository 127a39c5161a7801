using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>A page of departments; <see cref="PageQuery.Search"/> is not served here.</summary>
public sealed record DepartmentQuery : ListQuery
{
    /// <summary><c>meta</c>, <c>brief</c> or <c>verbose</c>; accepted for compatibility, the answer is always complete.</summary>
    public string? Verbosity { get; init; }

    internal override Call AddTo(Call call) => base.AddTo(call).Query("verbosity", Verbosity);
}

/// <summary>Departments: the level below a cluster.</summary>
public sealed class DepartmentsClient
{
    private const string Path = "/api/v1/org-unit/departments";
    private static readonly Operation Create = Operation.Post(Path);
    private static readonly Operation List = Operation.Get(Path);
    private static readonly Operation Count = Operation.Get(Path + "/count");
    private static readonly Operation Get = Operation.Get(Path + "/{departmentId}");
    private static readonly Operation Put = Operation.Put(Path + "/{departmentId}");
    private static readonly Operation Patch = Operation.Patch(Path + "/{departmentId}");
    private static readonly Operation PutResources = Operation.Put(Path + "/{departmentId}/resources");
    private static readonly Operation PatchResources = Operation.Patch(Path + "/{departmentId}/resources");
    private static readonly Operation Delete = Operation.Delete(Path + "/{departmentId}");
    private readonly Transport _transport;

    internal DepartmentsClient(Transport transport) => _transport = transport;

    /// <summary>Creates a department; the permission is asked at its cluster. 409 when the name is taken.</summary>
    /// <param name="department">The department.</param>
    /// <param name="cancellationToken">Gives up; whether it was created is then not known.</param>
    public Task<Written<Department>> CreateAsync(DepartmentCreationRequest department, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<Department>(new Call(Create).Json(department), cancellationToken);

    /// <summary>A page of the departments that the caller may read.</summary>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<DepartmentPage> ListAsync(DepartmentQuery? query = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<DepartmentPage>((query ?? new DepartmentQuery()).AddTo(new Call(List)), cancellationToken);

    /// <summary>All departments, page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Department> ListAllAsync(DepartmentQuery? query = null, CancellationToken cancellationToken = default)
        => Pages.ByOffsetAsync<Department>(query?.Offset ?? 0, async (offset, token) =>
        {
            var page = await ListAsync((query ?? new DepartmentQuery()) with { Offset = offset }, token).ConfigureAwait(false);
            return (page.Departments, page.Next);
        }, cancellationToken);

    /// <summary>How many departments there are.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> CountAsync(CountQuery? query = null, CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<CountResponse>((query ?? new CountQuery()).AddTo(new Call(Count)), cancellationToken).ConfigureAwait(false)).Count;

    /// <summary>One department.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Department> GetAsync(string id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<Department>(new Call(Get, id), cancellationToken);

    /// <summary>Updates a department: what is left out is cleared, except the resources, which then stay.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="update">Its new attributes.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<Department>> UpdateAsync(string id, DepartmentUpdateRequest update, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<Department>(new Call(Put, id).Json(update), cancellationToken);

    /// <summary>Renames a department. 409 when the name is taken. The department <c>default</c> keeps its name (409).</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its new name.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<Department>> RenameAsync(string id, string name, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<Department>(new Call(Patch, id).Json(new UnitPatch(name)), cancellationToken);

    /// <summary>Replaces a department's quotas; gives them back.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="resources">The quotas, per node pool.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<IReadOnlyList<Resources>>> ReplaceResourcesAsync(string id, IReadOnlyList<Resources> resources, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<IReadOnlyList<Resources>>(new Call(PutResources, id).Json(resources), cancellationToken);

    /// <summary>Changes a department's quotas in the node pools that are named, and leaves the others; gives all back.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="resources">The changes, one per node pool.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<IReadOnlyList<Resources>>> MergeResourcesAsync(string id, IReadOnlyList<Resources> resources, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<IReadOnlyList<Resources>>(new Call(PatchResources, id).Json(resources), cancellationToken);

    /// <summary>Deletes a department with its projects and all access rules in them.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Delete, id), cancellationToken);
}
