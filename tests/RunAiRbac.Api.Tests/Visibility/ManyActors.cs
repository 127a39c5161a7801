using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Visibility;

/// <summary>A tenant with two clusters, subjects at home in several places, rules everywhere, and callers of every kind.</summary>
internal sealed class ManyActors
{
    private const int GroupReader = 100_000;
    private const int Disabled = 100_001;
    private const int EditorRole = 3;

    private readonly Dictionary<string, Scope> _units = new(StringComparer.Ordinal);
    private readonly List<Person> _actors = [];

    private ManyActors(OwnTenant tenant) => Tenant = tenant;

    public OwnTenant Tenant { get; }

    public IReadOnlyList<Person> Actors => _actors;

    /// <summary>Access keys with their users.</summary>
    public List<(string Id, string UserId)> Keys { get; } = [];

    public static async Task<ManyActors> CreateAsync(ApiHost host)
    {
        var world = new ManyActors(await OwnTenant.CreateAsync(host));
        world._actors.Add(world.Tenant.Admin);
        await world.AddUnitsAsync();
        await world.AddActorsAsync();
        await world.AddObjectsAsync();
        return world;
    }

    /// <summary>Everybody signed in is an auditor of the second department from now on.</summary>
    public Task LetEverybodyViewAsync() => Tenant.WriteAsync(write =>
        write.AddRuleAsync(new NewRule(write.After.AllAuthenticated, 4002, write.After.FindScope(_units["hall-two"].Id), null, null, null), default));

    private async Task AddUnitsAsync()
    {
        _units["tenant"] = Tenant.Scope;
        foreach (var (cluster, departments) in new[] { ("north", new[] { "hall-one", "hall-two" }), ("south", ["hall-three"]) })
        {
            _units[cluster] = await Tenant.ClusterAsync(cluster);
            foreach (var department in departments)
            {
                _units[department] = await Tenant.DepartmentAsync(_units[cluster], department);
                foreach (var project in new[] { "a", "b" })
                {
                    var name = $"{project}-of-{department}";
                    _units[name] = await Tenant.ProjectAsync(_units[cluster], _units[department], name);
                }
            }
        }
    }

    private async Task AddActorsAsync()
    {
        await Tenant.WriteAsync(async write =>
        {
            await write.PutRoleAsync(new RoleFact(GroupReader, "Group reader", "", true, [new("groups", ["read"]), new("project", ["read"])]), default);
            await write.PutRoleAsync(new RoleFact(Disabled, "Disabled", "", false, [new("users", ["read"]), new("project", ["read"]), new("access_rules", ["read"])]), default);
            return true;
        });
        await PersonAsync("department-admin", (1710, "hall-one"));
        await PersonAsync("project-admin", (3003, "a-of-hall-one"));
        await PersonAsync("research-manager", (4, "hall-one"));
        await PersonAsync("viewer", (7, "north"));
        await PersonAsync("researcher", (5, "a-of-hall-one"));
        await PersonAsync("engineer", (6, "b-of-hall-two"), (5, "a-of-hall-three"));
        await PersonAsync("auditor", (4002, "tenant"));
        await PersonAsync("department-auditor", (4002, "hall-two"));
        await PersonAsync("operator", (1711, "north"));
        await PersonAsync("editor", (3, "south"));
        await PersonAsync("group-reader", (GroupReader, "hall-one"));
        await PersonAsync("disabled-role", (Disabled, "tenant"));
        await PersonAsync("nobody");
        await ApplicationAsync("app-admin", (1708, "south"));
        await ApplicationAsync("app-nobody");
        await GroupMemberAsync("group-auditor", (4002, "north"));
        await GroupMemberAsync("left-group", (4002, "tenant"));
        await TimedAsync("expired", notBefore: null, expiresAt: -1);
        await TimedAsync("not-begun", notBefore: 1, expiresAt: null);
        await Tenant.WriteAsync(write =>
        {
            var user = write.After.FindSubject(SubjectKind.User, "left-group@example.com");
            return LeaveAsync(write, write.IdOf(user));
        });
    }

    /// <summary>What is there to be seen, besides the actors themselves and their rules.</summary>
    private async Task AddObjectsAsync()
    {
        foreach (var (home, index) in new[] { "tenant", "north", "hall-one", "a-of-hall-one", "hall-three" }.Select((home, index) => (home, index)))
        {
            await MadeAsync("/api/v1/users", new { email = $"guest-{index}@example.com", scopeType = _units[home].Type, scopeId = _units[home].Id });
            await MadeAsync("/api/v1/apps", new { name = $"tool-{index}", scopeType = _units[home].Type, scopeId = _units[home].Id });
        }

        foreach (var (unit, index) in _units.Values.Select((unit, index) => (unit, index)))
        {
            await Tenant.GrantAsync("user", $"Pending-{index % 3}@example.com", EditorRole, unit);
            await Tenant.GrantAsync("group", $"team-{index % 2}", 7, unit);
            var gone = await Tenant.GrantAsync("app", $"tool-{index % 5}", 5, unit);
            (await Tenant.Admin.DeleteAsync($"/api/v1/authorization/access-rules/{gone}")).Expect(System.Net.HttpStatusCode.NoContent);
        }

        foreach (var actor in _actors.Where(a => a.Name is "group-reader@example.com" or "engineer@example.com"))
            (await Tenant.Admin.PutAsync($"/api/v1/users/{actor.Id}/groups", new { source = "directory", groups = new[] { "team-0", "team-empty" } })).Expect(System.Net.HttpStatusCode.OK);
        foreach (var owner in _actors.Where(a => a.Name is "auditor@example.com" or "department-admin@example.com" or "nobody@example.com"))
        {
            foreach (var name in new[] { "robot", "laptop" })
                Keys.Add(((await owner.PostAsync("/api/v1/access-keys", new { name })).Expect(System.Net.HttpStatusCode.Created).Id, owner.Id));
        }

        var guest = (await Tenant.FactsAsync()).FindSubject(SubjectKind.User, "guest-0@example.com")!.Id;
        (await Tenant.Admin.PatchAsync($"/api/v1/users/{guest}", new { enabled = false })).Expect(System.Net.HttpStatusCode.OK);
    }

    private async Task PersonAsync(string name, params (int Role, string Unit)[] rules)
    {
        var email = name + "@example.com";
        _actors.Add(await Tenant.PersonAsync(email));
        foreach (var (role, unit) in rules) await Tenant.GrantAsync("user", email, role, _units[unit]);
    }

    private async Task ApplicationAsync(string name, params (int Role, string Unit)[] rules)
    {
        _actors.Add(await Tenant.ApplicationAsync(name));
        foreach (var (role, unit) in rules) await Tenant.GrantAsync("app", name, role, _units[unit]);
    }

    private async Task GroupMemberAsync(string name, (int Role, string Unit) rule)
    {
        await PersonAsync(name);
        await Tenant.GrantAsync("group", name + "s", rule.Role, _units[rule.Unit]);
        (await Tenant.Admin.PutAsync($"/api/v1/users/{_actors[^1].Id}/groups", new { source = "directory", groups = new[] { name + "s" } })).Expect(System.Net.HttpStatusCode.OK);
    }

    /// <summary>Auditors of the tenant, were it not for the time (in days from now).</summary>
    private async Task TimedAsync(string name, int? notBefore, int? expiresAt)
    {
        await PersonAsync(name);
        await Tenant.WriteAsync(write => write.AddRuleAsync(
            new NewRule(write.After.FindSubject(_actors[^1].Id), 4002, write.After.FindScope(Tenant.ScopeId), Micros(notBefore), Micros(expiresAt), null), default));
    }

    private static long? Micros(int? days) => days is { } count ? TimeProvider.System.NowMicros() + count * 86_400_000_000L : null;

    /// <summary>A membership that its source gave until yesterday.</summary>
    private static async Task<bool> LeaveAsync(PolicyWrite write, string userId)
    {
        foreach (var group in write.After.GroupsOf(write.After.FindSubject(userId)).Select(x => write.IdOf(x.Group)))
        {
            await write.SetGroupsAsync(userId, "directory", [], default);
            if (await write.FindProviderAsync("hr", default) is null) await write.AddProviderAsync(Storage.Rows.Provider("hr"), default);
            await write.SetGroupsAsync(userId, "hr", [write.After.Subject(write.After.FindSubject(group)).Key], default);
            var row = write.Db.ChangeTracker.Entries<MembershipRow>().Select(x => x.Entity).Single(m => m.UserId == userId && m.EndedRevision is null);
            row.ValidUntil = Micros(-1);
            write.Record(new MembershipPut(new MembershipFact(userId, group, row.ValidUntil)));
        }

        return true;
    }

    private async Task MadeAsync(string path, object body) => (await Tenant.Admin.PostAsync(path, body)).Expect(System.Net.HttpStatusCode.Created);
}
