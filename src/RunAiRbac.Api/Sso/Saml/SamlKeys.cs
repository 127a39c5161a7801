using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>A tenant's key for SAML requests and metadata.</summary>
/// <param name="Certificate">DER; what providers are given.</param>
/// <param name="PrivateKey">PKCS #8.</param>
internal sealed record SamlKey(byte[] Certificate, byte[] PrivateKey)
{
    /// <summary>The caller disposes it; not shared, since none promises to be safe between threads.</summary>
    public RSA Open()
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(PrivateKey, out _);
        return key;
    }

    /// <summary>Without the key, so that no log shows it.</summary>
    public override string ToString() => nameof(SamlKey);
}

/// <summary>
/// The keys with which requests and metadata are signed: one of each tenant, made when it is first needed, shared by all replicas. Its certificate is signed
/// by itself and lasts ten years, since providers store it; the private key is encrypted by Data Protection, one tenant's not to be read as another's.
/// </summary>
internal sealed class SamlKeys(PolicyStore store, IDataProtectionProvider protection, TimeProvider clock)
{
    private const int Bits = 3072;
    private const int Years = 10;

    private readonly ConcurrentDictionary<int, SamlKey> _known = [];

    public async Task<SamlKey> GetAsync(int tenantId, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(tenantId, out var known)) return known;
        await using var db = await store.OpenAsync(cancellationToken);
        var row = await FindAsync(db, tenantId, cancellationToken) ?? await CreateAsync(db, tenantId, cancellationToken);
        return _known[tenantId] = new SamlKey(Convert.FromBase64String(row.Certificate), Unprotect(row));
    }

    private static Task<SamlKeyRow?> FindAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
        => db.SamlKeys.AsNoTracking().SingleOrDefaultAsync(x => x.TenantId == tenantId, cancellationToken);

    /// <summary>Makes one. Of two replicas that do so at once, the first one's is taken by both.</summary>
    private async Task<SamlKeyRow> CreateAsync(RunAiRbacDbContext db, int tenantId, CancellationToken cancellationToken)
    {
        using var key = RSA.Create(Bits);
        var now = clock.GetUtcNow();
        var request = new CertificateRequest($"CN=RunAiRbac tenant {tenantId.ToString(CultureInfo.InvariantCulture)}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        var (certificateText, sealedKey) = (Convert.ToBase64String(certificate.RawData), Protector(tenantId).Protect(Convert.ToBase64String(key.ExportPkcs8PrivateKey())));
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO saml_keys (tenant_id, certificate, protected_private_key, created_at) VALUES ({tenantId}, {certificateText}, {sealedKey}, {Micros.From(now)}) ON CONFLICT DO NOTHING",
            cancellationToken);
        return await FindAsync(db, tenantId, cancellationToken) ?? throw new InvalidOperationException("The SAML key that was just made is not there.");
    }

    private byte[] Unprotect(SamlKeyRow row)
    {
        try
        {
            return Convert.FromBase64String(Protector(row.TenantId).Unprotect(row.ProtectedPrivateKey));
        }
        catch (CryptographicException failure)
        {
            throw SamlRefusal.Unavailable($"the key of tenant {row.TenantId} cannot be decrypted with the key ring at DataProtection:KeyDirectory: {failure.Message}");
        }
    }

    private IDataProtector Protector(int tenantId) => protection.CreateProtector("RunAiRbac.SamlKeys.v1", tenantId.ToString(CultureInfo.InvariantCulture));
}
