using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;

namespace RunAiRbac.Api.Tests.Lists;

/// <summary>Random objects of every kind that lists show, in a host of its own, and people who may read more or less of them.</summary>
internal sealed class ListWorld(ApiHost host, FakeClock clock, Random random)
{
    private const string Rules = "/api/v1/authorization/access-rules";

    private static readonly string[] Odd =
    [
        "Plain", "plain", "PLAIN 2", "with, comma", "a,subjectId==b", "a,scopeName=@b", "it's", "\"quoted\"", "100%", "a_b", "aXb", @"back\slash", "Ünïcode", "ünïcode", "straße", "Ω", "ω", "日本", "😀 smile",
        "=@", "x=y", "a+b", "a&b", "[a]", "*", "--", "'; DROP TABLE scopes; --", "{0}", "Ä,name==x",
    ];

    private readonly World _world = new(host.Http, null!);
    private readonly List<Scope> _scopes = [World.Tenant];
    private readonly List<(string Type, string Id)> _subjects = [];
    private readonly List<Person> _writers = [];
    private readonly Dictionary<(string Type, string Name), string> _subjectIds = [];
    private int _names;

    public Person Admin { get; private set; } = null!;

    public List<Person> Actors { get; } = [];

    public static async Task<ListWorld> BuildAsync(ApiHost host, FakeClock clock, Random random)
    {
        var world = new ListWorld(host, clock, random) { Admin = (await World.OpenAsync(host)).Admin };
        world._writers.Add(world.Admin);
        await world.AddActorsAsync();
        await world.AddAsync(3);
        await world.EndSomeAsync();
        return world;
    }

    /// <summary>More of everything.</summary>
    public async Task AddAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await AddUnitsAsync();
            await AddSubjectsAsync();
            for (var rules = 0; rules < 8; rules++) await AddRuleAsync();
        }
    }

    /// <summary>All that somebody sees in a list, deleted rules included; in no order.</summary>
    public async Task<List<Listed>> SeenAsync(Person actor, SheetList list)
    {
        if (list == SheetList.Rules) await LearnSubjectsAsync();
        var all = new List<Listed>();
        var more = list == SheetList.Rules ? "&includeDeleted=true" : "";
        for (var page = await RowsAsync(0); page.Count > 0; page = await RowsAsync(all.Count)) all.AddRange(page);
        return all;

        async Task<List<Listed>> RowsAsync(int offset)
        {
            var reply = (await actor.GetAsync($"{list.Path}?limit=500&offset={offset}{more}")).Expect(HttpStatusCode.OK);
            return [.. RowsOf(list, reply.Json).Select(row => new Listed(IdOf(row), row, SubjectKeyOf(list, row)))];
        }
    }

    public static IEnumerable<JsonElement> RowsOf(SheetList list, JsonElement answer) => (list.Member is null ? answer : answer.GetProperty(list.Member)).EnumerateArray();

    public static string IdOf(JsonElement row) => row.GetProperty("id") is { ValueKind: JsonValueKind.String } id ? id.GetString()! : row.GetProperty("id").GetRawText();

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    public string OddText() => Pick(Odd);

    private async Task AddActorsAsync()
    {
        var cluster = await AddClusterAsync();
        var department = await AddAsync("/api/v1/org-unit/departments", "department", new { name = NewName(), clusterId = cluster.Id });
        var project = await AddAsync("/api/v1/org-unit/projects", "project", new { name = NewName(), clusterId = cluster.Id, parentId = department.Id });
        foreach (var (role, scope) in new[] { (World.SystemAdministrator, World.Tenant), (World.DepartmentAdministrator, department), (World.Editor, cluster), (World.L1Researcher, project) })
        {
            var created = await MakeAsync("/api/v1/users", new { email = NewName() + "@example.com" });
            var person = await _world.SignInAsync(created);
            Actors.Add(person);
            await MakeAsync(Rules, new { subjectType = "user", subjectId = person.Name, roleId = role, scopeType = scope.Type, scopeId = scope.Id });
            _subjects.Add(("user", person.Name));
            if (role == World.SystemAdministrator) _writers.Add(person);
        }

        Actors.Add(Admin);
        Actors.Add(await _world.SignInAsync(await MakeAsync("/api/v1/users", new { email = NewName() + "@example.com" })));
        // One whose objects stay behind.
        var application = await MakeAsync("/api/v1/apps", new { name = NewName() });
        await MakeAsync(Rules, new { subjectType = "app", subjectId = application.Id, roleId = World.SystemAdministrator, scopeType = "tenant", scopeId = World.Tenant.Id });
        _writers.Add(await _world.SignInApplicationAsync(application));
    }

    private async Task AddUnitsAsync()
    {
        var cluster = await AddClusterAsync();
        for (var i = 0; i < 2; i++)
        {
            var department = await AddAsync("/api/v1/org-unit/departments", "department", new { name = NewName(), clusterId = cluster.Id });
            for (var j = random.Next(3); j > 0; j--)
                await AddAsync("/api/v1/org-unit/projects", "project", new { name = NewName(), clusterId = cluster.Id, parentId = random.Next(3) == 0 ? null : department.Id });
        }
    }

    private async Task<Scope> AddClusterAsync() => await AddAsync("/api/v1/clusters", "cluster", new { name = $"{OddText()} {++_names}" });

    private async Task<Scope> AddAsync(string path, string type, object body)
    {
        var made = await MakeAsync(path, body);
        var scope = new Scope(type, type == "cluster" ? made.Field("uuid")! : made.Id);
        _scopes.Add(scope);
        return scope;
    }

    private async Task AddSubjectsAsync()
    {
        foreach (var local in new[] { "a_b", "aXb", "100%", "A+b", "Upper.Case", "x" })
        {
            var email = $"{local}{++_names}@{Pick(["example.com", "Example.ORG"])}";
            if (random.Next(3) > 0)
            {
                var created = await MakeAsync("/api/v1/users", new { email });
                if (random.Next(3) == 0) await _world.SignInAsync(created);
            }

            _subjects.Add(("user", email));
        }

        for (var i = 0; i < 3; i++)
        {
            var name = NewName();
            var created = await MakeAsync("/api/v1/apps", new { name });
            if (random.Next(2) == 0) await _world.SignInApplicationAsync(created);
            if (random.Next(3) == 0) (await Admin.PatchAsync($"/api/v1/apps/{created.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);
            _subjects.Add((Pick(["app", "service-account"]), name));
        }

        for (var i = 0; i < 4; i++) _subjects.Add(("group", random.Next(3) == 0 ? OddText() : $"{OddText()}{++_names}"));
    }

    private async Task AddRuleAsync()
    {
        clock.Advance(TimeSpan.FromMicroseconds(random.Next(3)));
        var (subject, scope) = (Pick(_subjects), Pick(_scopes));
        var now = clock.GetUtcNow();
        var body = new
        {
            subjectType = subject.Type,
            subjectId = subject.Id,
            roleId = Pick([World.Editor, World.Viewer, World.L1Researcher, 2256, 11]),
            scopeType = scope.Type,
            scopeId = scope.Id,
            notBefore = random.Next(5) == 0 ? now.AddDays(1).ToString("O")[..19] + "Z" : null,
            expiresAt = random.Next(5) == 0 ? now.AddSeconds(2).ToString("O")[..19] + "Z" : null,
        };
        // Some are there already, some would end before they begin.
        (await Pick(_writers).PostAsync(Rules, body)).Status.Should().BeOneOf(HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.BadRequest);
    }

    private async Task EndSomeAsync()
    {
        clock.Advance(TimeSpan.FromSeconds(5));
        var writer = _writers[^1];
        var applications = (await Admin.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK).Json.EnumerateArray().ToList();
        (await Admin.DeleteAsync($"/api/v1/apps/{writer.Id}")).Expect(HttpStatusCode.NoContent);
        _writers.Remove(writer);
        (await Admin.DeleteAsync($"/api/v1/apps/{IdOf(applications[^1])}")).Status.Should().BeOneOf(HttpStatusCode.NoContent, HttpStatusCode.NotFound);
        var rules = await SeenAsync(Admin, SheetList.Rules);
        foreach (var rule in rules.Where(r => r.Json.GetProperty("subjectType").GetString() == "group" && random.Next(3) == 0))
            (await Admin.DeleteAsync($"{Rules}/{rule.Id}")).Status.Should().BeOneOf(HttpStatusCode.NoContent, HttpStatusCode.NotFound);
    }

    private async Task LearnSubjectsAsync()
    {
        foreach (var (path, type, name) in new[] { ("/api/v1/users", "user", "username"), ("/api/v1/apps", "app", "name"), ("/api/v1/groups?limit=500", "group", "name") })
            foreach (var row in (await Admin.GetAsync(path)).Expect(HttpStatusCode.OK).Json.EnumerateArray())
                _subjectIds[(type, row.GetProperty(name).GetString()!)] = IdOf(row);
    }

    /// <summary>Null for a subject that was deleted before anybody asked: nobody can name it by its id.</summary>
    private string? SubjectKeyOf(SheetList list, JsonElement row)
    {
        if (list != SheetList.Rules) return null;
        var type = row.GetProperty("subjectType").GetString()!;
        return _subjectIds.GetValueOrDefault((type == "service-account" ? "app" : type, row.GetProperty("subjectId").GetString()!));
    }

    private string NewName() => $"{Pick(["alpha", "beta", "al-pha", "a", "zz"])}{++_names}";

    private async Task<Reply> MakeAsync(string path, object body)
    {
        clock.Advance(TimeSpan.FromMicroseconds(random.Next(3)));
        return (await Admin.PostAsync(path, body)).Expect(HttpStatusCode.Created);
    }
}
