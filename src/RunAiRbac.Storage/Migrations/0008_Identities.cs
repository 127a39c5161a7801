using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>Identities that know their provider's row and what it last said, and sign-ins that wait for an administrator to link them.</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0008_Identities")]
public sealed class Identities : Migration
{
    private string? Ordinal => ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL" ? "C" : null;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("provider_id", "identities", maxLength: 64, nullable: true, collation: Ordinal);
        migrationBuilder.AddColumn<string>("email", "identities", maxLength: 512, nullable: true, collation: Ordinal);
        migrationBuilder.AddColumn<long>("seen_at", "identities", nullable: true);
        migrationBuilder.AddColumn<long>("groups_stale_since", "identities", nullable: true);

        migrationBuilder.CreateTable("identity_requests", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            user_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            provider_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            claim = t.Column<string>(maxLength: 512, collation: Ordinal),
            email = t.Column<string>(maxLength: 512, collation: Ordinal),
            first_name = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            last_name = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            first_at = t.Column<long>(),
            last_at = t.Column<long>(),
            attempts = t.Column<int>(),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_identity_requests", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_identity_requests_subjects_tenant_id_user_id", x => new { x.tenant_id, x.user_id }, "subjects", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migrationBuilder.CreateIndex("IX_identity_requests_tenant_id_provider_id_claim", "identity_requests", ["tenant_id", "provider_id", "claim"], unique: true);
        migrationBuilder.CreateIndex("IX_identity_requests_tenant_id_user_id", "identity_requests", ["tenant_id", "user_id"]);
    }
}
