using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>The one model, for SQLite and PostgreSQL.</summary>
public sealed class RunAiRbacDbContext(DbContextOptions<RunAiRbacDbContext> options) : DbContext(options)
{
    public DbSet<StoreRow> Stores => Set<StoreRow>();
    public DbSet<TenantRow> Tenants => Set<TenantRow>();
    public DbSet<RevisionRow> Revisions => Set<RevisionRow>();
    public DbSet<ChangeRow> Changes => Set<ChangeRow>();
    public DbSet<RoleRow> Roles => Set<RoleRow>();
    public DbSet<ScopeRow> Scopes => Set<ScopeRow>();
    public DbSet<SubjectRow> Subjects => Set<SubjectRow>();
    public DbSet<IdentityRow> Identities => Set<IdentityRow>();
    public DbSet<CredentialRow> Credentials => Set<CredentialRow>();
    public DbSet<GroupRow> Groups => Set<GroupRow>();
    public DbSet<MembershipRow> Memberships => Set<MembershipRow>();
    public DbSet<AccessRuleRow> AccessRules => Set<AccessRuleRow>();
    public DbSet<SessionRow> Sessions => Set<SessionRow>();
    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();
}
