using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>The types of scopes that are org units; each is also the resource type that governs it.</summary>
internal static class UnitTypes
{
    public const string Cluster = "cluster";
    public const string Department = "department";
    public const string Project = "project";
}

/// <summary>
/// Which scopes a caller may read (design.md §6): where it holds the scope's read permission at the node, and, for what has something below it, anywhere
/// below. Lists and single reads ask the same question here, so that they agree.
/// </summary>
internal sealed class Sight(Acting acting)
{
    public Acting Acting { get; } = acting;

    private PolicySnapshot Snapshot => Acting.Snapshot;

    public bool Sees(ScopeRef scope) => scope.IsKnown && Acting.CanReadScope(scope);

    /// <summary>404, the same for an unknown and for an unreadable scope.</summary>
    public ScopeRef Find(string type, string id)
    {
        var scope = Snapshot.FindScope(type, id);
        return Sees(scope) ? scope : throw ApiException.NotFound(type);
    }

    /// <summary>404 for a scope that the caller may not read, 403 for one that it may read but not change in this way.</summary>
    public ScopeRef Demand(string type, string action, string id)
    {
        var scope = Find(type, id);
        Acting.Demand(type, action, scope);
        return scope;
    }

    /// <summary>
    /// Null: all scopes of the type. Else ids such that a scope of the type may be read exactly when its own is among them or, for a project, its parent's.
    /// (Projects are too many to be named one by one.)
    /// </summary>
    public string[]? Ids(string type)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var permitted in Acting.PermittedScopes(type, "read"))
        {
            if (permitted == Acting.Tenant) return null;
            ids.Add(Snapshot.Scope(permitted).Id);
            foreach (var below in Snapshot.Subtree(permitted).Select(Snapshot.Scope))
                if (below.Type != UnitTypes.Project) ids.Add(below.Id);
            if (IsSeenFromBelow(type)) ids.UnionWith(Snapshot.Path(permitted).Select(above => Snapshot.Scope(above).Id));
        }

        return [.. ids];
    }

    private static bool IsSeenFromBelow(string type) => type != UnitTypes.Project;
}
