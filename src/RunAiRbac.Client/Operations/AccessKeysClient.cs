using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>The caller's own access keys: each acts as the caller, with the caller's rights of the moment. Not open to sessions that were begun with one.</summary>
public sealed class AccessKeysClient
{
    private const string Path = "/api/v1/access-keys";
    private static readonly Operation List = Operation.Get(Path);
    private static readonly Operation Create = Operation.Post(Path);
    private static readonly Operation Get = Operation.Get(Path + "/{accessKeyId}");
    private static readonly Operation Delete = Operation.Delete(Path + "/{accessKeyId}");
    private static readonly Operation ResetSecret = Operation.Post(Path + "/{accessKeyId}/secret");
    private readonly Transport _transport;

    internal AccessKeysClient(Transport transport) => _transport = transport;

    /// <summary>All keys of the caller, the oldest first.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<AccessKey>> ListAsync(CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<AccessKeyList>(new Call(List), cancellationToken).ConfigureAwait(false)).AccessKeys;

    /// <summary>Creates a key; its secret is shown this once. 409 when the name is taken or the caller has 20 keys.</summary>
    /// <param name="creation">Its name.</param>
    /// <param name="cancellationToken">Gives up; whether it was created is then not known.</param>
    public Task<Written<AccessKeyCreated>> CreateAsync(AccessKeyCreation creation, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<AccessKeyCreated>(new Call(Create).Json(creation), cancellationToken);

    /// <summary>One key of the caller.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AccessKey> GetAsync(string id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<AccessKey>(new Call(Get, id), cancellationToken);

    /// <summary>Deletes a key; its tokens are dead at once.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Delete, id), cancellationToken);

    /// <summary>Replaces a key's secret; the new one is shown this once.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<AccessKeySecret>> ResetSecretAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<AccessKeySecret>(new Call(ResetSecret, id), cancellationToken);
}
