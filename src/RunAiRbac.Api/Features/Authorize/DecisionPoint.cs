using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Authorize;

/// <summary>
/// One request to the <c>/authorize…</c> endpoints: the version that answers it, and the caller in that version. The caller's own right to ask is judged
/// at the same version as the answer.
/// </summary>
internal readonly struct DecisionPoint
{
    /// <summary>How long a check waits for the revision it asked for.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    private readonly int _authorization;
    private readonly int _read;

    private DecisionPoint(Admitted admitted, PolicyVersion version, SubjectRef caller, long now)
    {
        TenantId = admitted.Caller.TenantId;
        Version = version;
        Caller = caller;
        Moment = now;
        _authorization = version.Snapshot.Catalogue.FindResourceType("authorization");
        _read = version.Snapshot.Catalogue.FindAction("read");
    }

    public int TenantId { get; }

    public PolicyVersion Version { get; }

    public PolicySnapshot Snapshot => Version.Snapshot;

    public SubjectRef Caller { get; }

    /// <summary>UTC microseconds since 1970.</summary>
    public long Moment { get; }

    public static async ValueTask<DecisionPoint> AtAsync(Admitted admitted, Consistency? consistency, PolicyStore store, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (consistency is null) return new DecisionPoint(admitted, admitted.Version, admitted.Subject, clock.NowMicros());
        var version = await FindAsync(admitted, consistency, store, cancellationToken);
        var caller = admitted.Caller;
        if (!version.Snapshot.IsSessionLive(caller.SubjectId, caller.SessionEpoch, caller.SessionId))
            throw new ApiException(Kinds.Unauthorized, "The session has ended.");
        return new DecisionPoint(admitted, version, version.Snapshot.FindSubject(caller.SubjectId), clock.NowMicros());
    }

    /// <summary>Asking about oneself is always allowed; about others, and with stand-in groups, it needs `authorization` read at the scope.</summary>
    public void DemandMayAsk(in Question question, int? index = null)
    {
        if (question.Subject == Caller && question.Groups is null) return;
        if (MayAskAt(question.Scope)) return;
        var which = index is null ? null : $"checks[{index}]";
        throw new ApiException(Kinds.Forbidden,
            (which is null ? "This" : $"`{which}`") + " asks about another subject or with given groups: that needs the permission `authorization` read at the scope asked about.", which);
    }

    /// <summary>Whether the caller may ask about others there; an unknown scope is judged at the tenant, so that it looks like a forbidden one.</summary>
    public bool MayAskAt(ScopeRef scope)
        => Snapshot.Check(Caller, _authorization, _read, scope.IsKnown ? scope : Tenant, Moment).Allowed;

    /// <summary>The highest scopes where the caller may ask about others.</summary>
    public IReadOnlyList<ScopeRef> AskScopes => Snapshot.PermittedScopes(Caller, _authorization, _read, Moment);

    public Decision Decide(in Question question) => question.Groups is null
        ? Snapshot.Check(question.Subject, question.ResourceType, question.Action, question.Scope, Moment)
        : Snapshot.Check(question.Subject, question.Groups, question.ResourceType, question.Action, question.Scope, Moment);

    private ScopeRef Tenant => Snapshot.FindScope("tenant", TenantId.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static async ValueTask<PolicyVersion> FindAsync(Admitted admitted, Consistency consistency, PolicyStore store, CancellationToken cancellationToken)
    {
        if (consistency.AtLeast is not null && consistency.Full is not null)
            throw ApiException.Invalid("consistency", "takes atLeast or full, not both");
        if (consistency.Full is true) return await store.LatestAsync(admitted.Caller.TenantId, Wait, cancellationToken);
        if (consistency.Full is false) throw ApiException.Invalid("consistency.full", "must be true, or left out");
        if (consistency.AtLeast is null) throw ApiException.Invalid("consistency", "needs atLeast or full");
        return store.ReadToken(consistency.AtLeast, admitted.Caller.TenantId, out var revision) switch
        {
            ConsistencyTokenStatus.Good => await store.AtLeastAsync(admitted.Caller.TenantId, revision, Wait, cancellationToken),
            ConsistencyTokenStatus.UnknownRevision => throw new ApiException(Kinds.UnknownRevision, "`consistency.atLeast` is of an older epoch of this store.", "consistency.atLeast"),
            _ => throw ApiException.Invalid("consistency.atLeast", "is not a revision token of this tenant"),
        };
    }
}
