using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>Builds a state from nothing, in bulk: each record is made once, with everything that hangs on it.</summary>
internal sealed partial class StateBuilder
{
    private readonly Catalogue _catalogue;
    private readonly int _smallTableLimit;
    private readonly List<SubjectRecord> _subjects = [];
    private readonly Dictionary<string, int> _subjectIds = new(StringComparer.Ordinal);
    private readonly Dictionary<(SubjectKind Kind, string Key), int> _subjectKeys = [];
    private readonly Dictionary<string, string> _scopeTypes = new(StringComparer.Ordinal);
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
            SubjectNames = StringIndex.From([
                .. _subjectIds.Select(entry => (StringIndex.HashOf(entry.Key), entry.Value)),
                .. _subjectKeys.Select(entry => (StringIndex.HashOf(entry.Key.Key), entry.Value)),
            ]),
            ScopeIds = StringIndex.From([.. _scopeIds.Select(entry => (StringIndex.HashOf(entry.Key), entry.Value))]),
            Rules = IntTree<Rule>.FromSorted(Array.ConvertAll(rules, rule => rule.Id), rules),
            Sessions = facts.EndedSessions.Aggregate(EndedSessions.None, (sessions, session) => sessions.With(session)),
            AllAuthenticated = _allAuthenticated,
            SmallTableLimit = _smallTableLimit,
        };
        foreach (var rule in rules.Where(state.IsAdministratorRule)) state.Administrators = state.Administrators.With(rule.Id, rule);
        return state;
    }

    private void AddSubjects(IEnumerable<SubjectFact> facts)
    {
        // Groups first: they are what checks read most, and so they lie side by side.
        foreach (var fact in facts.OrderBy(fact => fact.Kind == SubjectKind.Group ? 0 : 1))
        {
            FactChecks.Subject(fact);
            var index = _subjects.Count;
            if (!_subjectIds.TryAdd(fact.Id, index)) throw new ArgumentException($"Subject `{fact.Id}` is there twice.", nameof(facts));
            if (!_subjectKeys.TryAdd((fact.Kind, fact.Key), index)) throw new ArgumentException($"The key of subject `{fact.Id}` is taken by another.", nameof(facts));
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
        var pairs = new List<(ulong UserAndGroup, long End)>();
        foreach (var fact in facts)
        {
            var (user, group) = (SubjectNamed(fact.UserId), SubjectNamed(fact.GroupId));
            FactChecks.Membership(fact, _subjects[user].Kind, _subjects[group].Kind);
            pairs.Add((((ulong)user << 32) | (uint)group, fact.ValidUntil ?? long.MaxValue));
        }

        var keys = pairs.Select(pair => pair.UserAndGroup).ToArray();
        var ends = pairs.Select(pair => pair.End).ToArray();
        Array.Sort(keys, ends);
        for (var i = 1; i < keys.Length; i++)
        {
            if (keys[i] == keys[i - 1]) throw new ArgumentException($"User `{_subjects[UserOf(keys[i])].Names.Id}` is in one group twice.", nameof(facts));
        }

        SetGroups(keys, ends);
        SetMembers(keys, ends);
    }

    private void SetGroups(ulong[] keys, long[] ends)
    {
        for (int from = 0, to; from < keys.Length; from = to)
        {
            for (to = from; to < keys.Length && UserOf(keys[to]) == UserOf(keys[from]); to++)
            {
            }

            var groups = Array.ConvertAll(keys[from..to], GroupOf);
            _subjects[UserOf(keys[from])].SetGroups(groups, ends.AsSpan(from, to - from));
        }
    }

    private void SetMembers(ulong[] keys, long[] ends)
    {
        var members = new Dictionary<int, (List<int> All, List<int> Ending)>();
        for (var i = 0; i < keys.Length; i++)
        {
            var group = GroupOf(keys[i]);
            if (!members.TryGetValue(group, out var users)) members[group] = users = ([], []);
            users.All.Add(UserOf(keys[i]));
            if (ends[i] != long.MaxValue) users.Ending.Add(UserOf(keys[i]));
        }

        foreach (var (group, users) in members)
        {
            _subjects[group].Members = IntTree<Nothing>.FromSorted([.. users.All], []);
            _subjects[group].EndingMembers = IntTree<Nothing>.FromSorted([.. users.Ending], []);
        }
    }

    private static int UserOf(ulong key) => (int)(key >> 32);

    private static int GroupOf(ulong key) => (int)(uint)key;

    private int SubjectNamed(string id)
        => _subjectIds.TryGetValue(id, out var index) ? index : throw new ArgumentException($"No subject `{id}`.", nameof(id));
}
