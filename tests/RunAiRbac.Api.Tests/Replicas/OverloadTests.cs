using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Replicas;

/// <summary>A real process under ten times as many requests as it takes at a time.</summary>
public sealed class OverloadTests(PostgresFixture postgres, ITestOutputHelper output) : IAsyncLifetime
{
    // Small, so that ten times as much are connections that a test can have.
    private const int Concurrent = 4;
    private const int Queue = 26;
    private const int Flood = 10 * (Concurrent + Queue);
    private const int Checkers = 16;

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["RateLimits__Administration__Concurrent"] = $"{Concurrent}",
        ["RateLimits__Administration__Queue"] = $"{Queue}",
        ["RateLimits__SignIn__Concurrent"] = $"{Concurrent}",
        ["RateLimits__SignIn__Queue"] = $"{Queue}",
        // The flood comes from one address.
        ["RateLimits__SignIn__AddressFailuresPerMinute"] = "1000000",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("runairbac-overload-").FullName;
    private ApiProcess? _process;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TimeSpan LastsFor => TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("RUNAIRBAC_OVERLOAD_SECONDS") ?? "4", CultureInfo.InvariantCulture));

    public async ValueTask InitializeAsync() => _process = await ApiProcess.StartAsync(_folder, await postgres.CreateDatabaseAsync(Cancel), Settings);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Flood_OfTenTimesTheCapacity_IsAnsweredOrRefusedInTimeAndLeavesNothingBehind()
    {
        var process = _process!;
        var token = await Wire.TokenAsync(process, new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword });
        // One connection each, and a deadline: "in time".
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = (2 * Flood) + Checkers }) { BaseAddress = process.Address, Timeout = TimeSpan.FromSeconds(30) };
        using var stop = new CancellationTokenSource(LastsFor);
        var floods = new Dictionary<string, ConcurrentQueue<HttpStatusCode>> { ["writes"] = [], ["sign-ins"] = [], ["checks"] = [] };

        var load = new List<Task>();
        for (var i = 0; i < Flood; i++)
        {
            load.Add(SendAsync(floods["writes"], () => Request("/api/v1/apps", new { name = ApiHost.NewName("flood") }, token)));
            load.Add(SendAsync(floods["sign-ins"], () => Request("/api/v1/token", new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword }, null)));
        }

        for (var i = 0; i < Checkers; i++) load.Add(SendAsync(floods["checks"], () => Check(token)));
        await Task.WhenAll(load);

        output.WriteLine(string.Join("; ", floods.Select(flood => $"{flood.Key}: {string.Join(", ", flood.Value.GroupBy(x => x).OrderBy(x => x.Key).Select(x => $"{x.Count()} x {(int)x.Key}"))}")));
        floods["writes"].Should().Contain(HttpStatusCode.Created).And.Contain(HttpStatusCode.ServiceUnavailable)
            .And.OnlyContain(x => x == HttpStatusCode.Created || x == HttpStatusCode.ServiceUnavailable);
        floods["sign-ins"].Should().Contain(HttpStatusCode.OK).And.Contain(x => x != HttpStatusCode.OK)
            .And.OnlyContain(x => x == HttpStatusCode.OK || x == HttpStatusCode.ServiceUnavailable || x == HttpStatusCode.TooManyRequests);
        floods["checks"].Should().NotBeEmpty().And.OnlyContain(x => x == HttpStatusCode.OK);
        // At once: the first of each is good again.
        foreach (var (request, good) in new[]
        {
            (Request("/api/v1/apps", new { name = ApiHost.NewName("after") }, token), HttpStatusCode.Created),
            (Request("/api/v1/token", new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword }, null), HttpStatusCode.OK),
            (Check(token), HttpStatusCode.OK),
            (new HttpRequestMessage(HttpMethod.Get, "/health/ready"), HttpStatusCode.OK),
        })
        {
            using var answer = await http.SendAsync(request, Cancel);
            answer.StatusCode.Should().Be(good);
            request.Dispose();
        }

        // As somebody would who has not read Retry-After: at once again.
        async Task SendAsync(ConcurrentQueue<HttpStatusCode> statuses, Func<HttpRequestMessage> next)
        {
            do
            {
                using var request = next();
                using var answer = await http.SendAsync(request, Cancel);
                statuses.Enqueue(answer.StatusCode);
                if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
                {
                    answer.Headers.RetryAfter.Should().NotBeNull();
                    await Task.Delay(20, Cancel);
                }
            }
            while (!stop.IsCancellationRequested);
        }
    }

    private static HttpRequestMessage Check(string token) => Request("/api/v1/authorize", new { action = "read", resourceType = "cluster", scope = new { type = "tenant", id = "1" } }, token);

    private static HttpRequestMessage Request(string path, object body, string? token) => new(HttpMethod.Post, path)
    {
        Content = JsonContent.Create(body),
        Headers = { Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token) },
    };
}
