using System.Net;
using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>What is sent again, how often and when; what is never.</summary>
public sealed class RetryTests
{
    public static TheoryData<HttpStatusCode> Transient => [HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout];

    [Theory, MemberData(nameof(Transient))]
    public async Task Read_AfterATransientStatus_IsSentAgainUntilItSucceeds(HttpStatusCode status)
    {
        var clock = new ImpatientClock();
        var service = Failing(2, () => ScriptedService.Problem(status), ScriptedService.Allowed);

        (await service.Client(clock: clock).Authorize.CheckAsync(ErrorTests.Question, Cancel)).Allowed.Should().BeTrue();

        service.Requests.Should().HaveCount(3);
        service.Requests.Select(r => r.Body).Distinct().Should().ContainSingle("each attempt asks the same");
        var waits = clock.Waits.ToArray();
        waits.Should().HaveCount(2);
        waits[0].Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(50)).And.BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(100));
        waits[1].Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100)).And.BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task Read_AfterABrokenConnection_IsSentAgain_AlsoWhenTheBodyBroke()
    {
        var refused = Failing(1, () => throw new HttpRequestException("refused"), () => ScriptedService.Json("[]"));
        var broken = Failing(1, () => new HttpResponseMessage { Content = new BrokenContent() }, () => ScriptedService.Json("[]"));

        (await refused.Client().Roles.ListAsync(Cancel)).Should().BeEmpty();
        (await broken.Client().Roles.ListAsync(Cancel)).Should().BeEmpty();

        refused.Requests.Should().HaveCount(2);
        broken.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task Read_ThatFailsForGood_IsSentThreeTimes()
    {
        var service = Failing(9, () => ScriptedService.Problem(HttpStatusCode.ServiceUnavailable, "unavailable"), ScriptedService.Allowed);

        (await ErrorTests.FailureAsync(() => service.Client().Clusters.ListAsync(cancellationToken: Cancel))).ErrorCode.Should().Be("unavailable");

        service.Requests.Should().HaveCount(3);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(500)]
    [InlineData(501)]
    public async Task Read_AfterADefiniteStatus_IsNotSentAgain(int status)
    {
        var service = Failing(1, () => ScriptedService.Problem((HttpStatusCode)status), ScriptedService.Allowed);

        (await ErrorTests.FailureAsync(() => service.Client().Authorize.CheckAsync(ErrorTests.Question, Cancel))).Status.Should().Be((HttpStatusCode)status);

        service.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Write_AfterAnyFailure_IsNeverSentAgain()
    {
        Func<HttpResponseMessage>[] failures =
            [() => ScriptedService.Problem(HttpStatusCode.ServiceUnavailable), () => ScriptedService.Problem(HttpStatusCode.TooManyRequests), () => throw new HttpRequestException("refused")];
        Func<RunAiRbacClient, Task>[] writes =
        [
            client => client.AccessRules.CreateAsync(new AccessRuleCreation(), Cancel),
            client => client.AccessRules.DeleteAsync(1, Cancel),
            client => client.Users.UpdateAsync("u", new UserPatch { Enabled = true }, Cancel),
            client => client.Projects.UpdateAsync("p", new ProjectUpdateRequest(), Cancel),
            client => client.Tokens.RevokeAsync(new RevocationRequest { Token = "t" }, Cancel),
            client => client.Tokens.GrantAsync(new TokenRequest { GrantType = "refresh_token", RefreshToken = "once" }, Cancel),
        ];

        foreach (var failure in failures)
        {
            foreach (var write in writes)
            {
                var service = Failing(1, failure, () => ScriptedService.Json("{}"));
                await ErrorTests.FailureAsync(() => write(service.Client()));
                service.Requests.Should().ContainSingle();
            }
        }
    }

    [Fact]
    public async Task RetryAfter_Short_IsWaitedFor_AndTooLong_EndsTheCall()
    {
        var clock = new ImpatientClock();
        var shortly = Failing(1, () => After("2"), ScriptedService.Allowed);
        var late = Failing(1, () => After("600"), ScriptedService.Allowed);
        var dated = Failing(1, () => After(clock.GetUtcNow().AddSeconds(3).ToString("R")), ScriptedService.Allowed);

        await shortly.Client(clock: clock).Authorize.CheckAsync(ErrorTests.Question, Cancel);
        await dated.Client(clock: clock).Authorize.CheckAsync(ErrorTests.Question, Cancel);
        var failure = await ErrorTests.FailureAsync(() => late.Client(clock: clock).Authorize.CheckAsync(ErrorTests.Question, Cancel));

        clock.Waits.Should().HaveCount(2);
        clock.Waits.First().Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2)).And.BeLessThan(TimeSpan.FromSeconds(2.5));
        clock.Waits.Last().Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(3)).And.BeLessThan(TimeSpan.FromSeconds(3.7));
        failure.RetryAfter.Should().Be(TimeSpan.FromMinutes(10));
        late.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Wait_BeyondTheTimeLimit_IsNotBegun()
    {
        var clock = new ImpatientClock();
        var service = Failing(1, () =>
        {
            clock.Advance(TimeSpan.FromSeconds(29.99));
            return After("1");
        }, ScriptedService.Allowed);

        (await ErrorTests.FailureAsync(() => service.Client(clock: clock).Authorize.CheckAsync(ErrorTests.Question, Cancel))).Status.Should().Be(HttpStatusCode.ServiceUnavailable);

        clock.Waits.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancellation_DuringAWait_EndsTheCall()
    {
        using var source = new CancellationTokenSource();
        var service = new ScriptedService(_ =>
        {
            source.CancelAfter(TimeSpan.FromMilliseconds(1));
            return After("5");
        });

        var call = service.Client(clock: TimeProvider.System).Authorize.CheckAsync(ErrorTests.Question, source.Token);

        await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>();
        service.Requests.Should().ContainSingle();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static HttpResponseMessage After(string retryAfter)
    {
        var answer = ScriptedService.Problem(HttpStatusCode.ServiceUnavailable, "unavailable");
        answer.Headers.Add("Retry-After", retryAfter);
        return answer;
    }

    private static ScriptedService Failing(int times, Func<HttpResponseMessage> failure, Func<HttpResponseMessage> success)
    {
        var left = times;
        return new ScriptedService(_ => Interlocked.Decrement(ref left) >= 0 ? failure() : success());
    }

    /// <summary>A body whose connection breaks in the middle.</summary>
    private sealed class BrokenContent : HttpContent
    {
        public BrokenContent() => Headers.ContentType = new("application/json");

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new IOException("broken");

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
