using System.Net;
using System.Web;
using RunAiRbac.Client;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>How the client takes, keeps and renews its token.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task ClientCredentials_FirstCall_SignsInOnceForAll()
    {
        var go = new TaskCompletionSource();
        var service = new ScriptedService(async (asked, token) =>
        {
            if (!asked.IsSignIn) return ScriptedService.Allowed();
            await go.Task.WaitAsync(token);
            return ScriptedService.Token("t1");
        });
        var client = service.Client(RunAiRbacCredentials.ClientCredentials("ci-bot", "a&b=c+d %", "2"));

        var calls = Enumerable.Range(0, 20).Select(_ => client.Authorize.CheckAsync(ErrorTests.Question, Cancel)).ToList();
        go.SetResult();
        await Task.WhenAll(calls);
        await client.Authorize.CheckAsync(ErrorTests.Question, Cancel);

        var signIn = service.Requests.Should().ContainSingle(r => r.IsSignIn).Which;
        signIn.Token.Should().BeNull();
        signIn.ContentType.Should().Be("application/x-www-form-urlencoded");
        var form = HttpUtility.ParseQueryString(signIn.Body);
        form.AllKeys.ToDictionary(k => k!, k => form[k]).Should().Equal(new Dictionary<string, string?>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "ci-bot",
            ["client_secret"] = "a&b=c+d %",
            ["tenant_id"] = "2",
        });
        service.Requests.Where(r => !r.IsSignIn).Should().HaveCount(21).And.OnlyContain(r => r.Token == "t1");
    }

    [Fact]
    public async Task Caller_ThatGivesUpWaitingForTheSignIn_DoesNotEndItForOthers()
    {
        var arrived = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var service = new ScriptedService(async (asked, token) =>
        {
            if (!asked.IsSignIn) return ScriptedService.Allowed();
            arrived.SetResult();
            await go.Task.WaitAsync(token);
            return ScriptedService.Token("t1");
        });
        var client = service.Client(RunAiRbacCredentials.ClientCredentials("ci-bot", "s"));
        using var source = new CancellationTokenSource();

        var first = client.Authorize.CheckAsync(ErrorTests.Question, source.Token);
        await arrived.Task;
        var second = client.Authorize.CheckAsync(ErrorTests.Question, Cancel);
        await source.CancelAsync();
        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        go.SetResult();

        (await second).Allowed.Should().BeTrue();
        service.Requests.Count(r => r.IsSignIn).Should().Be(1);
    }

    [Theory]
    [InlineData(900, 839, 840)]
    [InlineData(100, 79, 80)]
    public async Task Token_ShortlyBeforeItExpires_IsRenewed(int lifetime, int stillFresh, int due)
    {
        var clock = new ImpatientClock();
        var service = Issuing(lifetime);
        var client = service.Client(RunAiRbacCredentials.ClientCredentials("ci-bot", "s"), clock);

        foreach (var wait in new[] { 0, stillFresh, due - stillFresh })
        {
            clock.Advance(TimeSpan.FromSeconds(wait));
            await client.Authorize.CheckAsync(ErrorTests.Question, Cancel);
        }

        service.Requests.Where(r => !r.IsSignIn).Select(r => r.Token).Should().Equal("t1", "t1", "t2");
    }

    [Fact]
    public async Task Renewal_ThatFailsForTheMoment_KeepsTheTokenUntilItExpires()
    {
        var clock = new ImpatientClock();
        var away = false;
        var service = new ScriptedService(asked => !asked.IsSignIn ? ScriptedService.Allowed() : away ? ScriptedService.Problem(HttpStatusCode.BadGateway) : ScriptedService.Token("t1"));
        var client = service.Client(RunAiRbacCredentials.ClientCredentials("ci-bot", "s"), clock);
        await client.Authorize.CheckAsync(ErrorTests.Question, Cancel);

        away = true;
        clock.Advance(TimeSpan.FromSeconds(899));
        (await client.Authorize.CheckAsync(ErrorTests.Question, Cancel)).Allowed.Should().BeTrue();
        clock.Advance(TimeSpan.FromSeconds(1));

        (await ErrorTests.FailureAsync(() => client.Authorize.CheckAsync(ErrorTests.Question, Cancel))).Status.Should().Be(HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task RefusedToken_IsTakenAnewOnce_AlsoForAWrite()
    {
        var issued = 0;
        var service = new ScriptedService(asked => asked.IsSignIn
            ? ScriptedService.Token("t" + Interlocked.Increment(ref issued))
            : asked.Token == "t1" ? ScriptedService.Problem(HttpStatusCode.Unauthorized, "unauthorized") : ScriptedService.Json("""{"count":1}"""));
        var client = service.Client(RunAiRbacCredentials.ClientCredentials("ci-bot", "s"));

        var written = await client.AccessRules.DeleteAsync(7, Cancel);

        written.Revision.Should().BeNull();
        service.Requests.Select(r => r.IsSignIn ? "sign-in" : r.Token).Should().Equal("sign-in", "t1", "sign-in", "t2");
    }

    [Fact]
    public async Task ManyRefusedAtOnce_SignInOnce()
    {
        const int many = 16;
        var issued = 0;
        var refused = 0;
        var all = new TaskCompletionSource();
        var service = new ScriptedService(async (asked, token) =>
        {
            if (asked.IsSignIn) return ScriptedService.Token("t" + Interlocked.Increment(ref issued));
            if (asked.Token != "t1") return ScriptedService.Allowed();
            if (Interlocked.Increment(ref refused) == many) all.SetResult();
            await all.Task.WaitAsync(token);
            return ScriptedService.Problem(HttpStatusCode.Unauthorized);
        });
        var client = service.Client(RunAiRbacCredentials.ClientCredentials("ci-bot", "s"));

        await Task.WhenAll(Enumerable.Range(0, many).Select(_ => client.Authorize.CheckAsync(ErrorTests.Question, Cancel)));

        issued.Should().Be(2);
    }

    [Fact]
    public async Task RefusedTwice_IsTheAnswer()
    {
        var service = new ScriptedService(asked => asked.IsSignIn ? ScriptedService.Token(Guid.NewGuid().ToString("N")) : ScriptedService.Problem(HttpStatusCode.Unauthorized, "unauthorized"));

        (await ErrorTests.FailureAsync(() => service.Client(RunAiRbacCredentials.ClientCredentials("ci-bot", "s")).Authorize.CheckAsync(ErrorTests.Question, Cancel)))
            .ErrorCode.Should().Be("unauthorized");

        service.Requests.Count(r => r.IsSignIn).Should().Be(2);
        service.Requests.Count(r => !r.IsSignIn).Should().Be(2);
    }

    [Fact]
    public async Task BearerToken_Refused_IsNotTriedAgain()
    {
        var service = new ScriptedService(_ => ScriptedService.Problem(HttpStatusCode.Unauthorized));

        await ErrorTests.FailureAsync(() => service.Client(RunAiRbacCredentials.Bearer("abc")).Authorize.CheckAsync(ErrorTests.Question, Cancel));

        service.Requests.Should().ContainSingle().Which.Token.Should().Be("abc");
    }

    [Fact]
    public async Task Password_IsUsedOnce_ThenTheRefreshToken_ThenThePasswordAgainWhenThatIsNoGood()
    {
        var clock = new ImpatientClock();
        var issued = 0;
        var service = new ScriptedService(asked =>
        {
            if (!asked.IsSignIn) return ScriptedService.Allowed();
            if (asked.Body.Contains("refresh_token=r2", StringComparison.Ordinal)) return ScriptedService.Json("""{"error":"invalid_grant"}""", HttpStatusCode.BadRequest);
            var number = Interlocked.Increment(ref issued);
            return ScriptedService.Token("t" + number, refresh: "r" + number);
        });
        var client = service.Client(RunAiRbacCredentials.Password("ada@example.com", "pw"), clock);

        for (var i = 0; i < 3; i++)
        {
            await client.Authorize.CheckAsync(ErrorTests.Question, Cancel);
            clock.Advance(TimeSpan.FromSeconds(880));
        }

        service.Requests.Where(r => r.IsSignIn).Select(r => HttpUtility.ParseQueryString(r.Body)).Select(f => f["grant_type"] + ":" + (f["refresh_token"] ?? f["password"]))
            .Should().Equal("password:pw", "refresh_token:r1", "refresh_token:r2", "password:pw");
        service.Requests.Where(r => !r.IsSignIn).Select(r => r.Token).Should().Equal("t1", "t2", "t3");
    }

    [Fact]
    public async Task Provider_IsAskedForEveryCall_AndOnceMoreAfterARefusal()
    {
        var asked = 0;
        var service = new ScriptedService(r => r.Token == "p2" ? ScriptedService.Problem(HttpStatusCode.Unauthorized) : ScriptedService.Allowed());
        var client = service.Client(RunAiRbacCredentials.FromProvider(_ => new("p" + ++asked)));

        await client.Authorize.CheckAsync(ErrorTests.Question, Cancel);
        await client.Authorize.CheckAsync(ErrorTests.Question, Cancel);

        service.Requests.Select(r => r.Token).Should().Equal("p1", "p2", "p3");
    }

    [Fact]
    public async Task Provider_ThatFailsOrGivesNoToken_IsOneKindOfFailure()
    {
        var service = new ScriptedService(_ => ScriptedService.Allowed());

        foreach (var provider in new Func<CancellationToken, ValueTask<string>>[] { _ => throw new InvalidOperationException("no"), _ => new(""), _ => new("two words"), _ => new("line\nbreak") })
            (await ErrorTests.FailureAsync(() => service.Client(RunAiRbacCredentials.FromProvider(provider)).Authorize.CheckAsync(ErrorTests.Question, Cancel)))
                .ErrorCode.Should().Be(RunAiRbacErrorCodes.NoToken);

        service.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task As_AnotherCaller_HasATokenOfItsOwn()
    {
        var service = new ScriptedService(asked => asked.IsSignIn ? ScriptedService.Token("own") : ScriptedService.Allowed());
        var client = service.Client(RunAiRbacCredentials.ClientCredentials("ci-bot", "s"));

        await client.Authorize.CheckAsync(ErrorTests.Question, Cancel);
        await client.As(RunAiRbacCredentials.Bearer("other")).Authorize.CheckAsync(ErrorTests.Question, Cancel);
        await client.As(RunAiRbacCredentials.None).Authorize.CheckAsync(ErrorTests.Question, Cancel);

        service.Requests.Where(r => !r.IsSignIn).Select(r => r.Token).Should().Equal("own", "other", null);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ScriptedService Issuing(int lifetime)
    {
        var issued = 0;
        return new ScriptedService(asked => asked.IsSignIn ? ScriptedService.Token("t" + Interlocked.Increment(ref issued), lifetime) : ScriptedService.Allowed());
    }
}
