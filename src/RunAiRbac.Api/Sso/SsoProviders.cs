using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Sso;

/// <summary>A tenant's living providers, read anew each time: sign-in is rare, and a provider that was changed or deleted must not be used as it was.</summary>
internal sealed class SsoProviders(PolicyStore store, ProviderSecrets secrets)
{
    /// <summary>The provider of this alias; null: none.</summary>
    public async Task<SsoProvider?> FindAsync(int tenantId, string alias, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        return await Living(db, tenantId).SingleOrDefaultAsync(x => x.Alias == alias, cancellationToken) is { } row ? Read(row) : null;
    }

    /// <summary>The provider of this row id; null: it has ended.</summary>
    public async Task<SsoProvider?> FindByIdAsync(int tenantId, string id, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        return await Living(db, tenantId).SingleOrDefaultAsync(x => x.Id == id, cancellationToken) is { } row ? Read(row) : null;
    }

    /// <summary>What the sign-in page offers, by name.</summary>
    public async Task<List<ProviderChoice>> ListAsync(int tenantId, CancellationToken cancellationToken)
    {
        await using var db = await store.OpenAsync(cancellationToken);
        return await Living(db, tenantId).OrderBy(x => x.Name).ThenBy(x => x.Alias).Select(x => new ProviderChoice(x.Alias, x.Name, x.Type)).ToListAsync(cancellationToken);
    }

    private static IQueryable<IdentityProviderRow> Living(RunAiRbacDbContext db, int tenantId)
        => db.IdentityProviders.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null);

    private SsoProvider Read(IdentityProviderRow row)
        => new(row.TenantId, row.Id, row.Alias, row.Type, row.Name, ProviderSettings.Read(row.Settings), Secret(row), ProviderSettings.ReadDomains(row.TrustedEmailDomains));

    private string? Secret(IdentityProviderRow row)
    {
        if (row.ProtectedSecret is null) return null;
        try
        {
            return secrets.Unprotect(row.TenantId, row.ProtectedSecret);
        }
        catch (CryptographicException failure)
        {
            throw new SsoRefusal(SsoRefusalCodes.ProviderUnavailable, $"The client secret of the provider {row.Alias} cannot be decrypted: {failure.Message}");
        }
    }
}
