using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Roles: named sets of permissions. Predefined ones are nobody's to change.</summary>
public sealed class RolesClient
{
    private static readonly Operation List = Operation.Get("/api/v1/authorization/roles");
    private static readonly Operation Get = Operation.Get("/api/v1/authorization/roles/{roleIdPath}");
    private static readonly Operation ListNewer = Operation.Get("/api/v2/authorization/roles");
    private static readonly Operation GetNewer = Operation.Get("/api/v2/authorization/roles/{roleIdPath}");
    private readonly Transport _transport;

    internal RolesClient(Transport transport) => _transport = transport;

    /// <summary>All roles with their permissions (v1).</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Role>> ListAsync(CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<Role>>(new Call(List), cancellationToken);

    /// <summary>One role (v1).</summary>
    /// <param name="id">The role's id. Ids differ between installations: look roles up by name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Role> GetAsync(int id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<Role>(new Call(Get, Ids.Text(id)), cancellationToken);

    /// <summary>A page of the roles with their permission sets (v2).</summary>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Role>> ListV2Async(ListQuery? query = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<Role>>((query ?? new ListQuery()).AddTo(new Call(ListNewer)), cancellationToken);

    /// <summary>All roles with their permission sets (v2), page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Role> ListAllV2Async(ListQuery? query = null, CancellationToken cancellationToken = default)
    {
        var page = (query ?? new ListQuery()) with { Limit = query?.Limit ?? 500 };
        return Pages.ByLengthAsync(page.Offset ?? 0, page.Limit!.Value, (offset, token) => ListV2Async(page with { Offset = offset }, token), cancellationToken);
    }

    /// <summary>One role with its permission sets (v2).</summary>
    /// <param name="id">The role's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Role> GetV2Async(int id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<Role>(new Call(GetNewer, Ids.Text(id)), cancellationToken);
}
