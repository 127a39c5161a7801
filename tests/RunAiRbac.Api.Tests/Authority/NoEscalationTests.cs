using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>
/// The no-escalation law as a property: weaker actors call every writing route with random parameters; what an accepted call did must have been theirs to
/// do, and a refused one did nothing. <c>RUNAIRBAC_SEED</c> sets the first seed (a failure prints its own), <c>RUNAIRBAC_HTTP_WORLDS</c> the number of
/// worlds on each database.
/// </summary>
public sealed class NoEscalationTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Calls = 160;

    private static readonly string[] Often = [.. WritingRoutes.All.Keys.Where(route => !WritingRoutes.IsRare(route))];
    private static readonly string[] Routes = [.. WritingRoutes.All.Keys];

    private readonly SortedDictionary<string, Dictionary<string, int>> _tally = new(StringComparer.Ordinal);

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Actor_CallingAnyWritingRoute_GivesAndChangesOnlyWhatItMay(StorageProvider provider)
    {
        var clock = new FakeClock();
        var settings = new Dictionary<string, string> { ["Tokens:AccessTokenLifetime"] = "12:00:00", ["Tokens:RefreshTokenLifetime"] = "12:00:00" };
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock, Settings = settings }, postgres);
        var first = Setting("RUNAIRBAC_SEED", Random.Shared.Next(1_000_000_000));
        var worlds = Setting("RUNAIRBAC_HTTP_WORLDS", 3);
        output.WriteLine($"Seeds {first} to {first + worlds - 1}");
        for (var seed = first; seed < first + worlds; seed++)
        {
            try
            {
                await RunAsync(host, clock, seed);
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"Seed {seed} (RUNAIRBAC_SEED={seed} RUNAIRBAC_HTTP_WORLDS=1): {problem.Message}", problem);
            }
        }

        foreach (var (what, counts) in _tally) output.WriteLine($"{what}: {string.Join(", ", counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"))}");
        _tally.Values.Sum(c => c.GetValueOrDefault("accepted")).Should().BeGreaterThan(worlds * Calls / 10, "else nothing was tried");
        _tally.Values.Sum(c => c.GetValueOrDefault("would_escalate")).Should().BeGreaterThan(worlds * Calls / 50, "else nothing was tried");
    }

    private async Task RunAsync(ApiHost host, FakeClock clock, int seed)
    {
        var random = new Random(seed);
        var store = host.Services.GetRequiredService<PolicyStore>();
        var world = new EscalationWorld(host, random, clock, $"w{seed.ToString(CultureInfo.InvariantCulture)}");
        await world.BuildAsync();
        var state = await ReadAsync(store);
        for (var i = 0; i < Calls && world.Actors.Count > 0; i++)
        {
            if (random.Next(15) == 0)
            {
                clock.Advance(TimeSpan.FromMinutes(random.Next(1, 10)));
                await store.PollAsync(TestContext.Current.CancellationToken);
            }

            var actor = world.Actors[random.Next(world.Actors.Count)];
            var route = random.Next(8) == 0 ? Routes[random.Next(Routes.Length)] : Often[random.Next(Often.Length)];
            var call = WritingRoutes.All[route](new Draw(random, state, actor, world.Tag, clock.NowMicros()));
            var reply = await actor.SendAsync(call);
            // Refused calls must leave the revision, and are looked at in full now and then.
            var after = (int)reply.Status < 300 || i % 10 == 0 || i == Calls - 1 || await RevisionAsync(store) != state.Revision ? await ReadAsync(store) : state;
            Judge(actor, call, reply, state, after, clock.NowMicros());
            Count(route, reply);
            Count("by the " + actor.What, reply);
            state = after;
            if (reply.Status != System.Net.HttpStatusCode.Unauthorized && !state.CanAct(actor.Id)) world.Actors.Remove(actor);
            var isSignedIn = reply.Status != System.Net.HttpStatusCode.Unauthorized && !call.Path.Contains("/me/", StringComparison.Ordinal) && !call.Path.Contains(actor.Id, StringComparison.Ordinal);
            if (isSignedIn && route != "POST /oauth2/revoke") continue;
            await actor.RenewSpareAsync();
            if (!await actor.SignInAsync()) world.Actors.Remove(actor);
            state = await ReadAsync(store);
        }

        await world.ClearAsync();
    }

    private static void Judge(EscalationActor actor, WriteCall call, Reply reply, TenantState before, TenantState after, long now)
    {
        var text = $"{call.Method} {call.Path} {JsonSerializer.Serialize(call.Body)} by the {actor.What} {actor.Key} was {(int)reply.Status} {reply.Text}";
        ((int)reply.Status).Should().BeLessThan(500, text);
        if ((int)reply.Status >= 300 || after.Revision == before.Revision)
        {
            after.Lines.Except(before.Lines, StringComparer.Ordinal).Should().BeEmpty("a call that was refused (this one or one of the nine before) may change nothing, but {0}", text);
            before.Lines.Except(after.Lines, StringComparer.Ordinal).Should().BeEmpty("a call that was refused (this one or one of the nine before) may end nothing, but {0}", text);
            return;
        }

        EscalationLaw.Violations(actor.Id, before, after, now).Should().BeEmpty(text);
        // A session begun with an access key leaves its user's password, keys and sessions alone, unless it ends the user.
        if (actor.AccessKeyId is not null && after.Subjects.GetValueOrDefault(actor.Id) is { Enabled: true })
            after.Lines.Where(line => line.Contains($"of {actor.Id}", StringComparison.Ordinal)).Should().Equal(before.Lines.Where(line => line.Contains($"of {actor.Id}", StringComparison.Ordinal)), text);
    }

    private static Task<TenantState> ReadAsync(PolicyStore store) => TenantState.ReadAsync(store, ApiHost.Tenant, TestContext.Current.CancellationToken);

    private static async Task<long> RevisionAsync(PolicyStore store)
    {
        await using var db = await store.OpenAsync(TestContext.Current.CancellationToken);
        return await db.Revisions.Where(r => r.TenantId == ApiHost.Tenant).Select(r => r.Revision).SingleAsync(TestContext.Current.CancellationToken);
    }

    private void Count(string what, Reply reply)
    {
        var counts = _tally.TryGetValue(what, out var known) ? known : _tally[what] = [];
        var outcome = (int)reply.Status < 300 ? "accepted" : reply.ErrorCode ?? reply.Status.ToString();
        counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
    }

    private static int Setting(string name, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
