using RunAiRbac.Policy;

namespace RunAiRbac.Benchmarks.InProcess;

/// <summary>A policy of a given size, the same in every run: the worlds of the performance budgets.</summary>
internal sealed class World
{
    public const long Now = 1_800_000_000_000_000;

    private static readonly int[] RoleIds = [.. Catalogue.Default.Roles.Select(role => role.Id).Where(id => id != PredefinedRoles.PlatformAdministrator)];

    private readonly Random _random;
    private readonly WorldSize _size;

    private World(WorldSize size, int tenantId = 1)
    {
        (_size, TenantId) = (size, tenantId);
        _random = new(20_260_100 + tenantId);
        Scopes = MakeScopes();
        Groups = [.. Enumerable.Range(0, size.Groups).Select(i => new SubjectFact(Id(), SubjectKind.Group, $"group-{i}", $"group-{i}"))];
        Users = [.. Enumerable.Range(0, size.Users).Select(i => new SubjectFact(Id(), SubjectKind.User, $"user-{i}@example.org", $"user-{i}@example.org"))];
        Rules = MakeRules();
    }

    public string Name => _size.Name;

    public int TenantId { get; }

    public ScopeFact[] Scopes { get; }

    public SubjectFact[] Groups { get; }

    public SubjectFact[] Users { get; }

    public RuleFact[] Rules { get; }

    public static World W100k() => new(new WorldSize("W100k", 10, 200, 10_000, 10_000, 500, 100_000));

    public static World W1M() => new(new WorldSize("W1M", 10, 200, 100_000, 1_000_000, 5_000, 1_000_000));

    /// <summary>Of W100k or W1M by their names.</summary>
    public static World Named(string name) => name.Equals("W1M", StringComparison.OrdinalIgnoreCase) ? W1M() : W100k();

    /// <summary>With so many rules, and as much of everything else as W1M has for each.</summary>
    public static World Of(int rules) => new(new WorldSize($"{rules:N0}", 10, 200, rules / 10, rules, rules / 200, rules));

    /// <summary>A tenant of 1,000 rules and 200 users.</summary>
    public static World Small(int tenantId) => new(new WorldSize($"tenant-{tenantId}", 1, 5, 100, 200, 20, 1_000), tenantId);

    public PolicyFacts Facts() => new(
        1, Catalogue.Default.Roles, Scopes, [.. Groups, .. Users, new(Id(), SubjectKind.AllAuthenticated, "all", "all")], Memberships(), Rules, []);

    /// <summary>Questions with subjects and scopes drawn evenly, as many allowed as denied, in random order.</summary>
    public Question[] Questions(PolicySnapshot snapshot, int count)
    {
        var left = new[] { count / 2, count - count / 2 };
        var questions = new List<Question>(count);
        while (left[0] + left[1] > 0)
        {
            var (user, scope) = (Pick(Users), Pick(Scopes));
            var question = new Question(
                _random.Next(2) == 0 ? user.Id : user.Key,
                scope.Type,
                scope.Id,
                Catalogue.Default.ResourceTypes[_random.Next(Catalogue.Default.ResourceTypes.Length)].Name,
                Catalogue.Default.Actions[_random.Next(4)]);
            ref var wanted = ref left[question.Resolve(snapshot).Ask(snapshot).Allowed ? 1 : 0];
            if (wanted == 0) continue;
            wanted--;
            questions.Add(question);
        }

        var shuffled = questions.ToArray();
        _random.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>A rule that is not there yet.</summary>
    public RuleFact NewRule(int id) => new(id, Pick(Users).Id, Pick(RoleIds), Pick(Scopes).Id);

    public IEnumerable<MembershipFact> Memberships()
    {
        var random = new Random(7);
        foreach (var user in Users)
        {
            var groups = new HashSet<int>();
            while (groups.Count < 5) groups.Add(random.Next(Groups.Length));
            foreach (var group in groups) yield return new MembershipFact(user.Id, Groups[group].Id);
        }
    }

    private ScopeFact[] MakeScopes()
    {
        var tenant = new ScopeFact($"{TenantId}", "tenant", null, "Example");
        var clusters = Enumerable.Range(0, _size.Clusters).Select(i => new ScopeFact(Id(), "cluster", tenant.Id, $"cluster-{i}")).ToArray();
        var departments = Enumerable.Range(0, _size.Departments).Select(i => new ScopeFact(Id(), "department", clusters[i % clusters.Length].Id, $"department-{i}")).ToArray();
        var projects = Enumerable.Range(0, _size.Projects).Select(i => new ScopeFact(Id(), "project", departments[i % departments.Length].Id, $"project-{i}"));
        return [tenant, .. clusters, .. departments, .. projects];
    }

    private RuleFact[] MakeRules()
    {
        var seen = new HashSet<(string, int, string)>();
        var rules = new RuleFact[_size.Rules];
        for (var i = 0; i < rules.Length;)
        {
            var subject = _random.NextDouble() < 0.7 ? Pick(Users) : Pick(Groups);
            var rule = new RuleFact(i + 1, subject.Id, Pick(RoleIds), RuleScope().Id);
            if (seen.Add((rule.SubjectId, rule.RoleId, rule.ScopeId))) rules[i++] = rule;
        }

        return rules;
    }

    private ScopeFact RuleScope()
    {
        var firstProject = 1 + _size.Clusters + _size.Departments;
        return _random.NextDouble() switch
        {
            < 0.001 => Scopes[0],
            < 0.025 => Scopes[1 + _random.Next(_size.Clusters)],
            < 0.275 => Scopes[1 + _size.Clusters + _random.Next(_size.Departments)],
            _ => Scopes[firstProject + _random.Next(_size.Projects)],
        };
    }

    /// <summary>The roles that rules draw from.</summary>
    public static IReadOnlyList<int> Roles => RoleIds;

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    private string Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }
}

/// <summary>How much there is of what.</summary>
internal sealed record WorldSize(string Name, int Clusters, int Departments, int Projects, int Users, int Groups, int Rules);

/// <summary>A check as a request names it.</summary>
internal sealed record Question(string User, string ScopeType, string ScopeId, string ResourceType, string Action)
{
    /// <summary>The same in strings of its own.</summary>
    public Question Copy() => new(new string(User.AsSpan()), new string(ScopeType.AsSpan()), new string(ScopeId.AsSpan()), new string(ResourceType.AsSpan()), new string(Action.AsSpan()));

    public Handles Resolve(PolicySnapshot snapshot) => new(
        snapshot.FindSubject(SubjectKind.User, User),
        snapshot.Catalogue.FindResourceType(ResourceType),
        snapshot.Catalogue.FindAction(Action),
        snapshot.FindScope(ScopeType, ScopeId));
}

/// <summary>A check by handles.</summary>
internal readonly record struct Handles(SubjectRef Subject, int ResourceType, int Action, ScopeRef Scope)
{
    public Decision Ask(PolicySnapshot snapshot) => snapshot.Check(Subject, ResourceType, Action, Scope, World.Now);
}
