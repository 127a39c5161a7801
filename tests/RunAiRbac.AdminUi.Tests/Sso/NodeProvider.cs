using System.Diagnostics;
using System.Text.Json;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>
/// An identity provider made with an npm package, as a process of its own (tests/identity-providers): it is told what to do by lines of JSON. Where the package is
/// not installed tests skip, but fail when RUNAIRBAC_REQUIRE_BROWSER=1 (as in CI).
/// </summary>
public abstract class NodeProvider : IAsyncDisposable
{
    private readonly Process _process;
    private bool _isEnded;

    protected NodeProvider(Process process) => _process = process;

    public Task SetGroupsAsync(string user, params string[] groups) => CommandAsync(new { user, groups });

    public async ValueTask DisposeAsync()
    {
        if (_isEnded) return;
        _isEnded = true;
        _process.StandardInput.Close();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The process, and its first answer: where it listens.</summary>
    protected static async Task<(Process Process, JsonElement Answer)> StartAsync(string script, string package, object settings)
    {
        var folder = Path.Combine(Service.Repository, "tests", "identity-providers");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", package)))
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("RUNAIRBAC_REQUIRE_BROWSER") != "1", "tests/identity-providers is not installed (npm ci).");
            Assert.Fail("tests/identity-providers is not installed (npm ci).");
        }

        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(JsonSerializer.Serialize(settings));
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        return (process, await AnswerAsync(process));
    }

    protected async Task CommandAsync(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var answer = await AnswerAsync(_process);
        answer.TryGetProperty("done", out _).Should().BeTrue("the provider answered {0}", answer);
    }

    private static async Task<JsonElement> AnswerAsync(Process process)
    {
        // Other lines are the library's remarks.
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith('{')) return JsonSerializer.Deserialize<JsonElement>(line);
        throw new InvalidOperationException("The provider stopped.");
    }
}
