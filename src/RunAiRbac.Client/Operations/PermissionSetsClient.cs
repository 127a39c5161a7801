using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Permission sets: what roles are made of, one of the same name for each predefined role.</summary>
public sealed class PermissionSetsClient
{
    private static readonly Operation List = Operation.Get("/api/v1/authorization/permission-sets");
    private static readonly Operation Get = Operation.Get("/api/v1/authorization/permission-sets/{permissionSetId}");
    private readonly Transport _transport;

    internal PermissionSetsClient(Transport transport) => _transport = transport;

    /// <summary>All permission sets.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<PermissionSet>> ListAsync(CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<PermissionSetList>(new Call(List), cancellationToken).ConfigureAwait(false)).PermissionSets;

    /// <summary>One permission set.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<PermissionSet> GetAsync(Guid id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<PermissionSet>(new Call(Get, id.ToString()), cancellationToken);
}
