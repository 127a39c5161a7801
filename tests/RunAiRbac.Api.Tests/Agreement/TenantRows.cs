using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Agreement;

/// <summary>Reads a tenant's facts from its rows, past the engine and past the code that loads it.</summary>
internal static class TenantRows
{
    public static async Task<ReferencePolicy> ReadAsync(PolicyStore store, int tenantId)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var db = await store.OpenAsync(cancellationToken);
        var roles = await db.Roles.AsNoTracking().Where(x => x.TenantId == tenantId).ToListAsync(cancellationToken);
        var scopes = await db.Scopes.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).ToListAsync(cancellationToken);
        var subjects = await db.Subjects.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).ToListAsync(cancellationToken);
        var groups = await db.Groups.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).ToListAsync(cancellationToken);
        var memberships = await db.Memberships.AsNoTracking().Where(x => x.TenantId == tenantId && x.EndedRevision == null).ToListAsync(cancellationToken);
        var trusted = await db.IdentityProviders.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null && x.GroupsTrusted).Select(x => x.Alias).ToListAsync(cancellationToken);
        var rules = await db.AccessRules.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null).ToListAsync(cancellationToken);

        // In an order that another run with the same seed finds again.
        scopes = [.. scopes.OrderBy(x => x.MadeRevision).ThenBy(x => x.Name, StringComparer.Ordinal)];
        subjects = [.. subjects.OrderBy(x => x.MadeRevision).ThenBy(x => x.Kind).ThenBy(x => x.Key, StringComparer.Ordinal)];
        rules = [.. rules.OrderBy(x => x.Id)];
        var groupSubjects = groups.Where(x => x.Source == "directory" || trusted.Contains(x.Source)).ToDictionary(x => x.Id, x => x.SubjectId);
        return new ReferencePolicy
        {
            ResourceTypes = [.. Catalogue.Default.ResourceTypes.Select(type => type.Name)],
            Actions = Catalogue.Default.Actions,
            Roles = roles.ConvertAll(x => new RoleFact(x.Id, x.Name, x.Description, x.Enabled, Permissions(x.Permissions))),
            Scopes = scopes.ConvertAll(x => new ScopeFact(x.Id, x.Type, x.ParentId, x.Name)),
            Subjects = subjects.ConvertAll(x => new SubjectFact(x.Id, x.Kind, x.Key, x.Name, x.Enabled, x.SessionEpoch, x.HomeScopeId)),
            // Of several trusted sources' words the longest counts.
            Memberships = [.. memberships.Where(x => groupSubjects.ContainsKey(x.GroupId))
                .GroupBy(x => (x.UserId, GroupId: groupSubjects[x.GroupId]))
                .Select(x => new MembershipFact(x.Key.UserId, x.Key.GroupId, x.Any(m => m.ValidUntil is null) ? null : x.Max(m => m.ValidUntil)))],
            Rules = rules.ConvertAll(x => new RuleFact(x.Id, x.SubjectId, x.RoleId, x.ScopeId, x.NotBefore, x.ExpiresAt)),
        };
    }

    private static List<Permission> Permissions(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(x => new Permission(
            x.GetProperty("resourceType").GetString()!, [.. x.GetProperty("actions").EnumerateArray().Select(action => action.GetString()!)]))];
    }
}
