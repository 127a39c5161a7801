using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Agreement;

/// <summary>A tenant with a random policy: half of it written through the storage as the system, half by its administrator over the API.</summary>
internal sealed class RandomTenant
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const int CustomRole = 100_000;
    private const int DisabledRole = 100_001;
    private static readonly int[] RoleIds = [1, 3, 4, 5, 7, 9, 13, 1708, 1709, 1710, 1711, 3001, 3003, 4001, 4002, CustomRole, DisabledRole];

    private readonly Random _random;
    private readonly long _start;
    private readonly List<Scope> _units = [];

    private RandomTenant(OwnTenant tenant, int seed, long start) => (Tenant, _random, _start) = (tenant, new Random(seed), start);

    public OwnTenant Tenant { get; }

    /// <summary>An application with `authorization` read in one department.</summary>
    public Person Delegate { get; private set; } = null!;

    /// <summary>A user with nothing of its own but what chance gives it.</summary>
    public Person Plain { get; private set; } = null!;

    /// <summary><see cref="Plain"/> by an access key.</summary>
    public Person PlainByKey { get; private set; } = null!;

    /// <summary>When rules and memberships begin and end, after the start.</summary>
    public static IReadOnlyList<TimeSpan> Moments { get; } = [TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(50)];

    public static async Task<RandomTenant> CreateAsync(ApiHost host, FakeClock clock, int seed)
    {
        var world = new RandomTenant(await OwnTenant.CreateAsync(host), seed, clock.NowMicros());
        world._units.Add(world.Tenant.Scope);
        await world.AddUnitsAsync();
        world.Plain = await world.Tenant.PersonAsync("plain@example.com");
        world.PlainByKey = await world.Tenant.ByKeyAsync(world.Plain);
        world.Delegate = await world.Tenant.ApplicationAsync("delegate");
        await world.Tenant.GrantAsync("app", "delegate", 4001, world.Pick(world._units.FindAll(s => s.Type == "department")));
        await world.WriteAsSystemAsync();
        for (var i = 0; i < 15; i++) await world.ChangeOverApiAsync();
        return world;
    }

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    public bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    public int Below(int end) => _random.Next(end);

    /// <summary>One random call that changes something, or is refused for a reason that may be.</summary>
    public async Task ChangeOverApiAsync()
    {
        var facts = await Tenant.FactsAsync();
        var reply = await (_random.Next(20) switch
        {
            < 8 => CreateRuleAsync(facts),
            8 => Tenant.Admin.DeleteAsync($"{Rules}/{Pick(RulesOfOthers(facts)).Id}"),
            9 => Tenant.Admin.PostAsync(Rules + "/batch", new { ids = Enumerable.Range(0, 3).Select(_ => Pick(RulesOfOthers(facts)).Id), action = "delete" }),
            10 => CreateManyAsync(facts),
            < 14 => ReplaceGroupsAsync(facts),
            14 => EnableAsync("users", Pick(Users(facts)).Id),
            15 => EnableAsync("service-accounts", Pick(Of(facts, SubjectKind.Application)).Id),
            16 => DeleteSubjectAsync(facts),
            17 => DeleteUnitAsync(facts),
            18 => RenameUnitAsync(facts),
            _ => CreateForAllAsync(facts),
        });
        ((int)reply.Status).Should().BeOneOf([200, 201, 202, 204, 404, 409], "the answer was {0}", reply.Text);
    }

    public Scope Unit(ReferencePolicy facts)
    {
        var scope = Pick(facts.Scopes);
        return new Scope(scope.Type, scope.Id);
    }

    private async Task AddUnitsAsync()
    {
        for (var c = 0; c < 2; c++)
        {
            var cluster = await Tenant.ClusterAsync($"cluster-{c}");
            _units.Add(cluster);
            for (var d = 0; d < _random.Next(1, 4); d++)
            {
                var department = await Tenant.DepartmentAsync(cluster, $"department-{d}");
                _units.Add(department);
                for (var p = 0; p < _random.Next(3); p++) _units.Add(await Tenant.ProjectAsync(cluster, department, $"project-{d}-{p}"));
            }
        }
    }

    /// <summary>What the API has no call for yet: moments of memberships, roles of one's own, disabled roles.</summary>
    private Task WriteAsSystemAsync() => Tenant.WriteAsync(async write =>
    {
        await write.PutRoleAsync(new RoleFact(CustomRole, "Custom", "", true, [new("workloads", ["create", "read"]), new("authorization", ["read", "sync"]), new("made-up", ["read"])]), default);
        await write.PutRoleAsync(new RoleFact(DisabledRole, "Disabled", "", false, [new("workloads", ["create", "read", "update", "delete"])]), default);
        for (var i = 0; i < 4; i++) write.EnsureUser($"pending-{i}@example.com", $"Pending-{i}@example.com");
        for (var i = 0; i < 4; i++)
        {
            write.AddSubject(new SubjectRow { Id = "", Kind = SubjectKind.Application, Key = $"app-{i}", Name = $"app-{i}", NameFolded = "", CreatedByName = "", Enabled = i > 0 });
            write.AddSubject(new SubjectRow { Id = "", Kind = SubjectKind.User, Key = $"user-{i}@example.com", Name = $"User-{i}@example.com", NameFolded = "", CreatedByName = "", IsLocal = false, Enabled = i > 0 });
        }

        var users = new[] { write.After.FindSubject(Plain.Id) }.Concat(Enumerable.Range(0, 4).Select(i => write.After.FindSubject(SubjectKind.User, $"user-{i}@example.com"))).ToList();
        await write.AddProviderAsync(Storage.Rows.Provider("hr"), default);
        await write.AddProviderAsync(Storage.Rows.Provider("untrusted", trusted: false), default);
        foreach (var user in users.Select(write.IdOf))
        {
            await write.SetGroupsAsync(user, "directory", Some("group-0", "group-1", "group-2"), default);
            await write.SetGroupsAsync(user, "hr", Some("group-1", "group-2", "group-3"), default);
            await write.SetGroupsAsync(user, "untrusted", Some("group-0", "group-3"), default);
        }

        foreach (var member in write.Db.ChangeTracker.Entries<MembershipRow>().Select(x => x.Entity).ToList())
        {
            if (Chance(2)) member.ValidUntil = At(Pick(Moments));
        }

        // The rows said something new: what decisions count is the longest of the trusted sources.
        var groups = write.Db.ChangeTracker.Entries<GroupRow>().Where(x => x.Entity.Source != "untrusted").ToDictionary(x => x.Entity.Id, x => x.Entity.SubjectId);
        var members = write.Db.ChangeTracker.Entries<MembershipRow>().Select(x => x.Entity).Where(m => groups.ContainsKey(m.GroupId)).ToList();
        foreach (var same in members.GroupBy(m => (m.UserId, GroupId: groups[m.GroupId])))
            write.Record(new MembershipPut(new MembershipFact(same.Key.UserId, same.Key.GroupId, same.Any(m => m.ValidUntil is null) ? null : same.Max(m => m.ValidUntil))));

        var subjects = users
            .Concat(Enumerable.Range(0, 4).Select(i => write.After.FindSubject(SubjectKind.User, $"pending-{i}@example.com")))
            .Concat(Enumerable.Range(0, 4).Select(i => write.EnsureGroup($"group-{i}")))
            .Concat(Enumerable.Range(0, 4).Select(i => write.After.FindSubject(SubjectKind.Application, $"app-{i}")))
            .Append(write.After.AllAuthenticated).ToList();
        for (var i = 0; i < 45; i++)
        {
            var (notBefore, expiresAt) = Times();
            await write.AddRuleAsync(new NewRule(Pick(subjects), Pick(RoleIds), write.After.FindScope(Pick(_units).Id), notBefore, expiresAt, null), default);
        }

        return true;
    });

    private long At(TimeSpan afterStart) => _start + (long)afterStart.TotalMicroseconds;

    private string[] Some(params string[] names) => [.. names.Where(_ => Chance(2))];

    private (long? NotBefore, long? ExpiresAt) Times()
    {
        long? notBefore = Chance(3) ? At(Pick(Moments)) : null;
        long? expiresAt = Chance(3) ? At(Pick(Moments)) : null;
        return expiresAt <= notBefore ? (notBefore, null) : (notBefore, expiresAt);
    }

    private Task<Reply> CreateRuleAsync(ReferencePolicy facts) => Tenant.Admin.PostAsync(Rules, NewRule(facts));

    private Task<Reply> CreateForAllAsync(ReferencePolicy facts)
    {
        var scope = Unit(facts);
        return Tenant.Admin.PostAsync(Rules + "/authenticated-users", new { roleId = Pick(RoleIds[..^1]), scopeType = scope.Type, scopeId = scope.Id });
    }

    private Task<Reply> CreateManyAsync(ReferencePolicy facts)
    {
        var scopes = new[] { Unit(facts), Unit(facts) };
        var groups = Some("group-0", "group-1", "group-2", $"group-{_random.Next(100)}");
        return Tenant.Admin.PostAsync(Rules + "/batch-create", new
        {
            payload = new
            {
                roleId = Pick(RoleIds[..^1]),
                subjects = groups.Append("group-3").Select(name => new { subjectType = "group", subjectId = name }),
                scopes = scopes.Select(scope => new { scopeType = scope.Type, scopeId = scope.Id }),
            },
        });
    }

    /// <summary>The body of a new rule for somebody there is, or now and then for one there is not yet; it may be there already.</summary>
    public object NewRule(ReferencePolicy facts)
    {
        var scope = Unit(facts);
        var subject = Pick(facts.Subjects.FindAll(s => s.Kind != SubjectKind.AllAuthenticated));
        var (type, name) = subject.Kind switch
        {
            SubjectKind.User => ("user", Chance(4) ? $"pending-{_random.Next(100)}@example.com" : Chance(2) ? subject.Id : subject.Name),
            SubjectKind.Group => ("group", Chance(4) ? $"group-{_random.Next(100)}" : subject.Key),
            _ => (Chance(2) ? "app" : "service-account", Chance(2) ? subject.Id : subject.Key),
        };
        return new { subjectType = type, subjectId = name, roleId = Pick(RoleIds[..^1]), scopeType = scope.Type, scopeId = scope.Id };
    }

    private Task<Reply> ReplaceGroupsAsync(ReferencePolicy facts)
        => Tenant.Admin.PutAsync($"/api/v1/users/{Pick(Users(facts)).Id}/groups", new { source = "directory", groups = Some("group-0", "group-1", "group-2", "group-3", $"group-{_random.Next(100)}") });

    private Task<Reply> EnableAsync(string what, string id)
        => id == Plain.Id || id == Delegate.Id ? Tenant.Admin.GetAsync("/api/v1/users") : Tenant.Admin.PatchAsync($"/api/v1/{what}/{id}", new { enabled = Chance(2) });

    private Task<Reply> DeleteSubjectAsync(ReferencePolicy facts)
    {
        var subject = Pick(facts.Subjects.FindAll(s => s.Kind is SubjectKind.User or SubjectKind.Application && s.Id != Plain.Id && s.Id != Delegate.Id && s.Id != Tenant.Admin.Id));
        return Tenant.Admin.DeleteAsync(subject.Kind == SubjectKind.User ? $"/api/v1/users/{subject.Id}" : $"/api/v1/apps/{subject.Id}");
    }

    private Task<Reply> DeleteUnitAsync(ReferencePolicy facts)
    {
        var unit = Pick(facts.Scopes.FindAll(s => s.Type is "department" or "project"));
        return Tenant.Admin.DeleteAsync($"/api/v1/org-unit/{unit.Type}s/{unit.Id}");
    }

    private Task<Reply> RenameUnitAsync(ReferencePolicy facts)
    {
        var unit = Pick(facts.Scopes.FindAll(s => s.Type is "cluster" or "department" or "project"));
        var name = new { name = $"renamed-{_random.Next(100)}" };
        return unit.Type == "cluster" ? Tenant.Admin.PutAsync($"/api/v1/clusters/{unit.Id}", name) : Tenant.Admin.PatchAsync($"/api/v1/org-unit/{unit.Type}s/{unit.Id}", name);
    }

    /// <summary>Rules other than those that let the administrator go on.</summary>
    public List<RuleFact> RulesOfOthers(ReferencePolicy facts) => facts.Rules.FindAll(r => r.SubjectId != Tenant.Admin.Id);

    /// <summary>Users other than the one that must go on asking.</summary>
    private List<SubjectFact> Users(ReferencePolicy facts) => facts.Subjects.FindAll(s => s.Kind == SubjectKind.User && s.Id != Tenant.Admin.Id);

    private static List<SubjectFact> Of(ReferencePolicy facts, SubjectKind kind) => facts.Subjects.FindAll(s => s.Kind == kind);
}
