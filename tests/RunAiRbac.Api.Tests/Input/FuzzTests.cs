using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>
/// Thousands of valid requests to every operation, mutated: no 500, every error well-formed, and in the end memory and database say the same.
/// <c>RUNAIRBAC_SEED</c> repeats a run, <c>RUNAIRBAC_REQUESTS</c> sets how many requests each database gets.
/// </summary>
public sealed class FuzzTests(PostgresFixture postgres)
{
    private const int Requests = 2_600;

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
        for (var i = 0; i < count; i++)
        {
            if (i % 150 == 149)
            {
                await world.RefillAsync();
                // Somebody may have changed its rules.
                if (i % 600 == 599) weak = await WeakAsync(host, world);
            }

            var requestId = string.Create(CultureInfo.InvariantCulture, $"fuzz-{seed}-{i}");
            var sent = fuzzer.Next(host.AdminToken, weak) with { Headers = [("X-Request-ID", requestId)] };
            var answer = await host.Wire.SendAsync(sent);
            statuses[answer.Code] = statuses.GetValueOrDefault(answer.Code) + 1;
            answer.Flaw().Should().BeNull("seed {0}, request {1}: {2} was answered {3} {4}", seed, i, sent, answer.Code, answer.Text);
            answer.Response.Headers.TryGetValues("X-Request-ID", out var echoed).Should().BeTrue("seed {0}, request {1}: {2} was answered {3} {4}", seed, i, sent, answer.Code, answer.Text);
            echoed.Should().Equal(requestId);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{provider}: seed {seed}, {count} requests on {routes.Count} operations: {string.Join(", ", statuses.Select(s => $"{s.Key}: {s.Value}"))}");
        statuses.Keys.Should().Contain([200, 201, 204, 400, 401, 403, 404, 405, 415], "the requests of seed {0} must be of all kinds", seed);
        (await host.Wire.SendAsync(new Sent("GET", "/health/ready"))).Good();
        (await host.JsonAsync("GET", "/api/v1/users")).Good();
        await CompareAsync(host, seed);
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
