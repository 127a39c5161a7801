using System.Globalization;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Agreement;

/// <summary>
/// Random policies and random questions over HTTP: every kind of answer against the reference evaluator on the database's rows. <c>RUNAIRBAC_SEED</c>
/// sets the first seed (a failure prints its own), <c>RUNAIRBAC_HTTP_WORLDS</c> the number of worlds.
/// </summary>
public sealed class AgreementTests(PostgresFixture postgres)
{
    private const int Worlds = 2;
    private const int Rounds = 12;

    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.PostgreSql];

    [Theory, MemberData(nameof(Providers))]
    public async Task Answers_OnRandomPoliciesAndAfterRandomCalls_AgreeWithTheReference(StorageProvider provider)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock }, postgres);
        var first = Setting("RUNAIRBAC_SEED", Random.Shared.Next());
        var asked = 0;
        for (var seed = first; seed < first + Setting("RUNAIRBAC_HTTP_WORLDS", Worlds); seed++)
        {
            try
            {
                asked += await CompareAsync(host, clock, seed);
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"Seed {seed} (RUNAIRBAC_SEED={seed} RUNAIRBAC_HTTP_WORLDS=1): {problem.Message}", problem);
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"Seed {first}: {asked} answers compared.");
    }

    /// <summary>At the start, around each moment at which something begins or ends, and after random calls.</summary>
    private static async Task<int> CompareAsync(ApiHost host, FakeClock clock, int seed)
    {
        var start = clock.GetUtcNow();
        var world = await RandomTenant.CreateAsync(host, clock, seed);
        var asked = await AskAsync(world, clock, Rounds);
        foreach (var moment in RandomTenant.Moments)
        {
            clock.Advance(start + moment - clock.GetUtcNow() - TimeSpan.FromMicroseconds(1));
            // The clock is also the one that freshness is measured by.
            await world.Tenant.Store.PollAsync(TestContext.Current.CancellationToken);
            for (var around = 0; around < 3; around++)
            {
                asked += await AskAsync(world, clock, Rounds / 4);
                clock.Advance(TimeSpan.FromMicroseconds(1));
            }
        }

        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 12; i++) await world.ChangeOverApiAsync();
            asked += await AskAsync(world, clock, Rounds / 2);
        }

        return asked;
    }

    private static async Task<int> AskAsync(RandomTenant world, FakeClock clock, int rounds)
    {
        var facts = await world.Tenant.FactsAsync();
        var asked = 0;
        foreach (var caller in new[] { world.Tenant.Admin, world.Delegate, world.Plain, world.PlainByKey })
        {
            var questioner = new Questioner(world, facts, caller, clock.NowMicros());
            await questioner.MineAsync();
            await questioner.BatchAsync(rounds * 8);
            for (var i = 0; i < rounds; i++)
            {
                await questioner.CheckAsync();
                await questioner.ExplainAsync();
                await questioner.WhoCanAsync();
                await questioner.WhatCanAsync();
                await questioner.PermittedScopesAsync();
            }

            asked += questioner.Asked;
        }

        return asked;
    }

    private static int Setting(string name, int otherwise)
        => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
