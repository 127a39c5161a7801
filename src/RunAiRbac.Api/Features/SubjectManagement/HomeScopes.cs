using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.SubjectManagement;

/// <summary>The home scope of users and applications: the tenant, or the scope given at creation (design.md §6).</summary>
internal static class HomeScopes
{
    private static readonly string[] Types = ["tenant", "cluster", "department", "project"];

    /// <summary>The subject's home scope; one that has ended leaves it to the tenant.</summary>
    public static ScopeRef HomeOf(this Acting acting, SubjectRef subject)
        => acting.Snapshot.Subject(subject).HomeScopeId is { } id && acting.Snapshot.FindScope(id) is { IsKnown: true } home ? home : acting.Tenant;

    /// <summary>
    /// Where a new subject is at home, judged: 403 without the permission to create there. With no scope named it is the tenant, or the only scope where
    /// the caller may create.
    /// </summary>
    public static ScopeRef ChooseHome(this Acting acting, HomedKind kind, string? scopeType, string? scopeId)
    {
        if (scopeType is null && scopeId is null) return OnlyHome(acting, kind);
        if (scopeType is null || !Types.Contains(scopeType, StringComparer.Ordinal))
            throw ApiException.Invalid("scopeType", $"must be one of {string.Join(", ", Types)}");
        if (string.IsNullOrEmpty(scopeId)) throw ApiException.Invalid("scopeId", "is missing");

        var scope = acting.Snapshot.FindScope(scopeType, scopeId);
        // A scope that the caller can neither use nor read answers exactly as an unknown one.
        if (!scope.IsKnown || !(acting.Can(kind.ResourceType, "create", scope) || acting.CanReadScope(scope)))
            throw new ApiException(Kinds.NotFound, $"There is no such {scopeType}.", "scopeId");
        acting.Demand(kind.ResourceType, "create", scope);
        return scope;
    }

    /// <summary>The value of the column: null is the tenant.</summary>
    public static string? ToColumn(this Acting acting, ScopeRef home) => home == acting.Tenant ? null : acting.Snapshot.Scope(home).Id;

    private static ScopeRef OnlyHome(Acting acting, HomedKind kind)
    {
        if (acting.Can(kind.ResourceType, "create", acting.Tenant)) return acting.Tenant;
        var homes = acting.PermittedScopes(kind.ResourceType, "create")
            .Where(scope => Types.Contains(acting.Snapshot.Scope(scope).Type, StringComparer.Ordinal)).ToArray();
        if (homes.Length == 0) acting.Demand(kind.ResourceType, "create", acting.Tenant);
        return homes.Length == 1
            ? homes[0]
            : throw ApiException.Invalid("scopeId", $"must name the scope (with `scopeType`): the caller may create a {kind.Noun} in more than one");
    }
}
