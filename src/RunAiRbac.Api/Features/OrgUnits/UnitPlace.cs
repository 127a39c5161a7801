using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>
/// Where a new unit goes, and whether the caller may put it there: creating is asked at the parent. A parent that the caller neither sees nor may create
/// in answers as a random id does.
/// </summary>
internal static class UnitPlace
{
    public static void DemandCreateDepartment(Acting acting, string clusterId)
    {
        var cluster = acting.Snapshot.FindScope(UnitTypes.Cluster, clusterId);
        if (acting.Can(UnitTypes.Department, "create", cluster)) return;
        if (!new Sight(acting).Sees(cluster)) throw Unknown("clusterId", UnitTypes.Cluster);
        acting.Demand(UnitTypes.Department, "create", cluster);
    }

    /// <summary>The department of a new project.</summary>
    public static ScopeRef DemandCreateProject(Acting acting, string clusterId, string? parentId)
    {
        var sight = new Sight(acting);
        var cluster = acting.Snapshot.FindScope(UnitTypes.Cluster, clusterId);
        var department = parentId is null ? Default(acting.Snapshot, cluster) : acting.Snapshot.FindScope(UnitTypes.Department, parentId);
        var mayCreate = acting.Can(UnitTypes.Project, "create", department);
        if (parentId is null)
        {
            if (!mayCreate && !sight.Sees(cluster)) throw Unknown("clusterId", UnitTypes.Cluster);
        }
        else
        {
            if (!mayCreate && !sight.Sees(department)) throw Unknown("parentId", UnitTypes.Department);
            if (!cluster.IsKnown || !acting.Snapshot.IsWithin(department, cluster))
                throw ApiException.Invalid("parentId", "is not a department of the cluster `clusterId`");
        }

        acting.Demand(UnitTypes.Project, "create", department);
        return department;
    }

    private static ScopeRef Default(PolicySnapshot snapshot, ScopeRef cluster)
        => cluster.IsKnown
            ? snapshot.Children(cluster).FirstOrDefault(child => snapshot.Scope(child) is { Type: UnitTypes.Department, Name: UnitNames.Default })
            : default;

    private static ApiException Unknown(string field, string type) => ApiException.Invalid(field, $"names no {type}");
}
