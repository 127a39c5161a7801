using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Features.Audit;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Audit;

/// <summary>What was refused or failed: events in transactions of their own, up to a limit.</summary>
public sealed class RefusalTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task RefusedCall_IsAnEvent_UnlessItAskedForADecision(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var nobody = await world.SignInAsync(await world.CreateUserAsync());
        var cluster = await world.ClusterAsync();
        var reader = await world.PersonAsync(World.Viewer, World.Tenant);

        (await nobody.PostAsync("/api/v1/clusters", new { name = world.NewName() })).Expect(HttpStatusCode.Forbidden);
        (await reader.DeleteAsync($"/api/v1/clusters/{cluster.Id}?force=true")).Expect(HttpStatusCode.Forbidden);
        (await nobody.GetAsync("/api/v1/audit/verify")).Expect(HttpStatusCode.Forbidden);
        (await nobody.PostAsync("/api/v1/authorize", new { subject = new { type = "user", id = ApiHost.AdminEmail }, action = "read", resourceType = "project", scope = new { type = "tenant", id = "1" } }))
            .Expect(HttpStatusCode.Forbidden);

        var events = await FailedAsync(host);
        events.Select(x => $"{x.Subject} {x.Action} {x.HttpMethod} {x.Url} {x.EntityType} {x.EntityId} {x.HttpStatusCode} {x.SubjectType}").Should().BeEquivalentTo(
            $"{nobody.Name} create POST /api/v1/clusters cluster  403 User",
            $"{reader.Name} delete DELETE /api/v1/clusters/{cluster.Id} cluster {cluster.Id} 403 User",
            $"{nobody.Name} update GET /api/v1/audit/verify events-history  403 User");
        events.Should().OnlyContain(x => x.Scopes.Length == 0 && x.Metadata!.Contains("\"errorCode\":\"forbidden\""));
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task FailedSignIn_IsAnEvent_ThatNamesOnlyWhoIsKnown(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var (user, application) = (await world.CreateUserAsync(), await world.CreateApplicationAsync());
        const string wrong = "some-wrong-password";

        (await world.TryPasswordAsync(user.Field("username")!.ToUpperInvariant(), wrong)).Expect(HttpStatusCode.Unauthorized);
        (await world.TryPasswordAsync(wrong, wrong)).Expect(HttpStatusCode.Unauthorized);
        (await world.TrySecretAsync(application.Field("name")!, wrong)).Expect(HttpStatusCode.Unauthorized);
        (await world.TokenAsync(new { grantType = "app_token", AppId = (string?)null, AppSecret = (string?)null })).Expect(HttpStatusCode.Unauthorized);
        (await world.TokenAsync(new { grantType = "password", username = ApiHost.AdminEmail, password = wrong, tenantId = "77" })).Expect(HttpStatusCode.Unauthorized);
        (await world.TokenAsync(new { grantType = "refresh_token", refreshToken = wrong })).Expect(HttpStatusCode.Unauthorized);
        using (var form = new FormUrlEncodedContent([new("grant_type", "password"), new("username", user.Field("username")), new("password", wrong)]))
        using (var reply = await host.Http.PostAsync(new Uri("/api/v2/token", UriKind.Relative), form, Cancel)) reply.StatusCode.Should().Be(HttpStatusCode.BadRequest);

        var events = await FailedAsync(host);
        events.Select(x => $"{x.Action} {x.Subject} {x.SubjectType} {x.EntityId} {x.HttpStatusCode}").Should().BeEquivalentTo(
            $"sign-in {user.Field("username")} User {user.Id} 401",
            "sign-in unknown User  401",
            $"sign-in {application.Field("name")} App {application.Id} 401",
            "sign-in unknown App  401",
            $"sign-in {user.Field("username")} User {user.Id} 400");
        events.Should().NotContain(x => JsonSerializer.Serialize(x, JsonSerializerOptions.Default).Contains(wrong));
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Refusals_BeyondTheLimit_AreOneSummaryAMinute(StorageProvider provider)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(
            new ApiHostSetup(provider) { Clock = clock, Settings = new Dictionary<string, string> { ["Audit:RefusalsPerMinute"] = "3" } }, postgres);
        var world = await World.OpenAsync(host);
        var nobody = await world.SignInAsync(await world.CreateUserAsync());
        for (var i = 0; i < 5; i++) (await nobody.GetAsync("/api/v1/audit/verify")).Expect(HttpStatusCode.Forbidden);
        for (var i = 0; i < 4; i++) (await world.TrySecretAsync("none", "wrong")).Expect(HttpStatusCode.Unauthorized);
        (await FailedAsync(host)).Should().HaveCount(3);

        clock.Advance(TimeSpan.FromMinutes(1));
        await host.Services.GetRequiredService<RefusalLog>().FlushAsync(all: false);
        (await nobody.GetAsync("/api/v1/audit/verify")).Expect(HttpStatusCode.Forbidden);

        var events = await FailedAsync(host);
        events.Should().HaveCount(5);
        var summary = events.Should().ContainSingle(x => x.EntityType == "refusals").Which;
        (summary.Subject, summary.Action, summary.At % 60_000_000).Should().Be(("system", "sign-in", 59_999_999L));
        JsonSerializer.Deserialize<Dictionary<string, string>>(summary.Metadata!).Should().Equal(
            new Dictionary<string, string> { ["sign-in invalid_credentials"] = "4", ["total"] = "6", ["update forbidden"] = "2" });
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task LogThatCannotBeWritten_FailsChangesButNoRefusal(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var world = await World.OpenAsync(host);
        var nobody = await world.SignInAsync(await world.CreateUserAsync());
        await using var db = await OpenAsync(host);
        await db.Database.ExecuteSqlRawAsync("ALTER TABLE audit_events RENAME TO audit_events_away", Cancel);
        var name = world.NewName();

        (await nobody.PostAsync("/api/v1/clusters", new { name })).Expect(HttpStatusCode.Forbidden);
        (await world.TrySecretAsync("none", "wrong")).Expect(HttpStatusCode.Unauthorized);
        (await world.Admin.PostAsync("/api/v1/clusters", new { name })).Expect(HttpStatusCode.InternalServerError);

        (await db.Scopes.AnyAsync(x => x.Name == name, Cancel)).Should().BeFalse();
        await db.Database.ExecuteSqlRawAsync("ALTER TABLE audit_events_away RENAME TO audit_events", Cancel);
        (await world.Admin.PostAsync("/api/v1/clusters", new { name })).Expect(HttpStatusCode.Created);
    }

    private static async Task<List<AuditEventRow>> FailedAsync(ApiHost host)
    {
        await using var db = await OpenAsync(host);
        return await db.AuditEvents.AsNoTracking().Where(x => x.Result == AuditResults.Failed).ToListAsync(Cancel);
    }

    private static Task<RunAiRbacDbContext> OpenAsync(ApiHost host) => host.Services.GetRequiredService<PolicyStore>().OpenAsync(Cancel);
}
