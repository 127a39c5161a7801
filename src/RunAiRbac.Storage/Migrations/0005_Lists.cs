using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>What lists filter and sort by: roles' names without case, and rules by their last change (the incremental feed of <c>lastUpdated</c>).</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0005_Lists")]
public sealed class Lists : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        var ordinal = ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL" ? "C" : null;
        migrationBuilder.AddColumn<string>("name_folded", "roles", maxLength: 512, nullable: true, collation: ordinal);
        // Until now all roles are predefined ones, whose names are ASCII: there the databases fold as we do.
        migrationBuilder.Sql("UPDATE roles SET name_folded = lower(name)");
        migrationBuilder.CreateIndex("IX_access_rules_tenant_id_updated_at", "access_rules", ["tenant_id", "updated_at"]);
    }
}
