using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Roles: named sets of permissions. Predefined ones are nobody's to change.</summary>
public sealed class RolesClient
{
    private static readonly Operation List = Operation.Get("/api/v1/authorization/roles");
    private static readonly Operation Get = Operation.Get("/api/v1/authorization/roles/{roleIdPath}");
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
}
