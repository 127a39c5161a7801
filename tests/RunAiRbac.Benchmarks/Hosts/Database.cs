using Microsoft.Data.Sqlite;
using Npgsql;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Benchmarks.Hosts;

/// <summary>An empty database of its own, as durable as in production.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("runairbac-bench-");
    private readonly PostgresServer? _server;

    private Database(StorageProvider provider, string? connectionString, PostgresServer? server)
    {
        (Provider, _server) = (provider, server);
        ConnectionString = connectionString ?? $"Data Source={System.IO.Path.Combine(_folder.FullName, "bench.db")}";
    }

    public StorageProvider Provider { get; }

    public string ConnectionString { get; }

    /// <summary>For the key ring and whatever else a host keeps.</summary>
    public string Folder => _folder.FullName;

    public static async Task<Database> NewAsync(StorageProvider provider)
    {
        if (provider == StorageProvider.Sqlite) return new Database(provider, null, null);
        var binaries = PostgresServer.FindBinaries() ?? throw new InvalidOperationException("There are no PostgreSQL binaries under /usr/lib/postgresql.");
        var server = await PostgresServer.NewAsync(binaries, isDurable: true);
        return new Database(provider, await server.CreateDatabaseAsync(CancellationToken.None), server);
    }

    public async ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        NpgsqlConnection.ClearAllPools();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
