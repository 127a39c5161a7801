using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>
/// Every operation, many times, with valid requests that were mutated, 20,000 in all: no 500, every error well-formed and naming what is wrong, a refused
/// change writes nothing, and in the end memory and database say the same. <c>RUNAIRBAC_SEED</c> repeats a run, <c>RUNAIRBAC_REQUESTS</c> sets how many
/// requests each database gets.
/// </summary>
public sealed class FuzzTests(PostgresFixture postgres)
{
    private const int Requests = 10_000;
    private const int Refill = 150;
    private const int Clear = 900;

    /// <summary>Operations that refuse even a valid request, or whose good one would end the run: with the status.</summary>
    private static readonly Dictionary<string, int> Refused = new(StringComparer.Ordinal)
    {
        ["POST /api/v1/me/password"] = 400,
        ["POST /api/v2/authorization/roles"] = 501,
        ["PUT /api/v2/authorization/roles/{roleIdPath}"] = 403,
        ["DELETE /api/v2/authorization/roles/{roleIdPath}"] = 403,
    };

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Operation_Whichever_HasAValidRequest(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var world = await FuzzWorld.BuildAsync(host, new Random(1));
        var fuzzer = new Fuzzer(world, Routes.Of(host.Host), new Random(1));
        var invalid = new List<string>();
        foreach (var route in Routes.Of(host.Host))
        {
            var answer = await host.Wire.SendAsync(fuzzer.Valid(route, host.AdminToken));
            var isAsItShould = Refused.TryGetValue(route.Name, out var status) ? answer.Code == status : answer.Response.IsSuccessStatusCode;
            if (!isAsItShould) invalid.Add($"{answer.Sent}: {answer.Code} {answer.Text}");
            if (route.Method != "GET") await world.RefillAsync();
        }

        invalid.Should().BeEmpty("every operation needs a valid request in FuzzWorld");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Requests_Mutated_AreAnsweredWellAndLeaveOneState(StorageProvider provider)
    {
        var seed = Number("RUNAIRBAC_SEED") ?? Random.Shared.Next();
        var count = Number("RUNAIRBAC_REQUESTS") ?? Requests;
        await using var host = await InputHost.StartAsync(provider, postgres);
        var random = new Random(seed);
        var world = await FuzzWorld.BuildAsync(host, random);
        var weak = await WeakAsync(host, world);
        var routes = Routes.Of(host.Host);
        var fuzzer = new Fuzzer(world, routes, random);
        var statuses = new SortedDictionary<int, int>();
        var revision = await RevisionAsync(host);
        for (var i = 0; i < count; i++)
        {
            if (i % Refill == Refill - 1)
            {
                if (i % Clear == Clear - 1) await world.ClearAsync();
                else await world.RefillAsync();
                if (i % Clear == Clear - 1) weak = await WeakAsync(host, world);
                revision = await RevisionAsync(host);
            }

            var requestId = string.Create(CultureInfo.InvariantCulture, $"fuzz-{seed}-{i}");
            var (route, sent) = fuzzer.Next(host.AdminToken, weak);
            var answer = await host.Wire.SendAsync(sent with { Headers = [("X-Request-ID", requestId)] });
            statuses[answer.Code] = statuses.GetValueOrDefault(answer.Code) + 1;
            var isGood = sent.Token == host.AdminToken || sent.Token == weak;
            var flaw = answer.Flaw() ?? Flaw(route, isGood, answer) ?? (Echoes(answer, requestId) ? null : "not the request's id");
            flaw.Should().BeNull("seed {0}, request {1}: {2} was answered {3} {4}", seed, i, sent, answer.Code, answer.Text);
            if (sent.Method == "GET") continue;
            var after = await RevisionAsync(host);
            if (answer.Code >= 400) after.Should().Be(revision, "seed {0}, request {1}: {2} was refused with {3} {4}", seed, i, sent, answer.Code, answer.Text);
            revision = after;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{provider}: seed {seed}, {count} requests on {routes.Count} operations: {string.Join(", ", statuses.Select(s => $"{s.Key}: {s.Value}"))}");
        statuses.Keys.Should().Contain([200, 201, 204, 400, 401, 403, 404, 405, 409, 415], "the requests of seed {0} must be of all kinds", seed);
        statuses.Where(s => s.Key < 300).Sum(s => s.Value).Should().BeGreaterThan(count / 4, "the requests of seed {0} must not stop at the door", seed);
        (await host.Wire.SendAsync(new Sent("GET", "/health/ready"))).Good();
        (await host.JsonAsync("GET", "/api/v1/users")).Good();
        await CompareAsync(host, seed);
    }

    /// <summary>What is wrong with an answer to this request beyond its form; null: nothing.</summary>
    private static string? Flaw(MappedRoute route, bool isGoodToken, Answer answer) => answer.Code switch
    {
        >= 500 and not (501 or 503) => $"the status {answer.Code}",
        not 401 when !isGoodToken && !route.IsPublic => "let in without a good token",
        400 when answer is { ErrorCode: "invalid_request", Details: null } => "a 400 that names nothing",
        _ => null,
    };

    private static bool Echoes(Answer answer, string requestId)
        => answer.Response.Headers.TryGetValues("X-Request-ID", out var echoed) && echoed.SequenceEqual([requestId], StringComparer.Ordinal);

    /// <summary>What the database says, past the host's memory.</summary>
    private static async Task<long> RevisionAsync(InputHost host)
    {
        await using var db = await host.Host.Services.GetRequiredService<PolicyStore>().OpenAsync(TestContext.Current.CancellationToken);
        return await db.Revisions.Where(x => x.TenantId == ApiHost.Tenant).Select(x => x.Revision).SingleAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What the running host holds is what another reads from the rows.</summary>
    private static async Task CompareAsync(InputHost host, int seed)
    {
        var cancel = TestContext.Current.CancellationToken;
        var running = host.Host.Services.GetRequiredService<PolicyStore>().Current(ApiHost.Tenant)!.Snapshot;
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddRunAiRbacStorage(_ => host.Host.Database).BuildServiceProvider();
        var store = services.GetRequiredService<PolicyStore>();
        await store.LoadAsync(cancel);
        var loaded = store.Current(ApiHost.Tenant)!.Snapshot;
        loaded.Revision.Should().Be(running.Revision, "of seed {0}", seed);
        loaded.RuleCount.Should().Be(running.RuleCount, "of seed {0}", seed);

        await using var db = await store.OpenAsync(cancel);
        var subjects = await db.Subjects.AsNoTracking().Where(x => x.TenantId == ApiHost.Tenant).Select(x => x.Id).ToListAsync(cancel);
        var scopes = await db.Scopes.AsNoTracking().Where(x => x.TenantId == ApiHost.Tenant).Select(x => x.Id).ToListAsync(cancel);
        var rules = await db.AccessRules.AsNoTracking().Where(x => x.TenantId == ApiHost.Tenant).Select(x => x.Id).ToListAsync(cancel);
        subjects.Should().HaveCountGreaterThan(20);
        subjects.ConvertAll(id => Describe(running, id)).Should().Equal(subjects.ConvertAll(id => Describe(loaded, id)), "of seed {0}", seed);
        scopes.ConvertAll(id => Scope(running, id)).Should().Equal(scopes.ConvertAll(id => Scope(loaded, id)), "of seed {0}", seed);
        rules.ConvertAll(id => Rule(running, id)).Should().Equal(rules.ConvertAll(id => Rule(loaded, id)), "of seed {0}", seed);
    }

    private static string Describe(PolicySnapshot snapshot, string id)
    {
        var subject = snapshot.FindSubject(id);
        if (!subject.IsKnown) return id + " is not there";
        var fact = snapshot.Subject(subject);
        var groups = fact.Kind == SubjectKind.User ? [.. snapshot.GroupsOf(subject).Select(g => $"{snapshot.Subject(g.Group).Id} until {g.ValidUntil}").Order(StringComparer.Ordinal)] : Array.Empty<string>();
        var rules = snapshot.RulesOf(subject).Select(rule => rule.Id).Order();
        return $"{fact} in {string.Join(',', groups)} with {string.Join(',', rules)}";
    }

    private static string Scope(PolicySnapshot snapshot, string id)
    {
        var scope = snapshot.FindScope(id);
        return scope.IsKnown ? snapshot.Scope(scope).ToString() : id + " is not there";
    }

    private static string Rule(PolicySnapshot snapshot, int id)
        => snapshot.TryGetRule(id, out var rule)
            ? $"{id}: {snapshot.Subject(rule.Subject).Id} {rule.RoleId} {snapshot.Scope(rule.Scope).Id} {rule.NotBefore} {rule.ExpiresAt}"
            : $"{id} is not there";

    /// <summary>The token of somebody who may do something in one department.</summary>
    private static async Task<string> WeakAsync(InputHost host, FuzzWorld world)
    {
        var email = "weak-" + world.NewName() + "@example.com";
        var made = await host.MakeAsync("/api/v1/users", new { email });
        await host.MakeAsync("/api/v1/authorization/access-rules", new { subjectType = "user", subjectId = email, roleId = 1710, scopeType = "department", scopeId = world.Any("department") });
        return await InputHost.TokenAsync(host.Host, email, made.GetProperty("tempPassword").GetString()!);
    }

    private static int? Number(string variable)
        => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
