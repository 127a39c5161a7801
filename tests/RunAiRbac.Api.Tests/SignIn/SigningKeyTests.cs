using Microsoft.AspNetCore.DataProtection;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class SigningKeyTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Rotation_ByOneReplica_IsPublishedBeforeItSignsAndOldTokensStayGood(StorageProvider provider)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var ring = new EphemeralDataProtectionProvider();
        using var one = await TokenWorkshop.OpenAsync(store, ring, TimeSpan.FromHours(12));
        using var two = await TokenWorkshop.OpenAsync(store, ring, TimeSpan.FromHours(12));
        var first = one.Keys.Current.KeyId;
        two.Keys.Current.KeyId.Should().Be(first);

        store.Clock.Advance(SigningKeys.Period - SigningKeys.PublishAhead);
        await one.Keys.RefreshAsync(Cancel);
        one.Keys.Published.Should().HaveCount(2);
        one.Keys.Current.KeyId.Should().Be(first);

        store.Clock.Advance(SigningKeys.PublishAhead - TimeSpan.FromMinutes(1));
        var old = one.Writer.Write(TokenWorkshop.Caller, null).Value;
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        one.Keys.Current.KeyId.Should().NotBe(first);
        (await one.JudgeAsync(old)).Should().NotBeNull();
        (await two.JudgeAsync(one.Writer.Write(TokenWorkshop.Caller, null).Value)).Should().NotBeNull("the other replica looks again for an unknown key");
        (await one.JudgeAsync(two.Writer.Write(TokenWorkshop.Caller, null).Value)).Should().NotBeNull();
    }

    [Fact]
    public async Task Refresh_ByManyReplicasAtTheFirstStart_AllSignWithOneKeyInTheEnd()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var ring = new EphemeralDataProtectionProvider();
        var replicas = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TokenWorkshop.OpenAsync(store, ring)));

        foreach (var replica in replicas) await replica.Keys.RefreshAsync(Cancel);

        replicas.Select(replica => replica.Keys.Current.KeyId).Distinct().Should().ContainSingle();
        foreach (var replica in replicas) replica.Dispose();
    }

    [Fact]
    public async Task Refresh_AfterALongStop_SignsWithAKeyThatOutlivesItsTokens()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        var ring = new EphemeralDataProtectionProvider();
        using (await TokenWorkshop.OpenAsync(store, ring)) store.Clock.Advance(SigningKeys.Period + SigningKeys.PublishAhead + TimeSpan.FromHours(20));

        using var after = await TokenWorkshop.OpenAsync(store, ring, TimeSpan.FromHours(12));
        var token = after.Writer.Write(TokenWorkshop.Caller, null).Value;
        store.Clock.Advance(TimeSpan.FromHours(11.9));
        await after.Keys.RefreshAsync(Cancel);

        (await after.JudgeAsync(token)).Should().NotBeNull();
    }

    [Fact]
    public async Task Refresh_WithAnotherKeyRing_CannotSignAndNamesTheKey()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        using var one = await TokenWorkshop.OpenAsync(store);

        using var two = await TokenWorkshop.OpenAsync(store, new EphemeralDataProtectionProvider());

        two.Keys.Problem.Should().Contain(one.Keys.Current.KeyId).And.Contain("DataProtection:KeyDirectory");
        two.Invoking(x => x.Writer.Write(TokenWorkshop.Caller, null)).Should().Throw<Errors.ApiException>().Which.Kind.Status.Should().Be(503);
        (await two.JudgeAsync(one.Writer.Write(TokenWorkshop.Caller, null).Value)).Should().NotBeNull("public keys need no ring");
    }

    [Fact]
    public async Task LookForUnknown_TokensWithMadeUpKeys_ReadTheDatabaseSeldom()
    {
        await using var store = await TestStore.NewAsync(StorageProvider.Sqlite, postgres);
        using var workshop = await TokenWorkshop.OpenAsync(store);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        store.Commands.Clear();

        for (var i = 0; i < 50; i++) await workshop.Keys.LookForUnknownAsync(Cancel);

        store.Commands.Commands.Should().ContainSingle();
    }
}
