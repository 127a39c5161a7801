using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Audit;

/// <summary>Events of access keys and tenants, which decisions know nothing of.</summary>
public sealed class AccessKeyEventTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task AccessKey_FromItsCreationToItsUsersEnd_HasAnEventForEachStepAndNoSecret(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var (one, two) = (await world.KeyAsync(user), await world.KeyAsync(user));
        await world.SignInWithKeyAsync(user, one);
        (await user.PostAsync($"/api/v1/access-keys/{one.Id}/secret")).Expect(HttpStatusCode.OK);
        (await world.Admin.DeleteAsync($"/api/v1/administration/access-keys/{one.Id}")).Expect(HttpStatusCode.NoContent);
        (await world.Admin.DeleteAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.NoContent);

        var first = await EventsAsync(provider, e => e.EntityType == "access-key" && e.EntityId == one.Id);
        var second = await EventsAsync(provider, e => e.EntityType == "access-key" && e.EntityId == two.Id);
        var signIns = await EventsAsync(provider, e => e.Action == "sign-in" && e.SubjectId == user.Id && e.Metadata!.Contains(one.Id));

        first.Select(e => (e.Action, e.SubjectId)).Should().Equal(("create", user.Id), ("reset-password", user.Id), ("delete", first[^1].SubjectId));
        second.Select(e => e.Action).Should().Equal("create", "delete");
        first[0].After.Should().Be($$"""{"id":"{{one.Id}}","name":"{{one.Field("name")}}","userId":"{{user.Id}}","userName":"{{user.Name}}"}""");
        first[^1].Subject.Should().Be(ApiHost.AdminEmail);
        (first[0].Before, first[^1].After, second[^1].Before).Should().Be((null, null, second[0].After));
        signIns.Should().ContainSingle();
        foreach (var row in first.Concat(second)) $"{row.Before}{row.After}{row.Metadata}".Should().NotContain("rnai_").And.NotContain("hash");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task KeyThatEnds_EndsItsSessionsWithAnEventEach(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        var key = await world.KeyAsync(user);
        for (var i = 0; i < 3; i++) await world.SignInWithKeyAsync(user, key);
        (await user.DeleteAsync($"/api/v1/access-keys/{key.Id}")).Expect(HttpStatusCode.NoContent);

        var ended = await EventsAsync(provider, e => e.EntityType == "session" && e.Action == "sign-out" && e.SubjectId == user.Id);
        ended.Should().HaveCount(3).And.OnlyContain(e => e.EntityName == user.Name);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Tenant_Created_IsAnEventOfItsMakersTenant(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var name = world.NewName();
        var made = (await world.Admin.PostAsync("/api/v1/tenants", new { name, email = "admin@example.com", password = "a long password" })).Expect(HttpStatusCode.Created);
        var id = made.Json.GetProperty("id").GetInt32();

        var told = (await EventsAsync(provider, e => e.EntityType == "tenant" && e.EntityName == name)).Should().ContainSingle().Which;
        (told.Action, told.Subject, told.EntityId, told.HttpStatusCode).Should().Be(("create", ApiHost.AdminEmail, $"{id}", 201));
        // In the new tenant nobody of another is named.
        (await EventsAsync(provider, e => e.SubjectId != null, id)).Should().BeEmpty();
        (await EventsAsync(provider, e => e.EntityType == "tenant", id)).Should().ContainSingle().Which.Subject.Should().Be("system");
    }

    private async Task<List<AuditEventRow>> EventsAsync(StorageProvider provider, System.Linq.Expressions.Expression<Func<AuditEventRow, bool>> which, int tenantId = ApiHost.Tenant)
    {
        var store = (await Hosts.GetAsync(provider)).Services.GetRequiredService<PolicyStore>();
        await using var db = await store.OpenAsync(TestContext.Current.CancellationToken);
        return await db.AuditEvents.AsNoTracking().Where(e => e.TenantId == tenantId).Where(which).OrderBy(e => e.At).ThenBy(e => e.Id).ToListAsync(TestContext.Current.CancellationToken);
    }
}
