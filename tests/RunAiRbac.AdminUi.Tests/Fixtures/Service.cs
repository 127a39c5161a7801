using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;

namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>The real program with its admin UI, in Development on SQLite, in a folder of its own, on a free port.</summary>
public sealed class Service : IAsyncDisposable
{
    public const string AdminEmail = "admin@runairbac.local";
    public const string AdminPassword = "Correct-horse-7-battery";

    private const string Listens = "RunAiRbac listens on ";
    private readonly Process _process;
    private readonly string _folder;
    private readonly Task _output;
    private readonly Task<string> _errors;

    private Service(Process process, string folder, Uri address)
    {
        (_process, _folder, Address) = (process, folder, address);
        // Read to the end, or a full pipe would stop the process.
        _output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _errors = process.StandardError.ReadToEndAsync();
        Http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>A client without a token.</summary>
    public HttpClient Http { get; }

    /// <summary>Where the program was built to, its admin UI beside it.</summary>
    public static string ProgramFolder { get; } = FindProgram();

    /// <summary>The root of the repository, of whose build this is part.</summary>
    public static string Repository { get; } = Path.GetFullPath(Path.Combine(ProgramFolder, "..", "..", "..", ".."));

    public static async Task<Service> StartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("runairbac-ui-").FullName;
        var port = FreePort();
        var address = $"http://localhost:{port}";
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var argument in new[] { Path.Combine(ProgramFolder, "RunAiRbac.Api.dll"), "--urls", address, "--contentRoot", folder }) start.ArgumentList.Add(argument);
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Bootstrap__AdminEmail"] = AdminEmail,
            ["Bootstrap__AdminPassword"] = AdminPassword,
            ["Tokens__Issuer"] = address,
            ["Passwords__Rounds"] = "2",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>()) environment[key] = value;
        foreach (var (key, value) in environment) start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (line.StartsWith(Listens, StringComparison.Ordinal)) return new Service(process, folder, new Uri(address));
        }

        throw new InvalidOperationException("The service stopped: " + string.Join('\n', lines) + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>An access token by e-mail and password.</summary>
    public async Task<string> TokenAsync(string email, string password)
    {
        using var reply = await Http.PostAsJsonAsync("/api/v1/token", new { grantType = "password", username = email, password }, TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
        return (await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("accessToken").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _output;
        await _errors;
        _process.Dispose();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>artifacts/bin/RunAiRbac.AdminUi.Tests/debug → artifacts/bin/RunAiRbac.Api/debug.</summary>
    private static string FindProgram()
    {
        var own = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!;
        return Path.Combine(own, "..", "..", "RunAiRbac.Api", Path.GetFileName(own));
    }

    /// <summary>The issuer must be known before the service listens, so that the port cannot be left to it.</summary>
    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
