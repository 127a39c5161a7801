using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>A small organization with people of every kind in every state, and the actors that try to gain from them.</summary>
internal sealed class EscalationWorld(ApiHost host, Random random, TimeProvider clock, string tag)
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const int ResearchManager = 4;
    private const int ProjectAdministrator = 3003;
    private const int CloudOperator = 1711;
    private static readonly int[] Roles = [1, 3, 4, 5, 7, 1708, 1710, 3003, 3001, 4002];

    private readonly List<Scope> _clusters = [];
    private readonly List<Scope> _departments = [];
    private readonly List<Scope> _projects = [];
    private readonly List<string> _groups = [];
    private readonly List<EscalationActor> _actors = [];
    private Person _admin = null!;
    private int _names;

    public string Tag => tag;

    /// <summary>Those that can still sign in.</summary>
    public List<EscalationActor> Actors => _actors;

    public async Task BuildAsync()
    {
        _admin = (await World.OpenAsync(host)).Admin;
        await BuildTreeAsync();
        for (var i = 0; i < 4; i++) _groups.Add(Name("group"));
        foreach (var group in _groups) await GrantSomeAsync("group", group, 1);
        for (var i = 0; i < 6; i++) await AddUserAsync(isPending: false, isEnabled: i < 4);
        for (var i = 0; i < 3; i++) await AddUserAsync(isPending: true, isEnabled: i < 2);
        for (var i = 0; i < 4; i++) await AddApplicationAsync(isEnabled: i < 3);
        for (var i = 0; i < 2; i++) await PostAsync("/api/v1/idps", new { name = Name("idp"), type = "openshift-v4", ocpData = new { idpBaseUrl = "https://api.example.com:6443", clientSecret = "x" } });
        await AddActorsAsync();
        await Store.WriteAsync(ApiHost.Tenant, Actor.System, async write =>
            (await write.AddRuleAsync(new NewRule(write.After.AllAuthenticated, World.Viewer, write.After.FindScope(Pick(_projects).Id), null, null, null), CancellationToken.None)).Row, CancellationToken.None);
    }

    /// <summary>
    /// Ends all but the first administrator, so that the next world is as small as this one. Its rules may have been deleted (that asks no more than the
    /// permission, as long as another administrator is left): it gets them back first.
    /// </summary>
    public async Task ClearAsync()
    {
        var state = await TenantState.ReadAsync(Store, ApiHost.Tenant, CancellationToken.None);
        await Store.WriteAsync(ApiHost.Tenant, Actor.System, async write =>
        {
            var admin = write.After.FindSubject(SubjectKind.User, ApiHost.AdminEmail);
            foreach (var rule in state.Policy.Rules.Where(r => r.SubjectId == write.IdOf(admin) && r.RoleId == World.SystemAdministrator && r.ScopeId == state.TenantScope))
                await write.EndRuleAsync(rule.Id, CancellationToken.None);
            await write.AddRuleAsync(new NewRule(admin, World.SystemAdministrator, write.After.FindScope(state.TenantScope), null, null, null), CancellationToken.None);
            foreach (var alias in state.Providers) await write.EndProviderAsync((await write.FindProviderAsync(alias, CancellationToken.None))!, CancellationToken.None);
            await write.AddRuleAsync(new NewRule(admin, World.PlatformAdministrator, write.After.FindScope(World.System.Id), null, null, null), CancellationToken.None);
            foreach (var scope in state.Scopes.Values.Where(s => s.Type == "cluster")) await write.EndScopeAsync(scope.Id, CancellationToken.None);
            foreach (var subject in state.Subjects.Values.Where(s => s.Kind != SubjectKind.AllAuthenticated && s.Key != ApiHost.AdminEmail))
                await write.EndSubjectAsync(subject.Id, CancellationToken.None);
            return true;
        }, CancellationToken.None);
    }

    private PolicyStore Store => host.Services.GetRequiredService<PolicyStore>();

    private async Task BuildTreeAsync()
    {
        for (var c = 0; c < 2; c++)
        {
            var cluster = new Scope("cluster", (await PostAsync("/api/v1/clusters", new { name = Name("c") })).Field("uuid")!);
            _clusters.Add(cluster);
            for (var d = 0; d < 2; d++)
            {
                var department = new Scope("department", (await PostAsync("/api/v1/org-unit/departments", new { name = Name("d"), clusterId = cluster.Id, resources = Array.Empty<object>() })).Id);
                _departments.Add(department);
                for (var p = random.Next(1, 3); p > 0; p--)
                {
                    var body = new { name = Name("p"), clusterId = cluster.Id, parentId = department.Id, resources = Array.Empty<object>() };
                    _projects.Add(new Scope("project", (await PostAsync("/api/v1/org-unit/projects", body)).Id));
                }
            }
        }
    }

    private async Task AddUserAsync(bool isPending, bool isEnabled)
    {
        var email = Name("user") + "@example.com";
        string id;
        if (isPending)
        {
            await GrantAsync("user", email, Pick(Roles), Place());
            id = (await _admin.GetAsync($"/api/v1/users?search={email}")).Ids.Single();
        }
        else
        {
            id = (await CreateAsync("/api/v1/users", new { email, scopeType = (string?)null, scopeId = (string?)null }, email)).Id;
        }

        await GrantSomeAsync("user", email, isPending ? 0 : random.Next(3));
        if (random.Next(2) == 0) await JoinAsync(id, Pick(_groups));
        if (!isEnabled) (await _admin.PatchAsync($"/api/v1/users/{id}", new { enabled = false })).Expect(HttpStatusCode.OK);
    }

    private async Task AddApplicationAsync(bool isEnabled)
    {
        var name = Name("app");
        var id = (await CreateAsync("/api/v1/apps", null, name)).Id;
        await GrantSomeAsync("app", name, random.Next(3));
        if (!isEnabled) (await _admin.PatchAsync($"/api/v1/apps/{id}", new { enabled = false })).Expect(HttpStatusCode.OK);
    }

    private async Task AddActorsAsync()
    {
        var soon = clock.NowMicros() + (random.Next(20, 60) * 60_000_000L);
        await AddActorAsync("department administrator", World.DepartmentAdministrator, Pick(_departments));
        await AddActorAsync("project administrator", ProjectAdministrator, Pick(_projects));
        await AddActorAsync("research manager", ResearchManager, random.Next(2) == 0 ? Pick(_departments) : Pick(_clusters));
        await AddActorAsync("viewer", World.Viewer, random.Next(2) == 0 ? World.Tenant : Pick(_clusters));
        await AddActorAsync("editor", World.Editor, Pick(_clusters));
        await AddActorAsync("application as department administrator", World.DepartmentAdministrator, Pick(_departments), kind: SubjectKind.Application);
        await AddActorAsync("application as application administrator", World.ApplicationAdministrator, random.Next(2) == 0 ? World.Tenant : Pick(_clusters), kind: SubjectKind.Application);
        await AddActorAsync("department administrator through a group", World.DepartmentAdministrator, Pick(_departments), group: Name("group"));
        await AddActorAsync("department administrator for a while", World.DepartmentAdministrator, Pick(_departments), until: soon);
        await AddActorAsync("application administrator", World.ApplicationAdministrator, World.Tenant);
        await AddActorAsync("application administrator for a while", World.ApplicationAdministrator, World.Tenant, until: soon);
        await AddActorAsync("application administrator in a cluster", World.ApplicationAdministrator, Pick(_clusters));
        await AddActorAsync("system administrator of a cluster", World.SystemAdministrator, Pick(_clusters));
        await AddActorAsync("department administrator of two", World.DepartmentAdministrator, _departments[0], second: _departments[^1]);
        await AddActorAsync("cloud operator", CloudOperator, World.Tenant);
        await AddActorAsync("system administrator for a while", World.SystemAdministrator, World.Tenant, until: soon);
        await AddActorAsync("any role anywhere", Pick(Catalogue.Default.Roles.Where(r => r.Id != 4003).Select(r => r.Id).ToList()), Place());
        await AddActorAsync("platform administrator", World.PlatformAdministrator, World.System);
        await AddActorAsync("access key of a department administrator", World.DepartmentAdministrator, Pick(_departments), byKey: true);
        await AddActorAsync("access key of an application administrator", World.ApplicationAdministrator, World.Tenant, byKey: true);
        await AddActorAsync("system administrator to be", World.SystemAdministrator, World.Tenant, from: soon);
    }

    private async Task AddActorAsync(
        string what, int role, Scope scope, SubjectKind kind = SubjectKind.User, string? group = null, long? from = null, long? until = null, Scope? second = null, bool byKey = false)
    {
        var isUser = kind == SubjectKind.User;
        var key = isUser ? Name("actor") + "@example.com" : Name("actor");
        var home = random.Next(2) == 0 && scope != World.System ? scope : null;
        object body = isUser ? new { email = key, scopeType = home?.Type, scopeId = home?.Id } : new { name = key, scopeType = home?.Type, scopeId = home?.Id };
        var made = (await _admin.PostAsync(isUser ? "/api/v1/users" : "/api/v1/apps", body)).Expect(HttpStatusCode.Created);
        await GrantAsync(group is not null ? "group" : isUser ? "user" : "app", group ?? key, role, scope, from, until);
        if (second is not null) await GrantAsync("user", key, role, second);
        if (group is not null) await JoinAsync(made.Id, group);
        var actor = new EscalationActor(host, kind, made.Id, key, made.Field(isUser ? "tempPassword" : "secret")!, what, scope.Id);
        if (byKey || random.Next(3) == 0) actor = await WithKeyAsync(actor, byKey);
        (await actor.SignInAsync()).Should().BeTrue();
        _actors.Add(actor);
    }

    /// <summary>Gives a user a key, and one that signs in with it if it is to act by it.</summary>
    private static async Task<EscalationActor> WithKeyAsync(EscalationActor actor, bool byKey)
    {
        if (actor.Kind != SubjectKind.User) return actor;
        (await actor.SignInAsync()).Should().BeTrue();
        var key = (await actor.SendAsync(WriteCall.Post("/api/v1/access-keys", new { name = "robot" }))).Expect(HttpStatusCode.Created);
        return byKey ? actor.ByKey(key.Id, key.Field("clientSecret")!) : actor;
    }

    private async Task<Reply> CreateAsync(string path, object? body, string name)
    {
        var home = random.Next(4) == 0 ? null : Place();
        return await PostAsync(path, body is null ? new { name, scopeType = home?.Type, scopeId = home?.Id } : new { email = name, scopeType = home?.Type, scopeId = home?.Id });
    }

    private async Task GrantSomeAsync(string type, string subject, int count)
    {
        for (; count > 0; count--)
        {
            var now = clock.NowMicros();
            long? from = random.Next(4) == 0 ? now + (random.Next(1, 90) * 60_000_000L) : null;
            long? until = random.Next(3) == 0 ? (from ?? now) + (random.Next(1, 120) * 60_000_000L) : null;
            await GrantAsync(type, subject, Pick(Roles), Place(), from, until);
        }
    }

    /// <summary>The same rule may have been drawn before.</summary>
    private async Task GrantAsync(string type, string subject, int role, Scope scope, long? from = null, long? until = null)
    {
        var body = new { subjectType = type, subjectId = subject, roleId = role, scopeType = scope.Type, scopeId = scope.Id, notBefore = Text(from), expiresAt = Text(until) };
        (await _admin.PostAsync(Rules, body)).Status.Should().BeOneOf(HttpStatusCode.Created, HttpStatusCode.Conflict);
    }

    private async Task JoinAsync(string user, string group)
        => (await _admin.PutAsync($"/api/v1/users/{user}/groups", new { source = "directory", groups = new[] { group } })).Expect(HttpStatusCode.OK);

    private async Task<Reply> PostAsync(string path, object body) => (await _admin.PostAsync(path, body)).Expect(HttpStatusCode.Created);

    private Scope Place() => random.Next(10) switch
    {
        0 => World.Tenant,
        1 or 2 => Pick(_clusters),
        < 7 => Pick(_departments),
        _ => Pick(_projects),
    };

    private string Name(string what) => string.Create(CultureInfo.InvariantCulture, $"{tag}-{what}{_names++}");

    private T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private static string? Text(long? micros) => micros is { } value ? Micros.ToTime(value).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture) : null;
}
