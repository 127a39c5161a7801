using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

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
    public DbSet<IdentityRequestRow> IdentityRequests => Set<IdentityRequestRow>();
    public DbSet<CredentialRow> Credentials => Set<CredentialRow>();
    public DbSet<GroupRow> Groups => Set<GroupRow>();
    public DbSet<MembershipRow> Memberships => Set<MembershipRow>();
    public DbSet<AccessRuleRow> AccessRules => Set<AccessRuleRow>();
    public DbSet<SessionRow> Sessions => Set<SessionRow>();
    public DbSet<IdentityProviderRow> IdentityProviders => Set<IdentityProviderRow>();
    public DbSet<SecuritySettingRow> SecuritySettings => Set<SecuritySettingRow>();
    public DbSet<SamlKeyRow> SamlKeys => Set<SamlKeyRow>();
    public DbSet<SamlAssertionRow> SamlAssertions => Set<SamlAssertionRow>();
    public DbSet<SignInAttemptRow> SignInAttempts => Set<SignInAttemptRow>();
    public DbSet<AuthorizationCodeRow> AuthorizationCodes => Set<AuthorizationCodeRow>();
    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();
    public DbSet<AuditEventRow> AuditEvents => Set<AuditEventRow>();
    public DbSet<AuditScopeRow> AuditScopes => Set<AuditScopeRow>();
    public DbSet<AuditHeadRow> AuditHeads => Set<AuditHeadRow>();

    /// <summary>Indexes are named one by one in the model: nothing is ever removed from a referenced table, so foreign keys need none of their own.</summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Conventions.Remove<ForeignKeyIndexConvention>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        TenantModel.Configure(modelBuilder);
        DirectoryModel.Configure(modelBuilder);
        RuleModel.Configure(modelBuilder);
        SecurityModel.Configure(modelBuilder);
        SamlModel.Configure(modelBuilder);
        AuditModel.Configure(modelBuilder);
        Naming.Apply(modelBuilder, ordinalCollation: Database.IsNpgsql() ? "C" : null);
    }
}
