using System.Globalization;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.Roles;

/// <summary>One permission set for each predefined role, of the same name and with the same permissions.</summary>
internal static class PermissionSets
{
    public static bool IsPredefined(int roleId) => roleId < PredefinedRoles.FirstCustomId;

    public static IReadOnlyList<PermissionSet> All(PolicySnapshot snapshot)
        => [.. snapshot.Roles.Where(role => IsPredefined(role.Id)).OrderBy(role => role.Id).Select(role => Show(role, snapshot.Catalogue))];

    public static PermissionSet Get(PolicySnapshot snapshot, string id)
    {
        var role = snapshot.Roles.FirstOrDefault(role => IsPredefined(role.Id) && IdOf(role.Id).ToString() == id);
        return role is null ? throw ApiException.NotFound("permission set") : Show(role, snapshot.Catalogue);
    }

    /// <summary>The role with what it is made of.</summary>
    public static Role WithSets(Role role) => role with { PermissionSets = IsPredefined(role.Id) ? [new RolePermissionSet(IdOf(role.Id), role.Name)] : [] };

    /// <summary>The same in every installation.</summary>
    private static Guid IdOf(int roleId) => NamedUuids.Of(string.Create(CultureInfo.InvariantCulture, $"runairbac:permission-set:{roleId}"));

    private static PermissionSet Show(RoleFact role, Catalogue catalogue)
    {
        var actions = role.Permissions.ToDictionary(permission => permission.ResourceType, permission => permission.Actions, StringComparer.Ordinal);
        return new PermissionSet
        {
            Id = IdOf(role.Id),
            Name = role.Name,
            Description = role.Description,
            Permissions =
            [
                .. catalogue.ResourceTypes.Where(type => actions.GetValueOrDefault(type.Name) is { Count: > 0 }).Select(type => new ResourceActions(type.Name, actions[type.Name])),
            ],
        };
    }
}
