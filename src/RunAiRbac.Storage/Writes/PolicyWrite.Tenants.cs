using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>Making tenants: a write of the first tenant, whose administrators may do it. It changes nothing there but the revision.</summary>
public sealed partial class PolicyWrite
{
    /// <summary>Whether a living tenant has this name.</summary>
    public Task<bool> TenantNameExistsAsync(string name, CancellationToken cancellationToken)
        => Db.Tenants.AnyAsync(x => x.Name == name && x.DeletedAt == null, cancellationToken);

    /// <summary>Adds a tenant with the next free id, its roles and its local administrator. Replicas find it by their next poll.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="adminEmail">The administrator's canonical e-mail.</param>
    /// <param name="adminPasswordHash">The administrator's password hash.</param>
    /// <param name="mustChangePassword">Whether that password is good only for choosing another.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<TenantRow> AddTenantAsync(string name, string adminEmail, string adminPasswordHash, bool mustChangePassword, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        // Nobody else takes that id meanwhile: whoever makes tenants holds the first tenant's revision row.
        var id = checked(await Db.Tenants.MaxAsync(x => x.Id, cancellationToken) + 1);
        var tenant = new FirstTenant(id, name, adminEmail, adminPasswordHash) { MustChangePassword = mustChangePassword };
        var row = new FirstTenantRows(tenant, isFirst: false, Now).AddTo(Db);
        RecordEvent(AuditEntities.Tenant, id.ToString(CultureInfo.InvariantCulture), name, null, new { id, name, administrator = adminEmail });
        return row;
    }
}
