using System.Collections.Immutable;
using RunAiRbac.Policy.Tests.Reference;

namespace RunAiRbac.Policy.Tests.Properties;

/// <summary>Random facts and changes from small pools of ids, so that they meet, collide and come back.</summary>
internal sealed class RandomWorld
{
    /// <summary>A catalogue so small that everything can be asked.</summary>
    public static readonly Catalogue Tiny = new(
        [new("project", "Projects", "organization"), new("workloads", "Workloads", "workload"), new("tenant", "Account", "organization")],
        ["create", "read", "update", "delete", "sync"],
        ["sync"],
        [.. new[] { (1, "System administrator"), (5, "L1 researcher"), (7, "Viewer"), (8, "Reader"), (4003, "Platform administrator") }
            .Select(role => new RoleFact(role.Item1, role.Item2, "", true, []))]);

    /// <summary>The moments at which rules and memberships begin and end. Questions are asked at them and a microsecond to either side.</summary>
    private static readonly long[] Moments = [-5_000_000, 0, 1_000_000, 1_700_000_000_000_000];

    private readonly Random _random;
    private readonly int _size;

    public RandomWorld(int seed, int size = 0)
    {
        _random = new Random(seed);
        _size = size > 0 ? size : _random.Next(1, 4);
        Catalogue = _random.Next(8) == 0 ? Catalogue.Default : Tiny;
        Limit = _random.Next(3) switch { 0 => 1, 1 => 3, _ => 96 };
    }

    public Catalogue Catalogue { get; }

    /// <summary>The limit of small tables, low ones force the large form.</summary>
    public int Limit { get; }

    public string[] ScopeIds => [.. Enumerable.Range(0, 6 * _size).Select(i => $"s{i}"), "s", "S0", "", "system"];

    public long Now() => Pick(Moments) + _random.Next(-1, 2);

    public bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    public IReadOnlyList<T> Shuffled<T>(IEnumerable<T> items)
    {
        var all = items.ToArray();
        _random.Shuffle(all);
        return all;
    }

    public string SubjectId() => Pick<string>(["u0", "u1", "u2", "u3", "g0", "g1", "g2", "a0", "a1", "all", "nobody", ""]);

    public string ScopeId() => Chance(12) ? Pick<string>(["s", "S0", "", "system"]) : $"s{_random.Next(6 * _size)}";

    public string ResourceType() => Chance(20) ? Pick<string>(["", "*", "Project", "unknown"]) : Pick(Catalogue.ResourceTypes).Name;

    public string Action() => Chance(20) ? Pick<string>(["", "*", "Read", "list"]) : Pick(Catalogue.Actions);

    public string SessionId() => $"session{_random.Next(4)}";

    public int RuleId() => _random.Next(1, 12 * _size);

    public long? Moment() => Chance(2) ? null : Pick(Moments);

    /// <summary>Facts without contradiction, made by trying changes on nothing.</summary>
    public ReferencePolicy Facts()
    {
        var world = new ReferencePolicy { ResourceTypes = [.. Catalogue.ResourceTypes.Select(type => type.Name)], Actions = Catalogue.Actions };
        var roles = Chance(30) ? 70 : 1;
        foreach (var role in Catalogue.Roles) world.Roles.Add(Role(role.Id, role.Name));
        for (var i = 0; i < roles; i++) world.Roles.Add(Role(100_000 + i, $"Custom {i}"));
        world.TryApply(new ScopePut(new("s0", "tenant", null, "Acme")));
        if (!Chance(4)) world.TryApply(new ScopePut(new("system", "system", null, "System")));
        for (var i = 0; i < 8 * _size; i++) world.TryApply(new ScopePut(Scope(world)));
        for (var i = 0; i < 14; i++) world.TryApply(new SubjectPut(Subject()));
        for (var i = 0; i < 8; i++) world.TryApply(new MembershipPut(Membership()));
        for (var i = 0; i < 12 * _size; i++) world.TryApply(new RulePut(Rule(world)));
        for (var i = 0; i < 2; i++) world.TryApply(new SessionEnd(Session()));
        return world;
    }

    /// <summary>Any change, fitting or not.</summary>
    public PolicyChange Change(ReferencePolicy world) => _random.Next(24) switch
    {
        < 6 => new RulePut(Rule(world)),
        < 9 => new RuleEnd(RuleId()),
        < 12 => new ScopePut(Scope(world)),
        12 => new ScopeEnd(ScopeId()),
        < 15 => new SubjectPut(Subject()),
        15 => new SubjectEnd(SubjectId()),
        < 19 => new MembershipPut(Membership()),
        19 => new MembershipEnd(SubjectId(), SubjectId()),
        < 22 => RoleChange(world),
        _ => new SessionEnd(Session()),
    };

    public RuleFact Rule(ReferencePolicy world)
        => new(RuleId(), SubjectId(), Chance(30) ? 77 : Pick(world.Roles).Id, Chance(5) ? "s0" : ScopeId(), Chance(3) ? Moment() : null, Chance(2) ? Moment() : null);

    private RolePut RoleChange(ReferencePolicy world)
    {
        if (Chance(4)) return new RolePut(Role(100_000 + _random.Next(200), "New"));
        var role = Pick(world.Roles);
        return new RolePut(Role(role.Id, role.Name));
    }

    private RoleFact Role(int id, string name)
    {
        var holds = _random.Next(1, 4);
        var permissions = Catalogue.ResourceTypes.Where(_ => _random.Next(4) < holds)
            .Select(type => new Permission(type.Name, [.. Catalogue.Actions.Where(_ => _random.Next(4) < holds)]))
            .ToList();
        if (Chance(6)) permissions.Add(new Permission("unknown", ["read"]));
        if (Chance(6)) permissions.Add(new Permission(Catalogue.ResourceTypes[0].Name, ["read", "list", "read"]));
        return new RoleFact(id, name, "", !Chance(6), permissions);
    }

    private ScopeFact Scope(ReferencePolicy world)
    {
        var id = ScopeId();
        var old = world.FindScope(id);
        var type = old is not null && !Chance(8) ? old.Type : id == "s0" ? "tenant" : id == "system" ? "system" : Pick<string>(["cluster", "department", "project"]);
        // Mostly below the newest, so that deep trees come about.
        var parent = Chance(2) && world.Scopes.Count > 0 ? world.Scopes[^1].Id : ScopeId();
        return new ScopeFact(id, type, type is "tenant" or "system" && !Chance(10) ? null : parent, Pick<string>(["one", "two"]));
    }

    private SubjectFact Subject()
    {
        var id = SubjectId();
        var kind = id.Length == 0 || Chance(20)
            ? Pick<SubjectKind>([SubjectKind.User, SubjectKind.Group, SubjectKind.Application, SubjectKind.AllAuthenticated])
            : id[0] switch { 'u' => SubjectKind.User, 'g' => SubjectKind.Group, 'a' when id != "all" => SubjectKind.Application, _ => SubjectKind.AllAuthenticated };
        var canBeDisabled = kind is SubjectKind.User or SubjectKind.Application || Chance(10);
        // Keys that are the ids of others now and then: an id wins.
        return new SubjectFact(
            id, kind, Chance(4) ? SubjectId() : $"key-{id}", $"Name of {id}", !canBeDisabled || !Chance(5), _random.Next(2), Chance(3) ? ScopeId() : null, Chance(2));
    }

    private MembershipFact Membership() => new(Pick<string>(["u0", "u1", "u2", "u3", "a0"]), Pick<string>(["g0", "g1", "g2", "u0"]), Moment());

    private EndedSession Session() => new(SessionId(), Pick(Moments) + _random.Next(3) * 8L * 24 * 3600 * 1_000_000);

    public RoleFact AnyRole(ReferencePolicy world) => Chance(2) ? Pick(world.Roles) : Role(100_500, "Thought of");

    public ImmutableArray<string>? GroupsOverride() => Chance(3) ? [.. Enumerable.Range(0, _random.Next(4)).Select(_ => SubjectId())] : null;
}
