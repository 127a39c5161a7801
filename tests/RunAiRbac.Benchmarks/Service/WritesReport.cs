using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Benchmarks.Hosts;
using RunAiRbac.Benchmarks.InProcess;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Benchmarks.Service;

/// <summary>Rules created and ended through the API on both databases: alone, many at a time and in batches; and what the audit event and the snapshot have of it.</summary>
internal static class WritesReport
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const int Alone = 400;
    private const int Writers = 16;
    private const int BatchRules = 1_000;
    private const int Batches = 5;

    public static async Task RunAsync(string worldName, string[] providers)
    {
        var world = World.Named(worldName);
        Console.WriteLine($"{world.Name}; commits are on disk when they return");
        Console.WriteLine($"{"",-12}{"",-38}{"a second",10}{"median ms",12}{"p99 ms",10}");
        foreach (var provider in Enum.GetValues<StorageProvider>().Where(x => providers.Length == 0 || providers.Contains(x.ToString(), StringComparer.OrdinalIgnoreCase))) await RunAsync(world, provider);
    }

    private static async Task RunAsync(World world, StorageProvider provider)
    {
        await using var database = await Database.NewAsync(provider);
        await using (await ServedApi.StartAsync(database))
        {
            // It has made its tables and its administrator.
        }

        await Seeder.FillAsync(database, world);
        await using (var api = await ServedApi.StartAsync(database)) await OverHttpAsync(world, provider, api);
        await InProcessAsync(world, database);
    }

    private static async Task OverHttpAsync(World world, StorageProvider provider, ServedApi api)
    {
        using var admin = await api.SignInAsAdminAsync();
        var made = new List<int>();
        var next = 0;
        // Warm: the first writes compile and plan.
        for (var i = 0; i < 30; i++) await CreateAsync();
        Print(provider, "create, one at a time", await RepeatAsync(Alone, 1, CreateAsync), 1);
        Print(provider, $"create, {Writers} writers", await RepeatAsync(Alone * 2, Writers, CreateAsync), 1);
        var ids = new Queue<int>(made);
        Print(provider, "delete, one at a time", await RepeatAsync(Alone, 1, DeleteAsync), 1);
        Print(provider, $"delete, {Writers} writers", await RepeatAsync(Alone, Writers, DeleteAsync), 1);
        Print(provider, $"batch-create of {BatchRules:N0} (rules)", await RepeatAsync(Batches, 1, CreateManyAsync), BatchRules);

        async Task CreateAsync()
        {
            var rule = NextRule(world, ref next);
            var id = (int)(await ServedApi.PostAsync(admin, Rules, new JsonObject
            {
                ["subjectType"] = "user",
                ["subjectId"] = rule.SubjectId,
                ["roleId"] = rule.RoleId,
                ["scopeType"] = "project",
                ["scopeId"] = rule.ScopeId,
            }))["id"]!;
            lock (made) made.Add(id);
        }

        async Task DeleteAsync()
        {
            int id;
            lock (ids) id = ids.Dequeue();
            using var response = await admin.DeleteAsync($"{Rules}/{id}");
            response.EnsureSuccessStatusCode();
        }

        async Task CreateManyAsync()
        {
            var rule = NextRule(world, ref next);
            var answer = await ServedApi.PostAsync(admin, Rules + "/batch-create", new JsonObject
            {
                ["payload"] = new JsonObject
                {
                    ["roleId"] = rule.RoleId,
                    ["subjects"] = new JsonArray([.. Enumerable.Range(0, BatchRules).Select(i => new JsonObject { ["subjectType"] = "user", ["subjectId"] = world.Users[(next + i) % world.Users.Length].Id })]),
                    ["scopes"] = new JsonArray(new JsonObject { ["scopeType"] = "project", ["scopeId"] = rule.ScopeId }),
                },
            });
            if (((JsonArray)answer["succeeded"]!).Count < BatchRules * 9 / 10) throw new InvalidOperationException("Too many of the batch were there already.");
        }
    }

    /// <summary>A rule at a project; hardly ever one that the world has.</summary>
    private static RuleFact NextRule(World world, ref int next)
    {
        while (true)
        {
            var number = Interlocked.Increment(ref next);
            RuleFact rule;
            // Its random numbers come one after the other.
            lock (world) rule = world.NewRule(20_000_000 + number);
            if (world.Scopes[^(1 + (number % 5_000))] is { Type: "project" } project) return rule with { ScopeId = project.Id };
        }
    }

    /// <summary>The storage's write protocol without the API around it: as it is, and with the audit rows left out of the transaction; and the snapshot's own part.</summary>
    private static async Task InProcessAsync(World world, Database database)
    {
        var without = new WithoutAudit();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddRunAiRbacStorage(_ => new StorageSettings { Provider = database.Provider, ConnectionString = database.ConnectionString })
            .ConfigureDbContext<RunAiRbacDbContext>((_, options) => options.AddInterceptors(without))
            .BuildServiceProvider();
        var store = services.GetRequiredService<PolicyStore>();
        await store.LoadAsync(CancellationToken.None);
        var (with, bare, snapshot) = (new Timings(), new Timings(), new Timings());
        var next = 1_000_000;
        for (var i = 0; i < Alone * 2; i++)
        {
            // In turn, so that whatever else the machine does hits both alike.
            without.IsOn = i % 2 == 1;
            var rule = NextRule(world, ref next);
            var times = without.IsOn ? bare : with;
            var written = await times.TimeAsync(() => store.WriteAsync(1, Actor.System, write => write.AddRuleAsync(
                new NewRule(write.After.FindSubject(rule.SubjectId), rule.RoleId, write.After.FindScope(rule.ScopeId), null, null, null), CancellationToken.None), CancellationToken.None));
            var start = Stopwatch.GetTimestamp();
            written.Version.Snapshot.Apply(written.Version.Snapshot.Revision + 1, [new RulePut(rule with { RoleId = World.Roles[(rule.Id + 1) % World.Roles.Count] })]);
            snapshot.Add(Stopwatch.GetElapsedTime(start));
        }

        Print(database.Provider, "one row and its commit, nothing else", await CommitsAsync(services), 1, null);
        Print(database.Provider, "storage alone: write", with, 1, null);
        Print(database.Provider, "storage alone: without audit rows", bare, 1, null);
        Print(database.Provider, "the snapshot's part", snapshot, 1, null);
    }

    /// <summary>What this disk takes for a commit.</summary>
    private static async Task<Timings> CommitsAsync(ServiceProvider services)
    {
        var times = new Timings();
        await using var db = await services.GetRequiredService<IDbContextFactory<RunAiRbacDbContext>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync("CREATE TABLE bench_commits (id integer)");
        for (var i = 0; i < Alone; i++) await times.TimeAsync(() => db.Database.ExecuteSqlAsync($"INSERT INTO bench_commits VALUES ({i})"));
        return times;
    }

    private static async Task<(Timings Times, TimeSpan Whole)> RepeatAsync(int count, int writers, Func<Task> write)
    {
        var times = new Timings();
        var left = count;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await times.TimeAsync(async () =>
                {
                    await write();
                    return true;
                });
            }
        })));
        return (times, Stopwatch.GetElapsedTime(start));
    }

    private static void Print(StorageProvider provider, string what, (Timings Times, TimeSpan Whole) run, int each) => Print(provider, what, run.Times, each, run.Whole);

    private static void Print(StorageProvider provider, string what, Timings times, int each, TimeSpan? whole)
        => Console.WriteLine($"{provider,-12}{what,-38}{(whole is { } time ? (times.Count * each / time.TotalSeconds).ToString("N0", null) : ""),10}{times.Median,12:N3}{times.P99,10:N3}");

    /// <summary>Leaves the events out of what is written: never outside this measurement.</summary>
    private sealed class WithoutAudit : SaveChangesInterceptor
    {
        public bool IsOn { get; set; }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (!IsOn) return new(result);
            foreach (var entry in eventData.Context!.ChangeTracker.Entries().Where(x => x.Entity is AuditEventRow or AuditScopeRow && x.State == EntityState.Added).ToList()) entry.State = EntityState.Detached;
            return new(result);
        }
    }
}
