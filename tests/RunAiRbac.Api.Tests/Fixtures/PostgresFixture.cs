using System.Diagnostics;
using Npgsql;

[assembly: AssemblyFixture(typeof(RunAiRbac.Api.Tests.Fixtures.PostgresFixture))]

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>
/// One real PostgreSQL for the test assembly, from the binaries of this machine: started at first use in a folder of its own, listening on a Unix
/// socket there only, stopped at the end. Where there are no binaries, the tests that ask for it are skipped, or fail with
/// <c>RUNAIRBAC_REQUIRE_POSTGRES=1</c>.
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private const string Missing = "There are no PostgreSQL binaries under /usr/lib/postgresql.";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"runairbac-pg-{Guid.NewGuid():N}"[..24]);
    private readonly string? _binaries = FindBinaries();
    private readonly Lazy<Task> _started;
    private int _databases;

    public PostgresFixture() => _started = new(StartAsync);

    public bool IsAvailable => _binaries is not null;

    /// <summary>The connection string of a fresh, empty database.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        if (!IsAvailable)
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("RUNAIRBAC_REQUIRE_POSTGRES") != "1", Missing);
            throw new InvalidOperationException(Missing);
        }

        await _started.Value.WaitAsync(cancellationToken);
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is made above.
        command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
        return ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated) return;
        NpgsqlConnection.ClearAllPools();
        await RunAsync("pg_ctl", $"-D {_folder} -s -m immediate -w stop");
        Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionString(string database) => $"Host={_folder};Username=postgres;Database={database};Maximum Pool Size=60;Include Error Detail=true";

    private async Task StartAsync()
    {
        Directory.CreateDirectory(_folder);
        if (Environment.IsPrivilegedProcess) await ExecuteAsync("chown", $"postgres {_folder}");

        // A collation of its own language, so that a column that forgot to be ordinal shows.
        await RunAsync("initdb", $"-D {_folder} -U postgres -A trust -E UTF8 --no-sync --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-instructions");
        await RunAsync("pg_ctl", $"-D {_folder} -s -w -l {_folder}/log -o \"-k {_folder} -c listen_addresses='' -c fsync=off -c max_connections=300\" start");
    }

    private Task RunAsync(string program, string arguments)
    {
        var path = Path.Combine(_binaries!, program);
        return Environment.IsPrivilegedProcess ? ExecuteAsync("runuser", $"-u postgres -- {path} {arguments}") : ExecuteAsync(path, arguments);
    }

    private static async Task ExecuteAsync(string program, string arguments)
    {
        // The server inherits the output: redirecting it and reading to the end would never end.
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" })
            ?? throw new InvalidOperationException($"{program} did not start.");
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {arguments}: exit code {process.ExitCode}.");
    }

    private static string? FindBinaries()
    {
        const string root = "/usr/lib/postgresql";
        return Directory.Exists(root)
            ? Directory.GetDirectories(root).Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "pg_ctl"))).Order().LastOrDefault()
            : null;
    }
}
