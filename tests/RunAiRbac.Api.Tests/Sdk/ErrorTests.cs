using System.Net;
using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>Every failure is one kind of exception that says what happened and no secret.</summary>
public sealed class ErrorTests
{
    [Fact]
    public async Task Problem_Whichever_BecomesTheExceptionWithItsMembers()
    {
        var service = new ScriptedService(_ =>
        {
            var answer = ScriptedService.Problem(HttpStatusCode.Conflict, "already_exists", ""","details":"name","accessRuleId":12""");
            answer.Headers.Add("X-Revision", "r7");
            answer.Headers.Add("Retry-After", "3");
            return answer;
        });

        var failure = await FailureAsync(() => service.Client().AccessRules.CreateAsync(new AccessRuleCreation(), Cancel));

        failure.Status.Should().Be(HttpStatusCode.Conflict);
        failure.ErrorCode.Should().Be("already_exists");
        failure.Message.Should().Be("The service answered 409 (already_exists): What went wrong.");
        (failure.Field, failure.TraceId, failure.Revision, failure.RetryAfter).Should().Be(("name", "trace-1", "r7", TimeSpan.FromSeconds(3)));
        failure.Extensions.Should().ContainSingle().Which.Value.GetInt32().Should().Be(12);
        failure.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task OAuthError_OfTheTokenEndpoint_MapsIntoTheSameException()
    {
        var service = new ScriptedService(_ => ScriptedService.Json("""{"error":"invalid_client","error_description":"Wrong."}""", HttpStatusCode.Unauthorized));

        var failure = await FailureAsync(() => service.Client().Tokens.GrantFormAsync(new OAuthTokenRequest { GrantType = "client_credentials", ClientId = "ci", ClientSecret = "s3cret" }, Cancel));

        (failure.Status, failure.ErrorCode, failure.Message).Should().Be((HttpStatusCode.Unauthorized, "invalid_client", "The service answered 401 (invalid_client): Wrong."));
        service.Requests.Should().ContainSingle("wrong credentials are not tried again").Which.Token.Should().BeNull();
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "text/html", "<h1>proxy</h1>", RunAiRbacErrorCodes.UnexpectedStatus)]
    [InlineData(HttpStatusCode.NotFound, "application/json", "[1]", RunAiRbacErrorCodes.UnexpectedStatus)]
    [InlineData(HttpStatusCode.InternalServerError, "application/problem+json", "{broken", RunAiRbacErrorCodes.UnexpectedStatus)]
    [InlineData(HttpStatusCode.Found, "text/html", "", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "text/html", "<h1>sign in</h1>", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", "", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", "null", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", "[]", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", "{}", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", """{"allowed":true}""", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", """{"allowed":"true","reason":"granted","decisionId":"d","revision":"r"}""", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", """{"allowed":true,"reason":null,"decisionId":"d","revision":"r"}""", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", """{"allowed":false,"allowed":true,"reason":"granted","decisionId":"d","revision":"r"}""", RunAiRbacErrorCodes.MalformedAnswer)]
    [InlineData(HttpStatusCode.OK, "application/json", """{"allowed":true,"reason":"granted","decisionId":"d","revision":"r"} x""", RunAiRbacErrorCodes.MalformedAnswer)]
    public async Task Answer_ThatIsNotTheServices_FailsWithItsOwnCode(HttpStatusCode status, string type, string body, string code)
    {
        var service = new ScriptedService(_ => ScriptedService.Json(body, status, type));

        var failure = await FailureAsync(() => service.Client().Authorize.CheckAsync(Question, Cancel));

        failure.ErrorCode.Should().Be(code);
        if (body.Length > 0) failure.ToString().Should().NotContain(body, "somebody else's answer may hold anything");
        service.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Answer_WithMembersThatAreNewer_IsRead()
    {
        var service = new ScriptedService(_ => ScriptedService.Json("""{"allowed":true,"reason":"granted","decisionId":"d","revision":"r","newer":{"x":[1]}}"""));

        (await service.Client().Authorize.CheckAsync(Question, Cancel)).Allowed.Should().BeTrue();
    }

    [Fact]
    public async Task Connection_Refused_IsUnreachable()
    {
        var service = new ScriptedService((_, _) => throw new HttpRequestException("refused"));

        var failure = await FailureAsync(() => service.Client().Roles.ListAsync(Cancel));

        (failure.ErrorCode, failure.Status, failure.IsTransient).Should().Be((RunAiRbacErrorCodes.Unreachable, null, true));
    }

    [Fact]
    public async Task Cancellation_ByTheCaller_IsTheCallers()
    {
        var arrived = new TaskCompletionSource();
        var service = new ScriptedService(async (_, token) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedService.Allowed();
        });
        using var source = new CancellationTokenSource();

        var call = service.Client().Authorize.CheckAsync(Question, source.Token);
        await arrived.Task;
        await source.CancelAsync();

        (await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(source.Token);
        await FluentActions.Awaiting(() => service.Client().Roles.ListAsync(source.Token)).Should().ThrowAsync<OperationCanceledException>();
        service.Requests.Should().ContainSingle("a cancelled call is not sent");
    }

    [Fact]
    public async Task TimeLimit_WhenItPasses_IsTimedOutAndNotSentAgain()
    {
        var service = new ScriptedService(async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedService.Allowed();
        });

        // A limit that short is the test's clock's to let pass at once.
        var failure = await FailureAsync(() => service.Client(with: o => o with { Timeout = TimeSpan.FromSeconds(1) }).Authorize.CheckAsync(Question, Cancel));

        (failure.ErrorCode, failure.IsTransient).Should().Be((RunAiRbacErrorCodes.TimedOut, false));
        service.Requests.Should().HaveCountLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Exception_AfterASecretWasSent_DoesNotHoldIt()
    {
        const string secret = "rnai_verysecret";
        ScriptedService[] services =
        [
            new(_ => ScriptedService.Problem(HttpStatusCode.Unauthorized, "invalid_credentials")),
            new(_ => ScriptedService.Json("{\"access_token\":\"" + secret + "\" \"oops\"")),
            new((_, _) => throw new HttpRequestException("refused")),
        ];

        foreach (var service in services)
        {
            var client = service.Client(RunAiRbacCredentials.ClientCredentials("ci", secret));
            (await FailureAsync(() => client.Roles.ListAsync(Cancel))).ToString().Should().NotContain(secret);
            (await FailureAsync(() => client.Tokens.GrantAsync(new TokenRequest { GrantType = "password", Username = "ada", Password = secret }, Cancel))).ToString().Should().NotContain(secret);
        }

        RunAiRbacCredentials[] all =
            [RunAiRbacCredentials.ClientCredentials("ci", secret), RunAiRbacCredentials.Password("ada", secret), RunAiRbacCredentials.Bearer(secret), RunAiRbacCredentials.FromProvider(_ => new(secret))];
        foreach (var credentials in all)
            new RunAiRbacClientOptions { BaseAddress = ScriptedService.Address, Credentials = credentials }.ToString().Should().NotContain(secret);
    }

    internal static CheckRequest Question { get; } = new() { Action = "create", ResourceType = "workloads", Scope = new CheckScope { Type = "project", Id = "p1" } };

    internal static async Task<RunAiRbacException> FailureAsync(Func<Task> call)
        => (await FluentActions.Awaiting(call).Should().ThrowAsync<RunAiRbacException>()).Which;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
