using System.Diagnostics;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Hosting;

/// <summary>The program itself, as a process.</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("runairbac-start-").FullName;

    [Theory]
    [InlineData("Production", "", "Bootstrap:AdminPassword")]
    [InlineData("Development", "Tokens__AccessTokenLifetime=soon", "Tokens:AccessTokenLifetime")]
    [InlineData("Development", "Storage__Provider=PostgreSql ConnectionStrings__RunAiRbac=Host=127.0.0.1;Port=1", "database")]
    [InlineData("Development", "seed=everything", "--seed")]
    [InlineData("Development", "Storage__MigrateOnStart=false", "Storage:MigrateOnStart")]
    [InlineData("Development", "DataProtection__KeyDirectory=/dev/null/keys", "DataProtection:KeyDirectory")]
    [InlineData("Development", "ConnectionStrings__RunAiRbac=DataSource=/dev/null/a/b.db", "ConnectionStrings:RunAiRbac")]
    public async Task Start_ThatCannotBe_StopsSayingWhy(string environment, string settings, string named)
    {
        var (code, output) = await RunToEndAsync(environment, settings, []);

        code.Should().NotBe(0);
        output.Should().Contain(named).And.NotContain("   at ");
    }

    [Fact]
    public async Task Start_First_PrintsTheGeneratedPasswordOnceAndNotInTheLog()
    {
        var first = await RunUntilListeningAsync("");
        var second = await RunUntilListeningAsync("");

        var shown = first.Should().ContainSingle(line => line.StartsWith("Password:", StringComparison.Ordinal)).Subject;
        var password = shown.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        password.Should().HaveLength(20);
        first.Where(line => line.StartsWith('{')).Should().OnlyContain(line => !line.Contains(password, StringComparison.Ordinal));
        first.Should().Contain($"Administrator: {ApiHost.AdminEmail}");
        second.Should().OnlyContain(line => !line.Contains("Password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_FirstWithAGivenPassword_NeverPrintsIt()
    {
        var lines = await RunUntilListeningAsync("Bootstrap__AdminPassword=given-by-somebody");

        lines.Should().OnlyContain(line => !line.Contains("given-by-somebody", StringComparison.Ordinal) && !line.Contains("Password:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_SqliteFileInUse_StopsWithAMessage()
    {
        using var first = Start("Development", "", ["--urls", "http://127.0.0.1:0"]);
        await ReadUntilListeningAsync(first);

        var (code, output) = await RunToEndAsync("Development", "", ["--urls", "http://127.0.0.1:0"]);
        first.Kill();

        code.Should().NotBe(0);
        output.Should().Contain("SQLite").And.NotContain("   at ");
    }

    [Fact]
    public async Task Commands_MigrateThenNewEpoch_EndWell()
    {
        (await RunToEndAsync("Development", "", ["migrate"])).Code.Should().Be(0);
        await RunUntilListeningAsync("");
        (await RunToEndAsync("Development", "", ["new-epoch"])).Code.Should().Be(0);
    }

    [Fact]
    public async Task Start_MigratedBefore_NeedsNoMigrationOfItsOwn()
    {
        (await RunToEndAsync("Development", "", ["migrate"])).Code.Should().Be(0);

        (await RunUntilListeningAsync("Storage__MigrateOnStart=false")).Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("migrat")]
    [InlineData("Migrate")]
    [InlineData("serve")]
    public async Task Commands_Unknown_StopsNamingThem(string command)
    {
        var (code, output) = await RunToEndAsync("Development", "", [command]);

        code.Should().NotBe(0);
        output.Should().Contain($"`{command}`").And.Contain("new-epoch").And.NotContain("   at ");
    }

    [Fact]
    public async Task Commands_OpenApi_PrintTheSameDocumentEachTime()
    {
        var (code, first) = await RunToEndAsync("Development", "", ["openapi"]);
        var (_, second) = await RunToEndAsync("Development", "", ["openapi"]);

        code.Should().Be(0);
        first.Should().StartWith("{").And.Contain("\"openapi\": \"3.1").And.Be(second);
    }

    [Fact]
    public async Task Seed_Demo_PrintsThreeCommandsAndMayBeRepeated()
    {
        var first = await RunUntilListeningAsync("seed=demo", "-d '{\"action\"", 2);
        var second = await RunUntilListeningAsync("seed=demo", "-d '{\"action\"", 2);

        foreach (var lines in new[] { first, second }) lines.Count(line => line.Contains("curl -s http://127.0.0.1", StringComparison.Ordinal)).Should().Be(3);
        string Checks(IEnumerable<string> lines) => string.Join('\n', lines.Where(line => line.Contains("\"action\"", StringComparison.Ordinal)).Select(line => line[line.IndexOf("-d", StringComparison.Ordinal)..]));
        Checks(second).Should().Be(Checks(first), "the second planting finds what the first one made");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int Code, string Output)> RunToEndAsync(string environment, string settings, string[] arguments)
    {
        using var process = Start(environment, settings, arguments);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }

    private async Task<List<string>> RunUntilListeningAsync(string settings, string last = "RunAiRbac listens on", int times = 1)
    {
        using var process = Start("Development", settings, ["--urls", "http://127.0.0.1:0"]);
        var lines = await ReadUntilListeningAsync(process, last, times);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return lines;
    }

    private static async Task<List<string>> ReadUntilListeningAsync(Process process, string last = "RunAiRbac listens on", int times = 1)
    {
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (line.Contains(last, StringComparison.Ordinal) && --times == 0) return lines;
        }

        throw new InvalidOperationException("The host stopped: " + string.Join('\n', lines) + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private Process Start(string environment, string settings, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        start.ArgumentList.Add(typeof(Program).Assembly.Location);
        foreach (var argument in arguments.Append("--contentRoot").Append(_folder)) start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment["Tokens__Issuer"] = "https://rbac.example.com";
        start.Environment["Passwords__Rounds"] = environment == "Development" ? "2" : "600000";
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = setting.Split('=', 2);
            start.Environment[parts[0]] = parts[1];
        }

        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }
}
