using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Replicas;

/// <summary>Two real processes on one PostgreSQL: what one writes, the other decides by.</summary>
public sealed class ReplicaTests(PostgresFixture postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const int Viewer = 7;

    private readonly string _folder = Directory.CreateTempSubdirectory("runairbac-replicas-").FullName;
    private readonly List<ApiProcess> _processes = [];
    private string _database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Writes => int.Parse(Environment.GetEnvironmentVariable("RUNAIRBAC_REPLICA_WRITES") ?? "1000", CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync(Cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Rule_WrittenOnOneProcess_IsDecidedOnTheOther()
    {
        var (first, second) = (await StartAsync(), await StartAsync());

        var lags = await WriteAndWatchAsync(first, second, Writes);

        Report("with notifications", lags);
    }

    [Fact]
    public async Task Rule_WithNotificationsSuppressed_ArrivesByThePoll()
    {
        var quiet = new Dictionary<string, string> { ["Freshness__Notifications"] = "false", ["Freshness__PollInterval"] = "00:00:00.2" };
        var (first, second) = (await StartAsync(), await StartAsync(quiet));

        var lags = await WriteAndWatchAsync(first, second, 20);

        Report("polled every 200 ms", lags);
    }

    [Fact]
    public async Task Replica_KilledAndStartedAgain_CatchesUp()
    {
        var (first, second) = (await StartAsync(), await StartAsync());
        var admin = await Wire.SignInAsync(first);
        var application = await ApplicationAsync(admin, first);
        var kept = await GrantAsync(admin, application.ClientId);
        var ended = await GrantAsync(admin, application.ClientId, role: 5);
        await second.KillAsync();
        await DeleteAsync(admin, ended);
        var later = await GrantAsync(admin, application.ClientId, role: 8);
        await first.KillAsync();

        var again = await StartAsync();
        var asked = Wire.WithToken(again, application.Token);

        foreach (var (action, type, allowed) in new[] { ("read", "cluster", true), ("create", "workloads", true), ("create", "credentials", false) })
        {
            (await AskAsync(asked, action, type)).Should().Be(allowed, "rules {0} and {1} are left, {2} was ended while the replica was away", kept, later, ended);
        }
    }

    [Fact]
    public async Task Project_RenamedOnOneProcess_IsNamedSoInTheOthersAnswers()
    {
        var (first, second) = (await StartAsync(), await StartAsync());
        var admin = await Wire.SignInAsync(first);
        var cluster = (await Wire.PostAsync(admin, "/api/v1/clusters", new { name = ApiHost.NewName("c") })).GetProperty("uuid").GetString();
        var project = (await Wire.PostAsync(admin, "/api/v1/org-unit/projects", new { name = "first-name", clusterId = cluster })).GetProperty("id").GetString();
        var application = await ApplicationAsync(admin, first);
        await Wire.PostAsync(admin, Rules, new { subjectType = "app", subjectId = application.ClientId, roleId = Viewer, scopeType = "project", scopeId = project });
        var asked = Wire.WithToken(second, application.Token);
        var question = new { action = "read", resourceType = "project", scope = new { type = "project", id = project } };
        await WaitAsync(async () => await SentenceAsync(asked, question) == $"Application {application.ClientId} is a Viewer in Project first-name");

        using var renamed = await admin.PatchAsJsonAsync($"/api/v1/org-unit/projects/{project}", new { name = "second-name" }, Cancel);

        renamed.EnsureSuccessStatusCode();
        await WaitAsync(async () => await SentenceAsync(asked, question) == $"Application {application.ClientId} is a Viewer in Project second-name");
    }

    /// <summary>The rule that allows; null: none, or the replica does not know the caller yet.</summary>
    private static async Task<string?> SentenceAsync(HttpClient caller, object question)
    {
        using var response = await caller.PostAsJsonAsync("/api/v1/authorize", question, Cancel);
        if (response.StatusCode == System.Net.HttpStatusCode.Unauthorized) return null;
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return answer.TryGetProperty("accessRule", out var rule) ? rule.GetProperty("sentence").GetString() : null;
    }

    /// <summary>Writes rules on one and ends them again; the time from each answer of a write until the other's decisions follow it.</summary>
    private static async Task<List<TimeSpan>> WriteAndWatchAsync(ApiProcess first, ApiProcess second, int writes)
    {
        var admin = await Wire.SignInAsync(first);
        var application = await ApplicationAsync(admin, first);
        var asked = Wire.WithToken(second, application.Token);
        await WaitAsync(async () => await AskAsync(asked, "read", "cluster") == false);
        var lags = new List<TimeSpan>();
        int? rule = null;
        for (var i = 0; i < writes; i++)
        {
            if (rule is { } standing)
            {
                await DeleteAsync(admin, standing);
                rule = null;
            }
            else
            {
                rule = await GrantAsync(admin, application.ClientId);
            }

            var written = Stopwatch.GetTimestamp();
            await WaitAsync(async () => await AskAsync(asked, "read", "cluster") == rule.HasValue);
            lags.Add(Stopwatch.GetElapsedTime(written));
        }

        return lags;
    }

    private void Report(string how, List<TimeSpan> lags)
    {
        lags.Sort();
        double At(double share) => lags[(int)Math.Min(lags.Count - 1, share * lags.Count)].TotalMilliseconds;
        output.WriteLine($"{lags.Count} writes, {how}: decided on the other replica after a median of {At(0.5):F1} ms, p99 {At(0.99):F1} ms, at most {At(1):F1} ms.");
    }

    private async Task<ApiProcess> StartAsync(Dictionary<string, string>? settings = null)
    {
        var process = await ApiProcess.StartAsync(_folder, _database, settings ?? []);
        _processes.Add(process);
        return process;
    }

    private static async Task WaitAsync(Func<Task<bool>> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isSo()) Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(30), "it should have arrived by then");
    }

    private static async Task<(string ClientId, string Token)> ApplicationAsync(HttpClient admin, ApiProcess process)
    {
        var made = await Wire.PostAsync(admin, "/api/v1/service-accounts", new { name = ApiHost.NewName("app") });
        var clientId = made.GetProperty("clientId").GetString()!;
        return (clientId, await Wire.TokenAsync(process, new { grantType = "client_credentials", clientID = clientId, clientSecret = made.GetProperty("clientSecret").GetString() }));
    }

    private static async Task<int> GrantAsync(HttpClient admin, string application, int role = Viewer)
        => (await Wire.PostAsync(admin, Rules, new { subjectType = "app", subjectId = application, roleId = role, scopeType = "tenant", scopeId = "1" })).GetProperty("id").GetInt32();

    private static async Task DeleteAsync(HttpClient admin, int rule)
    {
        using var response = await admin.DeleteAsync($"{Rules}/{rule}", Cancel);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Whether the caller may; null: the replica does not know the caller yet.</summary>
    private static async Task<bool?> AskAsync(HttpClient caller, string action, string resourceType)
    {
        using var response = await caller.PostAsJsonAsync("/api/v1/authorize", new { action, resourceType, scope = new { type = "tenant", id = "1" } }, Cancel);
        if (response.StatusCode == System.Net.HttpStatusCode.Unauthorized) return null;
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("allowed").GetBoolean();
    }
}
