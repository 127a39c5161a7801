using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>Lists of subjects by name find a page far from the beginning in the index alone.</summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0010_DeepLists")]
public sealed class DeepLists : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.DropIndex("IX_subjects_tenant_id_kind_name_folded", "subjects");
        migrationBuilder.CreateIndex("IX_subjects_tenant_id_kind_name_folded_id", "subjects", ["tenant_id", "kind", "name_folded", "id"], filter: "deleted_at IS NULL");
    }
}
