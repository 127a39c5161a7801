using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RunAiRbac.Benchmarks;

/// <summary>
/// <c>/authorize</c> over HTTP against <see cref="BareHost"/>: two processes, wrk (Debian) as the load, interleaved pairs, the median of their ratios.
/// Everything on 127.0.0.1 and bounded in time.
/// </summary>
internal static partial class HttpComparison
{
    private const string Password = "benchmark-only-password";
    private const int Connections = 32;

    public static async Task RunAsync(string apiAssembly, int pairs, int secondsEach)
    {
        var folder = Directory.CreateTempSubdirectory("runairbac-http");
        var apiUrl = FreeUrl();
        var bareUrl = FreeUrl();
        using var api = StartApi(apiAssembly, apiUrl, folder.FullName);
        using var bare = Start("dotnet", [typeof(BareHost).Assembly.Location, "bare", bareUrl], []);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(apiUrl), Timeout = TimeSpan.FromSeconds(10) };
            await WaitAsync(http, "/health/ready", api);
            var (token, body) = await PrepareAsync(http);
            await ProveAsync(http, token, body);
            var script = Path.Combine(folder.FullName, "check.lua");
            await File.WriteAllTextAsync(script, Script(token, body));
            Measure(apiUrl, script, 3);
            Measure(bareUrl, script, 3);
            Report(pairs, secondsEach, apiUrl, bareUrl, script);
        }
        finally
        {
            Stop(api);
            Stop(bare);
            folder.Delete(recursive: true);
        }
    }

    private static void Report(int pairs, int seconds, string apiUrl, string bareUrl, string script)
    {
        var ratios = new List<double>();
        var apiRates = new List<double>();
        var bareRates = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            // The order alternates, so that a drift of the machine favours neither.
            var first = pair % 2 == 0 ? apiUrl : bareUrl;
            var a = Measure(first, script, seconds);
            var b = Measure(first == apiUrl ? bareUrl : apiUrl, script, seconds);
            var (ours, theirs) = first == apiUrl ? (a, b) : (b, a);
            apiRates.Add(ours.Rate);
            bareRates.Add(theirs.Rate);
            ratios.Add(ours.Rate / theirs.Rate);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"pair {pair + 1}: authorize {ours.Rate:N0}/s (p99 {ours.P99}), bare {theirs.Rate:N0}/s (p99 {theirs.P99}), ratio {ours.Rate / theirs.Rate:F3}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"median of {pairs} pairs: authorize {Median(apiRates):N0}/s, bare {Median(bareRates):N0}/s, ratio {Median(ratios):F3} (from {ratios.Min():F3} to {ratios.Max():F3})"));
    }

    private static async Task<(string Token, string Body)> PrepareAsync(HttpClient http)
    {
        var admin = await PostAsync(http, "/api/v1/token", new JsonObject { ["grantType"] = "password", ["username"] = "admin@runairbac.local", ["password"] = Password });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)admin["accessToken"]!);
        var cluster = await PostAsync(http, "/api/v1/clusters", new JsonObject { ["name"] = "load" });
        var project = await PostAsync(http, "/api/v1/org-unit/projects", new JsonObject { ["name"] = "load", ["clusterId"] = (string)cluster["uuid"]!, ["resources"] = new JsonArray() });
        var app = await PostAsync(http, "/api/v1/service-accounts", new JsonObject { ["name"] = "load" });
        await PostAsync(http, "/api/v1/authorization/access-rules", new JsonObject
        {
            ["subjectId"] = "load",
            ["subjectType"] = "service-account",
            ["roleId"] = 5,
            ["scopeId"] = (string)project["id"]!,
            ["scopeType"] = "project",
        });
        var token = await PostAsync(http, "/api/v1/token", new JsonObject
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
        return ((string)token["accessToken"]!, body.ToJsonString());
    }

    /// <summary>A benchmark of wrong answers is worth nothing: the check must be a real yes.</summary>
    private static async Task ProveAsync(HttpClient http, string token, string body)
    {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await PostAsync(http, "/api/v1/authorize", (JsonObject)JsonNode.Parse(body)!);
        if ((bool)answer["allowed"]! is false) throw new InvalidOperationException("The benchmark's check was denied: " + answer.ToJsonString());
        Console.WriteLine("the check: " + body);
        Console.WriteLine("the answer: " + answer.ToJsonString());
    }

    private static async Task<JsonObject> PostAsync(HttpClient http, string path, JsonObject body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }

    private static (double Rate, string P99) Measure(string url, string script, int seconds)
    {
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["-t", "1", "-c", Connections.ToString(CultureInfo.InvariantCulture), "-d", seconds + "s", "--latency", "-s", script, url + "/api/v1/authorize"])
            start.ArgumentList.Add(argument);
        using var wrk = Process.Start(start) ?? throw new InvalidOperationException("wrk did not start; it is in Debian's package wrk.");
        var output = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();
        if (output.Contains("Non-2xx", StringComparison.Ordinal)) throw new InvalidOperationException("Not every answer was a success:\n" + output);
        return (double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), P99().Match(output).Groups[1].Value);
    }

    private static string Script(string token, string body)
        => $"wrk.method = \"POST\"\nwrk.body = '{body}'\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.headers[\"Authorization\"] = \"Bearer {token}\"\n";

    private static Process StartApi(string assembly, string url, string folder)
        => Start("dotnet", [Path.GetFullPath(assembly), "--urls", url], new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Bootstrap__AdminPassword"] = Password,
            ["Tokens__Issuer"] = url,
            ["Tokens__AccessTokenLifetime"] = "01:00:00",
            ["ConnectionStrings__RunAiRbac"] = "Data Source=" + Path.Combine(folder, "load.db"),
            ["DataProtection__KeyDirectory"] = Path.Combine(folder, "keys"),
        });

    private static Process Start(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task WaitAsync(HttpClient http, string path, Process process)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (process.HasExited) throw new InvalidOperationException("The host ended at once with code " + process.ExitCode);
            try
            {
                using var response = await http.GetAsync(path);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet; the attempts are bounded.
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("The host did not become ready within a minute.");
    }

    private static void Stop(Process process)
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit(5_000);
    }

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+(\S+)")]
    private static partial Regex P99();
}
