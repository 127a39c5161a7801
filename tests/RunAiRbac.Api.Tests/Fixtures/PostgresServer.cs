using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>A real PostgreSQL from the binaries of this machine, in a folder of its own, listening on a Unix socket there only. It may be stopped, paused and started again.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"runairbac-pg-{Guid.NewGuid():N}"[..24]);
    private readonly string _binaries;
    private readonly string _options;
    private int _databases;

    private PostgresServer(string binaries, bool isDurable)
    {
        _binaries = binaries;
        _options = isDurable ? "-c shared_buffers=2GB -c max_wal_size=8GB" : "-c fsync=off";
    }

    /// <summary>The folder with the binaries; null: there are none.</summary>
    public static string? FindBinaries()
    {
        const string root = "/usr/lib/postgresql";
        return Directory.Exists(root)
            ? Directory.GetDirectories(root).Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "pg_ctl"))).Order().LastOrDefault()
            : null;
    }

    /// <summary>A server of one's own.</summary>
    /// <param name="binaries">Where its programs are.</param>
    /// <param name="isDurable">Whether a commit is on the disk when it returns, as in production; tests need not wait for that.</param>
    public static async Task<PostgresServer> NewAsync(string binaries, bool isDurable = false)
    {
        var server = new PostgresServer(binaries, isDurable);
        Directory.CreateDirectory(server._folder);
        if (Environment.IsPrivilegedProcess) await ExecuteAsync("chown", $"postgres {server._folder}");

        // A collation of its own language, so that a column that forgot to be ordinal shows.
        await server.RunAsync(
            "initdb", $"-D {server._folder} -U postgres -A trust -E UTF8 --no-sync --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-instructions");
        await server.StartAsync();
        return server;
    }

    /// <summary>The connection string of a fresh, empty database.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
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

    public Task StartAsync()
        => RunAsync("pg_ctl", $"-D {_folder} -s -w -l {_folder}/log -o \"-k {_folder} -c listen_addresses='' {_options} -c max_connections=300\" start");

    /// <summary>As a crash: connections are cut, nothing is finished.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", $"-D {_folder} -s -m immediate -w stop");

    /// <summary>Stops the clock of all its processes (SIGSTOP): connections stay open and nothing answers.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (File.Exists(PidFile)) await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string PidFile => Path.Combine(_folder, "postmaster.pid");

    private string ConnectionString(string database) => $"Host={_folder};Username=postgres;Database={database};Maximum Pool Size=60;Include Error Detail=true";

    private async Task SignalAsync(string signal)
    {
        var postmaster = int.Parse((await File.ReadAllLinesAsync(PidFile))[0], CultureInfo.InvariantCulture);
        // First the one that would start others.
        await ExecuteAsync("kill", $"-{signal} {postmaster}");
        await ExecuteAsync("pkill", $"-{signal} -P {postmaster}");
    }

    private Task RunAsync(string program, string arguments)
    {
        var path = Path.Combine(_binaries, program);
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
}
