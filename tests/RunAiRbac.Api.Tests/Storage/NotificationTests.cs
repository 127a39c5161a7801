using System.Diagnostics;
using Npgsql;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

/// <summary>Wake-ups between replicas. No poller runs here: what arrives was announced.</summary>
public sealed class NotificationTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_OnOneReplica_ReachesTheOtherWithoutAPoll()
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var b = await a.AnotherAsync();
        await using var talking = await Talk.StartAsync(a, b);
        var lags = new List<TimeSpan>();
        b.Store.Arrived += lags.Add;

        for (var i = 0; i < 20; i++)
        {
            await AddGroupAsync(a, $"g{i}");
            await WaitUntilAsync(() => Knows(b, $"g{i}"));
        }

        lags.Should().NotBeEmpty().And.OnlyContain(lag => lag >= TimeSpan.Zero);
    }

    [Fact]
    public async Task Write_OfTheReplicaItself_IsNotReadAgain()
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var b = await a.AnotherAsync();
        await using var talking = await Talk.StartAsync(a, b);
        var lags = new List<TimeSpan>();
        a.Store.Arrived += lags.Add;

        await AddGroupAsync(a, "ops");
        await WaitUntilAsync(() => Knows(b, "ops"));

        lags.Should().BeEmpty();
    }

    [Fact]
    public async Task Listener_WhoseConnectionIsCut_ListensAgainAndReadsWhatItMissed()
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var b = await a.AnotherAsync();
        await using var talking = await Talk.StartAsync(a, b);

        for (var i = 0; i < 3; i++)
        {
            var cut = i == 1 ? "notify" : "listen";
            await ExecuteAsync(a, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'runairbac-{cut}' AND datname = current_database()");
            await AddGroupAsync(a, $"missed{i}");
            await AddGroupAsync(a, $"missed{i}-too");
            // The notifier meets its dead connection with the first wake-up, which is lost, and opens another for the next one.
            await WaitUntilAsync(() => Knows(b, $"missed{i}-too"), () => AddGroupAsync(a, ApiHost.NewName("again")));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("1:")]
    [InlineData("1:-5")]
    [InlineData("1:1")]
    [InlineData("1:999999999999999999999999")]
    [InlineData("1:999999")]
    [InlineData("4711:3")]
    [InlineData("1:2:3")]
    public async Task WakeUp_OfAnotherOrFromThePast_IsHarmless(string payload)
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var b = await a.AnotherAsync();
        await using var talking = await Talk.StartAsync(a, b);

        for (var i = 0; i < 3; i++) await ExecuteAsync(a, $"SELECT pg_notify('runairbac', '{payload}')");
        await AddGroupAsync(a, "ops");
        await WaitUntilAsync(() => Knows(b, "ops"));

        b.Now.Revision.Should().Be(a.Now.Revision);
    }

    [Fact]
    public async Task WakeUps_OutOfOrderAndDoubled_LeaveTheNewestState()
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var b = await a.AnotherAsync();
        for (var i = 0; i < 5; i++) await AddGroupAsync(a, $"g{i}");

        foreach (var revision in new long[] { 4, 2, 6, 6, 1, 5 }) await b.Store.WakeAsync(new WakeUp(TestStore.Tenant, revision), Cancel);

        b.Now.Revision.Should().Be(6);
        Knows(b, "g4").Should().BeTrue();
    }

    [Fact]
    public async Task Settings_WithoutNotifications_OpenNoConnectionOfTheirOwn()
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        await using var talking = await Talk.StartAsync(a, a, notifications: false, wait: false);

        await AddGroupAsync(a, "ops");

        (await ScalarAsync(a, "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('runairbac-notify', 'runairbac-listen') AND datname = current_database()")).Should().Be(0);
    }

    private static Task AddGroupAsync(TestStore store, string name) => store.WriteAsync(write => Task.FromResult(write.EnsureGroup(name)));

    private static bool Knows(TestStore store, string group) => store.Now.FindSubject(SubjectKind.Group, group).IsKnown;

    private static async Task WaitUntilAsync(Func<bool> isSo, Func<Task>? meanwhile = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(30), "it should have arrived by then");
            if (meanwhile is not null) await meanwhile();
            await Task.Delay(5, Cancel);
        }
    }

    private static async Task ExecuteAsync(TestStore store, string sql) => await ScalarAsync(store, sql);

    private static async Task<object?> ScalarAsync(TestStore store, string sql)
    {
        await using var connection = new NpgsqlConnection(store.Settings.ConnectionString);
        await connection.OpenAsync(Cancel);
#pragma warning disable CA2100 // The tests write it.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(Cancel);
    }

    /// <summary>The notifier of the first replica and the listeners of both, as the host runs them.</summary>
    private sealed class Talk : IAsyncDisposable
    {
        private readonly List<Microsoft.Extensions.Hosting.BackgroundService> _services = [];

        public static async Task<Talk> StartAsync(TestStore a, TestStore b, bool notifications = true, bool wait = true)
        {
            var talk = new Talk();
            talk._services.Add(a.NewNotifier(notifications));
            foreach (var store in new[] { a, b }.Distinct()) talk._services.Add(store.NewListener(notifications));
            foreach (var service in talk._services) await service.StartAsync(Cancel);
            // What is written before the LISTEN would be read by the poll that follows it, not because it was announced.
            var listeners = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()";
            while (wait && (long)(await ScalarAsync(a, listeners))! < 2) await Task.Delay(10, Cancel);
            return talk;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var service in _services)
            {
                await service.StopAsync(CancellationToken.None);
                service.Dispose();
            }
        }
    }
}
