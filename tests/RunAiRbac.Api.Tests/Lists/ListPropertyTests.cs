using System.Globalization;
using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.OrgUnits;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Lists;

/// <summary>Random filters, searches, orders and pages of every list, by several people, against a reference that works on what the lists show.</summary>
public sealed class ListPropertyTests(PostgresFixture postgres)
{
    private const int Questions = 600;
    private static readonly string[] Tables = ["access_rules", "subjects", "scopes", "groups"];

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_WithWhateverParameters_IsTheReferenceList(StorageProvider provider)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("RUNAIRBAC_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        var (random, clock) = (new Random(seed), new FakeClock());
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock }, postgres);
        var world = await ListWorld.BuildAsync(host, clock, random);
        var seen = new Dictionary<(Person, SheetList), List<Listed>>();
        foreach (var actor in world.Actors)
            foreach (var list in SheetList.All)
                seen[(actor, list)] = await world.SeenAsync(actor, list);
        seen[(world.Admin, SheetList.Rules)].Should().HaveCountGreaterThan(20);

        var (rows, terms) = (0, 0);
        for (var i = 0; i < Questions; i++)
        {
            var (actor, list) = (world.Pick(world.Actors), world.Pick(SheetList.All));
            var question = ListQuestion.Draw(world, random, list, seen[(actor, list)]);
            var expected = question.Answer(seen[(actor, list)]);
            rows += await CompareAsync(actor, list, question, expected, $"seed {seed}, question {i}");
            terms += question.Terms.Count;
        }

        rows.Should().BeGreaterThan(Questions / 4, "the questions must find something");
        TestContext.Current.TestOutputHelper?.WriteLine($"{provider}: seed {seed}, {Questions} questions with {terms} terms gave {rows} rows.");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task List_OfAnySize_TakesAsManyQueries(StorageProvider provider)
    {
        using var log = new QueryLog();
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock }, postgres);
        log.Watch(host.Database);
        var world = await ListWorld.BuildAsync(host, clock, new Random(1));
        var few = await QueriesAsync(log, world);

        await world.AddAsync(3);

        (await QueriesAsync(log, world)).Should().Equal(few);
        few.Should().OnlyContain(queries => queries >= 1 && queries <= 3);
    }

    private static async Task<List<int>> QueriesAsync(QueryLog log, ListWorld world)
    {
        var counts = new List<int>();
        foreach (var actor in world.Actors.Take(3).Append(world.Admin))
        {
            foreach (var list in SheetList.All)
            {
                foreach (var sort in list.Sorts)
                {
                    log.Clear();
                    var term = Uri.EscapeDataString($"{list.Filters[0]}>={list.ValueOf("")[..1]}");
                    (await actor.GetAsync($"{list.Path}?limit=500&sortBy={sort}&filterBy={term}")).Expect(HttpStatusCode.OK);
                    // The poller, the upkeep and the audit log's sealer ask too, for other tables (an event has a column `scopes`).
                    counts.Add(log.Commands.Count(sql => Tables.Any(table => sql.Contains(table, StringComparison.Ordinal)) && !sql.Contains("audit_", StringComparison.Ordinal)));
                }
            }
        }

        return counts;
    }

    private static async Task<int> CompareAsync(Person actor, SheetList list, ListQuestion question, ListAnswer expected, string which)
    {
        var path = $"{list.Path}?{question.Query}";
        var reply = (await actor.GetAsync(path)).Expect(HttpStatusCode.OK);
        var got = ListWorld.RowsOf(list, reply.Json).Select(ListWorld.IdOf).ToList();
        got.Should().Equal(expected.Page, "{0}: {1} asked {2}", which, actor.Name, Uri.UnescapeDataString(path));
        if (list == SheetList.Rules)
        {
            reply.Json.GetProperty("totalRecords").GetInt32().Should().Be(expected.Total, "{0}: {1} asked {2}", which, actor.Name, path);
            reply.Json.GetProperty("displayRecords").GetInt32().Should().Be(expected.Page.Count);
        }
        else if (list.Member is not null)
        {
            (reply.Json.TryGetProperty("next", out var next) ? next.GetInt32() : (int?)null).Should().Be(expected.Next, "{0}: {1} asked {2}", which, actor.Name, path);
        }

        if (list.HasCount)
        {
            var count = (await actor.GetAsync($"{list.Path}/count?{question.Query}")).Expect(HttpStatusCode.OK).Json.GetProperty("count").GetInt32();
            count.Should().Be(expected.Total, "{0}: {1} counted {2}", which, actor.Name, Uri.UnescapeDataString(path));
        }

        return got.Count;
    }
}

/// <summary>The rows of a page, how many there are in all, and where the next page begins.</summary>
internal sealed record ListAnswer(List<string> Page, int Total, int? Next);

/// <summary>One random request of a list.</summary>
internal sealed class ListQuestion(SheetList list)
{
    private readonly List<string> _query = [];
    private readonly List<Func<Listed, bool>> _conditions = [];
    private readonly ListReference _reference = new(list);
    private string? _sortBy;
    private bool _descending;
    private int _limit = list == SheetList.Users ? 500 : list == SheetList.Applications ? int.MaxValue : 50;
    private int _offset;

    public List<Term> Terms { get; } = [];

    public string Query => string.Join('&', _query);

    public static ListQuestion Draw(ListWorld world, Random random, SheetList list, List<Listed> seen)
    {
        var question = new ListQuestion(list);
        for (var i = random.Next(4); i > 0; i--) question.Terms.Add(question.DrawTerm(world, random, seen));
        question.WriteTerms(random);
        if (list == SheetList.Rules) question.DrawRuleParameters(world, random, seen);
        if (list.Searched.Length > 0 && random.Next(3) == 0)
        {
            var search = question.PartOf(world, random, seen, world.Pick(list.Searched));
            question._conditions.Add(item => question._reference.IsFound(item, search));
            question._query.Add("search=" + Uri.EscapeDataString(search));
        }

        question.DrawPage(world, random);
        return question;
    }

    public ListAnswer Answer(List<Listed> seen)
    {
        var passing = seen.Where(item => _conditions.TrueForAll(condition => condition(item)) && Terms.TrueForAll(term => _reference.Passes(item, term)));
        var sorted = _reference.Sort(passing, _sortBy, _descending).ConvertAll(item => item.Id);
        var page = sorted.Skip(_offset).Take(_limit).ToList();
        return new ListAnswer(page, sorted.Count, (long)_offset + _limit < sorted.Count ? _offset + _limit : null);
    }

    private Term DrawTerm(ListWorld world, Random random, List<Listed> seen)
    {
        var (field, op) = (world.Pick(list.Filters), world.Pick(list.Operators));
        // There are many fields of quota, and all do the same.
        if (list.IsQuota(field) && random.Next(5) > 0) field = world.Pick(list.Filters.Where(f => !list.IsQuota(f)).ToList());
        if (list.IsDate(field) && op is not ("==" or "!=" or "<=" or ">=")) op = world.Pick(list.Operators.Where(o => o is "==" or "<=" or ">=").ToList());
        if (op is "==" or "!=" && SheetList.Words(field) is { } words) return new Term(field, op, world.Pick(words));
        if (field == "roleId" && op is "==" or "!=" or "<=" or ">=") return new Term(field, op, world.Pick(["3", "5", "7", "11", "2256", "-1"]));
        if (list.IsQuota(field)) return new Term(field, op, world.Pick(["0", "1.5", "x"]));
        return list.IsDate(field) ? new Term(field, op, DateOf(world, seen, field)) : new Term(field, op, PartOf(world, random, seen, field));
    }

    private string DateOf(ListWorld world, List<Listed> seen, string field)
        => (seen.Count == 0 ? null : _reference.Shown(world.Pick(seen), field)) ?? "2026-11-22T10:00:00+01:00";

    /// <summary>A whole value, a part of one, in another case, or an odd text; never empty.</summary>
    private string PartOf(ListWorld world, Random random, List<Listed> seen, string field)
    {
        var value = seen.Count == 0 || random.Next(6) == 0 ? world.OddText() : _reference.Shown(world.Pick(seen), field) ?? "none";
        if (field == "subjectId" && random.Next(5) == 0 && world.Pick(seen.Count == 0 ? [new Listed("", default)] : seen).SubjectKey is { } key) return key;
        var runes = value.EnumerateRunes().ToList();
        var start = random.Next(2) == 0 ? 0 : random.Next(runes.Count);
        var length = random.Next(2) == 0 ? runes.Count - start : random.Next(1, runes.Count - start + 1);
        var part = string.Concat(runes.GetRange(start, length));
        return random.Next(3) switch { 0 => part.ToUpperInvariant(), 1 => part.ToLowerInvariant(), _ => part };
    }

    /// <summary>Repeated; or joined by commas and encoded before or after that, unless a value would read as two terms then.</summary>
    private void WriteTerms(Random random)
    {
        if (Terms.Exists(IsAmbiguous) && Terms.Count == 1) Terms.Clear();
        if (Terms.Count == 0) return;
        var way = Terms.Exists(IsAmbiguous) ? 0 : random.Next(3);
        if (way == 0) _query.AddRange(Terms.Select(term => "filterBy=" + Uri.EscapeDataString(term.ToString())));
        else if (way == 1) _query.Add("filterBy=" + Uri.EscapeDataString(string.Join(',', Terms)));
        else _query.Add("filterBy=" + string.Join(',', Terms.Select(term => Uri.EscapeDataString(term.ToString()))));
    }

    private bool IsAmbiguous(Term term) => list.Filters.Any(field => list.Operators.Any(op => term.Value.Contains("," + field + op, StringComparison.Ordinal)));

    private void DrawRuleParameters(ListWorld world, Random random, List<Listed> seen)
    {
        string Value(string field) => seen.Count == 0 ? "none" : _reference.Shown(world.Pick(seen), field) ?? "none";
        if (random.Next(2) == 0) Add("includeDeleted", world.Pick(["true", "True"]), _ => true);
        else _conditions.Add(item => _reference.Shown(item, "deletedAt") is null);
        if (random.Next(8) == 0) AddEqual("scopeType", Value("scopeType"));
        if (random.Next(8) == 0) AddEqual("scopeId", Value("scopeId"));
        if (random.Next(8) == 0) AddEqual("clusterId", Value("clusterId"));
        if (random.Next(8) == 0) AddEqual("roleId", world.Pick(["3", "5", "7"]));
        if (random.Next(8) == 0 && DateOf(world, seen, "updatedAt") is var since)
            Add("lastUpdated", since, item => DateTimeOffset.Parse(_reference.Shown(item, "updatedAt")!, CultureInfo.InvariantCulture) >= DateTimeOffset.Parse(since, CultureInfo.InvariantCulture));
        if (random.Next(8) == 0 && world.Pick(["user", "app", "service-account", "group", "all-authenticated-users"]) is var type)
            Add("subjectType", type, item => Kind(_reference.Shown(item, "subjectType")!) == Kind(type));
        if (random.Next(6) == 0) AddSubjects([Value("subjectId"), Value("subjectId"), world.Pick(seen.Count == 0 ? [new Listed("", default)] : seen).SubjectKey ?? "none"], random);
    }

    private void AddSubjects(List<string> ids, Random random)
    {
        var isPlain = !ids.Exists(id => id.Contains(',', StringComparison.Ordinal));
        if (isPlain && random.Next(2) == 0) _query.Add("subjectIds=" + Uri.EscapeDataString(string.Join(',', ids)));
        else _query.AddRange(ids.Select(id => "subjectIds=" + Uri.EscapeDataString(id)));
        _conditions.Add(item => ids.Exists(id => id == item.SubjectKey || Canonical(id) == Canonical(_reference.Shown(item, "subjectId")!)));
    }

    private void DrawPage(ListWorld world, Random random)
    {
        if (random.Next(3) > 0)
        {
            _sortBy = world.Pick(list.Sorts);
            _query.Add("sortBy=" + _sortBy);
        }

        if (random.Next(2) == 0)
        {
            _descending = random.Next(2) == 0;
            _query.Add("sortOrder=" + (_descending ? "desc" : "asc"));
        }

        if (random.Next(2) == 0) _query.Add("limit=" + (_limit = random.Next(1, 8)).ToString(CultureInfo.InvariantCulture));
        if (random.Next(3) == 0) _query.Add("offset=" + (_offset = random.Next(6)).ToString(CultureInfo.InvariantCulture));
    }

    private void AddEqual(string field, string value) => Add(field, value, item => _reference.Shown(item, field) == value);

    private void Add(string name, string value, Func<Listed, bool> condition)
    {
        _query.Add($"{name}={Uri.EscapeDataString(value)}");
        _conditions.Add(condition);
    }

    private static string Kind(string type) => type == "service-account" ? "app" : type;

    private static string Canonical(string id) => EmailAddress.TryCanonicalize(id, out var canonical) ? canonical : id;
}
