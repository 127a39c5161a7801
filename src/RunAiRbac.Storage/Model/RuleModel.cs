using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>Roles, scopes and the rules between them.</summary>
internal static class RuleModel
{
    public static void Configure(ModelBuilder model)
    {
        Roles(model);
        Scopes(model);
        Rules(model);
    }

    private static void Roles(ModelBuilder model) => model.Entity<RoleRow>(e =>
    {
        e.ToTable("roles").HasKey(x => new { x.TenantId, x.Id });
        e.Property(x => x.Name).HasMaxLength(Lengths.Name);
        e.Property(x => x.NameFolded).HasMaxLength(Lengths.Name);
        e.Property(x => x.Description).HasMaxLength(Lengths.Description);
        e.Property(x => x.CreatedByName).HasMaxLength(Lengths.Name);
        e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
    });

    private static void Scopes(ModelBuilder model) => model.Entity<ScopeRow>(e =>
    {
        e.ToTable("scopes").HasKey(x => new { x.TenantId, x.Id });
        e.Property(x => x.Id).HasMaxLength(Lengths.Id);
        e.Property(x => x.Type).HasMaxLength(Lengths.ScopeType);
        e.Property(x => x.ParentId).HasMaxLength(Lengths.Id);
        e.Property(x => x.ClusterId).HasMaxLength(Lengths.Id);
        e.Property(x => x.Name).HasMaxLength(Lengths.Name);
        e.Property(x => x.NameFolded).HasMaxLength(Lengths.Name);
        e.Property(x => x.NameScope).HasMaxLength(Lengths.Id);
        e.Property(x => x.Namespace).HasMaxLength(Lengths.Namespace);
        e.Property(x => x.CreatedById).HasMaxLength(Lengths.Id);
        e.Property(x => x.CreatedByName).HasMaxLength(Lengths.Name);
        e.Property(x => x.UpdatedById).HasMaxLength(Lengths.Id);
        e.Property(x => x.UpdatedByName).HasMaxLength(Lengths.Name);
        e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
        e.HasOne<ScopeRow>().WithMany().HasForeignKey(x => new { x.TenantId, x.ParentId }).OnDelete(DeleteBehavior.Restrict);
        e.HasIndex(x => new { x.TenantId, x.Type, x.NameScope, x.Name }).IsUnique().HasFilter(DirectoryModel.Living);
        e.HasIndex(x => new { x.TenantId, x.ClusterId, x.Namespace }).IsUnique()
            .HasFilter("deleted_at IS NULL AND namespace IS NOT NULL");
        e.HasIndex(x => new { x.TenantId, x.ParentId, x.Type }).HasFilter(DirectoryModel.Living);
        e.HasIndex(x => new { x.TenantId, x.ClusterId, x.Type, x.NameFolded }).HasFilter(DirectoryModel.Living);
        e.HasIndex(x => new { x.TenantId, x.Type, x.NameFolded }).HasFilter(DirectoryModel.Living);
        e.HasIndex(x => new { x.TenantId, x.Type, x.CreatedAt }).HasFilter(DirectoryModel.Living);
    });

    private static void Rules(ModelBuilder model) => model.Entity<AccessRuleRow>(e =>
    {
        e.ToTable("access_rules").HasKey(x => new { x.TenantId, x.Id });
        e.Property(x => x.SubjectId).HasMaxLength(Lengths.Id);
        e.Property(x => x.SubjectType).HasMaxLength(Lengths.ScopeType);
        e.Property(x => x.ScopeId).HasMaxLength(Lengths.Id);
        e.Property(x => x.Reason).HasMaxLength(Lengths.Reason);
        e.Property(x => x.CreatedById).HasMaxLength(Lengths.Id);
        e.Property(x => x.CreatedByName).HasMaxLength(Lengths.Name);
        e.HasOne<SubjectRow>().WithMany().HasForeignKey(x => new { x.TenantId, x.SubjectId }).OnDelete(DeleteBehavior.Restrict);
        e.HasOne<RoleRow>().WithMany().HasForeignKey(x => new { x.TenantId, x.RoleId }).OnDelete(DeleteBehavior.Restrict);
        e.HasOne<ScopeRow>().WithMany().HasForeignKey(x => new { x.TenantId, x.ScopeId }).OnDelete(DeleteBehavior.Restrict);
        e.HasIndex(x => new { x.TenantId, x.SubjectId, x.RoleId, x.ScopeId }).IsUnique().HasFilter(DirectoryModel.Living);
        e.HasIndex(x => new { x.TenantId, x.ScopeId }).HasFilter(DirectoryModel.Living);
        e.HasIndex(x => new { x.TenantId, x.RoleId }).HasFilter(DirectoryModel.Living);
        e.HasIndex(x => new { x.TenantId, x.CreatedAt }).HasFilter(DirectoryModel.Living);
        e.HasIndex(x => new { x.TenantId, x.UpdatedAt });
        e.HasIndex(x => new { x.TenantId, x.ExpiresAt }).HasFilter(DirectoryModel.Living + " AND expires_at IS NOT NULL");
    });
}
