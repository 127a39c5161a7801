using System.Diagnostics;

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>The program as a process of its own, in Development, listening on a free port.</summary>
public sealed class ApiProcess : IAsyncDisposable
{
    private const string Listens = "RunAiRbac listens on ";

    private readonly Process _process;
    private readonly Task _output;
    private readonly Task<string> _errors;

    private ApiProcess(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        // Read to the end, or a full pipe would stop the process.
        _output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _errors = process.StandardError.ReadToEndAsync();
        Http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>A client without a token.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts it on that database, with a key ring in the folder, and waits until it listens.</summary>
    public static async Task<ApiProcess> StartAsync(string folder, string connectionString, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var argument in new[] { typeof(Program).Assembly.Location, "--urls", "http://127.0.0.1:0", "--contentRoot", folder }) start.ArgumentList.Add(argument);
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Storage__Provider"] = "PostgreSql",
            ["ConnectionStrings__RunAiRbac"] = connectionString,
            ["DataProtection__KeyDirectory"] = Path.Combine(folder, "keys"),
            ["Bootstrap__AdminPassword"] = ApiHost.AdminPassword,
            ["Tokens__Issuer"] = ApiHost.Issuer,
            ["Passwords__Rounds"] = "2",
        };
        foreach (var (key, value) in settings) environment[key] = value;
        foreach (var (key, value) in environment) start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            var at = line.IndexOf(Listens, StringComparison.Ordinal);
            if (at >= 0 && !line.StartsWith('{')) return new ApiProcess(process, new Uri(line[(at + Listens.Length)..].Split(' ')[0]));
        }

        throw new InvalidOperationException("The host stopped: " + string.Join('\n', lines) + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Ends it as a crash would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Asks it to stop (SIGTERM) and waits; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _output;
        await _errors;
        _process.Dispose();
        Http.Dispose();
    }
}
