using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>
/// May this subject do this action on this kind of resource in this scope? Everybody may ask about themselves; asking about others needs
/// <c>authorization</c> read at the scope. Answers are never cached.
/// </summary>
public sealed class AuthorizeClient
{
    private static readonly Operation Check = Operation.Ask("/api/v1/authorize");
    private static readonly Operation Batch = Operation.Ask("/api/v1/authorize/batch");
    private static readonly Operation Explain = Operation.Ask("/api/v1/authorize/explain");
    private static readonly Operation WhoCan = Operation.Ask("/api/v1/authorize/who-can");
    private static readonly Operation WhatCan = Operation.Ask("/api/v1/authorize/what-can");
    private static readonly Operation Simulate = Operation.Ask("/api/v1/authorize/simulate");
    private readonly Transport _transport;

    internal AuthorizeClient(Transport transport) => _transport = transport;

    /// <summary>Asks one question. A denial is an answer with <see cref="CheckResponse.Allowed"/> false.</summary>
    /// <param name="request">The question; without <see cref="CheckItem.Subject"/> it is about the caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<CheckResponse> CheckAsync(CheckRequest request, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<CheckResponse>(new Call(Check).Json(request), cancellationToken);

    /// <summary>Asks 1 to 10,000 questions, answered at one revision in the same order. 403 if the caller may not ask one of them.</summary>
    /// <param name="request">The questions.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BatchCheckResponse> BatchAsync(BatchCheckRequest request, CancellationToken cancellationToken = default)
    {
        var answer = await _transport.ReadAsync<BatchCheckResponse>(new Call(Batch).Json(request), cancellationToken).ConfigureAwait(false);
        if (answer.Results.Count == request.Checks.Count) return answer;
        throw new RunAiRbacException(RunAiRbacErrorCodes.MalformedAnswer, "There are not as many answers as questions.");
    }

    /// <summary>Asks one question and why: principals, path, every rule on it, and the nearest roles that would allow it.</summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ExplainResponse> ExplainAsync(CheckRequest request, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<ExplainResponse>(new Call(Explain).Json(request), cancellationToken);

    /// <summary>A page of what would change if rules were deleted and created. Needs and refuses what really doing it needs and refuses; writes nothing.</summary>
    /// <param name="request">The rules.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SimulationResponse> SimulateAsync(SimulationRequest request, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<SimulationResponse>(new Call(Simulate).Json(request), cancellationToken);

    /// <summary>A page of those who may do it; complete over all pages.</summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<WhoCanResponse> WhoCanAsync(WhoCanRequest request, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<WhoCanResponse>(new Call(WhoCan).Json(request), cancellationToken);

    /// <summary>All who may do it, page by page.</summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<WhoCanSubject> WhoCanAllAsync(WhoCanRequest request, CancellationToken cancellationToken = default)
        => Pages.ByCursorAsync<WhoCanSubject>(request.Cursor, async (cursor, token) =>
        {
            var page = await WhoCanAsync(request with { Cursor = cursor! }, token).ConfigureAwait(false);
            return (page.Subjects, page.Cursor);
        }, cancellationToken);

    /// <summary>A page of what the subject may do, at the highest scopes only.</summary>
    /// <param name="request">The question; without <see cref="WhatCanRequest.Subject"/> it is about the caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<WhatCanResponse> WhatCanAsync(WhatCanRequest request, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<WhatCanResponse>(new Call(WhatCan).Json(request), cancellationToken);

    /// <summary>All that the subject may do, page by page. Whether something was left out (<c>partial</c>) only <see cref="WhatCanAsync"/> tells.</summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<PermittedActions> WhatCanAllAsync(WhatCanRequest request, CancellationToken cancellationToken = default)
        => Pages.ByCursorAsync<PermittedActions>(request.Cursor, async (cursor, token) =>
        {
            var page = await WhatCanAsync(request with { Cursor = cursor! }, token).ConfigureAwait(false);
            return (page.Permissions, page.Cursor);
        }, cancellationToken);
}
