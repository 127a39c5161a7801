using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Replicas;

/// <summary>SIGTERM to real processes.</summary>
public sealed class ShutdownTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Clients = 4;
    private static readonly Dictionary<string, string> Drain = new() { ["Shutdown__DrainFor"] = "00:00:01" };

    private readonly string _folder = Directory.CreateTempSubdirectory("runairbac-shutdown-").FullName;
    private readonly List<ApiProcess> _processes = [];
    private string _database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync(Cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Sigterm_FailsReadinessFirstAndServesMeanwhile()
    {
        var process = await StartAsync();
        var token = await TokenAsync(process);
        (await process.Http.GetAsync("/health/ready", Cancel)).StatusCode.Should().Be(HttpStatusCode.OK);

        var stopped = process.StopAsync();
        HttpResponseMessage ready;
        do ready = await process.Http.GetAsync("/health/ready", Cancel);
        while (ready.StatusCode == HttpStatusCode.OK);
        var body = await ready.Content.ReadAsStringAsync(Cancel);
        var check = await CheckAsync(process, token);

        ready.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        body.Should().Contain("stopping");
        check.Should().Be(HttpStatusCode.OK);
        (await stopped).Should().Be(0);
        var connect = () => process.Http.GetAsync("/health/live", Cancel);
        await connect.Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task RollingRestart_UnderLoad_LosesNoRequestOfAClientThatFollowsReadiness()
    {
        var balancer = new Balancer();
        await balancer.AddAsync(await StartAsync());
        await balancer.AddAsync(await StartAsync());
        var token = await TokenAsync(balancer.Pick());
        using var stop = new CancellationTokenSource();
        var watching = balancer.WatchAsync(stop.Token);
        var failures = new ConcurrentQueue<string>();
        var answered = 0;
        var load = Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    var status = await CheckAsync(balancer.Pick(), token);
                    if (status != HttpStatusCode.OK) failures.Enqueue(status.ToString());
                }
                catch (Exception e) when (e is HttpRequestException or InvalidOperationException)
                {
                    failures.Enqueue(e.Message);
                }

                Interlocked.Increment(ref answered);
            }
        })).ToList();

        foreach (var old in _processes.ToList())
        {
            (await old.StopAsync()).Should().Be(0);
            await balancer.AddAsync(await StartAsync());
        }

        await Task.Delay(200, Cancel);
        await stop.CancelAsync();
        await Task.WhenAll(load);
        await watching;

        answered.Should().BeGreaterThan(100);
        failures.Should().BeEmpty();
    }

    private static Task<string> TokenAsync(ApiProcess process)
        => Wire.TokenAsync(process, new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword });

    private static async Task<HttpStatusCode> CheckAsync(ApiProcess process, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/authorize")
        {
            Content = JsonContent.Create(new { action = "read", resourceType = "cluster", scope = new { type = "tenant", id = "1" } }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await process.Http.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private async Task<ApiProcess> StartAsync()
    {
        var process = await ApiProcess.StartAsync(_folder, _database, Drain);
        _processes.Add(process);
        return process;
    }

    /// <summary>Sends to replicas that were ready when last asked, a few times a second.</summary>
    private sealed class Balancer
    {
        private readonly ConcurrentDictionary<ApiProcess, bool> _isReady = new();
        private int _turn;

        public async Task AddAsync(ApiProcess process) => _isReady[process] = await IsReadyAsync(process);

        public ApiProcess Pick()
        {
            var ready = _isReady.Where(x => x.Value).Select(x => x.Key).ToList();
            return ready.Count > 0 ? ready[(int)((uint)Interlocked.Increment(ref _turn) % (uint)ready.Count)] : throw new InvalidOperationException("No replica is ready.");
        }

        public async Task WatchAsync(CancellationToken until)
        {
            while (!until.IsCancellationRequested)
            {
                foreach (var process in _isReady.Keys) _isReady[process] = await IsReadyAsync(process);
                await Task.Delay(50, Cancel);
            }
        }

        private static async Task<bool> IsReadyAsync(ApiProcess process)
        {
            try
            {
                using var response = await process.Http.GetAsync("/health/ready", Cancel);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
