using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>A page of users.</summary>
public sealed record UserQuery : ListQuery
{
    /// <summary>Deprecated: the older filter, such as <c>runai.is_local:true</c>; use <see cref="ListQuery.FilterBy"/>.</summary>
    public string? Filter { get; init; }

    internal override Call AddTo(Call call) => base.AddTo(call).Query("filter", Filter);
}

/// <summary>Users: people, known by their e-mail address.</summary>
public sealed class UsersClient
{
    private const string Path = "/api/v1/users";
    private const int DefaultLimit = 500;
    private static readonly Operation List = Operation.Get(Path);
    private static readonly Operation Create = Operation.Post(Path);
    private static readonly Operation Count = Operation.Get(Path + "/count");
    private static readonly Operation Get = Operation.Get(Path + "/{userId}");
    private static readonly Operation Patch = Operation.Patch(Path + "/{userId}");
    private static readonly Operation Delete = Operation.Delete(Path + "/{userId}");
    private static readonly Operation ResetPassword = Operation.Post(Path + "/{userId}/password");
    private static readonly Operation SignOut = Operation.Post(Path + "/{userId}/logout");
    private static readonly Operation PutGroups = Operation.Put(Path + "/{userId}/groups");
    private static readonly Operation Identities = Operation.Get(Path + "/{userId}/identities");
    private static readonly Operation Link = Operation.Post(Path + "/{userId}/identities");
    private static readonly Operation Unlink = Operation.Delete(Path + "/{userId}/identities/{identityId}");
    private static readonly Operation Requests = Operation.Get(Path + "/{userId}/identity-requests");
    private readonly Transport _transport;

    internal UsersClient(Transport transport) => _transport = transport;

    /// <summary>A page of the users that the caller may read.</summary>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<User>> ListAsync(UserQuery? query = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<User>>((query ?? new UserQuery()).AddTo(new Call(List)), cancellationToken);

    /// <summary>All users, page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<User> ListAllAsync(UserQuery? query = null, CancellationToken cancellationToken = default)
    {
        var page = (query ?? new UserQuery()) with { Limit = query?.Limit ?? DefaultLimit };
        return Pages.ByLengthAsync(page.Offset ?? 0, page.Limit!.Value, (offset, token) => ListAsync(page with { Offset = offset }, token), cancellationToken);
    }

    /// <summary>How many users there are.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> CountAsync(CountQuery? query = null, CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<CountResponse>((query ?? new CountQuery()).AddTo(new Call(Count)), cancellationToken).ConfigureAwait(false)).Count;

    /// <summary>Creates a local user. The answer's temporary password is shown this once. 409 when the e-mail is taken.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Gives up; whether the user was created is then not known.</param>
    public Task<Written<UserCreated>> CreateAsync(UserCreation user, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<UserCreated>(new Call(Create).Json(user), cancellationToken);

    /// <summary>One user. 404 when the caller may not read it; everybody may read their own.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<User> GetAsync(string id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<User>(new Call(Get, id), cancellationToken);

    /// <summary>Enables or disables a user. Disabling ends the user's sessions at once.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="patch">The change.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<User>> UpdateAsync(string id, UserPatch patch, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<User>(new Call(Patch, id).Json(patch), cancellationToken);

    /// <summary>Deletes a user; its rules and memberships end with it.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Delete, id), cancellationToken);

    /// <summary>Sets a temporary password, shown this once, and ends all sessions of the user.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<UserPassword>> ResetPasswordAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<UserPassword>(new Call(ResetPassword, id), cancellationToken);

    /// <summary>Ends all sessions of a user.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> SignOutAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(SignOut, id), cancellationToken);

    /// <summary>Replaces a user's groups of one source; memberships of other sources stay.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="groups">The source (<c>directory</c>) and all its groups.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<User>> ReplaceGroupsAsync(string id, UserGroups groups, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<User>(new Call(PutGroups, id).Json(groups), cancellationToken);

    /// <summary>A page of what replacing a user's groups would change for the user; writes nothing (<c>dryRun</c>). It needs what the real call needs and fails as it would.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="groups">The source (<c>directory</c>) and all its groups.</param>
    /// <param name="limit">Page size, 1 to 1,000; null: 100.</param>
    /// <param name="cursor">The cursor of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SimulationResponse> RehearseReplaceGroupsAsync(string id, UserGroups groups, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<SimulationResponse>(new Call(PutGroups, id).Query("dryRun", true).Query("limit", limit).Query("cursor", cursor).Json(groups), cancellationToken);

    /// <summary>The ways in which a user is recognized. 404 when the caller may not read the user; everybody may read their own.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<UserIdentities> ListIdentitiesAsync(string id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<UserIdentities>(new Call(Identities, id), cancellationToken);

    /// <summary>Lets a provider's account sign in as the user. 409 when the account is linked already, or the user has one of this provider.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="link">The provider and its account.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<UserIdentity>> LinkIdentityAsync(string id, IdentityLink link, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<UserIdentity>(new Call(Link, id).Json(link), cancellationToken);

    /// <summary>Ends an identity with all sessions of the user and what came from that provider.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="identityId">The identity's id.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written<IdentityUnlinked>> UnlinkIdentityAsync(string id, string identityId, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<IdentityUnlinked>(new Call(Unlink, id, identityId), cancellationToken);

    /// <summary>Accounts of providers that were refused because the user has their address, and wait to be linked.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IdentityRequests> ListIdentityRequestsAsync(string id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IdentityRequests>(new Call(Requests, id), cancellationToken);
}
