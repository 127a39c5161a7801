using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace RunAiRbac.Benchmarks.Hosts;

/// <summary>The program as a process of its own, as in production, on 127.0.0.1.</summary>
internal sealed class ServedApi : IAsyncDisposable
{
    private const string Password = "benchmark-only-password";

    private ServedApi(Process process, string url)
    {
        (Process, Url) = (process, url);
        Http = NewClient();
    }

    public Process Process { get; }

    public string Url { get; }

    /// <summary>A client without a token.</summary>
    public HttpClient Http { get; }

    /// <summary>What this was built with.</summary>
    public static string Assembly => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../RunAiRbac.Api", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "RunAiRbac.Api.dll"));

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<ServedApi> StartAsync(Database database, IReadOnlyDictionary<string, string>? settings = null)
    {
        var url = Programs.FreeUrl();
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Bootstrap__AdminPassword"] = Password,
            ["Tokens__Issuer"] = "http://benchmark.test",
            ["Tokens__AccessTokenLifetime"] = "02:00:00",
            ["Storage__Provider"] = database.Provider.ToString(),
            ["ConnectionStrings__RunAiRbac"] = database.ConnectionString,
            ["DataProtection__KeyDirectory"] = Path.Combine(database.Folder, "keys"),
            ["Shutdown__DrainFor"] = "00:00:00",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) environment[name] = value;
        var api = new ServedApi(Programs.Start("dotnet", [Assembly, "--urls", url], environment), url);
        await Programs.WaitAsync(api.Http, "/health/ready", api.Process);
        return api;
    }

    public HttpClient NewClient(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<HttpClient> SignInAsAdminAsync() => NewClient(await TokenAsync(new JsonObject { ["grantType"] = "password", ["username"] = "admin@runairbac.local", ["password"] = Password }));

    public async Task<string> TokenAsync(JsonObject body) => (string)(await PostAsync(Http, "/api/v1/token", body))["accessToken"]!;

    public static async Task<JsonObject> PostAsync(HttpClient http, string path, JsonObject body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }

    /// <summary>Asks it to end, and waits.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Programs.StopAsync(Process);
        Process.Dispose();
    }
}

/// <summary>Other programs.</summary>
internal static class Programs
{
    public static Process Start(string program, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    /// <summary>Runs it to its end; what it wrote.</summary>
    public static string Run(string program, string[] arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, WorkingDirectory = folder ?? "" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output}");
    }

    public static async Task WaitAsync(HttpClient http, string path, Process process)
    {
        for (var attempt = 0; attempt < 3_000; attempt++)
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

            await Task.Delay(20);
        }

        throw new TimeoutException("The host did not become ready within a minute.");
    }

    public static async Task StopAsync(Process process)
    {
        if (process.HasExited) return;
        Run("kill", ["-TERM", $"{process.Id}"]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
    }

    public static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
