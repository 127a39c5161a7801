using System.Data.Common;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using RunAiRbac.Benchmarks.Hosts;
using RunAiRbac.Benchmarks.InProcess;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Benchmarks.Service;

/// <summary>
/// Against what a user would otherwise write: one SQL query per check, prepared, over narrow tables made for it (the ancestors of each scope are stored, every look-up
/// is one of a primary key). The same world, the same 20,000 checks, every answer compared.
/// </summary>
internal static class SqlComparison
{
    private const int Checks = 20_000;
    private const int BatchSize = 1_000;

    private const string Schema = """
        CREATE TABLE user_groups (user_id text NOT NULL, group_id text NOT NULL, PRIMARY KEY (user_id, group_id)) WITHOUT_ROWID;
        CREATE TABLE ancestors (scope_id text NOT NULL, ancestor_id text NOT NULL, PRIMARY KEY (scope_id, ancestor_id)) WITHOUT_ROWID;
        CREATE TABLE rules (subject_id text NOT NULL, scope_id text NOT NULL, role_id integer NOT NULL, PRIMARY KEY (subject_id, scope_id, role_id)) WITHOUT_ROWID;
        CREATE TABLE permissions (role_id integer NOT NULL, resource_type text NOT NULL, action text NOT NULL, PRIMARY KEY (role_id, resource_type, action)) WITHOUT_ROWID;
        """;

    private const string Query = """
        SELECT EXISTS (
            SELECT 1
            FROM (SELECT @subject AS id UNION ALL SELECT group_id FROM user_groups WHERE user_id = @subject) p
            CROSS JOIN ancestors a
            JOIN rules r ON r.subject_id = p.id AND r.scope_id = a.ancestor_id
            JOIN permissions x ON x.role_id = r.role_id AND x.resource_type = @type AND x.action = @action
            WHERE a.scope_id = @scope)
        """;

    private sealed record Row(string What, double Microseconds, double P99);

    public static async Task RunAsync(string worldName)
    {
        var world = World.Named(worldName);
        var snapshot = PolicySnapshot.Build(Catalogue.Default, world.Facts());
        var ids = world.Users.ToDictionary(x => x.Key, x => x.Id);
        // By id: the query need not look an e-mail address up.
        var questions = Array.ConvertAll(world.Questions(snapshot, Checks), question => question with { User = ids.GetValueOrDefault(question.User, question.User) });
        var expected = Array.ConvertAll(questions, question => question.Resolve(snapshot).Ask(snapshot).Allowed);
        var rows = new List<Row> { Engine(snapshot, questions) };
        rows.AddRange(await ServiceAsync(world, questions, expected));
        rows.Add(await SqlAsync("SQL query, SQLite, in process", new SqliteConnection($"Data Source={Path.GetTempFileName()}"), world, questions, expected));
        await using var database = await Database.NewAsync(StorageProvider.PostgreSql);
        rows.Add(await SqlAsync("SQL query, PostgreSQL, by Unix socket", new NpgsqlConnection(database.ConnectionString), world, questions, expected));

        Console.WriteLine($"{world.Name}, {Checks:N0} checks, one after the other, all answers equal ({expected.Count(x => x):N0} allowed)");
        Console.WriteLine($"{"",-50}{"µs each",10}{"p99",10}{"against the engine",20}");
        foreach (var row in rows) Console.WriteLine($"{row.What,-50}{row.Microseconds,10:N2}{row.P99,10:N2}{row.Microseconds / rows[0].Microseconds,20:N0}");
    }

    private static Row Engine(PolicySnapshot snapshot, Question[] questions)
    {
        var times = new Timings();
        for (var pass = 0; pass < 40; pass++)
        {
            // The runtime compiles in tiers: the passes before the last do not count.
            times = new Timings();
            foreach (var question in questions)
            {
                var start = Stopwatch.GetTimestamp();
                question.Resolve(snapshot).Ask(snapshot);
                times.Add(Stopwatch.GetElapsedTime(start));
            }
        }

        return ToRow("the engine, in process, from strings", times);
    }

    private static async Task<List<Row>> ServiceAsync(World world, Question[] questions, bool[] expected)
    {
        await using var database = await Database.NewAsync(StorageProvider.Sqlite);
        await using (await ServedApi.StartAsync(database))
        {
            // It has made its tables and its administrator.
        }

        await Seeder.FillAsync(database, world);
        await using var api = await ServedApi.StartAsync(database);
        using var admin = await api.SignInAsAdminAsync();
        var single = new Timings();
        for (var pass = 0; pass < 2; pass++)
        {
            single = new Timings();
            for (var i = 0; i < questions.Length; i++)
            {
                var answer = await single.TimeAsync(() => ServedApi.PostAsync(admin, "/api/v1/authorize", Check(questions[i])));
                Demand((bool)answer["allowed"]! == expected[i], questions[i]);
            }
        }

        var batch = new Timings();
        for (var from = 0; from < questions.Length; from += BatchSize)
        {
            var body = new JsonObject { ["checks"] = new JsonArray([.. questions[from..(from + BatchSize)].Select(Check)]) };
            var answer = await batch.TimeAsync(() => ServedApi.PostAsync(admin, "/api/v1/authorize/batch", body));
            for (var i = 0; i < BatchSize; i++) Demand((bool)answer["results"]![i]!["allowed"]! == expected[from + i], questions[from + i]);
        }

        return [ToRow("POST /authorize, one connection", single), new Row($"POST /authorize/batch, {BatchSize} a call", batch.Median * 1_000 / BatchSize, batch.P99 * 1_000 / BatchSize)];
    }

    private static JsonObject Check(Question question) => new()
    {
        ["subject"] = new JsonObject { ["type"] = "user", ["id"] = question.User },
        ["action"] = question.Action,
        ["resourceType"] = question.ResourceType,
        ["scope"] = new JsonObject { ["type"] = question.ScopeType, ["id"] = question.ScopeId },
    };

    private static async Task<Row> SqlAsync(string what, DbConnection connection, World world, Question[] questions, bool[] expected)
    {
        await using (connection)
        {
            await connection.OpenAsync();
            await FillAsync(connection, world);
            await using var command = connection.CreateCommand();
            command.CommandText = Query;
            var parameters = new[] { "subject", "scope", "type", "action" }.Select(name =>
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, "");
                command.Parameters.Add(parameter);
                return parameter;
            }).ToArray();
            await command.PrepareAsync();
            var times = new Timings();
            for (var pass = 0; pass < 2; pass++)
            {
                // The first pass brings everything into memory.
                times = new Timings();
                for (var i = 0; i < questions.Length; i++)
                {
                    var question = questions[i];
                    (parameters[0].Value, parameters[1].Value, parameters[2].Value, parameters[3].Value) = (question.User, question.ScopeId, question.ResourceType, question.Action);
                    var start = Stopwatch.GetTimestamp();
                    var answer = Convert.ToBoolean(await command.ExecuteScalarAsync(), null);
                    times.Add(Stopwatch.GetElapsedTime(start));
                    Demand(answer == expected[i], question);
                }
            }

            return ToRow(what, times);
        }
    }

    private static async Task FillAsync(DbConnection connection, World world)
    {
        var isSqlite = connection is SqliteConnection;
        // On SQLite the table is its primary key; on PostgreSQL the index is beside it.
        await ExecuteAsync(connection, Schema.Replace("WITHOUT_ROWID", isSqlite ? "WITHOUT ROWID" : "", StringComparison.Ordinal));
        var scopes = world.Scopes.ToDictionary(x => x.Id);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await InsertAsync(connection, "user_groups", world.Memberships().Select(x => new object[] { x.UserId, x.GroupId }));
            await InsertAsync(connection, "ancestors", world.Scopes.SelectMany(scope => PathOf(scopes, scope).Select(ancestor => new object[] { scope.Id, ancestor })));
            await InsertAsync(connection, "rules", world.Rules.Select(x => new object[] { x.SubjectId, x.ScopeId, x.RoleId }));
            await InsertAsync(connection, "permissions", from role in Catalogue.Default.Roles
                                                         from permission in role.Permissions
                                                         from action in permission.Actions
                                                         select new object[] { role.Id, permission.ResourceType, action });
            await transaction.CommitAsync();
        }

        await ExecuteAsync(connection, isSqlite ? "ANALYZE" : "VACUUM ANALYZE");
    }

    private static IEnumerable<string> PathOf(Dictionary<string, ScopeFact> scopes, ScopeFact scope)
    {
        for (var place = scope; place is not null; place = place.ParentId is null ? null : scopes[place.ParentId]) yield return place.Id;
    }

    private static async Task InsertAsync(DbConnection connection, string table, IEnumerable<object[]> rows)
    {
        if (connection is NpgsqlConnection postgres)
        {
            await using var copy = await postgres.BeginBinaryImportAsync($"COPY {table} FROM STDIN (FORMAT BINARY)");
            foreach (var row in rows) await copy.WriteRowAsync(default, row);
            await copy.CompleteAsync();
            return;
        }

        DbCommand? command = null;
        foreach (var row in rows)
        {
            if (command is null)
            {
                command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are this file's.
                command.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", row.Select((_, i) => $"@p{i}"))})";
#pragma warning restore CA2100
                for (var i = 0; i < row.Length; i++)
                {
                    var parameter = command.CreateParameter();
                    parameter.ParameterName = $"@p{i}";
                    command.Parameters.Add(parameter);
                }
            }

            for (var i = 0; i < row.Length; i++) command.Parameters[i].Value = row[i];
            await command.ExecuteNonQueryAsync();
        }

        command?.Dispose();
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this file's.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private static void Demand(bool isEqual, Question question)
    {
        if (!isEqual) throw new InvalidOperationException($"The answers differ: {question}");
    }

    private static Row ToRow(string what, Timings times) => new(what, times.Median * 1_000, times.P99 * 1_000);
}
