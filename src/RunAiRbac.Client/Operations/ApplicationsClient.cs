using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Applications under their older name; the same objects as <see cref="ServiceAccountsClient"/> gives.</summary>
public sealed class ApplicationsClient
{
    private const string Path = "/api/v1/apps";
    private const int DefaultLimit = 500;
    private static readonly Operation List = Operation.Get(Path);
    private static readonly Operation Create = Operation.Post(Path);
    private static readonly Operation Get = Operation.Get(Path + "/{appId}");
    private static readonly Operation Patch = Operation.Patch(Path + "/{appId}");
    private static readonly Operation Delete = Operation.Delete(Path + "/{appId}");
    private static readonly Operation ResetSecret = Operation.Post(Path + "/{appId}/secret");
    private readonly Transport _transport;

    internal ApplicationsClient(Transport transport) => _transport = transport;

    /// <summary>A page of the applications that the caller may read.</summary>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Application>> ListAsync(ListQuery? query = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<Application>>((query ?? new ListQuery()).AddTo(new Call(List)), cancellationToken);

    /// <summary>All applications, page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Application> ListAllAsync(ListQuery? query = null, CancellationToken cancellationToken = default)
    {
        var page = (query ?? new ListQuery()) with { Limit = query?.Limit ?? DefaultLimit };
        return Pages.ByLengthAsync(page.Offset ?? 0, page.Limit!.Value, (offset, token) => ListAsync(page with { Offset = offset }, token), cancellationToken);
    }

    /// <summary>Creates one. Its secret is shown this once; its client id is its name. 409 when the name is taken.</summary>
    /// <param name="creation">Its name and home scope.</param>
    /// <param name="cancellationToken">Gives up; whether it was created is then not known.</param>
    public Task<Written<ApplicationCreated>> CreateAsync(ApplicationCreation creation, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<ApplicationCreated>(new Call(Create).Json(creation), cancellationToken);

    /// <summary>One of them. 404 when the caller may not read it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Application> GetAsync(string id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<Application>(new Call(Get, id), cancellationToken);

    /// <summary>Enables or disables it. Disabling ends its tokens at once.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="patch">The change.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> UpdateAsync(string id, ApplicationPatch patch, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Patch, id).Json(patch), cancellationToken);

    /// <summary>Deletes it; its rules end with it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Delete, id), cancellationToken);

    /// <summary>Replaces its secret; the new one is shown this once.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="reset">How long the old secret still works; null: it dies at once.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<ApplicationSecret>> ResetSecretAsync(string id, SecretReset? reset = null, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<ApplicationSecret>(reset is null ? new Call(ResetSecret, id) : new Call(ResetSecret, id).Json(reset), cancellationToken);
}
