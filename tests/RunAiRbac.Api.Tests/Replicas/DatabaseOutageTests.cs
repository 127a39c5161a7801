using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Replicas;

/// <summary>The real PostgreSQL is paused, crashed and started again under two processes that write and check: no wrong yes, no 500, no acknowledged write lost.</summary>
public sealed class DatabaseOutageTests : IAsyncLifetime
{
    private const int Writers = 3;
    private static readonly TimeSpan MaxStaleness = TimeSpan.FromSeconds(2);
    private static readonly Dictionary<string, string> Settings = new() { ["Freshness__MaxStaleness"] = "00:00:02", ["Freshness__PollInterval"] = "00:00:00.2" };

    private readonly string _folder = Directory.CreateTempSubdirectory("runairbac-outage-").FullName;
    private readonly List<ApiProcess> _processes = [];
    private PostgresServer? _server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await PostgresFixture.NewServerAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Database_PausedCrashedAndStartedUnderLoad_CostsAvailabilityOnly()
    {
        var database = await _server!.CreateDatabaseAsync(Cancel);
        var first = await StartAsync(database);
        var second = await StartAsync(database);
        var replicas = new[] { first, second };
        var log = new Findings();
        var subjects = new List<Toggled>();
        var admin = await Wire.SignInAsync(first);
        for (var i = 0; i < Writers; i++) subjects.Add(await Toggled.NewAsync(admin, first, second, log));
        await UntilAsync(async () => (await Task.WhenAll(subjects.Select(x => x.AskAsync(x.OnSecond)))).All(x => x == Answer.No));
        using var stop = new CancellationTokenSource();
        var load = subjects.SelectMany(x => new[] { x.ToggleAsync(stop.Token), x.WatchAsync(stop.Token) }).ToList();

        await LoadAsync(log);
        await _server.PauseAsync();
        await UntilRefusedAsync(replicas, subjects[0]);
        await _server.ResumeAsync();
        await UntilBackAsync(replicas, subjects[0]);

        await LoadAsync(log);
        await _server.StopAsync();
        await UntilRefusedAsync(replicas, subjects[0]);
        await _server.StartAsync();
        await UntilBackAsync(replicas, subjects[0]);

        await LoadAsync(log);
        await _server.StopAsync();
        await _server.StartAsync();
        await UntilBackAsync(replicas, subjects[0]);
        await LoadAsync(log);

        await stop.CancelAsync();
        await Task.WhenAll(load);
        log.Wrong.Should().BeEmpty();
        foreach (var subject in subjects) await subject.ShouldStandAsAcknowledgedAsync();
    }

    /// <summary>Lets the load run until some more writes have been acknowledged.</summary>
    private static Task LoadAsync(Findings log)
    {
        var enough = log.Acknowledged + 30;
        return UntilAsync(() => Task.FromResult(log.Acknowledged >= enough));
    }

    /// <summary>Until the state is too old everywhere: checks are 503, and readiness says so.</summary>
    private static async Task UntilRefusedAsync(ApiProcess[] replicas, Toggled subject)
    {
        foreach (var replica in replicas)
        {
            await UntilAsync(async () => await Wire.StatusAsync(replica.Http, "/health/ready") == HttpStatusCode.ServiceUnavailable);
            (await subject.AskAsync(subject.On(replica))).Should().Be(Answer.Unavailable);
        }
    }

    private static async Task UntilBackAsync(ApiProcess[] replicas, Toggled subject)
    {
        foreach (var replica in replicas)
        {
            await UntilAsync(async () => await Wire.StatusAsync(replica.Http, "/health/ready") == HttpStatusCode.OK);
            await UntilAsync(async () => await subject.AskAsync(subject.On(replica)) != Answer.Unavailable);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(60), "it should have happened by then");
            await Task.Delay(20, Cancel);
        }
    }

    private async Task<ApiProcess> StartAsync(string database)
    {
        var process = await ApiProcess.StartAsync(_folder, database, Settings);
        _processes.Add(process);
        return process;
    }

    private enum Answer
    {
        Yes,
        No,
        Unavailable,
    }

    private sealed class Findings
    {
        private int _acknowledged;

        public ConcurrentQueue<string> Wrong { get; } = [];

        public int Acknowledged => Volatile.Read(ref _acknowledged);

        public void Acknowledge() => Interlocked.Increment(ref _acknowledged);
    }

    /// <summary>An application whose one rule is written and ended again and again on the first replica, and watched on the second.</summary>
    private sealed class Toggled(HttpClient admin, string clientId, ApiProcess first, HttpClient onFirst, HttpClient onSecond, Findings log)
    {
        private const string Rules = "/api/v1/authorization/access-rules";

        /// <summary>The moment of the last acknowledged end; 0: there may be a rule.</summary>
        private long _endedAt = Stopwatch.GetTimestamp();

        private int? _rule;

        public HttpClient OnSecond => onSecond;

        public static async Task<Toggled> NewAsync(HttpClient admin, ApiProcess first, ApiProcess second, Findings log)
        {
            var made = await Wire.PostAsync(admin, "/api/v1/service-accounts", new { name = ApiHost.NewName("app") });
            var clientId = made.GetProperty("clientId").GetString()!;
            var token = await Wire.TokenAsync(first, new { grantType = "client_credentials", clientID = clientId, clientSecret = made.GetProperty("clientSecret").GetString() });
            return new Toggled(admin, clientId, first, Wire.WithToken(first, token), Wire.WithToken(second, token), log);
        }

        public HttpClient On(ApiProcess replica) => replica == first ? onFirst : onSecond;

        /// <summary>Writes and ends the rule on the first replica; after each acknowledged write both replicas must follow it.</summary>
        public async Task ToggleAsync(CancellationToken until)
        {
            while (!until.IsCancellationRequested)
            {
                if (_rule is null) await GrantAsync();
                else await EndAsync(_rule.Value);
            }
        }

        /// <summary>A yes on the second replica must have been true at some moment of the last <c>MaxStaleness</c>.</summary>
        public async Task WatchAsync(CancellationToken until)
        {
            while (!until.IsCancellationRequested)
            {
                var (endedAt, asked) = (Volatile.Read(ref _endedAt), Stopwatch.GetTimestamp());
                var answer = await AskAsync(onSecond);
                var wasEnded = endedAt != 0 && Volatile.Read(ref _endedAt) == endedAt;
                if (answer == Answer.Yes && wasEnded && Stopwatch.GetElapsedTime(endedAt, asked) > MaxStaleness) log.Wrong.Enqueue("a yes from a state older than MaxStaleness");
            }
        }

        public async Task<Answer> AskAsync(HttpClient caller, string? atLeast = null)
        {
            object body = atLeast is null
                ? new { action = "read", resourceType = "cluster", scope = new { type = "tenant", id = "1" } }
                : new { action = "read", resourceType = "cluster", scope = new { type = "tenant", id = "1" }, consistency = new { atLeast } };
            using var response = await caller.PostAsJsonAsync("/api/v1/authorize", body, Cancel);
            if (Note(response, HttpStatusCode.OK) != HttpStatusCode.OK) return Answer.Unavailable;
            return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("allowed").GetBoolean() ? Answer.Yes : Answer.No;
        }

        /// <summary>What the last acknowledged write left is what the database has and what both replicas decide.</summary>
        public async Task ShouldStandAsAcknowledgedAsync()
        {
            (await StandingAsync()).Should().Be(_rule);
            foreach (var replica in new[] { onFirst, onSecond })
                await UntilAsync(async () => await AskAsync(replica) == (_rule is null ? Answer.No : Answer.Yes));
        }

        private async Task GrantAsync()
        {
            Volatile.Write(ref _endedAt, 0);
            using var response = await admin.PostAsJsonAsync(Rules, new { subjectType = "app", subjectId = clientId, roleId = 7, scopeType = "tenant", scopeId = "1" }, Cancel);
            if (Note(response, HttpStatusCode.Created) == HttpStatusCode.Created)
            {
                _rule = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt32();
                await FollowAsync(response, Answer.Yes);
            }
            else
            {
                await FindOutAsync();
            }
        }

        private async Task EndAsync(int rule)
        {
            using var response = await admin.DeleteAsync($"{Rules}/{rule}", Cancel);
            if (Note(response, HttpStatusCode.NoContent) == HttpStatusCode.NoContent)
            {
                _rule = null;
                Volatile.Write(ref _endedAt, Stopwatch.GetTimestamp());
                await FollowAsync(response, Answer.No);
            }
            else
            {
                await FindOutAsync();
            }
        }

        private async Task FollowAsync(HttpResponseMessage written, Answer expected)
        {
            log.Acknowledge();
            var token = written.Headers.GetValues("X-Revision").Single();
            var here = await AskAsync(onFirst);
            if (here != expected && here != Answer.Unavailable) log.Wrong.Enqueue($"{here} on the replica that wrote, right after the write");
            var there = await AskAsync(onSecond, token);
            if (there != expected && there != Answer.Unavailable) log.Wrong.Enqueue($"{there} on the other replica at the write's own token");
        }

        /// <summary>After a write that was refused or whose outcome is unknown: what stands in the database once it answers.</summary>
        private async Task FindOutAsync()
        {
            _rule = await StandingAsync();
            if (_rule is null) Volatile.Write(ref _endedAt, Stopwatch.GetTimestamp());
            // The list is the database's word; the replica follows it with its next poll.
            await UntilAsync(async () => await AskAsync(onFirst) == (_rule is null ? Answer.No : Answer.Yes));
        }

        private async Task<int?> StandingAsync()
        {
            JsonElement list = default;
            await UntilAsync(async () =>
            {
                using var response = await admin.GetAsync($"{Rules}?subjectIds={clientId}", Cancel);
                if (Note(response, HttpStatusCode.OK) != HttpStatusCode.OK) return false;
                list = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
                return true;
            });
            var rules = list.GetProperty("accessRules");
            return rules.GetArrayLength() == 0 ? null : rules[0].GetProperty("id").GetInt32();
        }

        /// <summary>Anything but the expected and 503 is wrong here.</summary>
        private HttpStatusCode Note(HttpResponseMessage response, HttpStatusCode good)
        {
            if (response.StatusCode != good && response.StatusCode != HttpStatusCode.ServiceUnavailable)
                log.Wrong.Enqueue($"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.AbsolutePath}: {(int)response.StatusCode}");
            return response.StatusCode;
        }
    }
}
