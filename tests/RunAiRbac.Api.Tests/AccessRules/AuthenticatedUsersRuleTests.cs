using System.Net;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessRules;

/// <summary>Rules for everybody who is signed in.</summary>
public sealed class AuthenticatedUsersRuleTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Path = "/api/v1/authorization/access-rules";
    private const string ForAll = Path + "/authenticated-users";

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_ForAllAuthenticated_HoldsForUsersAndApplicationsUntilItGoes(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var cluster = await tenant.ClusterAsync("north");
        var (user, bot) = (await tenant.PersonAsync("ada@example.com"), await tenant.ApplicationAsync("bot"));
        (await user.MayAsync("workloads", "read", cluster)).Should().BeFalse();

        var made = (await tenant.Admin.PostAsync(ForAll, new { roleId = World.Viewer, scopeType = cluster.Type, scopeId = cluster.Id, clusterId = cluster.Id, expiresAt = "2999-01-01T00:00:00Z", reason = "open day" }))
            .Expect(HttpStatusCode.Created);
        var read = (await tenant.Admin.GetAsync($"{Path}/{AccessRuleTests.IdOf(made)}")).Expect(HttpStatusCode.OK);
        var listed = (await tenant.Admin.GetAsync($"{Path}?subjectType=all-authenticated-users")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules").EnumerateArray().Single();

        foreach (var rule in new[] { made.Json, read.Json, listed })
        {
            rule.GetProperty("subjectType").GetString().Should().Be("all-authenticated-users");
            rule.GetProperty("subjectId").GetString().Should().Be("All authenticated users");
            rule.GetProperty("scopeId").GetString().Should().Be(cluster.Id);
            rule.GetProperty("roleName").GetString().Should().Be("Viewer");
            rule.GetProperty("expiresAt").GetString().Should().Be("2999-01-01T00:00:00.000000Z");
            rule.GetProperty("reason").GetString().Should().Be("open day");
        }

        made.Revision.Should().Be(made.Field("revision"));
        (await user.MayAsync("workloads", "read", cluster)).Should().BeTrue();
        (await bot.MayAsync("workloads", "read", cluster)).Should().BeTrue();
        (await user.MayAsync("workloads", "create", cluster)).Should().BeFalse();
        var again = (await tenant.Admin.PostAsync(ForAll, new { roleId = World.Viewer, scopeType = cluster.Type, scopeId = cluster.Id })).Expect(HttpStatusCode.Conflict, "already_exists");
        again.Json.GetProperty("existingId").GetInt32().Should().Be(AccessRuleTests.IdOf(made));
        var mine = (await user.GetAsync("/api/v1/authorization/me/access-rules")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules").GetProperty("accessRules");
        mine.EnumerateArray().Select(r => r.GetProperty("subjectType").GetString()).Should().Equal("all-authenticated-users");

        (await tenant.Admin.DeleteAsync($"{Path}/{AccessRuleTests.IdOf(made)}")).Expect(HttpStatusCode.NoContent);
        (await user.MayAsync("workloads", "read", cluster)).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_ForAllAuthenticated_ByWeakerActors_KeepsTheNoEscalationLaw(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var (cluster, hidden) = (await tenant.ClusterAsync("north"), await tenant.ClusterAsync("south"));
        var department = await tenant.DepartmentAsync(cluster, "vision");
        var (administrator, viewer) = (await tenant.PersonAsync("boss@example.com"), await tenant.PersonAsync("viewer@example.com"));
        await tenant.GrantAsync("user", administrator.Name, World.DepartmentAdministrator, department);
        await tenant.GrantAsync("user", viewer.Name, World.Viewer, department);

        (await CreateAsync(administrator, World.SystemAdministrator, department)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await CreateAsync(administrator, World.SystemAdministrator, department, notBefore: "2998-01-01T00:00:00Z")).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await CreateAsync(administrator, World.Viewer, cluster)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await CreateAsync(administrator, World.Viewer, hidden)).Expect(HttpStatusCode.NotFound, "not_found").Details.Should().Be("scopeId");
        (await CreateAsync(viewer, World.Viewer, department)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await CreateAsync(administrator, World.Viewer, department)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Create_ForAllAuthenticated_WrongInput_IsRefusedNamingTheField()
    {
        var world = await OpenAsync(StorageProvider.Sqlite);
        var (cluster, other) = (await world.ClusterAsync(), await world.ClusterAsync());
        (HttpStatusCode Status, string Field, object Body)[] cases =
        [
            (HttpStatusCode.BadRequest, "roleId", new { scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.NotFound, "roleId", new { roleId = 99_999, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "roleId", new { roleId = 4003, scopeType = "cluster", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "scopeType", new { roleId = 7, scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "scopeType", new { roleId = 7, scopeType = "galaxy", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "scopeId", new { roleId = 7, scopeType = "cluster" }),
            (HttpStatusCode.NotFound, "scopeId", new { roleId = 7, scopeType = "project", scopeId = cluster.Id }),
            (HttpStatusCode.BadRequest, "clusterId", new { roleId = 7, scopeType = "cluster", scopeId = cluster.Id, clusterId = other.Id }),
            (HttpStatusCode.BadRequest, "expiresAt", new { roleId = 7, scopeType = "cluster", scopeId = cluster.Id, expiresAt = "2001-01-01T00:00:00Z" }),
            (HttpStatusCode.BadRequest, "notBefore", new { roleId = 7, scopeType = "cluster", scopeId = cluster.Id, notBefore = "soon" }),
            (HttpStatusCode.BadRequest, "reason", new { roleId = 7, scopeType = "cluster", scopeId = cluster.Id, reason = new string('x', 1_025) }),
        ];

        foreach (var (status, field, body) in cases) (await world.Admin.PostAsync(ForAll, body)).Expect(status).Details.Should().Be(field, "of {0}", body);
        (await world.Admin.GetAsync($"{Path}/count?scopeId={cluster.Id}")).Json.GetProperty("count").GetInt64().Should().Be(0);
    }

    private static Task<Reply> CreateAsync(Person actor, int role, Scope scope, string? notBefore = null)
        => actor.PostAsync(ForAll, new { roleId = role, scopeType = scope.Type, scopeId = scope.Id, notBefore });
}
