using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>Ways to power that others have found elsewhere, each by name.</summary>
public sealed class NamedEscalationTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const string Friday = "2998-01-02T00:00:00Z";
    private const string Saturday = "2998-01-03T00:00:00Z";

    [Theory, MemberData(nameof(Providers))]
    public async Task Rule_ForOneself_AtAHigherScope_IsRefused(StorageProvider provider)
    {
        var (world, cluster, department, administrator) = await DepartmentAdministratorAsync(provider);

        (await GrantAsync(administrator, "user", administrator.Name, World.DepartmentAdministrator, cluster)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await GrantAsync(administrator, "user", administrator.Name, World.DepartmentAdministrator, World.Tenant)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await GrantAsync(administrator, "user", administrator.Id, World.SystemAdministrator, department)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await GrantAsync(administrator, "user", administrator.Name.ToUpperInvariant(), World.SystemAdministrator, department)).Expect(HttpStatusCode.Forbidden, "would_escalate");

        (await administrator.MayAsync("cluster", "update", cluster)).Should().BeFalse();
        (await world.Admin.GetAsync($"{Rules}/count?subjectIds={administrator.Name}")).Json.GetProperty("count").GetInt64().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Rule_ForAGroupOneIsIn_IsJudgedAsForOneself(StorageProvider provider)
    {
        var (world, _, department, administrator) = await DepartmentAdministratorAsync(provider);
        var group = world.NewName();
        await JoinAsync(world, administrator.Id, group);

        (await GrantAsync(administrator, "group", group, World.SystemAdministrator, department)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await GrantAsync(administrator, "group", group, World.Viewer, department)).Expect(HttpStatusCode.Created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Rule_OfTheFutureOrForAnExpiredOnesPlace_IsJudgedLikeAnyOther(StorageProvider provider)
    {
        var (world, _, department, administrator) = await DepartmentAdministratorAsync(provider);
        var email = world.NewEmail();

        (await GrantAsync(administrator, "user", email, World.SystemAdministrator, department, notBefore: Friday)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await GrantAsync(administrator, "user", email, World.SystemAdministrator, department, notBefore: Friday, expiresAt: Saturday)).Expect(HttpStatusCode.Forbidden, "would_escalate");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Batch_WithOneGoodItemAmongBadOnes_GivesOnlyTheGoodOne(StorageProvider provider)
    {
        var (world, cluster, department, administrator) = await DepartmentAdministratorAsync(provider);
        var (group, email) = (world.NewName(), world.NewEmail());
        await JoinAsync(world, administrator.Id, group);

        var weak = await BatchAsync(administrator, World.Viewer, [("group", group), ("user", email)], [World.Tenant, cluster, department]);
        weak.Json.GetProperty("succeeded").EnumerateArray().Select(r => r.GetProperty("scopeId").GetString()).Should().Equal(department.Id, department.Id);
        foreach (var (notBefore, expiresAt) in new (string?, string?)[] { (null, null), (Friday, null), (Friday, Saturday) })
        {
            var strong = await BatchAsync(administrator, World.SystemAdministrator, [("group", group), ("user", administrator.Id), ("user", email)], [department], notBefore, expiresAt);
            strong.Json.GetProperty("succeeded").GetArrayLength().Should().Be(0);
            strong.Json.GetProperty("failed").EnumerateArray().Select(f => f.GetProperty("errorCode").GetString()).Should().Equal("would_escalate", "would_escalate", "would_escalate");
        }

        (await administrator.MayAsync("cluster", "update", cluster)).Should().BeFalse();
        (await administrator.MayAsync("department", "delete", department)).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Batch_ByAHolderOfARightThatEnds_HandsOnNothingThatEndsLater(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var project = await world.ProjectAsync(cluster, department);
        var passing = await PassingAsync(world, World.DepartmentAdministrator, department);
        var subjects = new[] { ("user", passing.Name), ("group", world.NewName()) };

        foreach (var (notBefore, expiresAt, made) in new (string?, string?, int)[] { (null, null, 0), (null, Saturday, 0), (Friday, Saturday, 0), (null, Friday, 4) })
        {
            var reply = await BatchAsync(passing, World.L1Researcher, subjects, [department, project], notBefore, expiresAt);
            reply.Json.GetProperty("succeeded").GetArrayLength().Should().Be(made, "from {0} to {1}", notBefore, expiresAt);
            reply.Json.GetProperty("failed").EnumerateArray().Should().NotContain(f => f.GetProperty("errorCode").GetString() != "would_escalate");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Rule_ForAllAuthenticated_IsJudgedAsForOneself(StorageProvider provider)
    {
        var (world, _, department, administrator) = await DepartmentAdministratorAsync(provider);
        var passing = await PassingAsync(world, World.DepartmentAdministrator, department);
        Task<Reply> ForAllAsync(Person actor, int role, string? notBefore = null, string? expiresAt = null)
            => actor.PostAsync(Rules + "/authenticated-users", new { roleId = role, scopeType = department.Type, scopeId = department.Id, notBefore, expiresAt });

        (await ForAllAsync(administrator, World.SystemAdministrator)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await ForAllAsync(administrator, World.SystemAdministrator, Friday, Saturday)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await ForAllAsync(passing, World.Viewer)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await ForAllAsync(passing, World.Viewer, expiresAt: Saturday)).Expect(HttpStatusCode.Forbidden, "would_escalate");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Holder_OfARightThatEnds_HandsOnNothingThatEndsLater(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var passing = await PassingAsync(world, World.DepartmentAdministrator, department);
        var email = world.NewEmail();
        var project = await world.ProjectAsync(cluster, department);
        (await GrantAsync(world.Admin, "user", email, World.L1Researcher, project)).Expect(HttpStatusCode.Created);
        var lasting = await world.CreateUserAsync(department);
        (await GrantAsync(world.Admin, "user", lasting.Field("username")!, World.L1Researcher, project, expiresAt: Saturday)).Expect(HttpStatusCode.Created);

        (await GrantAsync(passing, "user", passing.Name, World.DepartmentAdministrator, project)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await GrantAsync(passing, "user", passing.Name, World.DepartmentAdministrator, project, notBefore: Friday, expiresAt: Saturday)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await GrantAsync(passing, "user", passing.Name, World.DepartmentAdministrator, project, expiresAt: Friday)).Expect(HttpStatusCode.Created);
        (await passing.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await passing.PostAsync($"/api/v1/users/{lasting.Id}/password")).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await passing.DeleteAsync($"/api/v1/users/{lasting.Id}")).Expect(HttpStatusCode.Forbidden, "would_escalate");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Holder_OfARightThatEnds_AddsNobodyToAGroupThatStays(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var passing = await PassingAsync(world, World.ApplicationAdministrator, World.Tenant);
        var (staying, ending) = (world.NewName(), world.NewName());
        (await GrantAsync(world.Admin, "group", staying, World.Viewer, department)).Expect(HttpStatusCode.Created);
        (await GrantAsync(world.Admin, "group", ending, World.Viewer, department, expiresAt: Friday)).Expect(HttpStatusCode.Created);

        (await ReplaceAsync(passing, passing.Id, ending, staying)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await ReplaceAsync(passing, passing.Id, ending)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task PendingEmail_InAStrongerGroupOrWithAFutureRule_IsNotTakenOver(StorageProvider provider)
    {
        var (world, cluster, department, administrator) = await DepartmentAdministratorAsync(provider);
        var project = await world.ProjectAsync(cluster, department);
        var (member, later, strong) = (world.NewEmail(), world.NewEmail(), world.NewName());
        await world.GrantAsync("user", member, World.L1Researcher, project);
        await world.GrantAsync("group", strong, World.SystemAdministrator, cluster);
        var pending = (await world.Admin.GetAsync($"/api/v1/users?search={member}")).Ids.Single();
        await JoinAsync(world, pending, strong);
        (await GrantAsync(world.Admin, "user", later, World.SystemAdministrator, World.Tenant, notBefore: Friday)).Expect(HttpStatusCode.Created);

        foreach (var email in new[] { member, member.ToUpperInvariant(), later })
        {
            (await administrator.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Forbidden, "would_escalate");
            (await administrator.PostAsync("/api/v1/users", new { email, scopeType = "project", scopeId = project.Id })).Expect(HttpStatusCode.Forbidden, "would_escalate");
        }

        (await world.Admin.GetAsync($"/api/v1/users/{pending}")).Json.GetProperty("pending").GetBoolean().Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Stranger_WithAFutureRuleStrongerThanTheActor_StaysUntouched(StorageProvider provider)
    {
        var (world, _, department, administrator) = await DepartmentAdministratorAsync(provider);
        var user = await world.CreateUserAsync(department);
        var application = await world.CreateApplicationAsync(department);
        (await GrantAsync(world.Admin, "user", user.Field("username")!, World.SystemAdministrator, World.Tenant, notBefore: Friday)).Expect(HttpStatusCode.Created);
        (await GrantAsync(world.Admin, "app", application.Field("name")!, World.SystemAdministrator, World.Tenant, notBefore: Friday)).Expect(HttpStatusCode.Created);

        foreach (var call in new[]
        {
            WriteCall.Post($"/api/v1/users/{user.Id}/password"), WriteCall.Post($"/api/v1/users/{user.Id}/logout"), WriteCall.Patch($"/api/v1/users/{user.Id}", new { enabled = false }),
            WriteCall.Delete($"/api/v1/users/{user.Id}"), WriteCall.Post($"/api/v1/apps/{application.Id}/secret"), WriteCall.Patch($"/api/v1/apps/{application.Id}", new { enabled = false }),
            WriteCall.Delete($"/api/v1/apps/{application.Id}"), WriteCall.Post($"/api/v1/service-accounts/{application.Id}/secret"),
        })
            (await call.SendAsync(administrator)).Expect(HttpStatusCode.Forbidden, "would_escalate");

        await world.SignInAsync(user);
        await world.SignInApplicationAsync(application);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Identity_OfAStrangerStrongerThanTheActor_IsNeitherLinkedNorUnlinked(StorageProvider provider)
    {
        var (world, _, department, administrator) = await DepartmentAdministratorAsync(provider);
        var alias = await ProviderAsync(world);
        var (pending, strong) = (world.NewEmail(), world.NewName());
        await world.GrantAsync("user", pending, World.SystemAdministrator, World.Tenant);
        await world.GrantAsync("group", strong, World.SystemAdministrator, World.Tenant);
        var (direct, member, later) = (await world.CreateUserAsync(department), await world.CreateUserAsync(department), await world.CreateUserAsync(department));
        await world.GrantAsync("user", direct.Field("username")!, World.SystemAdministrator, World.Tenant);
        await JoinAsync(world, member.Id, strong);
        (await GrantAsync(world.Admin, "user", later.Field("username")!, World.SystemAdministrator, World.Tenant, notBefore: Friday)).Expect(HttpStatusCode.Created);

        foreach (var user in new[] { direct.Id, member.Id, later.Id })
        {
            (await LinkAsync(administrator, user, alias, world.NewName())).Expect(HttpStatusCode.Forbidden, "would_escalate");
            (await administrator.DeleteAsync($"/api/v1/users/{user}/identities/{await IdentityAsync(world, user)}")).Expect(HttpStatusCode.Forbidden, "would_escalate");
        }

        // At home in the tenant, where the actor manages nobody.
        (await LinkAsync(administrator, (await world.Admin.GetAsync($"/api/v1/users?search={pending}")).Ids.Single(), alias, world.NewName())).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await LinkAsync(administrator, (await world.CreateUserAsync()).Id, alias, world.NewName())).Expect(HttpStatusCode.Forbidden, "forbidden");

        var weak = await world.CreateUserAsync(department);
        (await LinkAsync(administrator, weak.Id, alias, world.NewName())).Expect(HttpStatusCode.Created);
        (await administrator.DeleteAsync($"/api/v1/users/{weak.Id}/identities/{await IdentityAsync(world, weak.Id)}")).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Identity_OfAPendingUserStrongerThanAHolderOfARightThatEnds_IsNotLinked(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var alias = await ProviderAsync(world);
        var department = await world.DepartmentAsync(await world.ClusterAsync());
        var passing = await PassingAsync(world, World.ApplicationAdministrator, World.Tenant);
        var (strong, lasting, ending) = (world.NewEmail(), world.NewEmail(), world.NewEmail());
        (await GrantAsync(world.Admin, "user", strong, World.SystemAdministrator, department)).Expect(HttpStatusCode.Created);
        (await GrantAsync(world.Admin, "user", lasting, World.ApplicationAdministrator, World.Tenant)).Expect(HttpStatusCode.Created);
        (await GrantAsync(world.Admin, "user", ending, World.ApplicationAdministrator, World.Tenant, expiresAt: Friday)).Expect(HttpStatusCode.Created);

        foreach (var (email, status) in new[] { (strong, HttpStatusCode.Forbidden), (lasting, HttpStatusCode.Forbidden), (ending, HttpStatusCode.Created) })
            (await LinkAsync(passing, (await world.Admin.GetAsync($"/api/v1/users?search={email}")).Ids.Single(), alias, world.NewName())).Expect(status, status == HttpStatusCode.Forbidden ? "would_escalate" : null);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Identity_OfOnesOwn_IsNotManagedByAnAccessKey(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var alias = await ProviderAsync(world);
        var administrator = await world.PersonAsync(World.SystemAdministrator, World.Tenant);
        var byKey = await world.SignInWithKeyAsync(administrator, await world.KeyAsync(administrator));

        (await LinkAsync(byKey, administrator.Id, alias, world.NewName())).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await byKey.DeleteAsync($"/api/v1/users/{administrator.Id}/identities/{await IdentityAsync(world, administrator.Id)}")).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await LinkAsync(administrator, administrator.Id, alias, world.NewName())).Expect(HttpStatusCode.Created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task NewNamesake_OfADeletedSubject_HasNoneOfItsRules(StorageProvider provider)
    {
        var (world, cluster, department, administrator) = await DepartmentAdministratorAsync(provider);
        var (email, name, group) = (world.NewEmail(), world.NewName(), world.NewName());
        await world.GrantAsync("user", email, World.SystemAdministrator, cluster);
        var user = (await world.Admin.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Created);
        await world.GrantAsync("group", group, World.SystemAdministrator, cluster);
        await JoinAsync(world, user.Id, group);
        var application = (await world.Admin.PostAsync("/api/v1/apps", new { name })).Expect(HttpStatusCode.Created);
        await world.GrantAsync("app", name, World.SystemAdministrator, cluster);
        (await world.Admin.DeleteAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.NoContent);
        (await world.Admin.DeleteAsync($"/api/v1/apps/{application.Id}")).Expect(HttpStatusCode.NoContent);

        var heir = await world.SignInAsync((await administrator.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Created));
        var successor = await world.SignInApplicationAsync((await administrator.PostAsync("/api/v1/apps", new { name })).Expect(HttpStatusCode.Created));

        foreach (var scope in new[] { cluster, department })
        {
            (await heir.MayAsync("project", "read", scope)).Should().BeFalse();
            (await successor.MayAsync("project", "read", scope)).Should().BeFalse();
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Subject_DisabledOrGone_FindsItsTokenDeadOnEveryRoute(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var application = await world.CreateApplicationAsync();
        await world.GrantAsync("app", application.Field("name")!, World.SystemAdministrator, World.Tenant);
        var bot = await world.SignInApplicationAsync(application);
        (await world.Admin.PatchAsync($"/api/v1/apps/{application.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);

        (await bot.PatchAsync($"/api/v1/apps/{application.Id}", new { enabled = true })).Expect(HttpStatusCode.Unauthorized);
        (await GrantAsync(bot, "app", application.Field("name")!, World.Viewer, World.Tenant)).Expect(HttpStatusCode.Unauthorized);

        (await world.Admin.PatchAsync($"/api/v1/apps/{application.Id}", new { enabled = true })).Expect(HttpStatusCode.OK);
        (await bot.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
    }

    private async Task<(World World, Scope Cluster, Scope Department, Person Administrator)> DepartmentAdministratorAsync(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        return (world, cluster, department, await world.PersonAsync(World.DepartmentAdministrator, department));
    }

    /// <summary>A user whose one rule ends on Friday.</summary>
    private static async Task<Person> PassingAsync(World world, int role, Scope scope)
    {
        var created = await world.CreateUserAsync();
        (await GrantAsync(world.Admin, "user", created.Field("username")!, role, scope, expiresAt: Friday)).Expect(HttpStatusCode.Created);
        return await world.SignInAsync(created);
    }

    private static async Task JoinAsync(World world, string user, string group) => (await ReplaceAsync(world.Admin, user, group)).Expect(HttpStatusCode.OK);

    private static Task<Reply> ReplaceAsync(Person actor, string user, params string[] groups)
        => actor.PutAsync($"/api/v1/users/{user}/groups", new { source = "directory", groups });

    private static async Task<Reply> BatchAsync(
        Person actor, int role, IEnumerable<(string Type, string Id)> subjects, IEnumerable<Scope> scopes, string? notBefore = null, string? expiresAt = null)
        => (await actor.PostAsync(Rules + "/batch-create", new
        {
            payload = new
            {
                roleId = role,
                subjects = subjects.Select(s => new { subjectType = s.Type, subjectId = s.Id }),
                scopes = scopes.Select(s => new { scopeType = s.Type, scopeId = s.Id }),
                notBefore,
                expiresAt,
            },
        })).Expect(HttpStatusCode.OK);

    private static Task<Reply> GrantAsync(Person actor, string type, string subject, int role, Scope scope, string? notBefore = null, string? expiresAt = null)
        => actor.PostAsync(Rules, new { subjectType = type, subjectId = subject, roleId = role, scopeType = scope.Type, scopeId = scope.Id, notBefore, expiresAt });

    private static async Task<string> ProviderAsync(World world)
    {
        var body = new { name = world.NewName(), type = "openshift-v4", ocpData = new { idpBaseUrl = "https://api.example.com", clientSecret = "x" } };
        return (await world.Admin.PostAsync("/api/v1/idps", body)).Expect(HttpStatusCode.Created).Field("alias")!;
    }

    private static Task<Reply> LinkAsync(Person by, string user, string provider, string subjectClaim) => by.PostAsync($"/api/v1/users/{user}/identities", new { provider, subjectClaim });

    private static async Task<string> IdentityAsync(World world, string user)
        => (await world.Admin.GetAsync($"/api/v1/users/{user}/identities")).Expect(HttpStatusCode.OK).Json.GetProperty("identities")[0].GetProperty("id").GetString()!;
}
