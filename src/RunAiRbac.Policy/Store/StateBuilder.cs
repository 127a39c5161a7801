using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>Builds a state from nothing, in bulk: each record is made once, with everything that hangs on it.</summary>
internal sealed partial class StateBuilder
{
    private readonly Catalogue _catalogue;
    private readonly int _smallTableLimit;
    private readonly List<SubjectRecord> _subjects = [];
    private readonly Dictionary<string, int> _subjectIds = new(StringComparer.Ordinal);
    private readonly List<ScopeRecord> _scopes = [];
    private readonly Dictionary<string, int> _scopeIds = new(StringComparer.Ordinal);
    private int _allAuthenticated = -1;

    private StateBuilder(Catalogue catalogue, int smallTableLimit) => (_catalogue, _smallTableLimit) = (catalogue, smallTableLimit);

    public static PolicyState Build(Catalogue catalogue, PolicyFacts facts, int smallTableLimit = RuleTable.DefaultLimit)
        => new StateBuilder(catalogue, smallTableLimit).Build(facts);

    private PolicyState Build(PolicyFacts facts)
    {
        var roles = RoleSet.From(_catalogue, facts.Roles);
        AddScopes(facts.Scopes);
        AddSubjects(facts.Subjects);
        AddMemberships(facts.Memberships);
        var rules = ResolveRules(facts.Rules, roles);
        AddRulesToSubjects(rules);
        AddRulesToScopes(rules);
        var state = new PolicyState
        {
            Catalogue = _catalogue,
            Subjects = RadixArray<SubjectRecord>.From(_subjects),
            Scopes = RadixArray<ScopeRecord>.From(_scopes),
            Roles = roles,
            SubjectIds = StringIndex.From(Hashes(_subjects.Count, i => StringIndex.HashOf(_subjects[i].Fact.Id))),
            SubjectKeys = StringIndex.From(Hashes(_subjects.Count, i => PolicyState.KeyHash(_subjects[i].Kind, StringIndex.HashOf(_subjects[i].Fact.Key)))),
            ScopeIds = StringIndex.From(Hashes(_scopes.Count, i => StringIndex.HashOf(_scopes[i].Fact.Id))),
            Rules = IntTree<Rule>.FromSorted(Array.ConvertAll(rules, rule => rule.Id), rules),
            Sessions = facts.EndedSessions.Aggregate(EndedSessions.None, (sessions, session) => sessions.With(session)),
            AllAuthenticated = _allAuthenticated,
            SmallTableLimit = _smallTableLimit,
        };
        foreach (var rule in rules.Where(state.IsAdministratorRule)) state.Administrators = state.Administrators.With(rule.Id, rule);
        return state;
    }

    private static (int Hash, int Handle)[] Hashes(int count, Func<int, int> hash)
    {
        var entries = new (int, int)[count];
        for (var i = 0; i < count; i++) entries[i] = (hash(i), i);
        return entries;
    }

    private void AddSubjects(IEnumerable<SubjectFact> facts)
    {
        var keys = new HashSet<(SubjectKind, string)>();
        // Groups first: they are what checks read most, and so they lie side by side.
        foreach (var fact in facts.OrderBy(fact => fact.Kind == SubjectKind.Group ? 0 : 1))
        {
            FactChecks.Subject(fact);
            var index = _subjects.Count;
            if (!_subjectIds.TryAdd(fact.Id, index)) throw new ArgumentException($"Subject `{fact.Id}` is there twice.", nameof(facts));
            if (!keys.Add((fact.Kind, fact.Key))) throw new ArgumentException($"The key of subject `{fact.Id}` is taken by another.", nameof(facts));
            if (fact.Kind == SubjectKind.AllAuthenticated)
            {
                if (_allAuthenticated >= 0) throw new ArgumentException($"Subject `{fact.Id}` would be a second one of all authenticated.", nameof(facts));
                _allAuthenticated = index;
            }

            var record = new SubjectRecord(fact);
            if (fact.HomeScopeId is { } home && _scopeIds.TryGetValue(home, out var scope)) record.Home = scope;
            _subjects.Add(record);
        }

        foreach (var residents in Enumerable.Range(0, _subjects.Count).Where(i => _subjects[i].Home >= 0).GroupBy(i => _subjects[i].Home))
        {
            _scopes[residents.Key].Residents = IntTree<Nothing>.FromSorted([.. residents], []);
        }
    }

    private void AddMemberships(IEnumerable<MembershipFact> facts)
    {
        var entries = new List<(int User, int Group, long End)>();
        foreach (var fact in facts)
        {
            var (user, group) = (SubjectNamed(fact.UserId), SubjectNamed(fact.GroupId));
            FactChecks.Membership(fact, _subjects[user].Kind, _subjects[group].Kind);
            entries.Add((user, group, fact.ValidUntil ?? long.MaxValue));
        }

        entries.Sort((a, b) => a.User != b.User ? a.User.CompareTo(b.User) : a.Group.CompareTo(b.Group));
        var members = new Dictionary<int, List<int>>();
        for (int from = 0, to; from < entries.Count; from = to)
        {
            var user = entries[from].User;
            for (to = from; to < entries.Count && entries[to].User == user; to++)
            {
                if (to > from && entries[to].Group == entries[to - 1].Group)
                {
                    throw new ArgumentException($"User `{_subjects[user].Fact.Id}` is in group `{_subjects[entries[to].Group].Fact.Id}` twice.", nameof(facts));
                }

                if (!members.TryGetValue(entries[to].Group, out var users)) members[entries[to].Group] = users = [];
                users.Add(user);
            }

            var groups = entries.GetRange(from, to - from);
            _subjects[user].Groups = groups.Select(entry => entry.Group).ToArray();
            _subjects[user].GroupEnds = SubjectRecord.EndsOrNull([.. groups.Select(entry => entry.End)]);
        }

        foreach (var (group, users) in members) _subjects[group].Members = IntTree<Nothing>.FromSorted([.. users], []);
    }

    private int SubjectNamed(string id)
        => _subjectIds.TryGetValue(id, out var index) ? index : throw new ArgumentException($"No subject `{id}`.", nameof(id));
}
