using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class TokenEndpointTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Grant_ApplicationByEitherGrant_WorksAndGivesNoRefreshToken(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var made = await world.CreateApplicationAsync();
        var (name, secret) = (made.Field("name")!, made.Field("secret")!);

        foreach (var body in new object[]
        {
            new { grantType = "app_token", AppId = name, AppSecret = secret },
            new { GrantType = "app_token", appID = made.Id, appSecret = secret },
            new { grantType = "client_credentials", clientID = name, clientSecret = secret, somethingElse = new { a = 1 } },
            new { grantType = "client_credentials", clientId = made.Id, clientsecret = secret, tenantId = ApiHost.Tenant },
            new { grantType = "client_credentials", clientId = name, clientSecret = secret, tenantId = "1", username = (string?)null },
        })
        {
            var reply = (await world.TokenAsync(body)).Expect(HttpStatusCode.OK);
            reply.Field("refreshToken").Should().BeNull();
            reply.Json.GetProperty("expiresIn").GetInt32().Should().Be(900);
            var application = new Person((await Hosts.GetAsync(provider)).Http, made.Id, name, reply.Field("accessToken")!);
            (await application.MayAsync("workloads", "create", World.Tenant)).Should().BeFalse();
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Grant_EveryWrongCredential_AnswersTheSame(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        var disabled = await world.CreateUserAsync();
        (await world.Admin.PatchAsync($"/api/v1/users/{disabled.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);
        var pending = world.NewEmail();
        await world.GrantAsync("user", pending, World.Viewer, World.Tenant);
        var application = await world.CreateApplicationAsync();
        var (email, password) = (user.Field("username"), user.Field("tempPassword"));
        var (name, secret) = (application.Field("name"), application.Field("secret"));

        var answers = new List<string>();
        foreach (var body in new object[]
        {
            new { grantType = "password", username = email, password = "wrong" },
            new { grantType = "password", username = email, password = new string('x', 5000) },
            new { grantType = "password", username = email, password = (string?)null },
            new { grantType = "password", username = email, password = string.Empty },
            new { grantType = "password", username = world.NewEmail(), password },
            new { grantType = "password", username = "not an e-mail", password },
            new { grantType = "password", username = disabled.Field("username"), password = disabled.Field("tempPassword") },
            new { grantType = "password", username = pending, password },
            new { grantType = "password", username = email, password, tenantId = 2 },
            new { grantType = "password", username = email, password, tenantId = "nonsense" },
            new { grantType = "password", username = name, password = secret },
            new { grantType = "app_token", appID = name, appSecret = "wrong" },
            new { grantType = "app_token", appID = name, appSecret = (string?)null },
            new { grantType = "app_token", appID = (string?)null, appSecret = (string?)null },
            new { grantType = "app_token", appID = world.NewName(), appSecret = secret },
            new { grantType = "app_token", appID = name!.ToUpperInvariant(), appSecret = secret },
            new { grantType = "app_token", appID = name, appSecret = secret, tenantId = "99" },
            new { grantType = "app_token", appID = email, appSecret = password },
            new { grantType = "refresh_token", refreshToken = "made-up" },
        })
        {
            var reply = (await world.TokenAsync(body)).Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
            answers.Add(reply.Text.Replace(reply.Field("traceId")!, string.Empty, StringComparison.Ordinal));
        }

        answers.Distinct().Should().ContainSingle();
    }

    [Theory]
    [InlineData("""{}""", "grantType")]
    [InlineData("""{"grantType":"app_token","appSecret":"x"}""", "appID")]
    [InlineData("""{"grantType":"app_token","appID":"x"}""", "appSecret")]
    [InlineData("""{"grantType":"client_credentials","clientID":"x"}""", "clientSecret")]
    [InlineData("""{"grantType":"password","password":"x"}""", "username")]
    [InlineData("""{"grantType":"password","username":"x"}""", "password")]
    [InlineData("""{"grantType":"password","username":"x","password":"y","clientID":"a b"}""", "clientID")]
    [InlineData("""{"grantType":"password","username":["x"],"password":"y"}""", "username")]
    [InlineData("""{"grantType":"password","username":"x","Username":"z","password":"y"}""", "Username")]
    [InlineData("""{"grantType":"refresh_token"}""", "refreshToken")]
    [InlineData("""[]""", "body")]
    [InlineData("""{"grantType":""", "body")]
    public async Task Grant_Malformed_IsBadRequestNamingTheField(string body, string field)
    {
        var reply = (await SendAsync("/api/v1/token", body, "application/json")).Expect(HttpStatusCode.BadRequest, "invalid_request");

        reply.Details.Should().BeOneOf(field, "grantType");
    }

    [Theory, InlineData("exchange_token"), InlineData("external_token_exchange"), InlineData("App_Token"), InlineData("")]
    public async Task Grant_UnknownGrant_IsUnsupported(string grant)
        => (await SendAsync("/api/v1/token", $$"""{"grantType":"{{grant}}"}""", null)).Expect(HttpStatusCode.BadRequest, "unsupported_grant_type");

    [Fact]
    public async Task Grant_BodyOfAnotherType_IsUnsupportedMedia()
        => (await SendAsync("/api/v1/token", """{"grantType":"app_token"}""", "text/plain")).Expect(HttpStatusCode.UnsupportedMediaType);

    [Fact]
    public async Task Grant_HostOfAnotherTenant_AnswersAsAWrongPassword()
    {
        await using var host = await ApiHost.StartAsync(
            new ApiHostSetup(StorageProvider.Sqlite) { Settings = new Dictionary<string, string> { ["Tenancy:Hosts:other.example.com"] = "2", ["Tenancy:Hosts:one.example.com"] = "1" } }, postgres);
        var body = new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword, tenantId = "1" };
        using var other = host.NewClient();
        other.DefaultRequestHeaders.Host = "OTHER.example.com:8080";
        using var one = host.NewClient();
        one.DefaultRequestHeaders.Host = "one.example.com";

        using var wrong = await other.PostAsJsonAsync("/api/v1/token", body, TestContext.Current.CancellationToken);
        using var right = await one.PostAsJsonAsync("/api/v1/token", body with { tenantId = "2" }, TestContext.Current.CancellationToken);

        (await Reply.ReadAsync(wrong)).Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await Reply.ReadAsync(right)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task OlderEndpoint_Secret_GivesAToken(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var made = await world.CreateApplicationAsync();
        var api = await Hosts.GetAsync(provider);

        var byName = await ApiHost.PostAsync(api.Http, "/v1/k8s/auth/oauth/apptoken", new { name = made.Field("name"), secret = made.Field("secret") });
        var byId = await ApiHost.PostAsync(api.Http, "/v1/k8s/auth/oauth/apptoken", new { id = made.Id, name = "ignored", secret = made.Field("secret") });

        byName.GetProperty("access_token").GetString().Should().StartWith("eyJ");
        byId.GetProperty("access_token").GetString().Should().StartWith("eyJ");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Refresh_Rotates_AndAnOldTokenEndsTheSession(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        var first = (await world.TryPasswordAsync(user.Field("username")!, user.Field("tempPassword")!)).Expect(HttpStatusCode.OK);

        var second = (await RefreshAsync(world, first)).Expect(HttpStatusCode.OK);
        var third = (await RefreshAsync(world, second)).Expect(HttpStatusCode.OK);
        var person = new Person((await Hosts.GetAsync(provider)).Http, user.Id, "", third.Field("accessToken")!);
        (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").GetArrayLength().Should().Be(1);

        (await RefreshAsync(world, first)).Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await RefreshAsync(world, third)).Expect(HttpStatusCode.Unauthorized);
        (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Refresh_UsedManyTimesAtOnce_WinsAtMostOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        var first = (await world.TryPasswordAsync(user.Field("username")!, user.Field("tempPassword")!)).Expect(HttpStatusCode.OK);

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(world, first)));

        replies.Count(reply => reply.Status == HttpStatusCode.OK).Should().BeLessThanOrEqualTo(1);
        replies.Should().OnlyContain(reply => reply.Status == HttpStatusCode.OK || reply.Status == HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Refresh_AfterAResetOrDisabling_IsRefused(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (one, two) = (await world.CreateUserAsync(), await world.CreateUserAsync());
        var tokenOfOne = await world.TryPasswordAsync(one.Field("username")!, one.Field("tempPassword")!);
        var tokenOfTwo = await world.TryPasswordAsync(two.Field("username")!, two.Field("tempPassword")!);

        (await world.Admin.PostAsync($"/api/v1/users/{one.Id}/password")).Expect(HttpStatusCode.OK);
        (await world.Admin.PatchAsync($"/api/v1/users/{two.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);
        (await world.Admin.PatchAsync($"/api/v1/users/{two.Id}", new { enabled = true })).Expect(HttpStatusCode.OK);

        (await RefreshAsync(world, tokenOfOne)).Expect(HttpStatusCode.Unauthorized);
        (await RefreshAsync(world, tokenOfTwo)).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Sessions_PastTheirLifetime_AreOver()
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.Sqlite) { Clock = clock }, postgres);
        var tokens = await host.TokenAsync(new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword });
        var person = new Person(host.Http, "", "", tokens.GetProperty("accessToken").GetString()!);
        (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);

        for (var i = 0; i < 15; i++) await AdvanceAsync(host, clock, TimeSpan.FromMinutes(1));
        (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);

        var refreshed = await ApiHost.PostAsync(host.Http, "/api/v1/token", new { grantType = "refresh_token", refreshToken = tokens.GetProperty("refreshToken").GetString() });
        await AdvanceAsync(host, clock, TimeSpan.FromHours(8));
        using var late = await host.Http.PostAsJsonAsync(
            "/api/v1/token", new { grantType = "refresh_token", refreshToken = refreshed.GetProperty("refreshToken").GetString() }, TestContext.Current.CancellationToken);
        (await Reply.ReadAsync(late)).Expect(HttpStatusCode.Unauthorized);
    }

    /// <summary>Moves the clock and confirms the policy, which would be too old otherwise.</summary>
    private static async Task AdvanceAsync(ApiHost host, FakeClock clock, TimeSpan by)
    {
        clock.Advance(by);
        await host.Services.GetRequiredService<PolicyStore>().PollAsync(TestContext.Current.CancellationToken);
    }

    private static Task<Reply> RefreshAsync(World world, Reply tokens) => world.TokenAsync(new { grantType = "refresh_token", refreshToken = tokens.Field("refreshToken") });

    private async Task<Reply> SendAsync(string path, string body, string? contentType)
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null) content.Headers.ContentType = new(contentType);
        using var response = await api.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }
}
