using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

public sealed class LastAdministratorTests(PostgresFixture postgres)
{
    public enum Way
    {
        EndRule,
        EndUser,
        Disable,
        EndPassword,
        ExpiringPasswordOnly,
        NoLongerLocal,
        DisableRole,
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Ways))]
    public async Task LastAdministrator_ByAnyWay_Stays(StorageProvider provider, Way way)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var id = store.Now.IdOf(SubjectKind.User, TestStore.AdminEmail);
        var go = () => store.WriteAsync(write => GoAsync(write, id, way));
        await go.Should().ThrowAsync<LastAdministratorException>();
        store.Now.Revision.Should().Be(1);
        (await store.AnotherAsync()).Now.LocalAdministrators(store.Micros).Should().Be(1);
        if (way == Way.DisableRole) return;

        await store.WriteAsync(write => write.AddAdministratorAsync("second@example.org", Cancel));
        await go.Should().NotThrowAsync();
        store.Now.LocalAdministrators(store.Micros).Should().Be(1);
    }

    [Fact]
    public async Task TwoAdministrators_EndingEachOtherAtOnceOnTwoReplicas_LeaveOne()
    {
        await using var a = await TestStore.NewAsync(StorageProvider.PostgreSql, postgres);
        var first = a.Now.IdOf(SubjectKind.User, TestStore.AdminEmail);
        var second = (await a.WriteAsync(write => write.AddAdministratorAsync("second@example.org", Cancel))).Value;
        var b = await a.AnotherAsync();

        Task<Exception?>[] ends = [EndAsync(a, second), EndAsync(b, first)];
        var failures = await Task.WhenAll(ends);
        failures.Where(x => x is not null).Should().ContainSingle().Which.Should().BeOfType<LastAdministratorException>();
        await a.Store.PollAsync(Cancel);
        a.Now.LocalAdministrators(a.Micros).Should().Be(1);

        Task<Exception?> EndAsync(TestStore store, string id) => Task.Run(async () =>
        {
            try
            {
                await store.WriteAsync(write => GoAsync(write, id, Way.EndUser));
                return null;
            }
            catch (LastAdministratorException e)
            {
                return (Exception)e;
            }
        });
    }

    private static async Task<bool> GoAsync(PolicyWrite write, string id, Way way)
    {
        var row = (await write.FindSubjectAsync(id, Cancel))!;
        switch (way)
        {
            case Way.EndRule:
                var rule = write.After.RulesOf(write.After.FindSubject(id)).First(x => x.RoleId == Rows.Administrator);
                return await write.EndRuleAsync(rule.Id, Cancel);
            case Way.EndUser:
                await write.EndSubjectAsync(id, Cancel);
                return true;
            case Way.DisableRole:
                write.After.TryGetRole(Rows.Administrator, out var role);
                await write.PutRoleAsync(role! with { Enabled = false }, Cancel);
                return true;
            case Way.Disable:
                row.Enabled = false;
                break;
            case Way.NoLongerLocal:
                row.IsLocal = false;
                break;
            case Way.EndPassword or Way.ExpiringPasswordOnly:
                foreach (var credential in await write.CredentialsAsync(id, CredentialKinds.Password, Cancel)) credential.DeletedAt = write.Now;
                if (way == Way.ExpiringPasswordOnly) write.AddCredential(id, CredentialKinds.Password, "hash", expiresAt: write.Now + 1);
                break;
        }

        await write.TouchSubjectAsync(row, Cancel);
        return true;
    }

    public static TheoryData<StorageProvider, Way> Ways()
    {
        var data = new TheoryData<StorageProvider, Way>();
        foreach (var way in Enum.GetValues<Way>())
        {
            data.Add(StorageProvider.Sqlite, way);
            data.Add(StorageProvider.PostgreSql, way);
        }

        return data;
    }
}
