using System.Collections.Immutable;

namespace RunAiRbac.Policy;

/// <summary>
/// The numbering of resource types and actions (dense, from 0) and the predefined roles, read from one embedded data file. Immutable.
/// </summary>
public sealed class Catalogue
{
    private Catalogue()
    {
    }

    /// <summary>The catalogue that ships with the engine.</summary>
    public static Catalogue Default => throw new NotImplementedException();

    /// <summary>Resource types in the order of their indexes.</summary>
    public ImmutableArray<ResourceType> ResourceTypes => throw new NotImplementedException();

    /// <summary>Action names in the order of their indexes: <c>create</c>, <c>read</c>, <c>update</c>, <c>delete</c>, <c>sync</c>.</summary>
    public ImmutableArray<string> Actions => throw new NotImplementedException();

    /// <summary>The predefined roles, by id.</summary>
    public ImmutableArray<RoleFact> Roles => throw new NotImplementedException();

    /// <summary>The index of a resource type's name, compared ordinally; -1 when unknown. Allocates nothing.</summary>
    public int FindResourceType(string name) => throw new NotImplementedException();

    /// <summary>The index of an action's name, compared ordinally; -1 when unknown. Allocates nothing.</summary>
    public int FindAction(string name) => throw new NotImplementedException();
}

/// <summary>A kind of thing that permissions are about.</summary>
/// <param name="Name">The name on the wire, such as <c>workloads</c>.</param>
/// <param name="DisplayName">The name shown to people.</param>
/// <param name="GroupId">The group it is shown in: organization, physical-resource, iam, dashboard, workload or workload-asset.</param>
public sealed record ResourceType(string Name, string DisplayName, string GroupId);
