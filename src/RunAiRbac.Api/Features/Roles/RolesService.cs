using System.Globalization;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Roles;

internal sealed class RolesService(PolicyStore store, TimeProvider clock)
{
    public static readonly ListSpec Spec = new(["id", "name", "createdAt", "updatedAt", "createdBy"], []);

    public async Task<List<Role>> ListAsync(HttpContext context)
    {
        var admitted = context.Admitted();
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await db.Roles.AsNoTracking().Where(row => row.TenantId == admitted.Caller.TenantId).OrderBy(row => row.Id).ToListAsync(context.RequestAborted);
        var roles = new List<Role>(rows.Count);
        foreach (var row in rows)
            if (admitted.Snapshot.TryGetRole(row.Id, out var fact)) roles.Add(Answer(row, fact, admitted.Snapshot.Catalogue));
        return roles;
    }

    /// <summary>One page; there are few roles, so they are sorted here.</summary>
    public async Task<List<Role>> PageAsync(HttpContext context, ListQuery query)
    {
        var roles = await ListAsync(context);
        IEnumerable<Role> sorted = query.SortBy switch
        {
            "name" => Sort(roles, query, role => role.Name, StringComparer.OrdinalIgnoreCase),
            "createdAt" => Sort(roles, query, role => role.CreatedAt),
            "updatedAt" => Sort(roles, query, role => role.UpdatedAt),
            "createdBy" => Sort(roles, query, role => role.CreatedBy, StringComparer.OrdinalIgnoreCase),
            _ => query.Descending ? roles.OrderByDescending(role => role.Id) : roles,
        };
        return [.. sorted.Skip(query.Offset).Take(query.Limit).Select(PermissionSets.WithSets)];
    }

    /// <summary>Only predefined roles stand so far, and those are nobody's to change.</summary>
    public static void RefuseChange(HttpContext context, string id)
    {
        if (!TryReadId(id, out var number) || !context.Admitted().Snapshot.TryGetRole(number, out var role)) throw ApiException.NotFound("role");
        throw PermissionSets.IsPredefined(role.Id)
            ? new ApiException(Kinds.RoleIsPredefined, $"{role.Name} is a predefined role: it cannot be changed or deleted.")
            : CustomRolesComeLater();
    }

    public static ApiException CustomRolesComeLater() => new(Kinds.NotImplemented, "Roles of one's own are not served yet.");

    public async Task<Role> GetAsync(HttpContext context, string id)
    {
        var admitted = context.Admitted();
        if (!TryReadId(id, out var number) || !admitted.Snapshot.TryGetRole(number, out var fact)) throw ApiException.NotFound("role");
        await using var db = await store.OpenAsync(context.RequestAborted);
        var row = await db.Roles.AsNoTracking().SingleOrDefaultAsync(r => r.TenantId == admitted.Caller.TenantId && r.Id == number, context.RequestAborted)
            ?? throw ApiException.NotFound("role");
        return Answer(row, fact, admitted.Snapshot.Catalogue);
    }

    /// <summary>The union of what the caller may do in any scope.</summary>
    public List<RolePermission> PermissionsOf(HttpContext context)
    {
        var acting = Acting.Reading(context.Admitted(), clock);
        var held = acting.Snapshot.WhatCan(acting.Subject, null, null, null, acting.Moment)
            .ToLookup(entry => entry.ResourceType, entry => entry.Actions);
        var catalogue = acting.Snapshot.Catalogue;
        return
        [
            .. held.OrderBy(actions => actions.Key)
                .Select(actions => Permission(catalogue.ResourceTypes[actions.Key], actions.SelectMany(a => a).Distinct().Order().Select(a => catalogue.Actions[a]))),
        ];
    }

    private static Role Answer(RoleRow row, RoleFact role, Catalogue catalogue)
    {
        var actions = role.Permissions.ToDictionary(permission => permission.ResourceType, permission => permission.Actions, StringComparer.Ordinal);
        return new Role
        {
            Id = role.Id,
            Name = role.Name,
            Description = role.Description,
            CreatedAt = Micros.ToTime(row.CreatedAt),
            UpdatedAt = Micros.ToTime(row.UpdatedAt),
            CreatedBy = row.CreatedByName,
            Custom = !PermissionSets.IsPredefined(role.Id),
            Enabled = role.Enabled,
            EffectiveEnabled = role.Enabled,
            Permissions =
            [
                .. catalogue.ResourceTypes.Select(type => Permission(type, actions.GetValueOrDefault(type.Name) ?? [])),
            ],
            KubernetesPermissions = new KubernetesPermissions(null),
        };
    }

    private static RolePermission Permission(ResourceType type, IEnumerable<string> actions)
        => new(type.Name, type.DisplayName, type.GroupId, [.. actions]);

    private static IEnumerable<Role> Sort<TKey>(List<Role> roles, ListQuery query, Func<Role, TKey> key, IComparer<TKey>? comparer = null)
        => (query.Descending ? roles.OrderByDescending(key, comparer) : roles.OrderBy(key, comparer)).ThenBy(role => role.Id);

    // Ids compare ordinally: no signs, no leading zeros.
    private static bool TryReadId(string text, out int id)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id.ToString(CultureInfo.InvariantCulture) == text;
}
