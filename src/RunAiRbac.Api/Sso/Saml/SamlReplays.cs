using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>Which assertions were used: shared by all replicas, kept until an assertion would be too old anyway.</summary>
internal sealed class SamlReplays(PolicyStore store, TimeProvider clock)
{
    /// <summary>Notes the use; false: it was used before.</summary>
    public async Task<bool> UseAsync(SsoProvider provider, SamlAssertion assertion, TimeSpan clockSkew, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(assertion.Id)));
        var expires = Micros.From(assertion.IssuedAt + SamlResponse.MaxAge + (2 * clockSkew));
        await using var db = await store.OpenAsync(cancellationToken);
        var added = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO saml_assertions (tenant_id, provider_id, hash, expires_at) VALUES ({provider.TenantId}, {provider.Id}, {hash}, {expires}) ON CONFLICT DO NOTHING",
            cancellationToken);
        return added == 1;
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.NowMicros();
        await using var db = await store.OpenAsync(cancellationToken);
        await db.SamlAssertions.Where(x => x.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
    }
}
