using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>Actions on one resource type.</summary>
/// <param name="ResourceType">The resource type.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="GroupId">The group it is shown in.</param>
/// <param name="Actions">The actions: <c>create</c>, <c>read</c>, <c>update</c>, <c>delete</c>.</param>
public sealed record RolePermission(string ResourceType, string DisplayName, string GroupId, IReadOnlyList<string> Actions);

/// <summary>A role: a named set of permissions.</summary>
public sealed record Role
{
    /// <summary>Its id.</summary>
    public required int Id { get; init; }

    /// <summary>Its name; scripts look roles up by it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required string Description { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Always null: deleted roles are not shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Who made it: <c>system</c>.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Whether an organization made it.</summary>
    public required bool Custom { get; init; }

    /// <summary>Whether it is switched on.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Whether its rules take effect.</summary>
    public required bool EffectiveEnabled { get; init; }

    /// <summary>Every resource type, also those on which it allows nothing.</summary>
    public required IReadOnlyList<RolePermission> Permissions { get; init; }

    /// <summary>Its rights inside Kubernetes.</summary>
    public required KubernetesPermissions KubernetesPermissions { get; init; }

    /// <summary>What it is made of (v2 only).</summary>
    public IReadOnlyList<RolePermissionSet>? PermissionSets { get; init; }
}

/// <summary>A permission set by its name.</summary>
/// <param name="Id">Its id, the same in every installation.</param>
/// <param name="Name">Its name.</param>
public sealed record RolePermissionSet(Guid Id, string Name);

/// <summary>Permissions that belong together; each predefined role is made of one of the same name.</summary>
public sealed record PermissionSet
{
    /// <summary>Its id, the same in every installation.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required string Description { get; init; }

    /// <summary>The resource types on which it allows something.</summary>
    public required IReadOnlyList<ResourceActions> Permissions { get; init; }
}

/// <summary>Actions on one resource type.</summary>
/// <param name="ResourceType">The resource type.</param>
/// <param name="Actions">The actions: <c>create</c>, <c>read</c>, <c>update</c>, <c>delete</c>.</param>
public sealed record ResourceActions(string ResourceType, IReadOnlyList<string> Actions);

/// <summary>All permission sets.</summary>
/// <param name="PermissionSets">The sets.</param>
public sealed record PermissionSetList(IReadOnlyList<PermissionSet> PermissionSets);

/// <summary>A role's rights inside Kubernetes.</summary>
/// <param name="PredefinedRole">The predefined role whose rights it has; null: none set.</param>
public sealed record KubernetesPermissions([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PredefinedRole);
