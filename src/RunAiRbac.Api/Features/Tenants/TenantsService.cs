using System.Globalization;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Tenants;

/// <summary>
/// Lists and makes tenants. Only the first tenant has a <c>system</c> scope, so only its subjects can hold the right to; making one is a write of theirs.
/// </summary>
internal sealed partial class TenantsService(PolicyStore store, Writes writes, Passwords passwords, TimeProvider clock, ILogger<TenantsService> logger)
{
    public async Task<IReadOnlyList<Tenant>> ListAsync(HttpContext context)
    {
        var deleted = ListQuery.ReadBool(context.Request.Query, "deleted");
        var acting = Acting.Reading(context.Admitted(), clock);
        var (all, own) = (MayCreate(acting), context.Admitted().Caller.TenantId);
        if (!all && !acting.CanReadScope(acting.Tenant)) return [];
        await using var db = await store.OpenAsync(context.RequestAborted);
        var storeId = await db.Stores.Select(x => x.StoreId).SingleAsync(context.RequestAborted);
        var rows = await db.Tenants.AsNoTracking()
            .Where(x => (x.DeletedAt != null) == deleted && (all || x.Id == own)).OrderBy(x => x.Id).ToListAsync(context.RequestAborted);
        return rows.ConvertAll(row => new Tenant
        {
            Id = row.Id,
            Uuid = Uuid(storeId, row.Id),
            Name = row.Name,
            CreatedAt = Micros.ToTime(row.CreatedAt),
            DeletedAt = row.DeletedAt is { } at ? Micros.ToTime(at) : null,
        });
    }

    public async Task<TenantCreated> CreateAsync(HttpContext context, NewTenant wanted)
    {
        // Judged here only to spare the hash; the write judges again.
        DemandCreate(Acting.Reading(context.Admitted(), clock));
        var generated = wanted.Password is null ? Passwords.NewTemporary() : null;
        var hash = await passwords.HashAsync(wanted.Password ?? generated!, context.RequestAborted);
        var storeId = string.Empty;
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            DemandCreate(acting);
            if (await write.TenantNameExistsAsync(wanted.Name, CancellationToken.None)) throw new ApiException(Kinds.AlreadyExists, "A tenant with this name exists already.", "name");
            storeId = await write.Db.Stores.Select(x => x.StoreId).SingleAsync(CancellationToken.None);
            return await write.AddTenantAsync(wanted.Name, wanted.Email, hash, mustChangePassword: generated is not null, CancellationToken.None);
        });
        await AnnounceAsync(written.Value.Id);
        return new TenantCreated
        {
            Id = written.Value.Id,
            Uuid = Uuid(storeId, written.Value.Id),
            Name = wanted.Name,
            CreatedAt = Micros.ToTime(written.Value.CreatedAt),
            Email = wanted.Email,
            TempPassword = generated,
            Revision = written.Version.Token,
        };
    }

    /// <summary>Brings the new tenant to all replicas at once.</summary>
    private async Task AnnounceAsync(int tenantId)
    {
        try
        {
            await store.AnnounceTenantAsync(tenantId, CancellationToken.None);
        }
        catch (PolicyUnavailableException failure)
        {
            // The tenant stands, and its password is shown only now: the caller gets the answer, the poller brings the tenant.
            Log.NotLoaded(logger, tenantId, failure);
        }
    }

    private static bool MayCreate(Acting acting) => acting.Can("tenant", "create", acting.Snapshot.FindScope("system", "system"));

    private static void DemandCreate(Acting acting)
    {
        if (!MayCreate(acting)) throw ApiException.Forbidden("tenant", "create", "at `system`");
    }

    private static Guid Uuid(string storeId, int tenantId) => NamedUuids.Of(string.Create(CultureInfo.InvariantCulture, $"runairbac:tenant:{storeId}:{tenantId}"));

    private static partial class Log
    {
        [LoggerMessage(EventId = 1300, Level = LogLevel.Warning, Message = "Tenant {TenantId} was made, but not loaded here yet; the poller will")]
        public static partial void NotLoaded(ILogger logger, int tenantId, Exception exception);
    }
}
