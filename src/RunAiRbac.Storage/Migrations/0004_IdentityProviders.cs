using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>Identity providers and security settings.</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0004_IdentityProviders")]
public sealed class IdentityProviders : Migration
{
    /// <summary>SQLite compares texts by their bytes anyway.</summary>
    private string? Ordinal => ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL" ? "C" : null;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("identity_providers", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            alias = t.Column<string>(maxLength: 128, collation: Ordinal),
            type = t.Column<string>(maxLength: 32, collation: Ordinal),
            name = t.Column<string>(maxLength: 512, collation: Ordinal),
            settings = t.Column<string>(collation: Ordinal),
            protected_secret = t.Column<string>(nullable: true, collation: Ordinal),
            trusted_email_domains = t.Column<string>(collation: Ordinal),
            groups_trusted = t.Column<bool>(),
            created_at = t.Column<long>(),
            created_by_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            created_by_name = t.Column<string>(maxLength: 512, collation: Ordinal),
            updated_at = t.Column<long>(),
            deleted_at = t.Column<long>(nullable: true),
            made_revision = t.Column<long>(),
            ended_revision = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_identity_providers", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_identity_providers_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });
        migrationBuilder.CreateIndex("IX_identity_providers_tenant_id_alias", "identity_providers", ["tenant_id", "alias"], unique: true, filter: "deleted_at IS NULL");

        migrationBuilder.CreateTable("security_settings", t => new
        {
            tenant_id = t.Column<int>(),
            key = t.Column<string>(maxLength: 256, collation: Ordinal),
            value = t.Column<string>(collation: Ordinal),
            updated_at = t.Column<long>(),
            updated_by_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            updated_by_name = t.Column<string>(maxLength: 512, collation: Ordinal),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_security_settings", x => new { x.tenant_id, x.key });
            t.ForeignKey("FK_security_settings_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });
    }
}
