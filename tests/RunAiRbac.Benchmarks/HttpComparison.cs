using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using RunAiRbac.Benchmarks.Hosts;
using RunAiRbac.Storage;

namespace RunAiRbac.Benchmarks;

/// <summary>
/// <c>/authorize</c> over HTTP against <see cref="BareHost"/>: two processes, wrk (Debian) as the load, interleaved pairs, the median of their ratios; then batches, and
/// latency at half the load. Everything on 127.0.0.1 and bounded in time.
/// </summary>
internal static class HttpComparison
{
    private const int BatchSize = 1_000;
    private const int HalfConnections = 64;
    private const string Path = "/api/v1/authorize";

    public static async Task RunAsync(int pairs, int secondsEach)
    {
        await using var database = await Database.NewAsync(StorageProvider.Sqlite);
        await using var api = await ServedApi.StartAsync(database);
        var bareUrl = Programs.FreeUrl();
        using var bare = Programs.Start("dotnet", [typeof(BareHost).Assembly.Location, "bare", bareUrl], new Dictionary<string, string>());
        try
        {
            var (token, body) = await PrepareAsync(api);
            await ProveAsync(api, token, body);
            var script = Wrk.WriteScript(database.Folder, "check.lua", token, body);
            Wrk.Run(api.Url + Path, script, 3);
            Wrk.Run(bareUrl + Path, script, 3);
            var rate = Compare(pairs, secondsEach, api.Url, bareUrl, script);
            Batches(api, Wrk.WriteScript(database.Folder, "batch.lua", token, $$"""{"checks":[{{string.Join(',', Enumerable.Repeat(body, BatchSize))}}]}"""), secondsEach);
            HalfLoad(api, bareUrl, database.Folder, token, body, rate, secondsEach);
        }
        finally
        {
            await Programs.StopAsync(bare);
        }
    }

    /// <summary>The service's median rate.</summary>
    private static double Compare(int pairs, int seconds, string apiUrl, string bareUrl, string script)
    {
        var ratios = new List<double>();
        var apiRates = new List<double>();
        var bareRates = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            // The order alternates, so that a drift of the machine favours neither.
            var first = pair % 2 == 0 ? apiUrl : bareUrl;
            var a = Wrk.Run(first + Path, script, seconds);
            var b = Wrk.Run((first == apiUrl ? bareUrl : apiUrl) + Path, script, seconds);
            var (ours, theirs) = first == apiUrl ? (a, b) : (b, a);
            apiRates.Add(ours.Rate);
            bareRates.Add(theirs.Rate);
            ratios.Add(ours.Rate / theirs.Rate);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"pair {pair + 1}: authorize {ours.Rate:N0}/s (p99 {ours.P99}), bare {theirs.Rate:N0}/s (p99 {theirs.P99}), ratio {ours.Rate / theirs.Rate:F3}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"median of {pairs} pairs: authorize {Median(apiRates):N0}/s, bare {Median(bareRates):N0}/s, ratio {Median(ratios):F3} (from {ratios.Min():F3} to {ratios.Max():F3})"));
        return Median(apiRates);
    }

    /// <summary>Checks over the processor time that the server used for them: wrk takes its own share of the cores.</summary>
    private static void Batches(ServedApi api, string script, int seconds)
    {
        Wrk.Run(api.Url + Path + "/batch", script, 3, connections: 8);
        api.Process.Refresh();
        var before = api.Process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var load = Wrk.Run(api.Url + Path + "/batch", script, seconds * 2, connections: 8);
        var elapsed = watch.Elapsed;
        api.Process.Refresh();
        var checks = load.Rate * elapsed.TotalSeconds * BatchSize;
        Console.WriteLine($"batches of {BatchSize:N0}: {load.Rate * BatchSize:N0} checks/s, {checks / (api.Process.TotalProcessorTime - before).TotalSeconds:N0} checks per second of server time; median {load.Median}, p99 {load.P99} a batch");
    }

    /// <summary>Connections that pause between requests, so that half of what the service can do arrives.</summary>
    private static void HalfLoad(ServedApi api, string bareUrl, string folder, string token, string body, double rate, int seconds)
    {
        // Whole milliseconds are what wrk can wait: some longer, some shorter, so that the mean is right.
        var pause = HalfConnections * 1_000 / (rate / 2);
        var pauses = Enumerable.Range(0, 20).Select(i => (int)Math.Floor(pause + (i / 20.0))).ToArray();
        var script = Wrk.WriteScript(folder, "half.lua", token, body, pauses);
        foreach (var (name, url) in new[] { ("authorize", api.Url), ("bare", bareUrl), ("authorize", api.Url), ("bare", bareUrl) })
        {
            var load = Wrk.Run(url + Path, script, seconds * 2, HalfConnections);
            Console.WriteLine($"half load: {name} {load.Rate:N0}/s, median {load.Median}, p99 {load.P99}");
        }
    }

    private static async Task<(string Token, string Body)> PrepareAsync(ServedApi api)
    {
        using var admin = await api.SignInAsAdminAsync();
        var cluster = await ServedApi.PostAsync(admin, "/api/v1/clusters", new JsonObject { ["name"] = "load" });
        var project = await ServedApi.PostAsync(admin, "/api/v1/org-unit/projects", new JsonObject { ["name"] = "load", ["clusterId"] = (string)cluster["uuid"]!, ["resources"] = new JsonArray() });
        var app = await ServedApi.PostAsync(admin, "/api/v1/service-accounts", new JsonObject { ["name"] = "load" });
        await ServedApi.PostAsync(admin, "/api/v1/authorization/access-rules", new JsonObject
        {
            ["subjectId"] = "load",
            ["subjectType"] = "service-account",
            ["roleId"] = 5,
            ["scopeId"] = (string)project["id"]!,
            ["scopeType"] = "project",
        });
        var token = await api.TokenAsync(new JsonObject
        {
            ["grantType"] = "client_credentials",
            ["clientID"] = (string)app["clientId"]!,
            ["clientSecret"] = (string)app["clientSecret"]!,
        });
        var body = new JsonObject
        {
            ["action"] = "create",
            ["resourceType"] = "workloads",
            ["scope"] = new JsonObject { ["type"] = "project", ["id"] = (string)project["id"]! },
        };
        return (token, body.ToJsonString());
    }

    /// <summary>A benchmark of wrong answers is worth nothing: the check must be a real yes.</summary>
    private static async Task ProveAsync(ServedApi api, string token, string body)
    {
        using var http = api.NewClient(token);
        var answer = await ServedApi.PostAsync(http, Path, (JsonObject)JsonNode.Parse(body)!);
        if ((bool)answer["allowed"]! is false) throw new InvalidOperationException("The benchmark's check was denied: " + answer.ToJsonString());
        Console.WriteLine("the check: " + body);
        Console.WriteLine("the answer: " + answer.ToJsonString());
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
