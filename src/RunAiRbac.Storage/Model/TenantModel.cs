using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>The store, its tenants, their revisions and change logs, and the signing keys.</summary>
internal static class TenantModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<StoreRow>(e =>
        {
            e.ToTable("stores").HasKey(x => x.Id);
            e.Property(x => x.StoreId).HasMaxLength(Lengths.Id);
        });

        model.Entity<TenantRow>(e =>
        {
            e.ToTable("tenants").HasKey(x => x.Id);
            e.Property(x => x.Name).HasMaxLength(Lengths.Name);
        });

        model.Entity<RevisionRow>(e =>
        {
            e.ToTable("revisions").HasKey(x => x.TenantId);
            e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
        });

        model.Entity<ChangeRow>(e =>
        {
            e.ToTable("changes").HasKey(x => new { x.TenantId, x.Revision });
            e.Property(x => x.ActorId).HasMaxLength(Lengths.Id);
            e.Property(x => x.ActorName).HasMaxLength(Lengths.Name);
            e.Property(x => x.RequestId).HasMaxLength(Lengths.RequestId);
            e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
            e.HasIndex(x => new { x.TenantId, x.At });
        });

        model.Entity<SigningKeyRow>(e =>
        {
            e.ToTable("signing_keys").HasKey(x => x.Id);
            e.Property(x => x.Id).HasMaxLength(Lengths.Id);
            e.Property(x => x.Algorithm).HasMaxLength(Lengths.Kind);
        });
    }
}
