using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>Who says that a user is in a group: the directory, which is written by hand, and identity providers, by their alias.</summary>
public static class GroupSources
{
    /// <summary>The source that administrators write.</summary>
    public const string Directory = "directory";

    /// <summary>
    /// The sources whose memberships count: a plain group name in a rule means that name from any of them. Everything else counts for nothing, also a source
    /// that no living provider stands for.
    /// </summary>
    public static async Task<HashSet<string>> TrustedAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        var trusted = await db.IdentityProviders
            .Where(x => x.TenantId == tenantId && x.DeletedAt == null && x.GroupsTrusted)
            .Select(x => x.Alias)
            .ToHashSetAsync(cancellationToken);
        trusted.Add(Directory);
        return trusted;
    }
}
