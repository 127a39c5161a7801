using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>Sign-in by SAML: keys for requests, and the assertions that were used.</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0009_Saml")]
public sealed class SamlTables : Migration
{
    /// <summary>SQLite compares texts by their bytes anyway.</summary>
    private string? Ordinal => ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL" ? "C" : null;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("saml_keys", t => new
        {
            tenant_id = t.Column<int>(),
            certificate = t.Column<string>(collation: Ordinal),
            protected_private_key = t.Column<string>(collation: Ordinal),
            created_at = t.Column<long>(),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_saml_keys", x => x.tenant_id);
            t.ForeignKey("FK_saml_keys_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });

        migrationBuilder.CreateTable("saml_assertions", t => new
        {
            tenant_id = t.Column<int>(),
            provider_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            hash = t.Column<string>(maxLength: 64, collation: Ordinal),
            expires_at = t.Column<long>(),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_saml_assertions", x => new { x.tenant_id, x.provider_id, x.hash });
            t.ForeignKey("FK_saml_assertions_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });
    }
}
