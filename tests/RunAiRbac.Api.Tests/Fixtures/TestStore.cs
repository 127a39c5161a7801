using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>Both databases: every storage test runs on each.</summary>
public sealed class BothStorages : TheoryData<StorageProvider>
{
    public BothStorages()
    {
        Add(StorageProvider.Sqlite);
        Add(StorageProvider.PostgreSql);
    }
}

/// <summary>
/// A <see cref="PolicyStore"/> on a database of its own, migrated, with the first tenant (1) and its administrator. No poller runs. The clock stands still.
/// </summary>
public sealed class TestStore : IAsyncDisposable
{
    public const int Tenant = 1;
    public const string AdminEmail = "admin@runairbac.local";

    private readonly ServiceProvider _services;
    private readonly string? _folder;
    private readonly List<TestStore> _others = [];

    private TestStore(StorageSettings settings, FakeClock clock, string? folder)
    {
        (Settings, Clock, _folder) = (settings, clock, folder);
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(clock)
            .AddRunAiRbacStorage(_ => settings)
            .ConfigureDbContext<RunAiRbacDbContext>((_, options) => options.AddInterceptors(Commands, Commits))
            .BuildServiceProvider();
        Store = _services.GetRequiredService<PolicyStore>();
        Migrator = _services.GetRequiredService<StoreMigrator>();
    }

    public StorageSettings Settings { get; }
    public FakeClock Clock { get; }
    public CommandCounter Commands { get; } = new();
    public LostCommits Commits { get; } = new();
    public PolicyStore Store { get; }
    public StoreMigrator Migrator { get; }

    public PolicySnapshot Now => Store.Current(Tenant)!.Snapshot;

    public long Micros => Clock.NowMicros();

    /// <summary>Settings for a fresh database; the folder is that of a SQLite file.</summary>
    public static async Task<(StorageSettings Settings, string? Folder)> NewDatabaseAsync(StorageProvider provider, PostgresFixture postgres)
    {
        if (provider == StorageProvider.PostgreSql)
        {
            var connectionString = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
            return (new() { Provider = provider, ConnectionString = connectionString }, null);
        }

        var folder = Path.Combine(Path.GetTempPath(), $"runairbac-{Guid.NewGuid():N}");
        return (new() { Provider = provider, ConnectionString = $"Data Source={folder}/test.db" }, folder);
    }

    /// <summary>A store on a fresh database that nothing has been done to yet.</summary>
    public static async Task<TestStore> NewEmptyAsync(StorageProvider provider, PostgresFixture postgres)
    {
        var (settings, folder) = await NewDatabaseAsync(provider, postgres);
        return new(settings, new(), folder);
    }

    public static async Task<TestStore> NewAsync(StorageProvider provider, PostgresFixture postgres)
    {
        var store = await NewEmptyAsync(provider, postgres);
        var cancellationToken = TestContext.Current.CancellationToken;
        await store.Migrator.MigrateAsync(cancellationToken);
        await store.Migrator.CreateTenantAsync(new(Tenant, "acme", AdminEmail, "hash"), isFirst: true, cancellationToken);
        await store.Store.LoadAsync(cancellationToken);
        store.Commands.Clear();
        return store;
    }

    /// <summary>Another store on the same database, loaded: a second replica. (On SQLite it may only read: two writing processes are refused.)</summary>
    public async Task<TestStore> AnotherAsync(bool load = true)
    {
        var other = new TestStore(Settings, Clock, folder: null);
        _others.Add(other);
        if (load) await other.Store.LoadAsync(TestContext.Current.CancellationToken);
        return other;
    }

    public Task<Written<T>> WriteAsync<T>(Func<PolicyWrite, Task<T>> body)
        => Store.WriteAsync(Tenant, Actor.System, body, TestContext.Current.CancellationToken);

    /// <summary>The poller as the host runs it.</summary>
    internal PolicyPoller NewPoller(TimeSpan interval)
        => new(Store, Settings with { PollInterval = interval }, TimeProvider.System, _services.GetRequiredService<ILogger<PolicyPoller>>());

    /// <summary>The sender of wake-ups as the host runs it.</summary>
    internal ChangeNotifier NewNotifier(bool notifications = true)
        => new(Store, Settings with { Notifications = notifications }, _services.GetRequiredService<ILogger<ChangeNotifier>>());

    /// <summary>The listener for wake-ups as the host runs it.</summary>
    internal ChangeListener NewListener(bool notifications = true)
        => new(Store, Settings with { Notifications = notifications, PollInterval = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, _services.GetRequiredService<ILogger<ChangeListener>>());

    /// <summary>Another service of the storage.</summary>
    public T Get<T>()
        where T : notnull
        => _services.GetRequiredService<T>();

    public Task<RunAiRbacDbContext> OpenAsync() => Store.OpenAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var other in _others) await other.DisposeAsync();
        await _services.DisposeAsync();
        if (_folder is null || !Directory.Exists(_folder)) return;
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
