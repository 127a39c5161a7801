using System.Collections.Frozen;
using System.Collections.Immutable;

namespace RunAiRbac.Policy;

/// <summary>
/// The numbering of resource types and actions (dense, from 0) and the predefined roles, read from one embedded data file. Immutable.
/// </summary>
public sealed class Catalogue
{
    private static readonly Lazy<Catalogue> Shipped = new(CatalogueReader.ReadEmbedded);

    private readonly NameTable _resourceTypeIndexes;
    private readonly NameTable _actionIndexes;
    private readonly FrozenSet<int> _grantedToNobody;

    internal Catalogue(
        ImmutableArray<ResourceType> resourceTypes, ImmutableArray<string> actions, IEnumerable<string> grantedToNobody, ImmutableArray<RoleFact> roles)
    {
        ResourceTypes = resourceTypes;
        Actions = actions;
        Roles = roles;
        _resourceTypeIndexes = new NameTable(resourceTypes.Select(type => type.Name));
        _actionIndexes = new NameTable(actions);
        _grantedToNobody = grantedToNobody.Select(Known).ToFrozenSet();
    }

    /// <summary>The catalogue that ships with the engine.</summary>
    public static Catalogue Default => Shipped.Value;

    /// <summary>Resource types in the order of their indexes.</summary>
    public ImmutableArray<ResourceType> ResourceTypes { get; }

    /// <summary>Action names in the order of their indexes: <c>create</c>, <c>read</c>, <c>update</c>, <c>delete</c>, <c>sync</c>.</summary>
    public ImmutableArray<string> Actions { get; }

    /// <summary>The predefined roles, by id.</summary>
    public ImmutableArray<RoleFact> Roles { get; }

    /// <summary>The number of permissions: one for each pair of a resource type and an action.</summary>
    internal int PermissionCount => ResourceTypes.Length * Actions.Length;

    /// <summary>The index of a resource type's name, compared ordinally; -1 when unknown. Allocates nothing.</summary>
    public int FindResourceType(string name) => _resourceTypeIndexes.Find(name);

    /// <summary>The index of an action's name, compared ordinally; -1 when unknown. Allocates nothing.</summary>
    public int FindAction(string name) => _actionIndexes.Find(name);

    /// <summary>The index of a permission, dense from 0.</summary>
    internal int Permission(int resourceType, int action) => resourceType * Actions.Length + action;

    /// <summary>
    /// The index of a permission by names; -1 when the catalogue does not know the pair, or when the action is one that no role can hold (<c>sync</c>).
    /// </summary>
    internal int FindPermission(string resourceType, string action)
    {
        var type = FindResourceType(resourceType);
        var act = FindAction(action);
        return type < 0 || act < 0 || _grantedToNobody.Contains(act) ? -1 : Permission(type, act);
    }

    private int Known(string action) => FindAction(action) is >= 0 and var index ? index : throw new ArgumentException($"Unknown action `{action}`.", nameof(action));
}

/// <summary>A kind of thing that permissions are about.</summary>
/// <param name="Name">The name on the wire, such as <c>workloads</c>.</param>
/// <param name="DisplayName">The name shown to people.</param>
/// <param name="GroupId">The group it is shown in: organization, physical-resource, iam, dashboard, workload or workload-asset.</param>
public sealed record ResourceType(string Name, string DisplayName, string GroupId);
