using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>How people sign in: identity providers and security settings.</summary>
internal static class SecurityModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<IdentityProviderRow>(e =>
        {
            e.ToTable("identity_providers").HasKey(x => new { x.TenantId, x.Id });
            e.Property(x => x.Id).HasMaxLength(Lengths.Id);
            e.Property(x => x.Alias).HasMaxLength(Lengths.Source);
            e.Property(x => x.Type).HasMaxLength(Lengths.Kind);
            e.Property(x => x.Name).HasMaxLength(Lengths.Name);
            e.Property(x => x.CreatedById).HasMaxLength(Lengths.Id);
            e.Property(x => x.CreatedByName).HasMaxLength(Lengths.Name);
            e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
            e.HasIndex(x => new { x.TenantId, x.Alias }).IsUnique().HasFilter(DirectoryModel.Living);
        });

        model.Entity<SecuritySettingRow>(e =>
        {
            e.ToTable("security_settings").HasKey(x => new { x.TenantId, x.Key });
            e.Property(x => x.Key).HasMaxLength(Lengths.Label);
            e.Property(x => x.UpdatedById).HasMaxLength(Lengths.Id);
            e.Property(x => x.UpdatedByName).HasMaxLength(Lengths.Name);
            e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
        });
    }
}
