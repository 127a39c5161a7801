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
    /// <summary>Custom roles have ids from here on.</summary>
    private const int FirstCustomId = 100_000;

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
            Custom = role.Id >= FirstCustomId,
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

    // Ids compare ordinally: no signs, no leading zeros.
    private static bool TryReadId(string text, out int id)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id.ToString(CultureInfo.InvariantCulture) == text;
}
