using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Everybody's access keys; needs <c>access-keys</c> at the tenant.</summary>
public sealed class AdministrationClient
{
    private static readonly Operation ListKeys = Operation.Get("/api/v1/administration/access-keys");
    private static readonly Operation DeleteKey = Operation.Delete("/api/v1/administration/access-keys/{accessKeyId}");
    private static readonly Operation ListOlder = Operation.Get("/api/v1/administration/user-applications");
    private static readonly Operation DeleteOlder = Operation.Delete("/api/v1/administration/user-applications/{appId}");
    private readonly Transport _transport;

    internal AdministrationClient(Transport transport) => _transport = transport;

    /// <summary>Everybody's access keys, the oldest first.</summary>
    /// <param name="clientId">Only the one with this client id.</param>
    /// <param name="createdBy">Only those of this user, by e-mail.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<AdministeredAccessKey>> ListAccessKeysAsync(
        string? clientId = null, string? createdBy = null, CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<AdministeredAccessKeyList>(
            new Call(ListKeys).Query("clientId", clientId).Query("createdBy", createdBy), cancellationToken).ConfigureAwait(false)).AccessKeys;

    /// <summary>Deletes anybody's access key; its tokens are dead at once.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteAccessKeyAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(DeleteKey, id), cancellationToken);

    /// <summary>Everybody's access keys, under their older name.</summary>
    /// <param name="clientId">Only the one with this client id.</param>
    /// <param name="createdBy">Only those of this user, by e-mail.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<AdministeredAccessKey>> ListUserApplicationsAsync(
        string? clientId = null, string? createdBy = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<AdministeredAccessKey>>(new Call(ListOlder).Query("clientId", clientId).Query("createdBy", createdBy), cancellationToken);

    /// <summary>Deletes anybody's access key, under its older name.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteUserApplicationAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(DeleteOlder, id), cancellationToken);
}
