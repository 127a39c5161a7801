using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RunAiRbac.Storage;

/// <summary>Subjects and what makes them: identities, credentials, groups as sources know them, memberships, sessions.</summary>
internal static class DirectoryModel
{
    public static void Configure(ModelBuilder model)
    {
        Subjects(model);
        Groups(model);
        Access(model);
    }

    private static void Subjects(ModelBuilder model) => model.Entity<SubjectRow>(e =>
    {
        e.ToTable("subjects").HasKey(x => new { x.TenantId, x.Id });
        e.Property(x => x.Id).HasMaxLength(Lengths.Id);
        e.Property(x => x.Kind).HasConversion<int>();
        e.Property(x => x.Key).HasMaxLength(Lengths.Name);
        e.Property(x => x.Name).HasMaxLength(Lengths.Name);
        e.Property(x => x.NameFolded).HasMaxLength(Lengths.Name);
        e.Property(x => x.FirstName).HasMaxLength(Lengths.Name);
        e.Property(x => x.LastName).HasMaxLength(Lengths.Name);
        e.Property(x => x.HomeScopeId).HasMaxLength(Lengths.Id);
        e.Property(x => x.CreatedById).HasMaxLength(Lengths.Id);
        e.Property(x => x.CreatedByName).HasMaxLength(Lengths.Name);
        e.HasOne<TenantRow>().WithMany().HasForeignKey(x => x.TenantId).OnDelete(DeleteBehavior.Restrict);
        e.HasOne<ScopeRow>().WithMany().HasForeignKey(x => new { x.TenantId, x.HomeScopeId }).OnDelete(DeleteBehavior.Restrict);
        e.HasIndex(x => new { x.TenantId, x.Kind, x.Key }).IsUnique().HasFilter(Living);
        e.HasIndex(x => new { x.TenantId, x.Kind, x.NameFolded, x.Id }).HasFilter(Living);
        e.HasIndex(x => new { x.TenantId, x.Kind, x.CreatedAt }).HasFilter(Living);
    });

    private static void Groups(ModelBuilder model)
    {
        model.Entity<GroupRow>(e =>
        {
            e.ToTable("groups").HasKey(x => new { x.TenantId, x.Id });
            e.Property(x => x.Id).HasMaxLength(Lengths.Id);
            e.Property(x => x.Source).HasMaxLength(Lengths.Source);
            e.Property(x => x.ExternalId).HasMaxLength(Lengths.Name);
            e.Property(x => x.Name).HasMaxLength(Lengths.Name);
            OfSubject(e, nameof(GroupRow.SubjectId));
            e.HasIndex(x => new { x.TenantId, x.Source, x.Name }).IsUnique().HasFilter(Living);
            e.HasIndex(x => new { x.TenantId, x.SubjectId });
        });

        model.Entity<MembershipRow>(e =>
        {
            e.ToTable("memberships").HasKey(x => new { x.TenantId, x.UserId, x.GroupId, x.MadeRevision });
            e.Property(x => x.GroupId).HasMaxLength(Lengths.Id);
            OfSubject(e, nameof(MembershipRow.UserId));
            e.HasOne<GroupRow>().WithMany().HasForeignKey(x => new { x.TenantId, x.GroupId }).OnDelete(DeleteBehavior.Restrict);
            e.HasIndex(x => new { x.TenantId, x.UserId, x.GroupId }).IsUnique().HasFilter("ended_revision IS NULL");
            e.HasIndex(x => new { x.TenantId, x.GroupId }).HasFilter("ended_revision IS NULL");
        });
    }

    private static void Access(ModelBuilder model)
    {
        model.Entity<IdentityRow>(e =>
        {
            e.ToTable("identities").HasKey(x => new { x.TenantId, x.Id });
            e.Property(x => x.Id).HasMaxLength(Lengths.Id);
            e.Property(x => x.Provider).HasMaxLength(Lengths.Source);
            e.Property(x => x.ProviderId).HasMaxLength(Lengths.Id);
            e.Property(x => x.Claim).HasMaxLength(Lengths.Name);
            e.Property(x => x.Email).HasMaxLength(Lengths.Name);
            OfSubject(e, nameof(IdentityRow.SubjectId));
            e.HasIndex(x => new { x.TenantId, x.Provider, x.Claim }).IsUnique().HasFilter(Living);
            e.HasIndex(x => new { x.TenantId, x.SubjectId });
        });

        model.Entity<IdentityRequestRow>(e =>
        {
            e.ToTable("identity_requests").HasKey(x => new { x.TenantId, x.Id });
            e.Property(x => x.Id).HasMaxLength(Lengths.Id);
            e.Property(x => x.ProviderId).HasMaxLength(Lengths.Id);
            e.Property(x => x.Claim).HasMaxLength(Lengths.Name);
            e.Property(x => x.Email).HasMaxLength(Lengths.Name);
            e.Property(x => x.FirstName).HasMaxLength(Lengths.Name);
            e.Property(x => x.LastName).HasMaxLength(Lengths.Name);
            OfSubject(e, nameof(IdentityRequestRow.UserId));
            e.HasIndex(x => new { x.TenantId, x.ProviderId, x.Claim }).IsUnique();
            e.HasIndex(x => new { x.TenantId, x.UserId });
        });

        model.Entity<CredentialRow>(e =>
        {
            e.ToTable("credentials").HasKey(x => new { x.TenantId, x.Id });
            e.Property(x => x.Id).HasMaxLength(Lengths.Id);
            e.Property(x => x.Kind).HasMaxLength(Lengths.Kind);
            e.Property(x => x.Hash).HasMaxLength(Lengths.Hash);
            e.Property(x => x.Label).HasMaxLength(Lengths.Label);
            OfSubject(e, nameof(CredentialRow.SubjectId));
            e.HasIndex(x => new { x.TenantId, x.SubjectId, x.Kind }).HasFilter(Living);
            e.HasIndex(x => new { x.TenantId, x.SubjectId, x.Label }).IsUnique().HasFilter(LivingAccessKey);
        });

        model.Entity<SessionRow>(e =>
        {
            e.ToTable("sessions").HasKey(x => new { x.TenantId, x.Id });
            e.Property(x => x.Id).HasMaxLength(Lengths.Id);
            e.Property(x => x.Grant).HasMaxLength(Lengths.Kind);
            e.Property(x => x.ClientId).HasMaxLength(Lengths.Name);
            e.Property(x => x.RefreshHash).HasMaxLength(Lengths.Hash);
            e.Property(x => x.AccessKeyId).HasMaxLength(Lengths.Id);
            e.Property(x => x.CookieHash).HasMaxLength(Lengths.ChainHash);
            e.Property(x => x.ProviderId).HasMaxLength(Lengths.Id);
            e.Property(x => x.UserAgent).HasMaxLength(Lengths.Label);
            OfSubject(e, nameof(SessionRow.SubjectId));
            e.HasIndex(x => new { x.TenantId, x.SubjectId });
            e.HasIndex(x => new { x.TenantId, x.RefreshHash }).HasFilter("refresh_hash IS NOT NULL");
            e.HasIndex(x => new { x.TenantId, x.EndedAt }).HasFilter("ended_at IS NOT NULL");
            e.HasIndex(x => new { x.TenantId, x.ProviderId }).HasFilter("provider_id IS NOT NULL");
        });
    }

    private static void OfSubject<TRow>(EntityTypeBuilder<TRow> entity, string column)
        where TRow : class
    {
        entity.Property(column).HasMaxLength(Lengths.Id);
        entity.HasOne<SubjectRow>().WithMany().HasForeignKey("TenantId", column).OnDelete(DeleteBehavior.Restrict);
    }

    internal const string Living = "deleted_at IS NULL";

    private const string LivingAccessKey = "kind = 'access-key' AND deleted_at IS NULL";
}
