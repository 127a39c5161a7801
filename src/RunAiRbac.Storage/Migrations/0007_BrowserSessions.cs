using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>Sessions of browsers, sign-ins at providers that are under way, and the authorization codes of native tools.</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0007_BrowserSessions")]
public sealed class BrowserSessions : Migration
{
    private string? Ordinal => ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL" ? "C" : null;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("cookie_hash", "sessions", maxLength: 64, nullable: true, collation: Ordinal);
        migrationBuilder.AddColumn<string>("provider_id", "sessions", maxLength: 64, nullable: true, collation: Ordinal);
        migrationBuilder.AddColumn<string>("sign_out_hint", "sessions", nullable: true, collation: Ordinal);
        migrationBuilder.AddColumn<string>("user_agent", "sessions", maxLength: 256, nullable: true, collation: Ordinal);
        migrationBuilder.AddColumn<bool>("must_change_password", "sessions", nullable: true);
        migrationBuilder.CreateIndex("IX_sessions_tenant_id_provider_id", "sessions", ["tenant_id", "provider_id"], filter: "provider_id IS NOT NULL");

        migrationBuilder.CreateTable("sign_in_attempts", t => new
        {
            tenant_id = t.Column<int>(),
            handle_hash = t.Column<string>(maxLength: 64, collation: Ordinal),
            browser_hash = t.Column<string>(maxLength: 64, collation: Ordinal),
            provider_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            secrets = t.Column<string>(collation: Ordinal),
            expires_at = t.Column<long>(),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_sign_in_attempts", x => new { x.tenant_id, x.handle_hash });
            t.ForeignKey("FK_sign_in_attempts_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });
        migrationBuilder.CreateIndex("IX_sign_in_attempts_tenant_id_expires_at", "sign_in_attempts", ["tenant_id", "expires_at"]);

        migrationBuilder.CreateTable("authorization_codes", t => new
        {
            tenant_id = t.Column<int>(),
            code_hash = t.Column<string>(maxLength: 64, collation: Ordinal),
            subject_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            session_epoch = t.Column<int>(),
            browser_session_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            provider_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            client_id = t.Column<string>(maxLength: 512, collation: Ordinal),
            redirect_uri = t.Column<string>(maxLength: 2048, collation: Ordinal),
            code_challenge = t.Column<string>(maxLength: 64, collation: Ordinal),
            expires_at = t.Column<long>(),
            session_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            replayed_at = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_authorization_codes", x => new { x.tenant_id, x.code_hash });
            t.ForeignKey("FK_authorization_codes_subjects_tenant_id_subject_id", x => new { x.tenant_id, x.subject_id }, "subjects", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migrationBuilder.CreateIndex("IX_authorization_codes_tenant_id_expires_at", "authorization_codes", ["tenant_id", "expires_at"]);
    }
}
