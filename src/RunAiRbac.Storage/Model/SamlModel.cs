using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>Sign-in by SAML: keys for requests, and the assertions that were used.</summary>
internal static class SamlModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<SamlKeyRow>(e =>
        {
            e.ToTable("saml_keys").HasKey(x => x.TenantId);
            e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
        });

        model.Entity<SamlAssertionRow>(e =>
        {
            e.ToTable("saml_assertions").HasKey(x => new { x.TenantId, x.ProviderId, x.Hash });
            e.Property(x => x.ProviderId).HasMaxLength(Lengths.Id);
            e.Property(x => x.Hash).HasMaxLength(Lengths.ChainHash);
            e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
        });
    }
}
