using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Benchmarks.Hosts;
using RunAiRbac.Benchmarks.InProcess;
using RunAiRbac.Storage;

namespace RunAiRbac.Benchmarks.Service;

/// <summary>A world on PostgreSQL: start, memory, lists; and many tenants in one process.</summary>
internal static class ScaleReport
{
    private const int Repeats = 150;
    private const int SlowRepeats = 5;
    private const int Tenants = 1_000;

    public static async Task RunAsync(string worldName)
    {
        var world = World.Named(worldName);
        await using var database = await Database.NewAsync(StorageProvider.PostgreSql);
        await using (await ServedApi.StartAsync(database))
        {
            // It has made its tables and its administrator.
        }

        var startingEmpty = Stopwatch.StartNew();
        await using (await ServedApi.StartAsync(database)) Console.WriteLine($"an empty process from its start to ready: {startingEmpty.Elapsed.TotalSeconds:N1} s");
        var empty = await LoadAsync(database);
        var filling = Stopwatch.StartNew();
        await Seeder.FillAsync(database, world);
        Console.WriteLine($"{world.Name}: filled in {filling.Elapsed.TotalSeconds:N0} s");
        var loaded = await LoadAsync(database);
        Console.WriteLine($"reading it into a process: {loaded.Time.TotalSeconds:N1} s; {(loaded.Heap - empty.Heap) / (double)world.Rules.Length:N0} bytes a rule");
        var starting = Stopwatch.StartNew();
        await using var api = await ServedApi.StartAsync(database);
        Console.WriteLine($"the process from its start to ready: {starting.Elapsed.TotalSeconds:N1} s; working set {WorkingSet(api.Process):N0} MB");
        await ListsAsync(world, api);
    }

    public static async Task RunTenantsAsync()
    {
        await using var database = await Database.NewAsync(StorageProvider.PostgreSql);
        await using (await ServedApi.StartAsync(database))
        {
            // It has made its tables.
        }

        var empty = await LoadAsync(database);
        var worlds = Enumerable.Range(2, Tenants).Select(World.Small).ToList();
        await Seeder.AddTenantsAsync(database, worlds);
        var loaded = await LoadAsync(database);
        var rules = worlds.Sum(x => x.Rules.Length);
        Console.WriteLine($"{Tenants:N0} tenants of 1,000 rules: read into a process in {loaded.Time.TotalSeconds:N1} s; {(loaded.Heap - empty.Heap) / (double)Tenants / 1024:N0} KB a tenant, {(loaded.Heap - empty.Heap) / (double)rules:N0} bytes a rule");
        var starting = Stopwatch.StartNew();
        await using var api = await ServedApi.StartAsync(database);
        Console.WriteLine($"the process from its start to ready: {starting.Elapsed.TotalSeconds:N1} s; working set {WorkingSet(api.Process):N0} MB");
        // What the runtime does after a start, compiling what is used most once more, is over by then.
        await Task.Delay(TimeSpan.FromSeconds(20));
        api.Process.Refresh();
        var before = api.Process.TotalProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(10));
        api.Process.Refresh();
        Console.WriteLine($"idle, polling every second: {(api.Process.TotalProcessorTime - before).TotalMilliseconds / 10:N0} ms of processor time a second");
    }

    /// <summary>The state as a replica has it: the time that reading takes, and the heap after a full collection.</summary>
    private static async Task<(TimeSpan Time, long Heap)> LoadAsync(Database database)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddRunAiRbacStorage(_ => new StorageSettings { Provider = database.Provider, ConnectionString = database.ConnectionString })
            .BuildServiceProvider();
        var store = services.GetRequiredService<PolicyStore>();
        var watch = Stopwatch.StartNew();
        await store.LoadAsync(CancellationToken.None);
        var time = watch.Elapsed;
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(store);
        return (time, heap);
    }

    private static async Task ListsAsync(World world, ServedApi api)
    {
        using var admin = await api.SignInAsAdminAsync();
        Console.WriteLine($"{"list",-72}{"median ms",12}{"p99 ms",10}");
        const string rules = "/api/v1/authorization/access-rules";
        foreach (var path in new[] { $"{rules}?limit=50", $"{rules}?limit=50&sortBy=createdAt&sortOrder=desc", "/api/v1/users?limit=50&sortBy=username", "/api/v1/org-unit/projects?limit=50&sortBy=name", "/api/v1/groups?limit=50" })
            await ListAsync(admin, path, Repeats, maxOffset: 9_900);
        foreach (var path in new[]
        {
            $"{rules}?limit=50&offset={world.Rules.Length - 100}", $"{rules}?limit=50&search=user-77777", $"{rules}?limit=50&search=user-7", "/api/v1/users?limit=50&search=77777", "/api/v1/org-unit/projects?limit=50&search=7777",
            "/api/v1/org-unit/projects?limit=50&filterBy=name=@7777", $"/api/v1/users?limit=50&offset={world.Users.Length - 100}", $"{rules}/count",
        })
            await ListAsync(admin, path, SlowRepeats, maxOffset: 0);
    }

    private static async Task ListAsync(HttpClient admin, string path, int repeats, int maxOffset)
    {
        var times = new Timings();
        for (var i = -3; i < repeats; i++)
        {
            if (i == 0) times = new Timings();
            var offset = maxOffset == 0 ? "" : $"&offset={(Math.Max(0, i) * 67) % maxOffset}";
            await times.TimeAsync(async () =>
            {
                using var response = await admin.GetAsync(path + offset);
                if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                return (await response.Content.ReadAsByteArrayAsync()).Length;
            });
        }

        Console.WriteLine($"{path + (maxOffset == 0 ? "" : $"&offset=0…{maxOffset:N0}"),-72}{times.Median,12:N1}{times.P99,10:N1}");
    }

    private static double WorkingSet(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / 1048576.0;
    }
}
