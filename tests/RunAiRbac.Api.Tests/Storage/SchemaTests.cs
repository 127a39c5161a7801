using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

public sealed class SchemaTests(PostgresFixture postgres)
{
    private const string SqliteCatalogue =
        """
        SELECT 'column ' || m.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '-') || ' ' || c.pk AS "Value"
        FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'
        UNION ALL
        SELECT 'key ' || m.name || ' ' || group_concat(f."from" || '=' || f."table" || '.' || f."to" || ' ' || f.on_delete || ' ' || f.on_update)
        FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id
        UNION ALL
        SELECT 'index ' || name || ' ' || sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
        UNION ALL
        SELECT 'named ' || name || ' ' || (sql LIKE '%CONSTRAINT "PK_%') || (sql LIKE '%AUTOINCREMENT%') FROM sqlite_master WHERE type = 'table'
        """;

    private const string PostgresCatalogue =
        """
        SELECT 'column ' || c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
            || coalesce(pg_get_expr(d.adbin, d.adrelid), '-') || ' ' || a.attidentity::text || ' ' || coalesce(l.collname::text, '-') AS "Value"
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT 'index ' || indexname || ' ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        """;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Migrations_OnAnEmptyDatabase_MakeExactlyTheModel(StorageProvider provider)
    {
        await using var migrated = await TestStore.NewEmptyAsync(provider, postgres);
        await using var created = await TestStore.NewEmptyAsync(provider, postgres);
        await migrated.Migrator.MigrateAsync(TestContext.Current.CancellationToken);
        created.Migrator.LockFile();
        await using (var db = await created.OpenAsync()) await db.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);

        var expected = await CatalogueAsync(created);
        expected.Should().HaveCountGreaterThan(150);
        var actual = await CatalogueAsync(migrated);
        actual.Except(expected).Should().BeEmpty();
        expected.Except(actual).Should().BeEmpty();
        actual.Should().HaveSameCount(expected);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Tables_AllButTwo_LeadTheirPrimaryKeyWithTheTenant(StorageProvider provider)
    {
        await using var store = await TestStore.NewEmptyAsync(provider, postgres);
        await using var db = await store.OpenAsync();
        db.Model.GetEntityTypes()
            .Where(type => type.FindPrimaryKey()!.Properties[0].Name != "TenantId")
            .Select(type => type.ClrType.Name)
            .Should().BeEquivalentTo(nameof(StoreRow), nameof(SigningKeyRow), nameof(TenantRow));
        db.Model.GetEntityTypes().SelectMany(type => type.GetIndexes())
            .Should().OnlyContain(index => index.Properties[0].Name == "TenantId");
    }

    private static async Task<List<string>> CatalogueAsync(TestStore store)
    {
        await using var db = await store.OpenAsync();
        var sql = store.Settings.Provider == StorageProvider.Sqlite ? SqliteCatalogue : PostgresCatalogue;
        var rows = await db.Database.SqlQueryRaw<string>(sql).ToListAsync(TestContext.Current.CancellationToken);
        return [.. rows.Where(row => !row.Contains("__EFMigrations", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}
