using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>Finds the rules that expired long ago without looking at all of them.</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0006_ExpiredRules")]
public sealed class ExpiredRules : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.CreateIndex(
            "IX_access_rules_tenant_id_expires_at", "access_rules", ["tenant_id", "expires_at"], filter: "deleted_at IS NULL AND expires_at IS NOT NULL");
    }
}
