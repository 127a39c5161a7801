using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

public sealed partial class PolicyWrite
{
    /// <summary>Adds a credential. A subject change (<c>HasPassword</c>) is recorded by the <see cref="TouchSubjectAsync"/> that must follow.</summary>
    public CredentialRow AddCredential(string subjectId, string kind, string hash, long? expiresAt = null, bool mustChange = false, string? label = null)
    {
        var row = new CredentialRow
        {
            TenantId = TenantId,
            Id = Ids.New(),
            SubjectId = subjectId,
            Kind = kind,
            Hash = hash,
            ExpiresAt = expiresAt,
            MustChange = mustChange,
            Label = label,
            CreatedAt = Now,
        };
        Db.Credentials.Add(row);
        if (kind is CredentialKinds.Password or CredentialKinds.Secret) _newCredentials.Add(subjectId);
        return row;
    }

    /// <summary>The living credentials of a subject, tracked, oldest first (expired ones included). Ending one: set <c>DeletedAt</c>, then <see cref="TouchSubjectAsync"/>.</summary>
    public async Task<List<CredentialRow>> CredentialsAsync(string subjectId, string kind, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return await Db.Credentials
            .Where(x => x.TenantId == TenantId && x.SubjectId == subjectId && x.Kind == kind && x.DeletedAt == null)
            .OrderBy(x => x.CreatedAt).ThenBy(x => x.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Ends a session, in its row and as a change. False: there is no such session, or it has ended already.</summary>
    public async Task<bool> EndSessionAsync(string sessionId, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        var living = Db.Sessions.Where(x => x.TenantId == TenantId && x.Id == sessionId && x.EndedAt == null);
        var subjectId = await living.Select(x => x.SubjectId).SingleOrDefaultAsync(cancellationToken);
        if (subjectId is null) return false;
        await living.ExecuteUpdateAsync(x => x.SetProperty(s => s.EndedAt, Now).SetProperty(s => s.RefreshHash, (string?)null), cancellationToken);
        Align<SessionRow>(x => x.Id == sessionId, x => (x.EndedAt, x.RefreshHash) = (Now, null));
        Record(new SessionEnd(new(sessionId, Now + _longestTokenLifetime)));
        NoteEndedSession(sessionId, subjectId);
        return true;
    }

    /// <summary>Adds a role or replaces the one of the same id.</summary>
    public async Task PutRoleAsync(RoleFact role, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(role);
        var row = await Db.Roles.FindAsync([TenantId, role.Id], cancellationToken);
        if (row is null)
        {
            Db.Roles.Add(RoleRows.New(TenantId, role, Now, Actor.Name));
        }
        else
        {
            (row.Name, row.NameFolded, row.Description) = (role.Name, Folding.Fold(role.Name), role.Description);
            (row.Enabled, row.UpdatedAt) = (role.Enabled, Now);
            row.Permissions = ChangeLog.WritePermissions(role.Permissions);
        }

        Record(new RolePut(role));
    }
}

internal static class RoleRows
{
    public static RoleRow New(int tenantId, RoleFact role, long now, string createdByName) => new()
    {
        TenantId = tenantId,
        Id = role.Id,
        Name = role.Name,
        NameFolded = Folding.Fold(role.Name),
        Description = role.Description,
        Enabled = role.Enabled,
        Permissions = ChangeLog.WritePermissions(role.Permissions),
        CreatedAt = now,
        UpdatedAt = now,
        CreatedByName = createdByName,
    };

    /// <summary>Whether a role as it stands says the same as the catalogue. Whether it is enabled is the tenant's own choice.</summary>
    public static bool SaysTheSame(RoleFact standing, RoleFact catalogue)
        => standing.Name == catalogue.Name && standing.Description == catalogue.Description && Pairs(standing).SetEquals(Pairs(catalogue));

    private static HashSet<(string ResourceType, string Action)> Pairs(RoleFact role)
        => [.. role.Permissions.SelectMany(x => x.Actions.Select(action => (x.ResourceType, action)))];
}
