using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using RunAiRbac.Client.AspNetCore;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>A guarded endpoint runs after an answer that says allowed, and in no other case.</summary>
public sealed class GuardTests
{
    private const string Path = "/projects/p1/jobs";

    [Fact]
    public async Task Allowed_Runs_AndTheCallersTokenAskedAboutItself()
    {
        var rbac = new ScriptedService(_ => ScriptedService.Allowed());
        await using var app = await GuardedApp.StartAsync(rbac);

        (await app.PostAsync("/projects/p%201/jobs")).Should().Match<(int Status, System.Net.Http.Headers.HttpResponseHeaders, string Text)>(a => a.Status == 200 && a.Text == "ran");

        var asked = rbac.Requests.Should().ContainSingle().Which;
        (asked.Path, asked.Token).Should().Be(("/api/v1/authorize", "caller"));
        asked.Body.Should().Be("""{"action":"create","resourceType":"workloads","scope":{"type":"project","id":"p 1"}}""");
    }

    [Fact]
    public async Task Denied_IsForbidden_BeforeTheBodyIsRead()
    {
        var rbac = new ScriptedService(_ => Denied());
        await using var app = await GuardedApp.StartAsync(rbac, (app, run) =>
            app.MapPost("/projects/{projectId}/jobs", (HttpContext context, Dictionary<string, int> body) => run(context)).RequirePermission("workloads", "create", GuardedApp.Project));

        var (status, headers, text) = await app.PostAsync(Path, body: "{ this is no JSON");

        status.Should().Be(403);
        headers.CacheControl!.NoStore.Should().BeTrue();
        using var problem = JsonDocument.Parse(text);
        problem.RootElement.GetProperty("errorCode").GetString().Should().Be("permission_denied");
        problem.RootElement.GetProperty("decisionId").GetString().Should().Be("d2");
        problem.RootElement.GetProperty("detail").GetString().Should().Be("This needs the permission `workloads` create in this project.");
        app.Runs.Should().Be(0);
    }

    [Fact]
    public async Task Decision_IsNeverRemembered()
    {
        var answers = new Queue<Func<HttpResponseMessage>>([ScriptedService.Allowed, Denied, ScriptedService.Allowed, () => ScriptedService.Problem(HttpStatusCode.InternalServerError)]);
        var rbac = new ScriptedService(_ => answers.Dequeue()());
        await using var app = await GuardedApp.StartAsync(rbac);

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++) statuses.Add((await app.PostAsync(Path)).Status);

        statuses.Should().Equal(200, 403, 200, 503);
        (app.Runs, rbac.Requests.Count).Should().Be((2, 4));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer two words")]
    [InlineData("Bearer a,Bearer b")]
    [InlineData("Bearer \"quoted\"")]
    [InlineData("Bearer ünï")]
    [InlineData("Basic Y2k6c2VjcmV0")]
    [InlineData("Bearer a|Bearer b")]
    public async Task Token_MissingOrNone_IsUnauthorized_AndNothingIsAsked(string? authorization)
    {
        var rbac = new ScriptedService(_ => ScriptedService.Allowed());
        await using var app = await GuardedApp.StartAsync(rbac);

        var (status, headers, _) = await app.PostAsync(Path, authorization);

        status.Should().Be(401);
        headers.WwwAuthenticate.ToString().Should().Be("Bearer");
        (app.Runs, rbac.Requests.Count).Should().Be((0, 0));
    }

    [Fact]
    public async Task Token_ThatRunAiRbacRefuses_IsUnauthorized()
    {
        var rbac = new ScriptedService(_ => ScriptedService.Problem(HttpStatusCode.Unauthorized, "unauthorized"));
        await using var app = await GuardedApp.StartAsync(rbac);

        var (status, headers, _) = await app.PostAsync(Path);

        status.Should().Be(401);
        headers.WwwAuthenticate.ToString().Should().Be("Bearer error=\"invalid_token\"");
        (app.Runs, rbac.Requests.Count).Should().Be((0, 1));
    }

    public static TheoryData<string, int, string, string> NoDecisions => new()
    {
        { "server error", 500, "application/problem+json", "{}" },
        { "no endpoint", 404, "text/html", "<h1>Not here</h1>" },
        { "bad request", 400, "application/problem+json", """{"errorCode":"invalid_request"}""" },
        { "too many", 429, "application/problem+json", "{}" },
        { "bad gateway", 502, "text/html", "" },
        { "timeout", 504, "text/html", "" },
        { "redirect", 302, "text/html", "" },
        { "no content", 204, "application/json", "" },
        { "a page", 200, "text/html", """{"allowed":true,"reason":"granted","decisionId":"d1","revision":"r1"}""" },
        { "nothing", 200, "application/json", "" },
        { "null", 200, "application/json", "null" },
        { "true", 200, "application/json", "true" },
        { "empty", 200, "application/json", "{}" },
        { "cut off", 200, "application/json", """{"allowed":true,"reason":"granted","decisionId":"d1","revision":"r1" """ },
        { "only allowed", 200, "application/json", """{"allowed":true}""" },
        { "text", 200, "application/json", """{"allowed":"true","reason":"granted","decisionId":"d1","revision":"r1"}""" },
        { "twice", 200, "application/json", """{"allowed":false,"reason":"granted","decisionId":"d1","revision":"r1","allowed":true}""" },
        { "another case", 200, "application/json", """{"Allowed":true,"reason":"granted","decisionId":"d1","revision":"r1"}""" },
    };

    [Theory, MemberData(nameof(NoDecisions))]
    public async Task Answer_ThatIsNoDecision_IsUnavailable(string what, int status, string type, string body)
    {
        var rbac = new ScriptedService(_ => ScriptedService.Json(body, (HttpStatusCode)status, type));
        await using var app = await GuardedApp.StartAsync(rbac);

        var answer = await app.PostAsync(Path);

        answer.Status.Should().Be(503, what);
        answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
        answer.Text.Should().Contain("authorization_unavailable").And.NotContain("page");
        app.Runs.Should().Be(0);
    }

    [Fact]
    public async Task Answer_AllowedForAReasonThatIsNone_IsForbidden()
    {
        var rbac = new ScriptedService(_ => ScriptedService.Json("""{"allowed":true,"reason":"no_matching_rule","decisionId":"d1","revision":"r1"}"""));
        await using var app = await GuardedApp.StartAsync(rbac);

        (await app.PostAsync(Path)).Status.Should().Be(403);

        app.Runs.Should().Be(0);
    }

    [Fact]
    public async Task RunAiRbac_AwayOrSlowOrOverloaded_IsUnavailableWithItsRetryAfter()
    {
        var away = new ScriptedService((_, _) => throw new HttpRequestException("refused"));
        var slow = new ScriptedService(async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedService.Allowed();
        });
        var overloaded = new ScriptedService(_ =>
        {
            var answer = ScriptedService.Problem(HttpStatusCode.ServiceUnavailable, "unavailable");
            answer.Headers.Add("Retry-After", "7");
            return answer;
        });

        foreach (var (rbac, retryAfter) in new[] { (away, 1), (slow, 1), (overloaded, 7) })
        {
            await using var app = await GuardedApp.StartAsync(rbac, configure: o => o.Timeout = TimeSpan.FromMilliseconds(rbac == slow ? 50 : 5000));
            var answer = await app.PostAsync(Path);
            answer.Status.Should().Be(503);
            answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(retryAfter));
            app.Runs.Should().Be(0);
        }
    }

    [Fact]
    public async Task RunAiRbac_AwayForOneMoment_IsAskedOnceMore()
    {
        var asked = 0;
        var rbac = new ScriptedService(_ => ++asked == 1 ? ScriptedService.Problem(HttpStatusCode.BadGateway) : ScriptedService.Allowed());
        await using var app = await GuardedApp.StartAsync(rbac);

        (await app.PostAsync(Path)).Status.Should().Be(200);

        rbac.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task Scope_Missing_IsForbidden_AndNothingIsAsked()
    {
        var rbac = new ScriptedService(_ => ScriptedService.Allowed());
        await using var app = await GuardedApp.StartAsync(rbac, (app, run) =>
        {
            app.MapPost("/optional/{projectId?}", run).RequirePermission("workloads", "create", GuardedApp.Project);
            app.MapPost("/query", run).RequirePermission("workloads", "create", ScopeFrom.Request("project", context => context.Request.Query["project"]));
        });

        (await app.PostAsync("/optional")).Status.Should().Be(403);
        (await app.PostAsync("/query")).Status.Should().Be(403);
        (await app.PostAsync("/query?project=")).Status.Should().Be(403);
        (app.Runs, rbac.Requests.Count).Should().Be((0, 0));
        (await app.PostAsync("/query?project=p3")).Status.Should().Be(200);
        rbac.Requests.Single().Body.Should().Contain("\"p3\"");
    }

    [Fact]
    public async Task Endpoint_WithoutTheRegistration_StopsTheStartOrRefusesEveryRequest()
    {
        await FluentActions.Awaiting(() => GuardedApp.StartAsync(null, controllers: true)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*AddRunAiRbac*");
        await using var app = await GuardedApp.StartAsync(null);

        for (var i = 0; i < 3; i++)
            await FluentActions.Awaiting(() => app.PostAsync(Path)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*AddRunAiRbac*");

        app.Runs.Should().Be(0);
    }

    [Fact]
    public async Task Endpoint_WithoutTheRouteParameterOfItsScope_StopsTheStart()
    {
        var start = () => GuardedApp.StartAsync(new ScriptedService(_ => ScriptedService.Allowed()), (app, run) =>
            app.MapPost("/projects/{project}/jobs", run).RequirePermission("workloads", "create", GuardedApp.Project));

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*`projectId`, which is no parameter of its route*");
    }

    [Fact]
    public async Task Guard_OfAGroupOrWithOtherMetadata_StandsInFrontOfAll()
    {
        var rbac = new ScriptedService(asked => asked.Body.Contains("\"update\"", StringComparison.Ordinal) ? Denied() : ScriptedService.Allowed());
        await using var app = await GuardedApp.StartAsync(rbac, (app, run) =>
        {
            var group = app.MapGroup("/projects/{projectId}").RequirePermission("project", "read", GuardedApp.Project);
            group.MapPost("/jobs", run);
            group.MapPost("/both", run).RequirePermission("project", "update", GuardedApp.Project);
            app.MapPost("/open/{projectId}", run).AllowAnonymous().ShortCircuit().RequirePermission("project", "update", GuardedApp.Project);
            app.Map("/any/{projectId}", run).RequirePermission("project", "update", ScopeFrom.Fixed("tenant", "1"));
        });

        (await app.PostAsync(Path)).Status.Should().Be(200);
        (await app.PostAsync("/projects/p1/both")).Status.Should().Be(403);
        (await app.PostAsync("/open/p1")).Status.Should().Be(403);
        foreach (var method in new[] { "GET", "HEAD", "OPTIONS", "DELETE", "BREW" }) (await app.PostAsync("/any/p1", method: new HttpMethod(method))).Status.Should().Be(403, method);
        app.Runs.Should().Be(1);
    }

    [Fact]
    public async Task Controllers_MappedWithARequirement_AreGuarded()
    {
        var rbac = new ScriptedService(asked => asked.Body.Contains("\"mine\"", StringComparison.Ordinal) ? ScriptedService.Allowed() : Denied());
        await using var app = await GuardedApp.StartAsync(rbac, (app, _) => app.MapControllers().RequirePermission("workloads", "create", GuardedApp.Project), controllers: true);

        (await app.PostAsync("/mvc/mine/jobs")).Text.Should().Be("ran in mine");
        (await app.PostAsync("/mvc/other/jobs")).Status.Should().Be(403);
        (await app.PostAsync("/mvc/mine/jobs", authorization: null)).Status.Should().Be(401);
    }

    [Fact]
    public async Task Options_Wrong_StopTheStart()
    {
        var wrong = new (Action<GuardOptions> Make, string Message)[]
        {
            (o => o.BaseAddress = null, "*BaseAddress*"),
            (o => o.BaseAddress = new Uri("/relative", UriKind.Relative), "*BaseAddress*"),
            (o => o.ClientId = "ci", "*ClientSecret*"),
            (o => o.Timeout = TimeSpan.Zero, "*Timeout*"),
            (o => o.MaxAttempts = 0, "*MaxAttempts*"),
            (o => o.Subject = SubjectFrom.Claim("email"), "*ClientId*"),
        };

        foreach (var (make, message) in wrong)
            await FluentActions.Awaiting(() => GuardedApp.StartAsync(new ScriptedService(_ => ScriptedService.Allowed()), configure: make))
                .Should().ThrowAsync<OptionsValidationException>().WithMessage(message);
        FluentActions.Invoking(() => ScopeFrom.Route("namespace", "x")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SubjectFrom.Claim("email", "group")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task Claim_OfAnAuthenticatedCaller_IsAskedAboutWithTheServicesOwnToken()
    {
        var rbac = new ScriptedService(asked => asked.IsSignIn ? ScriptedService.Token("own") : ScriptedService.Allowed());
        await using var app = await GuardedApp.StartAsync(rbac, configure: ByEmail);

        (await app.PostAsync(Path, "Bearer elsewhere", claims: "email=ada@example.com,name=Ada")).Status.Should().Be(200);

        var asked = rbac.Requests.Single(r => !r.IsSignIn);
        asked.Token.Should().Be("own");
        asked.Body.Should().StartWith("""{"subject":{"type":"user","id":"ada@example.com"},""").And.NotContain("elsewhere");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("name=Ada")]
    [InlineData("email=")]
    [InlineData("email=ada@example.com,email=bob@example.com")]
    [InlineData("!email=ada@example.com")]
    public async Task Claim_MissingOrAmbiguousOrNotAuthenticated_IsUnauthorized_NeverAQuestionAboutTheServiceItself(string? claims)
    {
        var rbac = new ScriptedService(asked => asked.IsSignIn ? ScriptedService.Token("own") : ScriptedService.Allowed());
        await using var app = await GuardedApp.StartAsync(rbac, configure: ByEmail);

        (await app.PostAsync(Path, claims: claims)).Status.Should().Be(401);

        (app.Runs, rbac.Requests.Count).Should().Be((0, 0));
    }

    [Fact]
    public async Task OwnCredentials_Refused_AreUnavailable_AndARefusedQuestionIsForbidden()
    {
        var badSecret = new ScriptedService(_ => ScriptedService.Json("""{"error":"invalid_client"}""", HttpStatusCode.Unauthorized));
        var deadToken = new ScriptedService(asked => asked.IsSignIn ? ScriptedService.Token("own") : ScriptedService.Problem(HttpStatusCode.Unauthorized));
        var mayNotAsk = new ScriptedService(asked => asked.IsSignIn ? ScriptedService.Token("own") : ScriptedService.Problem(HttpStatusCode.Forbidden, "forbidden"));

        foreach (var (rbac, status) in new[] { (badSecret, 503), (deadToken, 503), (mayNotAsk, 403) })
        {
            await using var app = await GuardedApp.StartAsync(rbac, configure: ByEmail);
            (await app.PostAsync(Path, claims: "email=ada@example.com")).Status.Should().Be(status);
            app.Runs.Should().Be(0);
        }
    }

    private static void ByEmail(GuardOptions options)
    {
        (options.Subject, options.ClientId, options.ClientSecret) = (SubjectFrom.Claim("email"), "jobs", "secret");
    }

    private static HttpResponseMessage Denied() => ScriptedService.Json("""{"allowed":false,"reason":"no_matching_rule","decisionId":"d2","revision":"r1"}""");
}
