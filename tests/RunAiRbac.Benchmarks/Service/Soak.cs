using System.Globalization;
using System.Text.Json.Nodes;
using RunAiRbac.Benchmarks.Hosts;
using RunAiRbac.Benchmarks.InProcess;
using RunAiRbac.Storage;

namespace RunAiRbac.Benchmarks.Service;

/// <summary>Full load for minutes: checks as fast as they are answered, with writes, sign-ins and lists going on. Memory must not grow.</summary>
internal static class Soak
{
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(2);

    /// <summary>How much higher the last third may lie than the first, of what was measured after settling.</summary>
    private const double Allowed = 1.10;

    private sealed record Sample(double Seconds, double WorkingSet, double Alive, double Heap, int Collections);

    /// <summary>0: it stayed flat.</summary>
    public static async Task<int> RunAsync(double minutes)
    {
        var world = World.W100k();
        await using var database = await Database.NewAsync(StorageProvider.PostgreSql);
        await using (await ServedApi.StartAsync(database))
        {
            // It has made its tables and its administrator.
        }

        await Seeder.FillAsync(database, world);
        var file = Path.Combine(database.Folder, "memory");
        await using var api = await ServedApi.StartAsync(database, new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(Soak).Assembly.Location, [StartupHook.FileVariable] = file });
        using var admin = await api.SignInAsAdminAsync();
        var token = admin.DefaultRequestHeaders.Authorization!.Parameter!;
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        var work = new Work(world, api, admin, stop.Token);
        var background = new[] { Task.Run(work.WriteAsync), Task.Run(work.SignInAsync), Task.Run(work.ListAsync) };
        Console.WriteLine($"{"s",6}{"checks/s",12}{"writes",10}{"sign-ins",10}{"lists",8}{"working set MB",16}{"alive MB",10}{"heap MB",10}{"full GCs",10}");
        var seen = 0;
        var script = Wrk.WriteScript(database.Folder, "soak.lua", token, Body(world));
        while (!stop.IsCancellationRequested)
        {
            var load = Wrk.Run(api.Url + "/api/v1/authorize", script, 14);
            foreach (var sample in Read(file).Skip(seen))
            {
                seen++;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{sample.Seconds,6:N0}{load.Rate,12:N0}{work.Writes,10:N0}{work.SignIns,10:N0}{work.Lists,8:N0}{sample.WorkingSet,16:N1}{sample.Alive,10:N1}{sample.Heap,10:N1}{sample.Collections,10}"));
            }
        }

        await Task.WhenAll(background);
        return Judge(Read(file));
    }

    private static int Judge(List<Sample> samples)
    {
        var settled = samples.Where(x => x.Seconds > Settling.TotalSeconds).ToList();
        var third = settled.Count / 3;
        if (third < 2) throw new InvalidOperationException($"Too short to judge: after {Settling.TotalMinutes:N0} minutes of settling there must be six samples.");
        var growth = new[] { ("working set", (Func<Sample, double>)(x => x.WorkingSet)), ("alive", x => x.Alive) }
            .Select(x => (Name: x.Item1, Factor: settled.TakeLast(third).Average(x.Item2) / settled.Take(third).Average(x.Item2))).ToList();
        foreach (var (name, factor) in growth) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: the last third is {factor:F3} of the first ({(factor <= Allowed ? "flat" : "GROWS")})"));
        return growth.TrueForAll(x => x.Factor <= Allowed) ? 0 : 1;
    }

    private static List<Sample> Read(string file)
        => !File.Exists(file) ? [] : [.. File.ReadAllLines(file).Select(line => line.Split(' ')).Where(x => x.Length == 5).Select(x => new Sample(Number(x[0]), Number(x[1]), Number(x[2]), Number(x[3]), (int)Number(x[4])))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Body(World world) => new JsonObject
    {
        ["subject"] = new JsonObject { ["type"] = "user", ["id"] = world.Users[17].Id },
        ["action"] = "read",
        ["resourceType"] = "workloads",
        ["scope"] = new JsonObject { ["type"] = "project", ["id"] = world.Scopes[^1].Id },
    }.ToJsonString();

    /// <summary>What goes on besides.</summary>
    private sealed class Work(World world, ServedApi api, HttpClient admin, CancellationToken until)
    {
        private const string Rules = "/api/v1/authorization/access-rules";

        public int Writes { get; private set; }

        public int SignIns { get; private set; }

        public int Lists { get; private set; }

        /// <summary>A rule with a user that is new each time, and away with both: nothing is left but history.</summary>
        public async Task WriteAsync()
        {
            for (var i = 0; !until.IsCancellationRequested; i++)
            {
                var rule = await ServedApi.PostAsync(admin, Rules, new JsonObject
                {
                    ["subjectType"] = "user",
                    ["subjectId"] = $"soak-{i}@example.org",
                    ["roleId"] = 5,
                    ["scopeType"] = "project",
                    ["scopeId"] = world.Scopes[^(1 + (i % 1_000))].Id,
                });
                await DeleteAsync($"{Rules}/{(int)rule["id"]!}");
                using var found = await admin.GetAsync($"/api/v1/users?search=soak-{i}@");
                var users = (JsonArray)JsonNode.Parse(await found.Content.ReadAsStringAsync(CancellationToken.None))!;
                await DeleteAsync($"/api/v1/users/{(string)users[0]!["id"]!}");
                Writes += 3;
            }
        }

        public async Task SignInAsync()
        {
            var app = await ServedApi.PostAsync(admin, "/api/v1/service-accounts", new JsonObject { ["name"] = "soak" });
            while (!until.IsCancellationRequested)
            {
                // Each token is a new one for the cache of tokens, which keeps up to 100,000 and would go on growing towards them if they came as fast as they can.
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
                using var signedIn = api.NewClient(await api.TokenAsync(new JsonObject { ["grantType"] = "client_credentials", ["clientID"] = (string)app["clientId"]!, ["clientSecret"] = (string)app["clientSecret"]! }));
                await ServedApi.PostAsync(signedIn, "/api/v1/authorize", new JsonObject { ["action"] = "read", ["resourceType"] = "cluster", ["scope"] = new JsonObject { ["type"] = "tenant", ["id"] = "1" } });
                SignIns++;
            }
        }

        public async Task ListAsync()
        {
            for (var i = 0; !until.IsCancellationRequested; i++)
            {
                using var response = await admin.GetAsync($"{Rules}?limit=50&offset={i * 50 % 9_000}");
                response.EnsureSuccessStatusCode();
                Lists++;
            }
        }

        private async Task DeleteAsync(string path)
        {
            using var response = await admin.DeleteAsync(path);
            response.EnsureSuccessStatusCode();
        }
    }
}
