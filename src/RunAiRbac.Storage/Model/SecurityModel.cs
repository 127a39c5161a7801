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

        model.Entity<SignInAttemptRow>(e =>
        {
            e.ToTable("sign_in_attempts").HasKey(x => new { x.TenantId, x.HandleHash });
            e.Property(x => x.HandleHash).HasMaxLength(Lengths.ChainHash);
            e.Property(x => x.BrowserHash).HasMaxLength(Lengths.ChainHash);
            e.Property(x => x.ProviderId).HasMaxLength(Lengths.Id);
            e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
            e.HasIndex(x => new { x.TenantId, x.ExpiresAt });
        });

        model.Entity<AuthorizationCodeRow>(e =>
        {
            e.ToTable("authorization_codes").HasKey(x => new { x.TenantId, x.CodeHash });
            e.Property(x => x.CodeHash).HasMaxLength(Lengths.ChainHash);
            e.Property(x => x.SubjectId).HasMaxLength(Lengths.Id);
            e.Property(x => x.BrowserSessionId).HasMaxLength(Lengths.Id);
            e.Property(x => x.ProviderId).HasMaxLength(Lengths.Id);
            e.Property(x => x.ClientId).HasMaxLength(Lengths.Name);
            e.Property(x => x.RedirectUri).HasMaxLength(Lengths.Url);
            e.Property(x => x.CodeChallenge).HasMaxLength(Lengths.ChainHash);
            e.Property(x => x.SessionId).HasMaxLength(Lengths.Id);
            e.HasOne<SubjectRow>().WithMany().HasForeignKey(x => new { x.TenantId, x.SubjectId }).OnDelete(DeleteBehavior.Restrict);
            e.HasIndex(x => new { x.TenantId, x.ExpiresAt });
        });
    }
}
