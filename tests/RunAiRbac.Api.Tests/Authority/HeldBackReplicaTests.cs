using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>
/// Two hosts on one PostgreSQL, the second without its feed: a right revoked on the first cannot authorize one more write on the second, on any route.
/// </summary>
public sealed class HeldBackReplicaTests(PostgresFixture postgres)
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const string Tenants = "POST /api/v1/tenants";

    /// <summary>A call that the actor may make by its right alone, on objects of its own. Each route that writes policy has one; the route inventory looks.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<World, Person, Task<WriteCall>>> Cases = new Dictionary<string, Func<World, Person, Task<WriteCall>>>(StringComparer.Ordinal)
    {
        ["POST " + Rules] = (world, _) => Now(WriteCall.Post(Rules, new { subjectType = "group", subjectId = world.NewName(), roleId = World.Viewer, scopeType = "tenant", scopeId = World.Tenant.Id })),
        ["POST " + Rules + "/authenticated-users"] = async (world, _) => WriteCall.Post(Rules + "/authenticated-users", new { roleId = World.Viewer, scopeType = "cluster", scopeId = (await world.ClusterAsync()).Id }),
        ["POST " + Rules + "/batch-create"] = (world, _) => Now(WriteCall.Post(Rules + "/batch-create", new
        {
            payload = new
            {
                roleId = World.Viewer,
                subjects = new[] { new { subjectType = "group", subjectId = world.NewName() }, new { subjectType = "user", subjectId = world.NewEmail() } },
                scopes = new[] { new { scopeType = "tenant", scopeId = World.Tenant.Id } },
            },
        })),
        ["POST " + Rules + "/batch"] = async (world, _) => WriteCall.Post(Rules + "/batch", new { ids = new[] { Number(await world.GrantAsync("group", world.NewName(), World.Viewer, World.Tenant)) }, action = "delete" }),
        ["DELETE " + Rules + "/{accessRuleId}"] = async (world, _) => WriteCall.Delete($"{Rules}/{Number(await world.GrantAsync("group", world.NewName(), World.Viewer, World.Tenant))}"),
        ["POST /api/v1/users"] = (world, _) => Now(WriteCall.Post("/api/v1/users", new { email = world.NewEmail() })),
        ["PATCH /api/v1/users/{userId}"] = async (world, _) => WriteCall.Patch(await UserAsync(world), new { enabled = false }),
        ["DELETE /api/v1/users/{userId}"] = async (world, _) => WriteCall.Delete(await UserAsync(world)),
        ["POST /api/v1/users/{userId}/password"] = async (world, _) => WriteCall.Post(await UserAsync(world) + "/password"),
        ["POST /api/v1/users/{userId}/logout"] = async (world, _) => WriteCall.Post(await UserAsync(world) + "/logout"),
        ["PUT /api/v1/users/{userId}/groups"] = (world, actor) => Now(WriteCall.Put($"/api/v1/users/{actor.Id}/groups", new { source = "directory", groups = new[] { world.NewName() } })),
        ["POST /api/v1/users/{userId}/identities"] = async (world, _) => WriteCall.Post(await UserAsync(world) + "/identities", new { provider = (await ProviderAsync(world))["/api/v1/idps/".Length..], subjectClaim = world.NewName() }),
        ["DELETE /api/v1/users/{userId}/identities/{identityId}"] = async (world, _) => WriteCall.Delete(await LocalIdentityAsync(world)),
        ["POST /api/v1/apps"] = (world, _) => Now(WriteCall.Post("/api/v1/apps", new { name = world.NewName() })),
        ["PATCH /api/v1/apps/{appId}"] = async (world, _) => WriteCall.Patch(await ApplicationAsync(world, "apps"), new { enabled = false }),
        ["DELETE /api/v1/apps/{appId}"] = async (world, _) => WriteCall.Delete(await ApplicationAsync(world, "apps")),
        ["POST /api/v1/apps/{appId}/secret"] = async (world, _) => WriteCall.Post(await ApplicationAsync(world, "apps") + "/secret"),
        ["POST /api/v1/service-accounts"] = (world, _) => Now(WriteCall.Post("/api/v1/service-accounts", new { name = world.NewName() })),
        ["PATCH /api/v1/service-accounts/{serviceAccountId}"] = async (world, _) => WriteCall.Patch(await ApplicationAsync(world, "service-accounts"), new { enabled = false }),
        ["DELETE /api/v1/service-accounts/{serviceAccountId}"] = async (world, _) => WriteCall.Delete(await ApplicationAsync(world, "service-accounts")),
        ["POST /api/v1/service-accounts/{serviceAccountId}/secret"] = async (world, _) => WriteCall.Post(await ApplicationAsync(world, "service-accounts") + "/secret"),
        ["POST /api/v1/clusters"] = (world, _) => Now(WriteCall.Post("/api/v1/clusters", new { name = world.NewName() })),
        ["PUT /api/v1/clusters/{clusterUuid}"] = async (world, _) => WriteCall.Put($"/api/v1/clusters/{(await world.ClusterAsync()).Id}", new { name = world.NewName() }),
        ["DELETE /api/v1/clusters/{clusterUuid}"] = async (world, _) => WriteCall.Delete($"/api/v1/clusters/{(await world.ClusterAsync()).Id}"),
        ["POST /api/v1/org-unit/departments"] = async (world, _) => WriteCall.Post("/api/v1/org-unit/departments", new { name = world.NewName(), clusterId = (await world.ClusterAsync()).Id, resources = Array.Empty<object>() }),
        ["PUT /api/v1/org-unit/departments/{departmentId}"] = async (world, _) => WriteCall.Put(await DepartmentAsync(world), new { description = "other", resources = Array.Empty<object>() }),
        ["PATCH /api/v1/org-unit/departments/{departmentId}"] = async (world, _) => WriteCall.Patch(await DepartmentAsync(world), new { name = world.NewName() }),
        ["DELETE /api/v1/org-unit/departments/{departmentId}"] = async (world, _) => WriteCall.Delete(await DepartmentAsync(world)),
        ["PUT /api/v1/org-unit/departments/{departmentId}/resources"] = async (world, _) => WriteCall.Put(await DepartmentAsync(world) + "/resources", Array.Empty<object>()),
        ["PATCH /api/v1/org-unit/departments/{departmentId}/resources"] = async (world, _) => WriteCall.Patch(await DepartmentAsync(world) + "/resources", new[] { new { priority = "high" } }),
        ["PUT /api/v1/org-unit/projects/{projectId}/resources"] = async (world, _) => WriteCall.Put(await ProjectAsync(world) + "/resources", Array.Empty<object>()),
        ["PATCH /api/v1/org-unit/projects/{projectId}/resources"] = async (world, _) => WriteCall.Patch(await ProjectAsync(world) + "/resources", new[] { new { priority = "high" } }),
        ["POST /api/v1/org-unit/projects"] = async (world, _) => WriteCall.Post("/api/v1/org-unit/projects", new { name = world.NewName(), clusterId = (await world.ClusterAsync()).Id, resources = Array.Empty<object>() }),
        ["PUT /api/v1/org-unit/projects/{projectId}"] = async (world, _) => WriteCall.Put(await ProjectAsync(world), new { description = "other", resources = Array.Empty<object>() }),
        ["PATCH /api/v1/org-unit/projects/{projectId}"] = async (world, _) => WriteCall.Patch(await ProjectAsync(world), new { name = world.NewName() }),
        ["DELETE /api/v1/org-unit/projects/{projectId}"] = async (world, _) => WriteCall.Delete(await ProjectAsync(world)),
        ["POST /api/v1/idps"] = (world, _) => Now(WriteCall.Post("/api/v1/idps", Provider(world))),
        ["PUT /api/v1/idps/{idp}"] = async (world, _) => WriteCall.Put(await ProviderAsync(world), Provider(world)),
        ["DELETE /api/v1/idps/{idp}"] = async (world, _) => WriteCall.Delete(await ProviderAsync(world)),
        ["PUT /api/v1/idps/{idp}/mappers"] = async (world, _) => WriteCall.Put(await ProviderAsync(world) + "/mappers", new { email = "mail" }),
        ["PUT /api/v1/security/settings/{key}"] = (_, _) => Now(WriteCall.Put("/api/v1/security/settings/browserSessionTimeout", new { idleTimeout = 30 })),
        ["DELETE /api/v1/administration/access-keys/{accessKeyId}"] = async (world, _) => WriteCall.Delete($"/api/v1/administration/access-keys/{await KeyAsync(world)}"),
        ["DELETE /api/v1/administration/user-applications/{appId}"] = async (world, _) => WriteCall.Delete($"/api/v1/administration/user-applications/{await KeyAsync(world)}"),
        [Tenants] = (world, _) => Now(WriteCall.Post("/api/v1/tenants", new { name = world.NewName(), email = world.NewEmail(), password = "a long password" })),
    };

    /// <summary>Routes that concern one's own session: they need no right that could be revoked but the session itself, which has its own test here.</summary>
    internal static readonly string[] NeedNoRight =
    [
        "POST /api/v1/me/password", "DELETE /api/v1/me/sessions/{id}", "POST /oauth2/revoke",
        "POST /api/v1/access-keys", "DELETE /api/v1/access-keys/{accessKeyId}", "POST /api/v1/access-keys/{accessKeyId}/secret",
        "POST /api/v1/user-applications", "DELETE /api/v1/user-applications/{appId}", "POST /api/v1/user-applications/{appId}/secret",
    ];

    private static readonly Dictionary<string, string> NoFeed = new() { ["Freshness:PollInterval"] = "00:30:00", ["Freshness:MaxStaleness"] = "01:00:00", ["Freshness:Notifications"] = "false" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RightRevokedOnTheFirst_OnTheSecond_AuthorizesNoRoute()
    {
        await using var first = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var second = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = first, Settings = NoFeed }, postgres);
        var world = await World.OpenAsync(first);
        var late = second.Services.GetRequiredService<PolicyStore>();
        foreach (var (route, prepare) in Cases)
        {
            var (actor, rule, _) = route == Tenants
                ? await ActorAsync(world, first, second, World.PlatformAdministrator, World.System)
                : await ActorAsync(world, first, second);
            var allowed = await prepare(world, actor);
            var revoked = await prepare(world, actor);
            await late.PollAsync(Cancel);
            var accepted = await allowed.SendAsync(actor);
            ((int)accepted.Status).Should().BeInRange(200, 299, "{0} works as long as the right lasts", route);
            Failures(accepted).Should().BeEmpty("{0} works as long as the right lasts", route);

            (await world.Admin.DeleteAsync($"{Rules}/{rule}")).Expect(HttpStatusCode.NoContent);
            Knows(late, actor, rule).Should().BeTrue("the second host must not have heard of it yet");
            var before = await TenantState.ReadAsync(late, ApiHost.Tenant, Cancel);
            var reply = await revoked.SendAsync(actor);
            var after = await TenantState.ReadAsync(late, ApiHost.Tenant, Cancel);

            // A parent that one may not see any more is a 400 that names the field. A batch is refused item by item.
            var statuses = Failures(reply) is { Count: > 0 } failures ? failures : [reply.Status];
            foreach (var status in statuses)
                status.Should().BeOneOf([HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.BadRequest], "{0} may not work on a right that is gone: {1}", route, reply.Text);
            after.Lines.Should().Equal(before.Lines, "{0} was refused", route);
        }
    }

    [Fact]
    public async Task SessionEndedOnTheFirst_OnTheSecond_AuthorizesNoRoute()
    {
        await using var first = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var second = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = first, Settings = NoFeed }, postgres);
        var world = await World.OpenAsync(first);
        var late = second.Services.GetRequiredService<PolicyStore>();
        var (actor, _, password) = await ActorAsync(world, first, second);
        await world.GrantAsync("user", actor.Name, World.PlatformAdministrator, World.System);
        await late.PollAsync(Cancel);
        var key = (await actor.PostAsync("/api/v1/access-keys", new { name = "robot" })).Expect(HttpStatusCode.Created).Id;
        await first.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
        var calls = new List<WriteCall>();
        foreach (var keys in new[] { "/api/v1/access-keys", "/api/v1/user-applications" })
            calls.AddRange([WriteCall.Post(keys, new { name = "robot-2" }), WriteCall.Post($"{keys}/{key}/secret"), WriteCall.Delete($"{keys}/{key}")]);
        foreach (var prepare in Cases.Values) calls.Add(await prepare(world, actor));
        calls.Add(WriteCall.Post("/api/v1/me/password", new { currentPassword = password, newPassword = "another pass of old times" }));
        await late.PollAsync(Cancel);
        var session = (await actor.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK).Json.GetProperty("sessions")[0].GetProperty("id").GetString();
        calls.Add(WriteCall.Delete($"/api/v1/me/sessions/{session}"));

        (await world.Admin.PostAsync($"/api/v1/users/{actor.Id}/logout")).Expect(HttpStatusCode.OK);
        var before = await TenantState.ReadAsync(late, ApiHost.Tenant, Cancel);
        // The second host has not heard of it yet.
        (await actor.GetAsync($"/api/v1/users/{actor.Id}")).Expect(HttpStatusCode.OK);
        foreach (var call in calls)
        {
            var reply = await call.SendAsync(actor);
            reply.Status.Should().Be(HttpStatusCode.Unauthorized, "{0} {1} was {2}", call.Method, call.Path, reply.Text);
        }

        (await TenantState.ReadAsync(late, ApiHost.Tenant, Cancel)).Lines.Should().Equal(before.Lines);
    }

    [Fact]
    public async Task TwoAdministrators_DeletingEachOtherOnTwoHostsAtOnce_LeaveOne()
    {
        await using var first = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var second = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = first }, postgres);
        var world = await World.OpenAsync(first);
        var store = second.Services.GetRequiredService<PolicyStore>();
        var (one, _, _) = await ActorAsync(world, first, first);
        for (var round = 0; round < 4; round++)
        {
            var (other, _, _) = await ActorAsync(world, first, second);
            await store.PollAsync(Cancel);
            // The first administrator of all would always be left.
            if (round == 0) await EndFirstAdministratorAsync(first);
            await store.PollAsync(Cancel);

            var replies = await Task.WhenAll(
                Task.Run(() => one.DeleteAsync($"/api/v1/users/{other.Id}"), Cancel), Task.Run(() => other.DeleteAsync($"/api/v1/users/{one.Id}"), Cancel));

            replies.Select(r => r.Status).Should().ContainSingle(s => s == HttpStatusCode.NoContent, "round {0}", round)
                .And.ContainSingle(s => s == HttpStatusCode.Unauthorized || s == HttpStatusCode.NotFound || s == HttpStatusCode.Conflict);
            var state = await TenantState.ReadAsync(store, ApiHost.Tenant, Cancel);
            state.Policy.LocalAdministrators(TimeProvider.System.NowMicros()).Should().Be(1);
            var left = state.Subjects.ContainsKey(one.Id) ? one : other;
            await first.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
            world = new World(first.Http, left);
            one = left;
        }
    }

    /// <summary>Somebody, a System administrator if nothing else is asked, made on the first host, signed in and talking to another; with the id of its one rule and its password.</summary>
    private static async Task<(Person Actor, string Rule, string Password)> ActorAsync(World world, ApiHost home, ApiHost talksTo, int role = World.SystemAdministrator, Scope? scope = null)
    {
        var created = await world.CreateUserAsync();
        var rule = await world.GrantAsync("user", created.Field("username")!, role, scope ?? World.Tenant);
        var (email, password) = (created.Field("username")!, created.Field("tempPassword")!);
        var token = (await home.TokenAsync(new { grantType = "password", username = email, password })).GetProperty("accessToken").GetString()!;
        return (new Person(talksTo.Http, created.Id, email, token), Number(rule), password);
    }

    private static Task EndFirstAdministratorAsync(ApiHost host)
        => host.Services.GetRequiredService<PolicyStore>().WriteAsync(ApiHost.Tenant, Actor.System, async write =>
        {
            await write.EndSubjectAsync(write.IdOf(write.After.FindSubject(SubjectKind.User, ApiHost.AdminEmail)), CancellationToken.None);
            return true;
        }, Cancel);

    private static bool Knows(PolicyStore store, Person actor, string rule)
    {
        var snapshot = store.Current(ApiHost.Tenant)!.Snapshot;
        return snapshot.RulesOf(snapshot.FindSubject(actor.Id)).Any(r => r.Id.ToString(CultureInfo.InvariantCulture) == rule);
    }

    /// <summary>What the items of a batch were refused with.</summary>
    private static List<HttpStatusCode> Failures(Reply reply)
        => reply.Json.ValueKind == System.Text.Json.JsonValueKind.Object && reply.Json.TryGetProperty("failed", out var failed)
            ? [.. failed.EnumerateArray().Select(f => (HttpStatusCode)f.GetProperty("code").GetInt32())]
            : [];

    private static Task<WriteCall> Now(WriteCall call) => Task.FromResult(call);

    private static string Number(Reply rule) => rule.Json.GetProperty("id").GetInt32().ToString(CultureInfo.InvariantCulture);

    private static async Task<string> KeyAsync(World world) => (await world.KeyAsync(await world.SignInAsync(await world.CreateUserAsync()))).Id;

    private static async Task<string> UserAsync(World world) => $"/api/v1/users/{(await world.CreateUserAsync()).Id}";

    private static async Task<string> LocalIdentityAsync(World world)
    {
        var path = await UserAsync(world) + "/identities";
        return $"{path}/{(await world.Admin.GetAsync(path)).Json.GetProperty("identities")[0].GetProperty("id").GetString()}";
    }

    private static async Task<string> ApplicationAsync(World world, string view) => $"/api/v1/{view}/{(await world.CreateApplicationAsync()).Id}";

    private static object Provider(World world) => new { name = world.NewName(), type = "openshift-v4", ocpData = new { idpBaseUrl = "https://api.example.com:6443", clientSecret = "x" } };

    private static async Task<string> ProviderAsync(World world)
        => $"/api/v1/idps/{(await world.Admin.PostAsync("/api/v1/idps", Provider(world))).Expect(HttpStatusCode.Created).Field("alias")}";

    private static async Task<string> DepartmentAsync(World world) => $"/api/v1/org-unit/departments/{(await world.DepartmentAsync(await world.ClusterAsync())).Id}";

    private static async Task<string> ProjectAsync(World world)
    {
        var cluster = await world.ClusterAsync();
        return $"/api/v1/org-unit/projects/{(await world.ProjectAsync(cluster, await world.DepartmentAsync(cluster))).Id}";
    }
}
