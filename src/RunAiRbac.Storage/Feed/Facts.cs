using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>What the engine is told of a row; the same for the initial load and for changes.</summary>
internal static class Facts
{
    public static ScopeFact ToFact(this ScopeRow row) => new(row.Id, row.Type, row.ParentId, row.Name);

    public static RoleFact ToFact(this RoleRow row) => new(row.Id, row.Name, row.Description, row.Enabled, ChangeLog.ReadPermissions(row.Permissions));

    public static RuleFact ToFact(this AccessRuleRow row) => new(row.Id, row.SubjectId, row.RoleId, row.ScopeId, row.NotBefore, row.ExpiresAt);

    public static SubjectFact ToFact(this SubjectRow row, bool hasLivingPassword)
        => new(row.Id, row.Kind, row.Key, row.Name, row.Enabled, row.SessionEpoch, row.HomeScopeId, row.IsLocal == true && hasLivingPassword);

    /// <summary>Passwords that can be used for ever: one that expires does not make a last administrator.</summary>
    public static IQueryable<CredentialRow> LivingPasswords(this DbSet<CredentialRow> credentials, int tenantId)
        => credentials.Where(x => x.TenantId == tenantId && x.Kind == CredentialKinds.Password && x.DeletedAt == null && x.ExpiresAt == null);
}

/// <summary>Memberships of several sources as one: the longest counts.</summary>
internal static class Memberships
{
    public static List<MembershipFact> Fold(IEnumerable<MembershipFact> facts)
    {
        var longest = new Dictionary<(string User, string Group), long>();
        foreach (var fact in facts)
        {
            var until = fact.ValidUntil ?? long.MaxValue;
            var key = (fact.UserId, fact.GroupId);
            if (!longest.TryGetValue(key, out var other) || until > other) longest[key] = until;
        }

        return [.. longest.Select(x => new MembershipFact(x.Key.User, x.Key.Group, x.Value == long.MaxValue ? null : x.Value))];
    }
}
