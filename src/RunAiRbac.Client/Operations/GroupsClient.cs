using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Groups: known from providers, the directory and rules, never created by hand.</summary>
public sealed class GroupsClient
{
    private const int DefaultLimit = 500;
    private static readonly Operation List = Operation.Get("/api/v1/groups");
    private static readonly Operation Members = Operation.Get("/api/v1/groups/{groupId}/members");
    private readonly Transport _transport;

    internal GroupsClient(Transport transport) => _transport = transport;

    /// <summary>A page of the groups that the caller may read.</summary>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Group>> ListAsync(ListQuery? query = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<Group>>((query ?? new ListQuery()).AddTo(new Call(List)), cancellationToken);

    /// <summary>All groups, page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Group> ListAllAsync(ListQuery? query = null, CancellationToken cancellationToken = default)
    {
        var page = (query ?? new ListQuery()) with { Limit = query?.Limit ?? DefaultLimit };
        return Pages.ByLengthAsync(page.Offset ?? 0, page.Limit!.Value, (offset, token) => ListAsync(page with { Offset = offset }, token), cancellationToken);
    }

    /// <summary>A page of a group's members that the caller may read.</summary>
    /// <param name="id">The group's id.</param>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<GroupMember>> ListMembersAsync(string id, ListQuery? query = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<GroupMember>>((query ?? new ListQuery()).AddTo(new Call(Members, id)), cancellationToken);

    /// <summary>All members of a group, page by page.</summary>
    /// <param name="id">The group's id.</param>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<GroupMember> ListAllMembersAsync(string id, ListQuery? query = null, CancellationToken cancellationToken = default)
    {
        var page = (query ?? new ListQuery()) with { Limit = query?.Limit ?? DefaultLimit };
        return Pages.ByLengthAsync(page.Offset ?? 0, page.Limit!.Value, (offset, token) => ListMembersAsync(id, page with { Offset = offset }, token), cancellationToken);
    }
}
