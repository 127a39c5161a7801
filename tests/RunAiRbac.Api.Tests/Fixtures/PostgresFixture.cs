[assembly: AssemblyFixture(typeof(RunAiRbac.Api.Tests.Fixtures.PostgresFixture))]

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>
/// One real PostgreSQL for the test assembly, started at first use and stopped at the end. Where there are no binaries, the tests that ask for it are
/// skipped, or fail with <c>RUNAIRBAC_REQUIRE_POSTGRES=1</c>.
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private const string Missing = "There are no PostgreSQL binaries under /usr/lib/postgresql.";

    private readonly Lazy<Task<PostgresServer>> _server = new(NewServerAsync);

    /// <summary>A server of one's own, for tests that stop it; the caller disposes it.</summary>
    public static Task<PostgresServer> NewServerAsync() => PostgresServer.NewAsync(Demand());

    /// <summary>The connection string of a fresh, empty database.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        Demand();
        var server = await _server.Value.WaitAsync(cancellationToken);
        return await server.CreateDatabaseAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
    }

    private static string Demand()
    {
        if (PostgresServer.FindBinaries() is { } binaries) return binaries;
        Assert.SkipWhen(Environment.GetEnvironmentVariable("RUNAIRBAC_REQUIRE_POSTGRES") != "1", Missing);
        throw new InvalidOperationException(Missing);
    }
}
