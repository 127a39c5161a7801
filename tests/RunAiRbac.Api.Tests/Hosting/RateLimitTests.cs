using System.Net;
using System.Net.Http.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Hosting;

public sealed class RateLimitTests(PostgresFixture postgres)
{
    private const string Users = "/api/v1/users/count";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Checks")]
    [InlineData("Administration")]
    public async Task Caller_BeyondItsRate_IsToldWhenToComeBackAndOthersGoOn(string budget)
    {
        await using var host = await StartAsync(new() { [$"RateLimits:{budget}:PerCallerPerSecond"] = "1", [$"RateLimits:{budget}:Burst"] = "3" });
        var admin = await host.SignInAsAdminAsync();
        var (clientId, secret) = await NewApplicationAsync(host);
        using var other = await host.SignInApplicationAsync(clientId, secret);
        Func<HttpClient, Task<HttpResponseMessage>> limited = budget == "Checks" ? CheckAsync : CountAsync;
        Func<HttpClient, Task<HttpResponseMessage>> free = budget == "Checks" ? CountAsync : CheckAsync;
        var another = await host.SignInAsAdminAsync();

        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage last;
        do
        {
            last = await limited(admin);
            statuses.Add(last.StatusCode);
        }
        while (last.IsSuccessStatusCode && statuses.Count < 1000);

        statuses.Count.Should().BeInRange(2, 100);
        last.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        last.Headers.RetryAfter!.Delta!.Value.TotalSeconds.Should().BeInRange(1, 3);
        (await last.Content.ReadAsStringAsync(Cancel)).Should().Contain("too_many_requests");
        (await free(admin)).StatusCode.Should().Be(HttpStatusCode.OK, "the budgets are apart");
        (await limited(other)).StatusCode.Should().Be(HttpStatusCode.OK, "so are the callers");
        (await limited(another)).StatusCode.Should().Be(HttpStatusCode.TooManyRequests, "another session of the same user is the same caller");
    }

    [Fact]
    public async Task Address_BeyondItsSignInRate_IsRefusedAndTheSignedInGoOn()
    {
        await using var host = await StartAsync(new() { ["RateLimits:SignIn:PerCallerPerSecond"] = "1", ["RateLimits:SignIn:Burst"] = "2" });
        var admin = await host.SignInAsAdminAsync();

        HttpResponseMessage last;
        var tries = 0;
        do last = await host.Http.PostAsJsonAsync("/api/v1/token", new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword }, Cancel);
        while (last.IsSuccessStatusCode && ++tries < 1000);

        last.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        last.Headers.RetryAfter.Should().NotBeNull();
        using var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", "a@example.com"), new("password", "b")]);
        var v2 = await host.Http.PostAsync("/api/v2/token", form, Cancel);
        v2.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        (await CheckAsync(admin)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await host.Http.GetAsync("/health/ready", Cancel)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Host_WithoutLimits_LimitsNobody()
    {
        await using var host = await StartAsync([]);
        var admin = await host.SignInAsAdminAsync();

        for (var i = 0; i < 200; i++)
        {
            (await CheckAsync(admin)).StatusCode.Should().Be(HttpStatusCode.OK);
            (await CountAsync(admin)).StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Administration_FarBeyondItsCapacity_IsRefusedInPartWhileChecksGoOnAndRecoversAtOnce()
    {
        await using var host = await StartAsync(new() { ["RateLimits:Administration:Concurrent"] = "2", ["RateLimits:Administration:Queue"] = "4" });
        var admin = await host.SignInAsAdminAsync();
        var checks = new List<HttpStatusCode>();

        var flood = Enumerable.Range(0, 200).Select(i => admin.PostAsJsonAsync("/api/v1/apps", new { name = $"flood-{i}" }, Cancel)).ToList();
        while (!flood.TrueForAll(x => x.IsCompleted)) checks.Add((await CheckAsync(admin)).StatusCode);
        var answers = await Task.WhenAll(flood);

        answers.Select(x => x.StatusCode).Should().OnlyContain(x => x == HttpStatusCode.Created || x == HttpStatusCode.ServiceUnavailable)
            .And.Contain(HttpStatusCode.Created).And.Contain(HttpStatusCode.ServiceUnavailable);
        answers.Where(x => x.StatusCode == HttpStatusCode.ServiceUnavailable).Should().OnlyContain(x => x.Headers.RetryAfter != null);
        checks.Should().OnlyContain(x => x == HttpStatusCode.OK);
        (await CountAsync(admin)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private Task<ApiHost> StartAsync(Dictionary<string, string> settings) => ApiHost.StartAsync(new ApiHostSetup(StorageProvider.Sqlite) { Settings = settings }, postgres);

    private static async Task<(string ClientId, string Secret)> NewApplicationAsync(ApiHost host)
    {
        using var admin = await host.SignInAsAdminAsync();
        var (clientId, secret, _) = await ApiHost.CreateApplicationAsync(admin);
        return (clientId, secret);
    }

    private static Task<HttpResponseMessage> CountAsync(HttpClient caller) => caller.GetAsync(Users, Cancel);

    private static Task<HttpResponseMessage> CheckAsync(HttpClient caller)
        => caller.PostAsJsonAsync("/api/v1/authorize", new { action = "read", resourceType = "cluster", scope = new { type = "tenant", id = "1" } }, Cancel);
}
