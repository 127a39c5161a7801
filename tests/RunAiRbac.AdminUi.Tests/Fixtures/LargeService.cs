using Microsoft.Data.Sqlite;

namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>
/// The service with 100,000 rules, 10,000 projects, 10,000 users and 500 groups. They are written past the service, which reads them at its second start: one by
/// one they would take many minutes.
/// </summary>
public sealed class LargeService : IAsyncLifetime
{
    public const int Rules = 100_000;
    public const int Projects = 10_000;
    public const int Users = 10_000;
    public const int Groups = 500;

    /// <summary>In <c>cluster-0</c>, and with it the default department.</summary>
    public const int DepartmentsOfTheFirstCluster = 121;

    /// <summary>In <c>department-0</c>.</summary>
    public const int ProjectsOfTheFirstDepartment = 2_040;

    private const int Clusters = 10;
    private const int Departments = 300;
    private const int Applications = 1_000;
    private const long Now = 1_780_000_000_000_000;

    // Users by name, groups by name, applications by client id; see SubjectKind.
    private const int User = 1;
    private const int Group = 2;
    private const int Application = 3;

    /// <summary>Rules that the first start has made come before these.</summary>
    private const int FirstRule = 10;

    /// <summary>Viewer first: of the whole account for one in a hundred, also for the group of everybody.</summary>
    private static readonly int[] Roles = [7, 5, 8, 1710, 4];

    private readonly string _folder = Directory.CreateTempSubdirectory("runairbac-ui-large-").FullName;
    private Service? _service;

    public Service Service => _service!;

    public async ValueTask InitializeAsync()
    {
        var connection = $"Data Source={Path.Combine(_folder, "large.db")};Pooling=False";
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__RunAiRbac"] = connection,
            ["DataProtection__KeyDirectory"] = Path.Combine(_folder, "keys"),
            ["Tokens__AccessTokenLifetime"] = "01:00:00",
        };
        // The first one makes the tables and the administrator.
        await using (await Service.StartAsync(settings))
        {
        }

        await FillAsync(connection);
        _service = await Service.StartAsync(settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public static string UserName(int i) => $"user-{i}@example.org";

    /// <summary>An id that tells what it is of.</summary>
    public static string Id(char kind, int i) => $"0000000{kind}-0000-4000-8000-{i:d12}";

    private static async Task FillAsync(string connectionString)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            Insert(connection, "scopes (tenant_id, id, type, parent_id, cluster_id, name, name_folded, name_scope, namespace, created_at, created_by_name, updated_at, made_revision)", Scopes());
            Insert(connection, "subjects (tenant_id, id, kind, key, name, name_folded, is_pending, is_local, enabled, session_epoch, created_at, created_by_name, updated_at, made_revision)", Subjects());
            Insert(connection, "groups (tenant_id, id, source, name, subject_id, created_at)", Enumerable.Range(0, Groups).Select(g => new object?[] { 1, Id('e', g), "directory", $"group-{g}", Id('e', g), Now }));
            Insert(connection, "memberships (tenant_id, user_id, group_id, made_revision, seen_at)", Memberships());
            Insert(connection, "access_rules (tenant_id, id, subject_id, role_id, scope_id, created_at, created_by_name, updated_at, made_revision)", AccessRules());
            Execute(connection, $"UPDATE revisions SET last_rule_id = {FirstRule + Rules}");
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        Execute(connection, "ANALYZE");
    }

    private static IEnumerable<object?[]> Scopes()
    {
        for (var c = 0; c < Clusters; c++)
        {
            yield return Scope('a', c, "cluster", "1", Id('a', c), $"cluster-{c}", "");
            yield return Scope('a', 100 + c, "department", Id('a', c), Id('a', c), "default", Id('a', c));
        }

        for (var d = 0; d < Departments; d++) yield return Scope('b', d, "department", Id('a', ClusterOf(d)), Id('a', ClusterOf(d)), $"department-{d}", Id('a', ClusterOf(d)));
        for (var p = 0; p < Projects; p++)
        {
            var d = p < 8_000 ? p % 200 : 0;
            yield return Scope('c', p, "project", Id('b', d), Id('a', ClusterOf(d)), $"project-{p}", Id('a', ClusterOf(d)));
        }

        // The last hundred departments are in the first cluster.
        static int ClusterOf(int department) => department < 200 ? department % Clusters : 0;
    }

    private static object?[] Scope(char kind, int i, string type, string parent, string cluster, string name, string nameScope)
        => [1, Id(kind, i), type, parent, cluster, name, name, nameScope, type == "project" ? "runai-" + name : null, Now, "seed", Now, 1];

    private static IEnumerable<object?[]> Subjects()
        => Enumerable.Range(0, Users).Select(i => Subject(User, Id('d', i), UserName(i)))
            .Concat(Enumerable.Range(0, Groups).Select(i => Subject(Group, Id('e', i), $"group-{i}")))
            .Concat(Enumerable.Range(0, Applications).Select(i => Subject(Application, Id('f', i), $"app-{i}")));

    private static object?[] Subject(int kind, string id, string name) => [1, id, kind, name, name, name, 0, kind == User ? 1 : null, 1, 0, Now, "seed", Now, 1];

    /// <summary>Everybody in <c>group-0</c> and in four others.</summary>
    private static IEnumerable<object?[]> Memberships()
        => from u in Enumerable.Range(0, Users)
           from g in Enumerable.Range(0, 5)
           select new object?[] { 1, Id('d', u), Id('e', g == 0 ? 0 : 1 + ((u + (g * 97)) % (Groups - 1))), 1, Now };

    /// <summary>Seven of each user, sixty of each group. Each of a subject's rules is in a scope of its own.</summary>
    private static IEnumerable<object?[]> AccessRules()
    {
        for (var i = 0; i < Rules; i++)
        {
            var isOfUser = i < Users * 7;
            var (subject, k) = isOfUser ? (i % Users, i / Users) : ((i - (Users * 7)) % Groups, (i - (Users * 7)) / Groups);
            var spread = (subject * 131) + (k * 977);
            var scope = (k % 16) switch
            {
                0 when k == 0 && subject % 100 == 0 => "1",
                1 when subject % 4 == 0 => Id('a', spread % Clusters),
                2 or 5 or 9 or 13 => Id('b', spread % Departments),
                _ => Id('c', spread % Projects),
            };
            yield return [1, FirstRule + 1 + i, Id(isOfUser ? 'd' : 'e', subject), Roles[k % Roles.Length], scope, Now + i, "seed", Now + i, 1];
        }
    }

    private static void Insert(SqliteConnection connection, string table, IEnumerable<object?[]> rows)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this file's.
        var count = table.Count(c => c == ',') + 1;
        command.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", Enumerable.Range(0, count).Select(i => $"@p{i}"))})";
#pragma warning restore CA2100
        for (var i = 0; i < count; i++) command.Parameters.Add(new SqliteParameter($"@p{i}", null));
        foreach (var row in rows)
        {
            for (var i = 0; i < count; i++) command.Parameters[i].Value = row[i] ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are this file's.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
