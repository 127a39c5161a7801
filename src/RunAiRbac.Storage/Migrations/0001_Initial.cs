using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RunAiRbac.Storage.Migrations;

/// <summary>
/// The first schema. Written by hand and frozen: later changes are migrations of their own. Every constraint is part of its CREATE TABLE, because
/// SQLite cannot add one later without rebuilding the table. A test compares the result with the model on both databases.
/// </summary>
[DbContext(typeof(RunAiRbacDbContext))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    private const string Living = "deleted_at IS NULL";

    /// <summary>SQLite compares texts by their bytes anyway.</summary>
    private string? Ordinal => ActiveProvider == "Npgsql.EntityFrameworkCore.PostgreSQL" ? "C" : null;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        Store(migrationBuilder);
        Roles(migrationBuilder);
        Scopes(migrationBuilder);
        Subjects(migrationBuilder);
        Identities(migrationBuilder);
        Credentials(migrationBuilder);
        Sessions(migrationBuilder);
        Groups(migrationBuilder);
        AccessRules(migrationBuilder);
    }

    private void Store(MigrationBuilder migration)
    {
        migration.CreateTable("stores", t => new
        {
            id = t.Column<int>(),
            store_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            epoch = t.Column<int>(),
        }, constraints: t => t.PrimaryKey("PK_stores", x => x.id));

        migration.CreateTable("tenants", t => new
        {
            id = t.Column<int>(),
            name = t.Column<string>(maxLength: 512, collation: Ordinal),
            created_at = t.Column<long>(),
            deleted_at = t.Column<long>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_tenants", x => x.id));

        migration.CreateTable("revisions", t => new
        {
            tenant_id = t.Column<int>(),
            revision = t.Column<long>(),
            last_rule_id = t.Column<int>(),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_revisions", x => x.tenant_id);
            t.ForeignKey("FK_revisions_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });

        migration.CreateTable("changes", t => new
        {
            tenant_id = t.Column<int>(),
            revision = t.Column<long>(),
            at = t.Column<long>(),
            actor_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            actor_name = t.Column<string>(maxLength: 512, collation: Ordinal),
            request_id = t.Column<string>(maxLength: 128, nullable: true, collation: Ordinal),
            changes = t.Column<string>(collation: Ordinal),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_changes", x => new { x.tenant_id, x.revision });
            t.ForeignKey("FK_changes_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_changes_tenant_id_at", "changes", ["tenant_id", "at"]);

        migration.CreateTable("signing_keys", t => new
        {
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            algorithm = t.Column<string>(maxLength: 32, collation: Ordinal),
            public_key = t.Column<string>(collation: Ordinal),
            protected_private_key = t.Column<string>(collation: Ordinal),
            created_at = t.Column<long>(),
            signs_from = t.Column<long>(),
            verifies_until = t.Column<long>(),
        }, constraints: t => t.PrimaryKey("PK_signing_keys", x => x.id));
    }

    private void Roles(MigrationBuilder migration)
        => migration.CreateTable("roles", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<int>(),
            name = t.Column<string>(maxLength: 512, collation: Ordinal),
            description = t.Column<string>(maxLength: 1024, collation: Ordinal),
            enabled = t.Column<bool>(),
            permissions = t.Column<string>(collation: Ordinal),
            created_at = t.Column<long>(),
            updated_at = t.Column<long>(),
            created_by_name = t.Column<string>(maxLength: 512, collation: Ordinal),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_roles", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_roles_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
        });

    private void Scopes(MigrationBuilder migration)
    {
        migration.CreateTable("scopes", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            type = t.Column<string>(maxLength: 32, collation: Ordinal),
            parent_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            cluster_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            name = t.Column<string>(maxLength: 512, collation: Ordinal),
            name_folded = t.Column<string>(maxLength: 512, collation: Ordinal),
            name_scope = t.Column<string>(maxLength: 64, collation: Ordinal),
            @namespace = t.Column<string>(maxLength: 63, nullable: true, collation: Ordinal),
            details = t.Column<string>(nullable: true, collation: Ordinal),
            created_at = t.Column<long>(),
            created_by_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            created_by_name = t.Column<string>(maxLength: 512, collation: Ordinal),
            updated_at = t.Column<long>(),
            updated_by_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            updated_by_name = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            deleted_at = t.Column<long>(nullable: true),
            made_revision = t.Column<long>(),
            ended_revision = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_scopes", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_scopes_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
            t.ForeignKey("FK_scopes_scopes_tenant_id_parent_id", x => new { x.tenant_id, x.parent_id }, "scopes", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_scopes_tenant_id_type_name_scope_name", "scopes", ["tenant_id", "type", "name_scope", "name"], unique: true, filter: Living);
        migration.CreateIndex("IX_scopes_tenant_id_cluster_id_namespace", "scopes", ["tenant_id", "cluster_id", "namespace"], unique: true, filter: "deleted_at IS NULL AND namespace IS NOT NULL");
        migration.CreateIndex("IX_scopes_tenant_id_parent_id_type", "scopes", ["tenant_id", "parent_id", "type"], filter: Living);
        migration.CreateIndex("IX_scopes_tenant_id_cluster_id_type_name_folded", "scopes", ["tenant_id", "cluster_id", "type", "name_folded"], filter: Living);
        migration.CreateIndex("IX_scopes_tenant_id_type_name_folded", "scopes", ["tenant_id", "type", "name_folded"], filter: Living);
        migration.CreateIndex("IX_scopes_tenant_id_type_created_at", "scopes", ["tenant_id", "type", "created_at"], filter: Living);
    }

    private void Subjects(MigrationBuilder migration)
    {
        migration.CreateTable("subjects", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            kind = t.Column<int>(),
            key = t.Column<string>(maxLength: 512, collation: Ordinal),
            name = t.Column<string>(maxLength: 512, collation: Ordinal),
            name_folded = t.Column<string>(maxLength: 512, collation: Ordinal),
            first_name = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            last_name = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            is_pending = t.Column<bool>(),
            is_local = t.Column<bool>(nullable: true),
            enabled = t.Column<bool>(),
            session_epoch = t.Column<int>(),
            home_scope_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            created_at = t.Column<long>(),
            created_by_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            created_by_name = t.Column<string>(maxLength: 512, collation: Ordinal),
            updated_at = t.Column<long>(),
            last_login = t.Column<long>(nullable: true),
            deleted_at = t.Column<long>(nullable: true),
            made_revision = t.Column<long>(),
            ended_revision = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_subjects", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_subjects_tenants_tenant_id", x => x.tenant_id, "tenants", "id", onDelete: ReferentialAction.Restrict);
            t.ForeignKey("FK_subjects_scopes_tenant_id_home_scope_id", x => new { x.tenant_id, x.home_scope_id }, "scopes", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_subjects_tenant_id_kind_key", "subjects", ["tenant_id", "kind", "key"], unique: true, filter: Living);
        migration.CreateIndex("IX_subjects_tenant_id_kind_name_folded", "subjects", ["tenant_id", "kind", "name_folded"], filter: Living);
        migration.CreateIndex("IX_subjects_tenant_id_kind_created_at", "subjects", ["tenant_id", "kind", "created_at"], filter: Living);
    }

    private void Identities(MigrationBuilder migration)
    {
        migration.CreateTable("identities", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            subject_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            provider = t.Column<string>(maxLength: 128, collation: Ordinal),
            claim = t.Column<string>(maxLength: 512, collation: Ordinal),
            attributes = t.Column<string>(nullable: true, collation: Ordinal),
            created_at = t.Column<long>(),
            deleted_at = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_identities", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_identities_subjects_tenant_id_subject_id", x => new { x.tenant_id, x.subject_id }, "subjects", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_identities_tenant_id_provider_claim", "identities", ["tenant_id", "provider", "claim"], unique: true, filter: Living);
        migration.CreateIndex("IX_identities_tenant_id_subject_id", "identities", ["tenant_id", "subject_id"]);
    }

    private void Credentials(MigrationBuilder migration)
    {
        migration.CreateTable("credentials", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            subject_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            kind = t.Column<string>(maxLength: 32, collation: Ordinal),
            hash = t.Column<string>(maxLength: 512, collation: Ordinal),
            label = t.Column<string>(maxLength: 256, nullable: true, collation: Ordinal),
            must_change = t.Column<bool>(),
            created_at = t.Column<long>(),
            expires_at = t.Column<long>(nullable: true),
            last_used_at = t.Column<long>(nullable: true),
            deleted_at = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_credentials", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_credentials_subjects_tenant_id_subject_id", x => new { x.tenant_id, x.subject_id }, "subjects", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_credentials_tenant_id_subject_id_kind", "credentials", ["tenant_id", "subject_id", "kind"], filter: Living);
    }

    private void Sessions(MigrationBuilder migration)
    {
        migration.CreateTable("sessions", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            subject_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            grant = t.Column<string>(maxLength: 32, collation: Ordinal),
            client_id = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            refresh_hash = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            created_at = t.Column<long>(),
            last_used_at = t.Column<long>(),
            expires_at = t.Column<long>(),
            ended_at = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_sessions", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_sessions_subjects_tenant_id_subject_id", x => new { x.tenant_id, x.subject_id }, "subjects", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_sessions_tenant_id_subject_id", "sessions", ["tenant_id", "subject_id"]);
        migration.CreateIndex("IX_sessions_tenant_id_refresh_hash", "sessions", ["tenant_id", "refresh_hash"], filter: "refresh_hash IS NOT NULL");
        migration.CreateIndex("IX_sessions_tenant_id_ended_at", "sessions", ["tenant_id", "ended_at"], filter: "ended_at IS NOT NULL");
    }

    private void Groups(MigrationBuilder migration)
    {
        migration.CreateTable("groups", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<string>(maxLength: 64, collation: Ordinal),
            source = t.Column<string>(maxLength: 128, collation: Ordinal),
            external_id = t.Column<string>(maxLength: 512, nullable: true, collation: Ordinal),
            name = t.Column<string>(maxLength: 512, collation: Ordinal),
            subject_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            created_at = t.Column<long>(),
            deleted_at = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_groups", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_groups_subjects_tenant_id_subject_id", x => new { x.tenant_id, x.subject_id }, "subjects", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_groups_tenant_id_source_name", "groups", ["tenant_id", "source", "name"], unique: true, filter: Living);
        migration.CreateIndex("IX_groups_tenant_id_subject_id", "groups", ["tenant_id", "subject_id"]);

        migration.CreateTable("memberships", t => new
        {
            tenant_id = t.Column<int>(),
            user_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            group_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            made_revision = t.Column<long>(),
            ended_revision = t.Column<long>(nullable: true),
            seen_at = t.Column<long>(),
            valid_until = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_memberships", x => new { x.tenant_id, x.user_id, x.group_id, x.made_revision });
            t.ForeignKey("FK_memberships_subjects_tenant_id_user_id", x => new { x.tenant_id, x.user_id }, "subjects", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
            t.ForeignKey("FK_memberships_groups_tenant_id_group_id", x => new { x.tenant_id, x.group_id }, "groups", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_memberships_tenant_id_user_id_group_id", "memberships", ["tenant_id", "user_id", "group_id"], unique: true, filter: "ended_revision IS NULL");
        migration.CreateIndex("IX_memberships_tenant_id_group_id", "memberships", ["tenant_id", "group_id"], filter: "ended_revision IS NULL");
    }

    private void AccessRules(MigrationBuilder migration)
    {
        migration.CreateTable("access_rules", t => new
        {
            tenant_id = t.Column<int>(),
            id = t.Column<int>(),
            subject_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            subject_type = t.Column<string>(maxLength: 32, nullable: true, collation: Ordinal),
            role_id = t.Column<int>(),
            scope_id = t.Column<string>(maxLength: 64, collation: Ordinal),
            not_before = t.Column<long>(nullable: true),
            expires_at = t.Column<long>(nullable: true),
            reason = t.Column<string>(maxLength: 1024, nullable: true, collation: Ordinal),
            created_at = t.Column<long>(),
            created_by_id = t.Column<string>(maxLength: 64, nullable: true, collation: Ordinal),
            created_by_name = t.Column<string>(maxLength: 512, collation: Ordinal),
            updated_at = t.Column<long>(),
            deleted_at = t.Column<long>(nullable: true),
            made_revision = t.Column<long>(),
            ended_revision = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_access_rules", x => new { x.tenant_id, x.id });
            t.ForeignKey("FK_access_rules_subjects_tenant_id_subject_id", x => new { x.tenant_id, x.subject_id }, "subjects", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
            t.ForeignKey("FK_access_rules_roles_tenant_id_role_id", x => new { x.tenant_id, x.role_id }, "roles", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
            t.ForeignKey("FK_access_rules_scopes_tenant_id_scope_id", x => new { x.tenant_id, x.scope_id }, "scopes", ["tenant_id", "id"], onDelete: ReferentialAction.Restrict);
        });
        migration.CreateIndex("IX_access_rules_tenant_id_subject_id_role_id_scope_id", "access_rules", ["tenant_id", "subject_id", "role_id", "scope_id"], unique: true, filter: Living);
        migration.CreateIndex("IX_access_rules_tenant_id_scope_id", "access_rules", ["tenant_id", "scope_id"], filter: Living);
        migration.CreateIndex("IX_access_rules_tenant_id_role_id", "access_rules", ["tenant_id", "role_id"], filter: Living);
        migration.CreateIndex("IX_access_rules_tenant_id_created_at", "access_rules", ["tenant_id", "created_at"], filter: Living);
    }
}
