using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>The audit log.</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0002_Audit")]
public sealed class Audit : Migration
{
    /// <summary>SQLite compares texts by their bytes anyway.</summary>
    private string? Ordinal => ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL" ? "C" : null;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        Events(migrationBuilder);

        migrationBuilder.CreateTable("audit_scopes", t => new
        {
            tenant_id = t.Column<int>(),
            scope_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            event_id = t.Column<string>(maxLength: 64, collation: Ordinal),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_audit_scopes", x => new { x.tenant_id, x.scope_id, x.event_id });
            t.ForeignKey("FK_audit_scopes_audit_events_tenant_id_event_id", x => new { x.tenant_id, x.event_id }, "audit_events", ["tenant_id", "id"], onDelete: ReferentialAction.Cascade);
        });
        migrationBuilder.CreateIndex("IX_audit_scopes_tenant_id_event_id", "audit_scopes", ["tenant_id", "event_id"]);

        migrationBuilder.CreateTable("audit_heads", t => new
        {
            tenant_id = t.Column<int>(),
            last_number = t.Column<long>(),
            last_hash = t.Column<string>(maxLength: 64, collation: Ordinal),
            dropped_number = t.Column<long>(),
            dropped_hash = t.Column<string>(maxLength: 64, collation: Ordinal),
            lease_owner = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            lease_until = t.Column<long>(),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_audit_heads", x => x.tenant_id);
            t.ForeignKey("FK_audit_heads_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });
    }

    private void Events(MigrationBuilder migration)
    {
        migration.CreateTable("audit_events", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            at = t.Column<long>(),
            subject_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            subject = t.Column<string>(maxLength: 512, collation: Ordinal),
            subject_folded = t.Column<string>(maxLength: 512, collation: Ordinal),
            subject_type = t.Column<string>(maxLength: 32, collation: Ordinal),
            source_ip = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            action = t.Column<string>(maxLength: 32, collation: Ordinal),
            http_method = t.Column<string>(maxLength: 32, nullable: true, collation: Ordinal),
            url = t.Column<string>(maxLength: 2048, nullable: true, collation: Ordinal),
            entity_type = t.Column<string>(maxLength: 256, nullable: true, collation: Ordinal),
            entity_name = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            entity_name_folded = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            entity_id = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            result = t.Column<string>(maxLength: 32, collation: Ordinal),
            http_status_code = t.Column<int>(nullable: true),
            cluster_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            cluster_name = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            cluster_name_folded = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            request_id = t.Column<string>(maxLength: 128, nullable: true, collation: Ordinal),
            metadata = t.Column<string>(nullable: true, collation: Ordinal),
            before = t.Column<string>(nullable: true, collation: Ordinal),
            after = t.Column<string>(nullable: true, collation: Ordinal),
            scopes = t.Column<string>(collation: Ordinal),
            number = t.Column<long>(nullable: true),
            hash = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_audit_events", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_audit_events_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_audit_events_tenant_id_at_id", "audit_events", ["tenant_id", "at", "id"]);
        migration.CreateIndex("IX_audit_events_tenant_id_number", "audit_events", ["tenant_id", "number"], unique: true, filter: "number IS NOT NULL");
        migration.CreateIndex("IX_audit_events_unsealed", "audit_events", ["tenant_id", "at", "id"], filter: "number IS NULL");
    }
}
