using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessKeys;

/// <summary>Everybody's access keys, for who holds `access-keys` at the tenant.</summary>
internal sealed class AccessKeyAdministration(PolicyStore store, Writes writes)
{
    /// <summary>Filtered by the query's <c>clientId</c> and <c>createdBy</c> (an e-mail or a user's id).</summary>
    public async Task<IReadOnlyList<AdministeredAccessKey>> ListAsync(HttpContext context)
    {
        var version = context.Admitted().Version;
        var clientId = ListQuery.ReadOne(context.Request.Query, "clientId");
        var createdBy = ListQuery.ReadOne(context.Request.Query, "createdBy");
        var email = EmailAddress.TryCanonicalize(createdBy ?? string.Empty, out var canonical) ? canonical : null;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var keys =
            from key in db.Credentials.AsNoTracking()
            join user in db.Subjects on new { key.TenantId, key.SubjectId } equals new { user.TenantId, SubjectId = user.Id }
            where key.TenantId == version.TenantId && key.Kind == CredentialKinds.AccessKey && key.DeletedAt == null
            where clientId == null || key.Id == clientId
            where createdBy == null || user.Key == email || user.Id == createdBy
            orderby key.CreatedAt, key.Id
            select new { Key = key, CreatedBy = user.Name };
        var rows = await keys.ToListAsync(context.RequestAborted);
        return rows.ConvertAll(x => Show(x.Key, x.CreatedBy, version));
    }

    /// <summary>Ends anybody's key: the permission, and the law for what its user may do.</summary>
    public Task DeleteAsync(HttpContext context, string id) => writes.RunAsync(context, async (write, acting) =>
    {
        acting.Demand("access-keys", "delete", acting.Tenant);
        var key = await write.FindAccessKeyAsync(id, CancellationToken.None) ?? throw AccessKeysService.Unknown();
        var owner = acting.Snapshot.FindSubject(key.SubjectId);
        if (owner == acting.Subject && context.Admitted().Caller.ViaAccessKey)
            throw new ApiException(Kinds.Forbidden, "A session begun with an access key cannot delete its user's access keys.");
        acting.DemandChange(owner);
        await write.EndAccessKeyAsync(key, CancellationToken.None);
        return id;
    });

    private static AdministeredAccessKey Show(CredentialRow row, string createdBy, PolicyVersion version) => new()
    {
        Id = row.Id,
        Name = row.Label!,
        ClientId = row.Id,
        CreatedBy = createdBy,
        CreatedAt = Micros.ToTime(row.CreatedAt),
        LastLogin = row.LastUsedAt is { } at ? Micros.ToTime(at) : null,
        Revision = version.Token,
    };
}
