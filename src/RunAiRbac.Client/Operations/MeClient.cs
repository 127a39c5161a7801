using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>The caller: own rules, permissions, password and sessions.</summary>
public sealed class MeClient
{
    private static readonly Operation Who = Operation.Get("/api/v1/me");
    private static readonly Operation AccessRules = Operation.Get("/api/v1/authorization/me/access-rules");
    private static readonly Operation AccessRuleCount = Operation.Get("/api/v1/authorization/me/access-rules/count");
    private static readonly Operation Permissions = Operation.Get("/api/v1/authorization/permissions");
    private static readonly Operation PermittedScopes = Operation.Ask("/api/v1/authorization/permitted-scopes");
    private static readonly Operation Password = Operation.Post("/api/v1/me/password");
    private static readonly Operation Sessions = Operation.Get("/api/v1/me/sessions");
    private static readonly Operation EndSession = Operation.Delete("/api/v1/me/sessions/{id}");
    private readonly Transport _transport;

    internal MeClient(Transport transport) => _transport = transport;

    /// <summary>Who the caller is.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SignedIn> GetAsync(CancellationToken cancellationToken = default)
        => _transport.ReadAsync<SignedIn>(new Call(Who), cancellationToken);

    /// <summary>A page of the caller's own rules, through groups and all authenticated too.</summary>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<MyAccessRulePage> ListAccessRulesAsync(PageQuery? query = null, CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<MyAccessRulesResponse>((query ?? new PageQuery()).AddTo(new Call(AccessRules)), cancellationToken).ConfigureAwait(false)).AccessRules;

    /// <summary>All of the caller's own rules, page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<MyAccessRule> ListAllAccessRulesAsync(PageQuery? query = null, CancellationToken cancellationToken = default)
        => Pages.ByOffsetAsync<MyAccessRule>(query?.Offset ?? 0, async (offset, token) =>
        {
            var page = await ListAccessRulesAsync((query ?? new PageQuery()) with { Offset = offset }, token).ConfigureAwait(false);
            var next = offset + page.AccessRules.Count;
            return (page.AccessRules, page.AccessRules.Count == 0 || next >= page.TotalRecords ? null : next);
        }, cancellationToken);

    /// <summary>How many rules of one's own there are.</summary>
    /// <param name="search">Text in the subject's, role's or scope's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> CountAccessRulesAsync(string? search = null, CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<CountResponse>(new Call(AccessRuleCount).Query("search", search), cancellationToken).ConfigureAwait(false)).Count;

    /// <summary>What the caller may do anywhere: the union over all scopes.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<RolePermission>> ListPermissionsAsync(CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<RolePermission>>(new Call(Permissions), cancellationToken);

    /// <summary>The highest scopes where the caller may act on a resource type.</summary>
    /// <param name="request">The resource type, and one action or all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<PermittedScopesResponse> GetPermittedScopesAsync(PermittedScopesRequest request, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<PermittedScopesResponse>(new Call(PermittedScopes).Json(request), cancellationToken);

    /// <summary>Changes the caller's password and ends all of the caller's sessions, this one too.</summary>
    /// <param name="change">The present and the new password.</param>
    /// <param name="cancellationToken">Gives up; whether it was changed is then not known.</param>
    public Task<Written> ChangePasswordAsync(PasswordChange change, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Password).Json(change), cancellationToken);

    /// <summary>The caller's living sessions, the newest first.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<Session>> ListSessionsAsync(CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<SessionList>(new Call(Sessions), cancellationToken).ConfigureAwait(false)).Sessions;

    /// <summary>Ends one of the caller's sessions; its tokens are dead at once.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="cancellationToken">Gives up; whether it was ended is then not known.</param>
    public Task<Written> EndSessionAsync(string id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(EndSession, id), cancellationToken);
}
