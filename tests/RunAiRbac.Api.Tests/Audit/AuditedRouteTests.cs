using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Authority;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Audit;

/// <summary>Every route that writes leaves its event, and no event holds a secret. A new route of <see cref="WritingRoutes"/> is in here by its case in <see cref="HeldBackReplicaTests"/>.</summary>
public sealed class AuditedRouteTests(PostgresFixture postgres)
{
    private static readonly JsonSerializerOptions AsItIs = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task WritingRoute_Whichever_LeavesItsEventAndNoSecret(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var secrets = new HashSet<string>(StringComparer.Ordinal) { ApiHost.AdminPassword };
        foreach (var route in WritingRoutes.All.Keys)
        {
            var created = await world.CreateUserAsync();
            await world.GrantAsync("user", created.Field("username")!, World.SystemAdministrator, World.Tenant);
            var actor = await world.SignInAsync(created);
            Collect(created.Json, secrets);
            if (route == "POST /api/v1/tenants") await world.GrantAsync("user", created.Field("username")!, World.PlatformAdministrator, World.System);
            var spare = Token(await SignInAgainAsync(host, created), secrets);
            var call = await OwnCallAsync(route, host, actor, created, spare) ?? await HeldBackReplicaTests.Cases[route](world, actor);
            var isOwn = HeldBackReplicaTests.NeedNoRight.Contains(route);
            var reply = await call.SendAsync(actor);
            ((int)reply.Status).Should().BeInRange(200, 299, "{0} was {1}", route, reply.Text);
            Collect(reply.Json, secrets);
            if (call.Body is not null) Collect(JsonSerializer.SerializeToElement(call.Body), secrets);

            var path = call.Path.Split('?')[0];
            var method = call.Method.Method;
            await using var db = await OpenAsync(host);
            var events = await db.AuditEvents.AsNoTracking().Where(x => x.Url == path && x.HttpMethod == method && x.SubjectId == actor.Id).ToListAsync(Cancel);
            events.Should().NotBeEmpty("{0} changed something", route);
            events.Should().OnlyContain(x => x.HttpStatusCode == (int)reply.Status, "the answer of {0} was {1}", route, reply.Status);
            events.Should().OnlyContain(x => x.Result == "Succeeded" && x.SubjectType == "User" && x.Subject == created.Field("username") && x.SourceIp == "127.0.0.1");
            events.Select(x => x.RequestId).Distinct().Should().ContainSingle().Which.Should().Match(id => IsUuid(id));
            events.Should().OnlyContain(x => x.Before != null || x.After != null);
            if (isOwn) events.Should().ContainSingle();
        }

        await DemandNoSecretAsync(host, secrets);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task SignIns_GoodOnes_AreEventsAndRefreshesAreNot(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var (user, application) = (await world.CreateUserAsync(), await world.CreateApplicationAsync());
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        Collect(user.Json, secrets);
        Collect(application.Json, secrets);

        var token = await SignInAgainAsync(host, user);
        Token(token, secrets);
        Token(await host.TokenAsync(new { grantType = "refresh_token", refreshToken = token.GetProperty("refreshToken").GetString() }), secrets);
        Token(await host.TokenAsync(new { grantType = "app_token", AppId = application.Field("name"), AppSecret = application.Field("secret") }), secrets);
        Token(await host.TokenAsync(new { grantType = "client_credentials", clientID = application.Field("name"), clientSecret = application.Field("secret") }), secrets);

        await using var db = await OpenAsync(host);
        var ids = new[] { user.Id, application.Id };
        var events = await db.AuditEvents.AsNoTracking().Where(x => x.Action == AuditActions.SignIn && ids.Contains(x.SubjectId!)).ToListAsync(Cancel);
        events.Select(x => $"{x.SubjectType} {x.EntityType} {JsonDocument.Parse(x.Metadata!).RootElement.GetProperty("grant")} {x.HttpStatusCode}").Should().BeEquivalentTo(
            "User user password 200", "App application app_token 200", "App application client_credentials 200");
        await DemandNoSecretAsync(host, secrets);
    }

    /// <summary>The routes of one's own session and keys; the spare token is of a newer session.</summary>
    private static async Task<WriteCall?> OwnCallAsync(string route, ApiHost host, Person actor, Reply created, string spare)
    {
        if (!HeldBackReplicaTests.NeedNoRight.Contains(route)) return null;
        switch (route)
        {
            case "POST /api/v1/me/password":
                return WriteCall.Post("/api/v1/me/password", new { currentPassword = created.Field("tempPassword"), newPassword = "another password of mine" });
            case "POST /oauth2/revoke":
                return WriteCall.Post("/oauth2/revoke", new Dictionary<string, string> { ["token"] = spare }) with { IsForm = true };
            case "DELETE /api/v1/me/sessions/{id}":
                await using (var db = await OpenAsync(host))
                    return WriteCall.Delete("/api/v1/me/sessions/" + await db.Sessions.Where(x => x.SubjectId == actor.Id).OrderBy(x => x.CreatedAt).Select(x => x.Id).LastAsync(Cancel));
            default:
                // A person's keys: the path's parameter is the key's id.
                var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
                if (!path.Contains('{', StringComparison.Ordinal)) return WriteCall.Post(path, new { name = "key-of-mine" });
                var key = (await actor.PostAsync(path[..path.IndexOf("/{", StringComparison.Ordinal)], new { name = "key-of-mine" })).Id;
                return new WriteCall(new HttpMethod(method), path[..path.IndexOf('{', StringComparison.Ordinal)] + key + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..]);
        }
    }

    private static async Task DemandNoSecretAsync(ApiHost host, HashSet<string> secrets)
    {
        secrets.Should().HaveCountGreaterThan(4);
        await using var db = await OpenAsync(host);
        var hashes = await db.Credentials.Select(x => x.Hash).ToListAsync(Cancel);
        foreach (var row in await db.AuditEvents.AsNoTracking().ToListAsync(Cancel))
        {
            var text = JsonSerializer.Serialize(row, AsItIs);
            secrets.Concat(hashes).Where(secret => text.Contains(secret, StringComparison.Ordinal)).Should().BeEmpty(text);
        }
    }

    private static Task<JsonElement> SignInAgainAsync(ApiHost host, Reply created)
        => host.TokenAsync(new { grantType = "password", username = created.Field("username"), password = created.Field("tempPassword") });

    private static bool IsUuid(string? text) => Guid.TryParse(text, out _);

    private static string Token(JsonElement answer, HashSet<string> secrets)
    {
        Collect(answer, secrets);
        return answer.GetProperty("accessToken").GetString()!;
    }

    /// <summary>Whatever is called a secret, password or token.</summary>
    private static void Collect(JsonElement json, HashSet<string> secrets)
    {
        if (json.ValueKind == JsonValueKind.Array) foreach (var item in json.EnumerateArray()) Collect(item, secrets);
        if (json.ValueKind != JsonValueKind.Object) return;
        foreach (var member in json.EnumerateObject())
        {
            var isSecret = member.Name.Contains("secret", StringComparison.OrdinalIgnoreCase) || member.Name.Contains("password", StringComparison.OrdinalIgnoreCase)
                || member.Name.Contains("token", StringComparison.OrdinalIgnoreCase);
            if (isSecret && member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: > 6 } text) secrets.Add(text);
            else Collect(member.Value, secrets);
        }
    }

    private static Task<RunAiRbacDbContext> OpenAsync(ApiHost host) => host.Services.GetRequiredService<PolicyStore>().OpenAsync(Cancel);
}
