using System.Runtime.InteropServices;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>Builds a state from nothing, in bulk: each record is made once, with everything that hangs on it.</summary>
internal sealed partial class StateBuilder
{
    private readonly Catalogue _catalogue;
    private readonly int _smallTableLimit;
    private readonly List<SubjectRecord> _subjects = [];
    private readonly List<(int Hash, int Handle)> _names = [];
    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _scopeTypes = new(StringComparer.Ordinal);
    private readonly List<ScopeRecord> _scopes = [];
    private readonly Dictionary<string, int> _scopeIds = new(StringComparer.Ordinal);
    private RadixArray<SubjectRecord> _subjectArray;
    private StringIndex _subjectNames;
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
            Subjects = _subjectArray,
            Scopes = RadixArray<ScopeRecord>.From(_scopes),
            Roles = roles,
            SubjectNames = _subjectNames,
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
        foreach (var fact in facts)
        {
            FactChecks.Subject(fact);
            var index = _subjects.Count;
            _names.Add((StringIndex.HashOf(fact.Id), index));
            _names.Add((StringIndex.HashOf(fact.Key), index));
            if (fact.Kind == SubjectKind.AllAuthenticated)
            {
                if (_allAuthenticated >= 0) throw new ArgumentException($"Subject `{fact.Id}` would be a second one of all authenticated.", nameof(facts));
                _allAuthenticated = index;
            }

            var record = new SubjectRecord(fact);
            if (fact.HomeScopeId is { } home && _scopeIds.TryGetValue(home, out var scope)) record.Home = scope;
            _subjects.Add(record);
        }

        _subjectArray = RadixArray<SubjectRecord>.From(_subjects);
        _subjectNames = StringIndex.From(_names);
        foreach (var (a, b) in _subjectNames.Twins()) DemandDifferent(_subjects[a], _subjects[b]);
        foreach (var residents in Enumerable.Range(0, _subjects.Count).Where(i => _subjects[i].Home >= 0).GroupBy(i => _subjects[i].Home))
        {
            _scopes[residents.Key].Residents = IntTree<Nothing>.FromSorted([.. residents], []);
        }
    }

    private static void DemandDifferent(SubjectRecord a, SubjectRecord b)
    {
        if (a.Names.IdIs(b.Names.Id)) throw new ArgumentException($"Subject `{b.Names.Id}` is there twice.", nameof(b));
        if (a.Kind == b.Kind && a.Names.KeyIs(b.Names.Key)) throw new ArgumentException($"The key of subject `{b.Names.Id}` is taken by another.", nameof(b));
    }

    private void AddMemberships(IEnumerable<MembershipFact> facts)
    {
        var memberships = new List<ulong>();
        var ends = new Dictionary<ulong, long>();
        var (lastId, user) = ("", -1);
        foreach (var fact in facts)
        {
            // Often one user's memberships come one after the other, and groups are few.
            if (fact.UserId != lastId) (lastId, user) = (fact.UserId, SubjectNamed(fact.UserId));
            if (!_groups.TryGetValue(fact.GroupId, out var group)) _groups.Add(fact.GroupId, group = SubjectNamed(fact.GroupId));
            FactChecks.Membership(fact, _subjects[user].Kind, _subjects[group].Kind);
            var membership = ((ulong)user << 32) | (uint)group;
            memberships.Add(membership);
            if (fact.ValidUntil is { } end) ends[membership] = end;
        }

        memberships.Sort();
        var keys = CollectionsMarshal.AsSpan(memberships);
        for (var i = 1; i < keys.Length; i++)
        {
            if (keys[i] == keys[i - 1]) throw new ArgumentException($"User `{_subjects[UserOf(keys[i])].Names.Id}` is in one group twice.", nameof(facts));
        }

        SetGroups(keys, ends);
        SetMembers(keys, ends);
    }

    private void SetGroups(ReadOnlySpan<ulong> keys, Dictionary<ulong, long> ends)
    {
        for (int from = 0, to; from < keys.Length; from = to)
        {
            for (to = from; to < keys.Length && UserOf(keys[to]) == UserOf(keys[from]); to++)
            {
            }

            var groups = new int[to - from];
            var until = new long[groups.Length];
            for (var i = 0; i < groups.Length; i++) (groups[i], until[i]) = (GroupOf(keys[from + i]), ends.GetValueOrDefault(keys[from + i], long.MaxValue));
            _subjects[UserOf(keys[from])].SetGroups(groups, until);
        }
    }

    private void SetMembers(ReadOnlySpan<ulong> keys, Dictionary<ulong, long> ends)
    {
        var members = new Dictionary<int, (List<int> All, List<int> Ending)>();
        foreach (var key in keys)
        {
            if (!members.TryGetValue(GroupOf(key), out var users)) members[GroupOf(key)] = users = ([], []);
            users.All.Add(UserOf(key));
            if (ends.ContainsKey(key)) users.Ending.Add(UserOf(key));
        }

        foreach (var (group, users) in members)
        {
            _subjects[group].Members = IntTree<Nothing>.FromSorted([.. users.All], []);
            _subjects[group].EndingMembers = IntTree<Nothing>.FromSorted([.. users.Ending], []);
        }
    }

    private static int UserOf(ulong key) => (int)(key >> 32);

    private static int GroupOf(ulong key) => (int)(uint)key;

    private int SubjectNamed(string id) => FindSubject(id) is var index and >= 0 ? index : throw new ArgumentException($"No subject `{id}`.", nameof(id));

    private int FindSubject(string id) => _subjectNames.Find(id, StringIndex.HashOf(id), new PolicyState.SubjectIdNames(_subjectArray));
}
