using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using RunAiRbac.Benchmarks.InProcess;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Benchmarks.Hosts;

/// <summary>
/// Puts worlds into a database that the service has made its tables in, past the service: a million rules one by one would take hours. The service reads them at
/// its next start.
/// </summary>
internal static class Seeder
{
    private const long Now = 1_780_000_000_000_000;
    private const string By = "benchmark";

    /// <summary>Rules that the first start has made come before these.</summary>
    private const int FirstRuleId = 10;

    private sealed record Table(string Name, string[] Columns, IEnumerable<object?[]> Rows);

    /// <summary>An existing tenant gets the rows of a world.</summary>
    public static async Task FillAsync(Database database, World world)
        => await WriteAsync(database, Rows(world, world.Scopes[1..]), $"UPDATE revisions SET last_rule_id = {FirstRuleId + world.Rules.Length} WHERE tenant_id = {world.TenantId}");

    /// <summary>New tenants, each with a world of its own.</summary>
    public static async Task AddTenantsAsync(Database database, IReadOnlyList<World> worlds)
    {
        var roles = Catalogue.Default.Roles;
        Table[] tenants =
        [
            new("tenants", ["id", "name", "created_at"], worlds.Select(w => new object?[] { w.TenantId, w.Name, Now })),
            new("revisions", ["tenant_id", "revision", "last_rule_id"], worlds.Select(w => new object?[] { w.TenantId, 1L, FirstRuleId + w.Rules.Length })),
            new("roles", ["tenant_id", "id", "name", "name_folded", "description", "enabled", "permissions", "created_at", "updated_at", "created_by_name"],
                from world in worlds
                from role in roles
                let permissions = System.Text.Json.JsonSerializer.Serialize(role.Permissions, System.Text.Json.JsonSerializerOptions.Web)
                select new object?[] { world.TenantId, role.Id, role.Name, Folded(role.Name), role.Description, true, permissions, Now, Now, By }),
            new("subjects", SubjectColumns, worlds.Select(w => Subject(w, new SubjectFact(Guid.NewGuid().ToString(), SubjectKind.AllAuthenticated, "all-authenticated-users", "All authenticated users")))),
        ];
        await WriteAsync(database, [.. tenants, .. Merge(worlds.Select(w => Rows(w, w.Scopes)))], null);
    }

    private static readonly string[] ScopeColumns = ["tenant_id", "id", "type", "parent_id", "cluster_id", "name", "name_folded", "name_scope", "namespace", "created_at", "created_by_name", "updated_at", "made_revision"];
    private static readonly string[] SubjectColumns = ["tenant_id", "id", "kind", "key", "name", "name_folded", "is_pending", "is_local", "enabled", "session_epoch", "created_at", "created_by_name", "updated_at", "made_revision"];

    private static Table[] Rows(World world, IReadOnlyList<ScopeFact> scopes) =>
    [
        new("scopes", ScopeColumns, Scopes(world, scopes)),
        new("subjects", SubjectColumns, world.Groups.Concat(world.Users).Select(subject => Subject(world, subject))),
        new("groups", ["tenant_id", "id", "source", "name", "subject_id", "created_at"], world.Groups.Select(g => new object?[] { world.TenantId, g.Id, "directory", g.Name, g.Id, Now })),
        new("memberships", ["tenant_id", "user_id", "group_id", "made_revision", "seen_at"], world.Memberships().Select(m => new object?[] { world.TenantId, m.UserId, m.GroupId, 1L, Now })),
        new("access_rules", ["tenant_id", "id", "subject_id", "role_id", "scope_id", "created_at", "created_by_name", "updated_at", "made_revision"],
            world.Rules.Select(r => new object?[] { world.TenantId, FirstRuleId + r.Id, r.SubjectId, r.RoleId, r.ScopeId, Now + r.Id, By, Now + r.Id, 1L })),
    ];

    private static IEnumerable<Table> Merge(IEnumerable<Table[]> tenants)
        => tenants.SelectMany(x => x).GroupBy(x => x.Name).Select(x => new Table(x.Key, x.First().Columns, x.SelectMany(table => table.Rows)));

    private static IEnumerable<object?[]> Scopes(World world, IReadOnlyList<ScopeFact> scopes)
    {
        var parents = world.Scopes.ToDictionary(x => x.Id);
        foreach (var scope in scopes)
        {
            var cluster = scope;
            while (cluster is not null && cluster.Type != "cluster") cluster = cluster.ParentId is null ? null : parents[cluster.ParentId];
            var isUnit = scope.Type is "department" or "project";
            yield return
            [
                world.TenantId, scope.Id, scope.Type, scope.ParentId, cluster?.Id, scope.Name, Folded(scope.Name), isUnit ? cluster!.Id : "",
                scope.Type == "project" ? "runai-" + scope.Name : null, Now, By, Now, 1L,
            ];
        }
    }

    private static object?[] Subject(World world, SubjectFact subject)
        => [world.TenantId, subject.Id, (int)subject.Kind, subject.Key, subject.Name, Folded(subject.Name), false, subject.Kind == SubjectKind.User ? true : null, true, 0, Now, By, Now, 1L];

    private static string Folded(string name) => name.ToLowerInvariant();

    private static async Task WriteAsync(Database database, IReadOnlyList<Table> tables, string? last)
    {
        if (database.Provider == StorageProvider.PostgreSql) await CopyAsync(database.ConnectionString, tables, last);
        else await InsertAsync(database.ConnectionString, tables, last);
    }

    private static async Task CopyAsync(string connectionString, IReadOnlyList<Table> tables, string? last)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync();
        // The rows are consistent: what they refer to need not be looked up for each.
        await ExecuteAsync("SET session_replication_role = replica");
        foreach (var table in tables)
        {
            await using var copy = await connection.BeginBinaryImportAsync($"COPY {table.Name} ({string.Join(", ", table.Columns)}) FROM STDIN (FORMAT BINARY)");
            foreach (var row in table.Rows)
            {
                await copy.StartRowAsync();
                foreach (var value in row)
                {
                    switch (value)
                    {
                        case null: await copy.WriteNullAsync(); break;
                        case string text: await copy.WriteAsync(text, NpgsqlDbType.Text); break;
                        case int number: await copy.WriteAsync(number, NpgsqlDbType.Integer); break;
                        case long number: await copy.WriteAsync(number, NpgsqlDbType.Bigint); break;
                        default: await copy.WriteAsync((bool)value, NpgsqlDbType.Boolean); break;
                    }
                }
            }

            await copy.CompleteAsync();
        }

        if (last is not null) await ExecuteAsync(last);
        await ExecuteAsync("VACUUM ANALYZE");
        await ExecuteAsync("CHECKPOINT");

        async Task ExecuteAsync(string sql)
        {
#pragma warning disable CA2100 // The texts are this file's.
            await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task InsertAsync(string connectionString, IReadOnlyList<Table> tables, string? last)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            foreach (var table in tables)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = $"INSERT INTO {table.Name} ({string.Join(", ", table.Columns)}) VALUES ({string.Join(", ", table.Columns.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"@p{i}")))})";
                for (var i = 0; i < table.Columns.Length; i++) command.Parameters.Add(new SqliteParameter($"@p{i}", null));
                foreach (var row in table.Rows)
                {
                    for (var i = 0; i < row.Length; i++) command.Parameters[i].Value = row[i] ?? DBNull.Value;
                    await command.ExecuteNonQueryAsync();
                }
            }

            if (last is not null)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = last;
                await command.ExecuteNonQueryAsync();
            }

            await transaction.CommitAsync();
        }

        await using var analyze = connection.CreateCommand();
        analyze.CommandText = "ANALYZE";
        await analyze.ExecuteNonQueryAsync();
    }
}
