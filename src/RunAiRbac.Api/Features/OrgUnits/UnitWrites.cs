using RunAiRbac.Api.Errors;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.OrgUnits;

/// <summary>The changes to the tree, with the uniqueness of names and namespaces; the caller has judged the permission.</summary>
internal static class UnitWrites
{
    /// <summary>Adds a cluster and its department <c>default</c>.</summary>
    public static async Task<ScopeRow> AddClusterAsync(PolicyWrite write, string tenantScopeId, string name, string? details)
    {
        await DemandNameFreeAsync(write, UnitTypes.Cluster, string.Empty, name);
        var id = Ids.New();
        var cluster = Row(write, id, UnitTypes.Cluster, tenantScopeId, id, string.Empty, name, details);
        write.AddScope(cluster);
        write.AddScope(Row(write, Ids.New(), UnitTypes.Department, id, id, id, UnitNames.Default, null));
        return cluster;
    }

    public static async Task<ScopeRow> AddDepartmentAsync(PolicyWrite write, string clusterId, string name, UnitDetails details)
    {
        await DemandNameFreeAsync(write, UnitTypes.Department, clusterId, name);
        var department = Row(write, Ids.New(), UnitTypes.Department, clusterId, clusterId, clusterId, name, details.ToJson());
        write.AddScope(department);
        return department;
    }

    public static async Task<ScopeRow> AddProjectAsync(
        PolicyWrite write, string clusterId, string departmentId, string name, string @namespace, UnitDetails details)
    {
        await DemandNameFreeAsync(write, UnitTypes.Project, clusterId, name);
        if (await write.NamespaceExistsAsync(clusterId, @namespace, CancellationToken.None))
            throw new ApiException(Kinds.AlreadyExists, $"A project of the cluster has the namespace `{@namespace}` already.", "requestedNamespace");
        var project = Row(write, Ids.New(), UnitTypes.Project, departmentId, clusterId, clusterId, name, details.ToJson());
        project.Namespace = @namespace;
        write.AddScope(project);
        return project;
    }

    /// <summary>The living row of a scope that the snapshot knows.</summary>
    public static async Task<ScopeRow> RowAsync(PolicyWrite write, ScopeRef scope)
    {
        var fact = write.Before.Scope(scope);
        return await write.FindScopeAsync(fact.Id, CancellationToken.None) ?? throw ApiException.NotFound(fact.Type);
    }

    /// <summary>Gives a unit another name, and nothing else; the same name is no change.</summary>
    public static async Task RenameAsync(PolicyWrite write, ScopeRow row, string name)
    {
        if (row.Name == name) return;
        await DemandNameFreeAsync(write, row.Type, row.NameScope, name);
        write.RenameScope(row, name);
    }

    private static async Task DemandNameFreeAsync(PolicyWrite write, string type, string nameScope, string name)
    {
        if (await write.ScopeNameExistsAsync(type, nameScope, name, CancellationToken.None))
            throw new ApiException(Kinds.AlreadyExists, $"A {type} with the name `{name}` already exists.", "name");
    }

    private static ScopeRow Row(
        PolicyWrite write, string id, string type, string parentId, string clusterId, string nameScope, string name, string? details) => new()
        {
            TenantId = write.TenantId,
            Id = id,
            Type = type,
            ParentId = parentId,
            ClusterId = clusterId,
            Name = name,
            NameFolded = string.Empty, // The write sets it.
            NameScope = nameScope,
            Details = details,
            CreatedByName = write.Actor.Name,
        };
}
