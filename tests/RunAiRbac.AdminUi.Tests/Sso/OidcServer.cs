using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>
/// The npm package oidc-provider as a process of its own (tests/identity-providers/oidc.mjs): ada and bob may sign in there, with any password. Where the package
/// is not installed tests skip, but fail when RUNAIRBAC_REQUIRE_BROWSER=1 (as in CI).
/// </summary>
public sealed class OidcServer : IAsyncDisposable
{
    public const string ClientId = "runai";
    public const string ClientSecret = "a secret of the tests: 1+1=2 %";

    private readonly Process _process;
    private bool _isEnded;

    private OidcServer(Process process, string issuer) => (_process, Issuer) = (process, issuer);

    public string Issuer { get; }

    public string DiscoveryAddress => Issuer + "/.well-known/openid-configuration";

    public static async Task<OidcServer> StartAsync(string redirectUri, string postLogoutRedirectUri)
    {
        var folder = FindFolder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "oidc-provider")))
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("RUNAIRBAC_REQUIRE_BROWSER") != "1", "tests/identity-providers is not installed (npm ci).");
            Assert.Fail("tests/identity-providers is not installed (npm ci).");
        }

        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        start.ArgumentList.Add("oidc.mjs");
        start.ArgumentList.Add(JsonSerializer.Serialize(new { clientId = ClientId, clientSecret = ClientSecret, redirectUri, postLogoutRedirectUri }));
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        return new OidcServer(process, (await AnswerAsync(process)).GetProperty("issuer").GetString()!);
    }

    public Task SetGroupsAsync(string user, params string[] groups) => CommandAsync(new { user, groups });

    /// <summary>Signs with a new key from now on, and publishes that one alone.</summary>
    public Task RollKeysAsync() => CommandAsync(new { rollKeys = true });

    public async ValueTask DisposeAsync()
    {
        if (_isEnded) return;
        _isEnded = true;
        _process.StandardInput.Close();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task CommandAsync(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        (await AnswerAsync(_process)).GetProperty("done").GetBoolean().Should().BeTrue();
    }

    private static async Task<JsonElement> AnswerAsync(Process process)
    {
        // Other lines are the library's remarks.
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith('{')) return JsonSerializer.Deserialize<JsonElement>(line);
        throw new InvalidOperationException("The provider stopped.");
    }

    /// <summary>Of the source tree that this was built from.</summary>
    private static string FindFolder()
    {
        for (var folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "RunAiRbac.sln"))) return Path.Combine(folder, "tests", "identity-providers");
        throw new InvalidOperationException("There is no source tree.");
    }
}
