using System.Globalization;
using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Agreement;

/// <summary>
/// On random policies: what a simulation says would change is what changes when it is done, by the reference evaluator on the rows before and after.
/// Settings as in <see cref="AgreementTests"/>.
/// </summary>
public sealed class SimulationAgreementTests(PostgresFixture postgres)
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const int Rounds = 10;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Simulation_OfRandomChanges_IsWhatDoingThemChanges(StorageProvider provider)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock }, postgres);
        var first = Setting("RUNAIRBAC_SEED", Random.Shared.Next());
        for (var seed = first; seed < first + Setting("RUNAIRBAC_HTTP_WORLDS", 1); seed++) await CompareAsync(host, clock, seed);
    }

    private static async Task CompareAsync(ApiHost host, FakeClock clock, int seed)
    {
        var (compared, refused) = (0, 0);
        try
        {
            var world = await RandomTenant.CreateAsync(host, clock, seed);
            for (var round = 0; round < Rounds; round++)
            {
                // Half-way some rules have begun and others have ended.
                if (round == Rounds / 2) await AdvanceAsync(world, clock);
                var found = await RoundAsync(world, clock.NowMicros());
                compared += found ?? 0;
                refused += found is null ? 1 : 0;
            }
        }
        catch (Exception problem)
        {
            throw new InvalidOperationException($"Seed {seed} (RUNAIRBAC_SEED={seed}): {problem.Message}", problem);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"Seed {seed}: {compared} entries compared, {refused} of {Rounds} changes refused.");
        compared.Should().BeGreaterThan(0);
    }

    /// <summary>Simulates a change, does it, and compares; null when it is refused.</summary>
    private static async Task<int?> RoundAsync(RandomTenant world, long now)
    {
        var before = await world.Tenant.FactsAsync();
        var create = Enumerable.Range(0, world.Below(4)).Select(_ => world.NewRule(before)).ToList();
        var delete = Enumerable.Range(0, world.Below(3) + (create.Count == 0 ? 1 : 0)).Select(_ => world.Pick(world.RulesOfOthers(before)).Id).Distinct().ToList();
        var simulated = await SimulateAsync(world, create, delete);
        (await world.Tenant.FactsAsync()).Should().BeEquivalentTo(before, "a simulation changes nothing");

        var concerned = delete.Select(id => before.Rules.Find(r => r.Id == id)!.SubjectId).ToHashSet(StringComparer.Ordinal);
        foreach (var id in delete) (await world.Tenant.Admin.DeleteAsync($"{Rules}/{id}")).Expect(HttpStatusCode.NoContent);
        var isRefused = false;
        foreach (var rule in create)
        {
            var made = await world.Tenant.Admin.PostAsync(Rules, rule);
            isRefused |= made.Status != HttpStatusCode.Created;
            if (simulated is not null) made.Expect(HttpStatusCode.Created);
            if (made.Status == HttpStatusCode.Created) concerned.Add((await world.Tenant.FactsAsync()).Rules.Find(r => r.Id == made.Json.GetProperty("id").GetInt32())!.SubjectId);
        }

        if (simulated is null)
        {
            isRefused.Should().BeTrue("what was refused as a simulation is refused when it is done");
            return null;
        }

        var after = await world.Tenant.FactsAsync();
        concerned.UnionWith(after.Memberships.Where(m => concerned.Contains(m.GroupId)).Select(m => m.UserId).ToList());
        var what = JsonSerializer.Serialize(new { create, delete });
        simulated.Gained.Should().BeEquivalentTo(Expected(before, after, after, concerned, now), "of {0}", what);
        simulated.Lost.Should().BeEquivalentTo(Expected(after, before, after, concerned, now), "of {0}", what);
        return simulated.Gained.Count + simulated.Lost.Count;
    }

    /// <summary>What pages say, and how many entries they have been made of.</summary>
    private sealed record Simulated(List<string> Gained, List<string> Lost)
    {
        public int GainedEntries { get; set; }

        public int LostEntries { get; set; }
    }

    /// <summary>All pages; null when it is refused because a rule is there already.</summary>
    private static async Task<Simulated?> SimulateAsync(RandomTenant world, List<object> create, List<int> delete)
    {
        var all = new Simulated([], []);
        var limit = world.Pick<int>([5, 40, 1_000]);
        string? cursor = null;
        JsonElement counts;
        do
        {
            object body = cursor is null ? new { create, delete, limit } : new { create, delete, limit, cursor };
            var reply = await world.Tenant.Admin.PostAsync("/api/v1/authorize/simulate", body);
            if (reply.Status == HttpStatusCode.Conflict)
            {
                reply.Expect(HttpStatusCode.Conflict, "already_exists");
                return null;
            }

            var page = reply.Expect(HttpStatusCode.OK).Json;
            var (gained, lost) = (page.GetProperty("gained").GetArrayLength(), page.GetProperty("lost").GetArrayLength());
            (gained + lost).Should().BeLessThanOrEqualTo(limit);
            (all.GainedEntries, all.LostEntries) = (all.GainedEntries + gained, all.LostEntries + lost);
            counts = page.GetProperty("counts");
            all.Gained.AddRange(page.GetProperty("gained").EnumerateArray().SelectMany(Entries));
            all.Lost.AddRange(page.GetProperty("lost").EnumerateArray().SelectMany(Entries));
            cursor = reply.Field("cursor");
        }
        while (cursor is not null);

        (counts.GetProperty("gained").GetInt32(), counts.GetProperty("lost").GetInt32()).Should().Be((all.GainedEntries, all.LostEntries), "the counts are of all pages");
        return all;
    }

    private static IEnumerable<string> Entries(JsonElement entry)
    {
        var subject = entry.GetProperty("subject");
        var who = $"{subject.GetProperty("type").GetString()} {(subject.TryGetProperty("name", out var name) ? name.GetString() : null)}";
        return entry.GetProperty("actions").EnumerateArray().Select(action => $"{who} {entry.GetProperty("resourceType").GetString()} {action.GetString()} {entry.GetProperty("scope").GetProperty("id").GetString()}");
    }

    private static List<string> Expected(ReferencePolicy before, ReferencePolicy after, ReferencePolicy names, IEnumerable<string> subjects, long now)
        => [.. from id in subjects
               let subject = names.FindSubject(id)!
               let who = subject.Kind switch
               {
                   SubjectKind.User => $"user {subject.Name}",
                   SubjectKind.Group => $"group {subject.Name}",
                   SubjectKind.Application => $"application {subject.Name}",
                   _ => "all-authenticated-users ",
               }
               from gained in ReferencePolicy.Gained(before, after, id, now)
               select $"{who} {gained.ResourceType} {gained.Action} {gained.ScopeId}"];

    private static async Task AdvanceAsync(RandomTenant world, FakeClock clock)
    {
        clock.Advance(TimeSpan.FromSeconds(35));
        await world.Tenant.Store.PollAsync(TestContext.Current.CancellationToken);
    }

    private static int Setting(string name, int otherwise)
        => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
