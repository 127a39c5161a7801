using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>The audit log and its chain.</summary>
internal static class AuditModel
{
    public static void Configure(ModelBuilder model)
    {
        Events(model);

        model.Entity<AuditScopeRow>(e =>
        {
            e.ToTable("audit_scopes").HasKey(x => new { x.TenantId, x.ScopeId, x.EventId });
            e.Property(x => x.ScopeId).HasMaxLength(Lengths.Id);
            e.Property(x => x.EventId).HasMaxLength(Lengths.Id);
            e.HasOne<AuditEventRow>().WithMany().HasForeignKey(x => new { x.TenantId, x.EventId }).OnDelete(DeleteBehavior.Cascade);
            // For the cascade.
            e.HasIndex(x => new { x.TenantId, x.EventId });
        });

        model.Entity<AuditHeadRow>(e =>
        {
            e.ToTable("audit_heads").HasKey(x => x.TenantId);
            e.Property(x => x.LastHash).HasMaxLength(Lengths.ChainHash);
            e.Property(x => x.DroppedHash).HasMaxLength(Lengths.ChainHash);
            e.Property(x => x.LeaseOwner).HasMaxLength(Lengths.Id);
            e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void Events(ModelBuilder model) => model.Entity<AuditEventRow>(e =>
    {
        e.ToTable("audit_events").HasKey(x => new { x.TenantId, x.Id });
        e.Property(x => x.Id).HasMaxLength(Lengths.Id);
        e.Property(x => x.SubjectId).HasMaxLength(Lengths.Id);
        e.Property(x => x.Subject).HasMaxLength(Lengths.Name);
        e.Property(x => x.SubjectFolded).HasMaxLength(Lengths.Name);
        e.Property(x => x.SubjectType).HasMaxLength(Lengths.Kind);
        e.Property(x => x.SourceIp).HasMaxLength(Lengths.Address);
        e.Property(x => x.Action).HasMaxLength(Lengths.Kind);
        e.Property(x => x.HttpMethod).HasMaxLength(Lengths.Kind);
        e.Property(x => x.Url).HasMaxLength(Lengths.Url);
        e.Property(x => x.EntityType).HasMaxLength(Lengths.Label);
        e.Property(x => x.EntityName).HasMaxLength(Lengths.Name);
        e.Property(x => x.EntityNameFolded).HasMaxLength(Lengths.Name);
        e.Property(x => x.EntityId).HasMaxLength(Lengths.Name);
        e.Property(x => x.Result).HasMaxLength(Lengths.Kind);
        e.Property(x => x.ClusterId).HasMaxLength(Lengths.Id);
        e.Property(x => x.ClusterName).HasMaxLength(Lengths.Name);
        e.Property(x => x.ClusterNameFolded).HasMaxLength(Lengths.Name);
        e.Property(x => x.RequestId).HasMaxLength(Lengths.RequestId);
        e.Property(x => x.Hash).HasMaxLength(Lengths.ChainHash);
        e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
        e.HasIndex(x => new { x.TenantId, x.At, x.Id });
        e.HasIndex(x => new { x.TenantId, x.Number }).IsUnique().HasFilter("number IS NOT NULL");
        e.HasIndex(x => new { x.TenantId, x.At, x.Id }, "IX_audit_events_unsealed").HasFilter("number IS NULL");
    });
}
