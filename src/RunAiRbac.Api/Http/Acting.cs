using RunAiRbac.Api.Errors;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Http;

/// <summary>
/// A caller against one snapshot at one moment: the service's own guard (design.md §6). Reads use the version the request was admitted at, writes
/// <see cref="PolicyWrite.Before"/>, so that a right revoked anywhere cannot authorize one more write.
/// </summary>
internal sealed class Acting
{
    private readonly Dictionary<(string ResourceType, string Action), IReadOnlyList<ScopeRef>> _permitted = [];

    private Acting(PolicySnapshot snapshot, SubjectRef subject, int tenantId, long now)
    {
        Snapshot = snapshot;
        Subject = subject;
        Moment = now;
        Tenant = snapshot.FindScope("tenant", tenantId.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public PolicySnapshot Snapshot { get; }

    public SubjectRef Subject { get; }

    public ScopeRef Tenant { get; }

    /// <summary>UTC microseconds since 1970.</summary>
    public long Moment { get; }

    public static Acting Now(HttpContext context, Admitted admitted)
        => new(admitted.Snapshot, admitted.Subject, admitted.Caller.TenantId, context.RequestServices.GetRequiredService<TimeProvider>().NowMicros());

    public static Acting Reading(Admitted admitted, TimeProvider clock) => new(admitted.Snapshot, admitted.Subject, admitted.Caller.TenantId, clock.NowMicros());

    /// <summary>The caller at the revision of a write; 401 when its session has ended in the meantime.</summary>
    public static Acting Writing(PolicyWrite write, Caller caller)
    {
        if (!write.Before.IsSessionLive(caller.SubjectId, caller.SessionEpoch, caller.SessionId))
            throw new ApiException(Kinds.Unauthorized, "The session has ended.");
        return new Acting(write.Before, write.Before.FindSubject(caller.SubjectId), caller.TenantId, write.Now);
    }

    public bool Can(string resourceType, string action, ScopeRef scope)
        => Snapshot.Check(Subject, Snapshot.Catalogue.FindResourceType(resourceType), Snapshot.Catalogue.FindAction(action), scope, Moment).Allowed;

    /// <summary>403 unless the caller holds the permission there.</summary>
    public void Demand(string resourceType, string action, ScopeRef scope)
    {
        if (!Can(resourceType, action, scope)) throw ApiException.Forbidden(resourceType, action, scope.IsKnown ? Where(scope) : "there");
    }

    /// <summary>The highest scopes where the caller holds the permission; looked for once, since a list asks for each of its rows.</summary>
    public IReadOnlyList<ScopeRef> PermittedScopes(string resourceType, string action)
    {
        if (_permitted.TryGetValue((resourceType, action), out var known)) return known;
        var (type, number) = (Snapshot.Catalogue.FindResourceType(resourceType), Snapshot.Catalogue.FindAction(action));
        return _permitted[(resourceType, action)] = Snapshot.PermittedScopes(Subject, type, number, Moment);
    }

    /// <summary>
    /// Whether the caller may read the scope itself: it holds the read permission there or above, or, for a tenant, cluster or department, anywhere below
    /// it (design.md §6). The `system` scope is read by who reads rules there.
    /// </summary>
    public bool CanReadScope(ScopeRef scope)
    {
        var type = Snapshot.Scope(scope).Type;
        if (type == "system") return Can("access_rules", "read", scope);
        return Can(type, "read", scope) || PermittedScopes(type, "read").Any(held => Snapshot.IsWithin(held, scope));
    }

    public bool CanAnywhere(string resourceType, string action) => PermittedScopes(resourceType, action).Count > 0;

    /// <summary>403 <c>would_escalate</c> unless the caller holds each permission of the role there until then.</summary>
    public void DemandGrant(RoleFact role, ScopeRef scope, long? until)
        => Refuse(Snapshot.LackingToGrant(Subject, role, scope, until ?? long.MaxValue, Moment));

    /// <summary>403 <c>would_escalate</c> unless the caller holds all that the target's rules give it. Oneself is always allowed.</summary>
    public void DemandChange(SubjectRef target)
    {
        if (target != Subject) Refuse(Snapshot.LackingToChange(Subject, target, Moment));
    }

    /// <summary>403 <c>would_escalate</c> unless the caller holds all that the group's rules give.</summary>
    public void DemandAddTo(SubjectRef group, long? until)
        => Refuse(Snapshot.LackingToAddTo(Subject, group, until ?? long.MaxValue, Moment));

    /// <summary>The scope for people; by name only when the caller may read it (a subject's home or rules may lie where the caller sees nothing).</summary>
    private string Where(ScopeRef scope)
    {
        var fact = Snapshot.Scope(scope);
        if (CanReadScope(scope)) return $"in the {fact.Type} `{fact.Name}`";
        return scope == Tenant ? "in the tenant" : $"in a {fact.Type} that the caller may not read";
    }

    private void Refuse(IReadOnlyList<Lacking> lacking)
    {
        if (lacking.Count == 0) return;
        var first = lacking[0];
        var kept = first.HeldUntil is null ? string.Empty : " for long enough";
        throw new ApiException(Kinds.WouldEscalate,
            $"The caller does not hold `{first.ResourceType}` {first.Action} of the role {first.Role.Name} {Where(first.Scope)}{kept}.")
            .With("lacking", lacking.Take(20).Select(l => new
            {
                l.ResourceType,
                l.Action,
                Role = l.Role.Name,
                ScopeType = Snapshot.Scope(l.Scope).Type,
                ScopeId = Snapshot.Scope(l.Scope).Id,
            }).ToArray());
    }
}
