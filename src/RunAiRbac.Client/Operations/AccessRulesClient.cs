using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Access rules: <c>subject is a role in a scope</c>. They never change; one deletes and creates.</summary>
public sealed class AccessRulesClient
{
    private const string Path = "/api/v1/authorization/access-rules";
    private static readonly Operation Create = Operation.Post(Path);
    private static readonly Operation CreateForAll = Operation.Post(Path + "/authenticated-users");
    private static readonly Operation CreateMany = Operation.Post(Path + "/batch-create");
    private static readonly Operation Batch = Operation.Post(Path + "/batch");
    private static readonly Operation List = Operation.Get(Path);
    private static readonly Operation Count = Operation.Get(Path + "/count");
    private static readonly Operation Get = Operation.Get(Path + "/{accessRuleId}");
    private static readonly Operation Delete = Operation.Delete(Path + "/{accessRuleId}");
    private readonly Transport _transport;

    internal AccessRulesClient(Transport transport) => _transport = transport;

    /// <summary>Creates a rule. 409 with the existing rule's id when there is one; 403 <c>would_escalate</c> when the caller lacks what it gives.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="cancellationToken">Gives up; whether the rule was created is then not known.</param>
    public Task<Written<AccessRule>> CreateAsync(AccessRuleCreation rule, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<AccessRule>(new Call(Create).Json(rule), cancellationToken);

    /// <summary>Creates a rule for every user and every application. Refused like any other rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="cancellationToken">Gives up; whether the rule was created is then not known.</param>
    public Task<Written<AccessRule>> CreateForAllAsync(AuthenticatedUsersRuleCreation rule, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<AccessRule>(new Call(CreateForAll).Json(rule), cancellationToken);

    /// <summary>Creates one role for each of the subjects in each of the scopes, at most 1,000 rules. The good ones are one change; the others are told.</summary>
    /// <param name="payload">The rules.</param>
    /// <param name="cancellationToken">Gives up; whether the rules were created is then not known.</param>
    public Task<Written<AccessRuleBatchCreationResult>> CreateManyAsync(AccessRuleBatchPayload payload, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<AccessRuleBatchCreationResult>(new Call(CreateMany).Json(new AccessRuleBatchCreation { Payload = payload }), cancellationToken);

    /// <summary>Deletes at most 1,000 rules, or tells which could be deleted. The good ones are one change; the others are told.</summary>
    /// <param name="batch">The rules, and whether to delete them.</param>
    /// <param name="cancellationToken">Gives up; whether they were deleted is then not known.</param>
    public Task<Written<AccessRuleBatchResult>> BatchAsync(AccessRuleBatch batch, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<AccessRuleBatchResult>(new Call(Batch).Json(batch), cancellationToken);

    /// <summary>A page of what creating a rule would change; writes nothing (<c>dryRun</c>). It needs what the real call needs and fails as it would.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="limit">Page size, 1 to 1,000; null: 100.</param>
    /// <param name="cursor">The cursor of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SimulationResponse> RehearseCreateAsync(AccessRuleCreation rule, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<SimulationResponse>(Rehearsal(Create, limit, cursor).Json(rule), cancellationToken);

    /// <summary>A page of what creating a rule for all authenticated would change; writes nothing (<c>dryRun</c>).</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="limit">Page size, 1 to 1,000; null: 100.</param>
    /// <param name="cursor">The cursor of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SimulationResponse> RehearseCreateForAllAsync(
        AuthenticatedUsersRuleCreation rule, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<SimulationResponse>(Rehearsal(CreateForAll, limit, cursor).Json(rule), cancellationToken);

    /// <summary>A page of the rules at the scopes where the caller may read rules.</summary>
    /// <param name="query">Which; null: the first page of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AccessRulePage> ListAsync(AccessRuleQuery? query = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<AccessRulePage>((query ?? new AccessRuleQuery()).AddTo(new Call(List)), cancellationToken);

    /// <summary>All rules, page by page.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<AccessRule> ListAllAsync(AccessRuleQuery? query = null, CancellationToken cancellationToken = default)
        => Pages.ByOffsetAsync<AccessRule>(query?.Offset ?? 0, async (offset, token) =>
        {
            var page = await ListAsync((query ?? new AccessRuleQuery()) with { Offset = offset }, token).ConfigureAwait(false);
            var next = offset + page.AccessRules.Count;
            return (page.AccessRules, page.AccessRules.Count == 0 || next >= page.TotalRecords ? null : next);
        }, cancellationToken);

    /// <summary>How many rules there are.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<long> CountAsync(AccessRuleCountQuery? query = null, CancellationToken cancellationToken = default)
        => (await _transport.ReadAsync<CountResponse>((query ?? new AccessRuleCountQuery()).AddTo(new Call(Count)), cancellationToken).ConfigureAwait(false)).Count;

    /// <summary>One rule, with its scope's path. 404 when the caller may not read it.</summary>
    /// <param name="id">The rule's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<AccessRule> GetAsync(int id, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<AccessRule>(new Call(Get, Ids.Text(id)), cancellationToken);

    /// <summary>Deletes a rule; the next check takes it into account.</summary>
    /// <param name="id">The rule's id.</param>
    /// <param name="cancellationToken">Gives up; whether it was deleted is then not known.</param>
    public Task<Written> DeleteAsync(int id, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Delete, Ids.Text(id)), cancellationToken);

    private static Call Rehearsal(Operation operation, int? limit, string? cursor)
        => new Call(operation).Query("dryRun", true).Query("limit", limit).Query("cursor", cursor);
}
