using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>Access keys: credentials with a name that is unique among their user's, and sessions that know the key they were begun with.</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0003_AccessKeys")]
public sealed class AccessKeys : Migration
{
    private string? Ordinal => ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL" ? "C" : null;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("access_key_id", "sessions", maxLength: 64, nullable: true, collation: Ordinal);
        migrationBuilder.CreateIndex(
            "IX_credentials_tenant_id_subject_id_label", "credentials", ["tenant_id", "subject_id", "label"], unique: true, filter: "kind = 'access-key' AND deleted_at IS NULL");
    }
}
