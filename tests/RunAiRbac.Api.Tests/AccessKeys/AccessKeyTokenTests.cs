using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessKeys;

/// <summary>Signing in with access keys: as their user, for as long as both last.</summary>
public sealed class AccessKeyTokenTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private const string Keys = "/api/v1/access-keys";
    private const string Sessions = "/api/v1/me/sessions";

    [Theory, MemberData(nameof(Providers))]
    public async Task Token_ByEveryGrant_IsTheUsers(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var http = (await Hosts.GetAsync(provider)).Http;
        var cluster = await world.ClusterAsync();
        var user = await world.PersonAsync(World.DepartmentAdministrator, cluster);
        var key = await world.KeyAsync(user);
        var (client, secret) = (key.Field("clientId")!, key.Field("clientSecret")!);
        var replies = new List<Reply>();
        foreach (var body in new object[]
        {
            new { grantType = "app_token", AppId = client, AppSecret = secret },
            new { grantType = "client_credentials", clientID = client, clientSecret = secret },
            new { grantType = "client_credentials", clientId = client, clientsecret = secret, tenantId = ApiHost.Tenant },
        }) replies.Add((await world.TokenAsync(body)).Expect(HttpStatusCode.OK));
        replies.Add(await FormAsync(http, new() { ["grant_type"] = "client_credentials", ["client_id"] = client, ["client_secret"] = secret }, null));
        replies.Add(await FormAsync(http, new() { ["grant_type"] = "client_credentials" }, $"{client}:{secret}"));

        foreach (var reply in replies)
        {
            (reply.Field("refreshToken") ?? reply.Field("refresh_token")).Should().BeNull();
            var token = (reply.Field("accessToken") ?? reply.Field("access_token"))!;
            var claims = Claims(token);
            claims.GetProperty("sub").GetString().Should().Be(user.Id);
            claims.GetProperty("email").GetString().Should().Be(user.Name);
            claims.GetProperty("client_id").GetString().Should().Be(client);
            claims.GetProperty("access_key").GetBoolean().Should().BeTrue();
            var robot = new Person(http, user.Id, user.Name, token);
            (await robot.GetAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.OK).Id.Should().Be(user.Id);
            (await robot.MayAsync("users", "create", cluster)).Should().BeTrue();
            (await robot.MayAsync("users", "create", World.Tenant)).Should().BeFalse();
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Token_RightsOfTheMoment_AreTheUsers(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var robot = await world.SignInWithKeyAsync(user, await world.KeyAsync(user));
        (await robot.MayAsync("department", "read", World.Tenant)).Should().BeFalse();

        var rule = await world.GrantAsync("user", user.Name, World.Editor, World.Tenant);
        (await robot.MayAsync("department", "read", World.Tenant)).Should().BeTrue();
        (await robot.GetAsync($"/api/v1/apps?search={world.Tag}")).Expect(HttpStatusCode.OK).Ids.Should().BeEmpty();
        var made = await world.CreateApplicationAsync();
        (await robot.GetAsync($"/api/v1/apps?search={world.Tag}")).Ids.Should().Equal(made.Id);

        (await world.Admin.DeleteAsync($"/api/v1/authorization/access-rules/{rule.Json.GetProperty("id").GetInt32()}")).Expect(HttpStatusCode.NoContent);
        (await robot.MayAsync("department", "read", World.Tenant)).Should().BeFalse();
        (await robot.GetAsync($"/api/v1/apps?search={world.Tag}")).Ids.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Token_WrongCredentials_AreAllTheSame(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (one, two) = (await world.SignInAsync(await world.CreateUserAsync()), await world.SignInAsync(await world.CreateUserAsync()));
        var (key, other) = (await world.KeyAsync(one), await world.KeyAsync(two));
        var app = await world.CreateApplicationAsync();
        var (client, secret) = (key.Field("clientId")!, key.Field("clientSecret")!);
        var answers = new List<string>();
        foreach (var (id, word) in new[]
        {
            (client, other.Field("clientSecret")!), (client, "rnai_no"), (client, ""), (client, app.Field("secret")!), (key.Field("name")!, secret), (one.Id, secret), (one.Name, secret),
            (client.ToUpperInvariant(), secret), (client + " ", secret), ("{" + client + "}", secret), (Guid.NewGuid().ToString(), secret), (app.Id, secret), (client, " " + secret), (client, secret.ToUpperInvariant()),
        })
        {
            var refused = (await world.TokenAsync(new { grantType = "app_token", appID = id, appSecret = word })).Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
            answers.Add(refused.Json.GetProperty("message").GetString()!);
        }

        answers.Distinct().Should().ContainSingle();
        (await world.TryPasswordAsync(one.Name, secret)).Expect(HttpStatusCode.Unauthorized);
        (await world.TokenAsync(new { grantType = "app_token", appID = client, appSecret = secret, tenantId = "77" })).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task NewSecret_EndsThisKeysTokensAlone(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var (key, other) = (await world.KeyAsync(user), await world.KeyAsync(user));
        var robots = new[] { await world.SignInWithKeyAsync(user, key), await world.SignInWithKeyAsync(user, key) };
        var another = await world.SignInWithKeyAsync(user, other);
        foreach (var robot in robots) (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK);

        var reset = (await user.PostAsync($"{Keys}/{key.Id}/secret")).Expect(HttpStatusCode.OK);

        reset.Json.EnumerateObject().Select(x => x.Name).Should().BeEquivalentTo("clientSecret", "revision");
        reset.Revision.Should().NotBeNullOrEmpty();
        foreach (var robot in robots) (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await another.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK);
        (await user.GetAsync(Sessions)).Expect(HttpStatusCode.OK);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(key, reset.Field("clientSecret"))).Expect(HttpStatusCode.OK);
        (await user.PostAsync($"/api/v1/user-applications/{key.Id}/secret")).Expect(HttpStatusCode.OK).Field("clientSecret").Should().StartWith("rnai_");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DeletedKey_EndsItsTokensAlone(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var (key, other) = (await world.KeyAsync(user), await world.KeyAsync(user));
        var (robot, another) = (await world.SignInWithKeyAsync(user, key), await world.SignInWithKeyAsync(user, other));
        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK);

        (await user.DeleteAsync($"{Keys}/{key.Id}")).Expect(HttpStatusCode.NoContent);

        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await robot.PostAsync("/api/v1/users", new { email = world.NewEmail() })).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.Unauthorized);
        (await another.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK);
        (await user.GetAsync(Sessions)).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").GetArrayLength().Should().Be(2);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DeletedKey_WhileTokensAreTaken_LeavesNoneAlive(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var http = (await Hosts.GetAsync(provider)).Http;
        var user = await world.SignInAsync(await world.CreateUserAsync());
        for (var round = 0; round < 4; round++)
        {
            var key = await world.KeyAsync(user);
            var taken = Enumerable.Range(0, 12).Select(_ => Task.Run(() => world.TryKeyAsync(key), TestContext.Current.CancellationToken)).ToList();
            // Once the first has come, others are on their way.
            await Task.WhenAny(taken);
            var ended = round % 2 == 0 ? await user.DeleteAsync($"{Keys}/{key.Id}") : await user.PostAsync($"{Keys}/{key.Id}/secret");
            ((int)ended.Status).Should().BeOneOf(200, 204);

            foreach (var reply in await Task.WhenAll(taken))
            {
                if (reply.Status == HttpStatusCode.OK) (await new Person(http, user.Id, "", reply.Field("accessToken")!).GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
                else reply.Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
            }
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task UserThatEnds_EndsItsKeys(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var key = await world.KeyAsync(user);
        var path = $"/api/v1/users/{user.Id}";
        var robot = await world.SignInWithKeyAsync(user, key);
        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK);

        (await world.Admin.PostAsync(path + "/logout")).Expect(HttpStatusCode.OK);
        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        robot = await world.SignInWithKeyAsync(user, key);

        (await world.Admin.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.OK);
        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await world.Admin.PatchAsync(path, new { enabled = true })).Expect(HttpStatusCode.OK);
        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        robot = await world.SignInWithKeyAsync(user, key);

        (await world.Admin.DeleteAsync(path)).Expect(HttpStatusCode.NoContent);
        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await world.Admin.PostAsync("/api/v1/users", new { email = user.Name })).Expect(HttpStatusCode.Created);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task UserThatMustChangeThePassword_HasNoWayAroundByAKey(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var key = await world.KeyAsync(user);
        var robot = await world.SignInWithKeyAsync(user, key);

        var reset = (await world.Admin.PostAsync($"/api/v1/users/{user.Id}/password")).Expect(HttpStatusCode.OK);
        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
        var again = await world.SignInAsync(user.Id, user.Name, reset.Field("tempPassword")!);
        (await again.GetAsync(Keys)).Expect(HttpStatusCode.Forbidden, "password_change_required");
        (await again.PostAsync(Keys, new { name = "robot" })).Expect(HttpStatusCode.Forbidden, "password_change_required");

        (await again.PostAsync("/api/v1/me/password", new { currentPassword = reset.Field("tempPassword"), newPassword = "a longer new password" })).Expect(HttpStatusCode.OK);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task LastLogin_IsTheLastTokenOfThisKey(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var (key, unused) = (await world.KeyAsync(user), await world.KeyAsync(user));
        var login = (await user.GetAsync($"/api/v1/users/{user.Id}")).Field("lastLogin");
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        (await world.TryKeyAsync(key, "rnai_no")).Expect(HttpStatusCode.Unauthorized);
        (await user.GetAsync($"{Keys}/{key.Id}")).Json.GetProperty("lastLogin").ValueKind.Should().Be(JsonValueKind.Null);
        await world.SignInWithKeyAsync(user, key);
        var first = (await user.GetAsync($"{Keys}/{key.Id}")).Json.GetProperty("lastLogin").GetDateTimeOffset();
        await world.SignInWithKeyAsync(user, key);
        var second = (await user.GetAsync($"{Keys}/{key.Id}")).Json.GetProperty("lastLogin").GetDateTimeOffset();

        first.Should().BeAfter(before);
        second.Should().BeAfter(first);
        (await user.GetAsync($"{Keys}/{unused.Id}")).Json.GetProperty("lastLogin").ValueKind.Should().Be(JsonValueKind.Null);
        // The user's own is that of a sign-in of its own.
        (await user.GetAsync($"/api/v1/users/{user.Id}")).Field("lastLogin").Should().Be(login);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SessionOfAKey_IsShownToItsUser_ButManagesNothingOfItsOwn(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.PersonAsync(World.SystemAdministrator, World.Tenant);
        var key = await world.KeyAsync(user);
        var robot = await world.SignInWithKeyAsync(user, key);
        var session = (await user.GetAsync(Sessions)).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").EnumerateArray()
            .Single(s => s.TryGetProperty("clientId", out var client) && client.GetString() == key.Field("clientId"));

        session.GetProperty("grant").GetString().Should().Be("client_credentials");
        session.GetProperty("current").GetBoolean().Should().BeFalse();
        var id = session.GetProperty("id").GetString();
        foreach (var keys in new[] { Keys, "/api/v1/user-applications" })
        {
            (await robot.GetAsync(keys)).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await robot.PostAsync(keys, new { name = "robot-2" })).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await robot.GetAsync($"{keys}/{key.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await robot.PostAsync($"{keys}/{key.Id}/secret")).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await robot.DeleteAsync($"{keys}/{key.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await robot.DeleteAsync($"/api/v1/administration/{keys.Split('/')[^1]}/{key.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
        }

        (await robot.GetAsync(Sessions)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await robot.DeleteAsync($"{Sessions}/{id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await robot.PostAsync("/api/v1/me/password", new { currentPassword = "x", newPassword = "a longer new password" })).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await robot.PostAsync($"/api/v1/users/{user.Id}/password")).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await robot.PostAsync($"/api/v1/users/{user.Id}/logout")).Expect(HttpStatusCode.Forbidden, "forbidden");
        // What the user may do to others it may do by its key too.
        var other = await world.CreateUserAsync();
        (await robot.PostAsync($"/api/v1/users/{other.Id}/password")).Expect(HttpStatusCode.OK);

        (await user.DeleteAsync($"{Sessions}/{id}")).Expect(HttpStatusCode.NoContent);
        (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task EndOfAKey_OnAnotherReplica_AuthorizesNoMoreWriteAndIsKnownWithTheFeed()
    {
        var held = new Dictionary<string, string> { ["Freshness:PollInterval"] = "00:30:00", ["Freshness:MaxStaleness"] = "01:00:00", ["Freshness:Notifications"] = "false" };
        await using var one = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var two = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = one, Settings = held }, postgres);
        var world = await World.OpenAsync(one);
        var user = await world.PersonAsync(World.SystemAdministrator, World.Tenant);
        foreach (var isDeleted in new[] { true, false })
        {
            var key = await world.KeyAsync(user);
            var late = two.Services.GetRequiredService<PolicyStore>();
            await late.PollAsync(TestContext.Current.CancellationToken);
            var robot = new Person(two.Http, user.Id, user.Name, (await two.SignInWithKeyAsync(key)));
            (await robot.PostAsync("/api/v1/apps", new { name = world.NewName() })).Expect(HttpStatusCode.Created);

            if (isDeleted) (await user.DeleteAsync($"{Keys}/{key.Id}")).Expect(HttpStatusCode.NoContent);
            else (await user.PostAsync($"{Keys}/{key.Id}/secret")).Expect(HttpStatusCode.OK);

            (await robot.PostAsync("/api/v1/apps", new { name = world.NewName() })).Expect(HttpStatusCode.Unauthorized);
            await late.PollAsync(TestContext.Current.CancellationToken);
            (await robot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        }
    }

    private static async Task<Reply> FormAsync(HttpClient http, Dictionary<string, string> form, string? basic)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v2/token") { Content = new FormUrlEncodedContent(form) };
        if (basic is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(basic)));
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (await Reply.ReadAsync(response)).Expect(HttpStatusCode.OK);
    }

    private static JsonElement Claims(string token)
    {
        var payload = token.Split('.')[1];
        using var claims = JsonDocument.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
        return claims.RootElement.Clone();
    }
}

internal static class KeySignIn
{
    /// <summary>A token taken on that host.</summary>
    public static async Task<string> SignInWithKeyAsync(this ApiHost host, Reply key)
        => (await host.TokenAsync(new { grantType = "client_credentials", clientID = key.Field("clientId"), clientSecret = key.Field("clientSecret") })).GetProperty("accessToken").GetString()!;
}
