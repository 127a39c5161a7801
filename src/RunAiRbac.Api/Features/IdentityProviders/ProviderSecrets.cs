using System.Globalization;
using Microsoft.AspNetCore.DataProtection;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>Client secrets at rest: encrypted by Data Protection, one tenant's not to be read as another's.</summary>
internal sealed class ProviderSecrets(IDataProtectionProvider protection)
{
    public const string Purpose = "RunAiRbac.IdentityProviders.v1";

    public string Protect(int tenantId, string secret)
        => Protector(tenantId).Protect(secret);

    /// <summary>The secret in clear, for the provider alone.</summary>
    public string Unprotect(int tenantId, string protectedSecret)
        => Protector(tenantId).Unprotect(protectedSecret);

    private IDataProtector Protector(int tenantId) => protection.CreateProtector(Purpose, tenantId.ToString(CultureInfo.InvariantCulture));
}
