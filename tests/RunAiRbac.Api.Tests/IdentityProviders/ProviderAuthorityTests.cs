using System.Net;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Authority;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.IdentityProviders;

/// <summary>A provider's trust is the way to be anyone: only who is everything already may touch it.</summary>
public sealed class ProviderAuthorityTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const int CloudOperator = 1711;
    private const int CloudSupport = 1709;
    private const int AlmostAll = 100_001;
    private const string Settings = "/api/v1/security/settings";

    [Theory, MemberData(nameof(Providers))]
    public async Task Provider_ByOneWithTheSettingsButLessThanAll_IsNeitherMadeNorChangedNorDeleted(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var path = await tenant.Admin.CreateAsync(Idps.Oidc("okta", domains: ["example.com"]));
        await AlmostAllAsync(tenant);
        var until = TimeProvider.System.NowMicros() + 3_600_000_000;
        var before = await StateAsync(tenant);
        var actors = new List<Person>
        {
            await ActorAsync(tenant, CloudOperator), await ActorAsync(tenant, AlmostAll), await ActorAsync(tenant, World.SystemAdministrator, until), await ActorAsync(tenant, AlmostAll, second: CloudOperator),
        };
        foreach (var actor in actors)
        {
            (await actor.GetAsync(path)).Expect(HttpStatusCode.OK);
            foreach (var call in new[]
            {
                WriteCall.Post(Idps.Path, Idps.Oidc("mine")), WriteCall.Post(Idps.Path, Idps.Oidc("mine", domains: [], trusted: false)), WriteCall.Put(path, Idps.Oidc(null, Idps.Mask)), WriteCall.Put(path, new { type = "oidc", trustedEmailDomains = new[] { "*" } }),
                WriteCall.Put(path, new { type = "oidc", groupsTrusted = true }), WriteCall.Put(path, new { type = "oidc", name = "x" }), WriteCall.Put(path + "/mappers", new { email = "other" }), WriteCall.Put(Idps.Path + "/nothing", Idps.Oidc(null)),
            })
                (await call.SendAsync(actor)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        }

        // Ending one hands out nothing: a right that lasts until now is enough.
        foreach (var actor in actors.Where(a => a != actors[2])) (await actor.DeleteAsync(path)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await StateAsync(tenant)).Should().Equal(before);
        (await actors[2].DeleteAsync(path)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Settings_NeedTheirPermissionAtTheTenant(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var path = await tenant.Admin.CreateAsync(Idps.Oidc("okta"));
        var cluster = await tenant.ClusterAsync("east");
        var local = await tenant.PersonAsync("local@example.com");
        await tenant.GrantAsync("user", local.Name, World.SystemAdministrator, cluster);
        var (support, cloud, viewer) = (await ActorAsync(tenant, CloudSupport), await ActorAsync(tenant, CloudOperator), await ActorAsync(tenant, World.Viewer));

        foreach (var actor in new[] { local, viewer })
        {
            foreach (var read in new[] { Idps.Path, path, Idps.Path + "/nothing", path + "/mappers", Settings, Settings + "/autoRedirectSSO", Settings + "/nothing" })
                (await actor.GetAsync(read)).Expect(HttpStatusCode.Forbidden, "forbidden");
        }

        foreach (var actor in new[] { local, viewer, support })
        {
            (await actor.PutAsync(Settings + "/browserSessionTimeout", new { idleTimeout = 5 })).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await actor.PutAsync(path, Idps.Oidc(null))).Expect(HttpStatusCode.Forbidden, "forbidden");
        }

        (await support.GetAsync(path)).Expect(HttpStatusCode.OK).Text.Should().NotContain("very secret");
        (await support.GetAsync(Settings)).Expect(HttpStatusCode.OK);
        (await cloud.PutAsync(Settings + "/browserSessionTimeout", new { idleTimeout = 5 })).Expect(HttpStatusCode.OK);
    }

    /// <summary>A role with everything that System administrators have but one permission of one kind.</summary>
    private static Task AlmostAllAsync(OwnTenant tenant) => tenant.WriteAsync(async write =>
    {
        write.Before.TryGetRole(World.SystemAdministrator, out var all).Should().BeTrue();
        var less = all!.Permissions.Select(p => p.ResourceType == "roles" ? p with { Actions = [.. p.Actions.Where(a => a != "delete")] } : p).ToList();
        await write.PutRoleAsync(new RoleFact(AlmostAll, "Almost all", "", true, less), default);
        return true;
    });

    private static async Task<Person> ActorAsync(OwnTenant tenant, int role, long? until = null, int? second = null)
    {
        var person = await tenant.PersonAsync(ApiHost.NewName("actor") + "@example.com");
        await tenant.WriteAsync(async write =>
        {
            foreach (var id in second is { } other ? new[] { role, other } : [role])
                await write.AddRuleAsync(new NewRule(write.After.FindSubject(person.Id), id, write.After.FindScope(tenant.ScopeId), null, until, null), default);
            return true;
        });
        return person;
    }

    /// <summary>Everything about providers and settings.</summary>
    private static async Task<List<string>> StateAsync(OwnTenant tenant)
        => [.. (await TenantState.ReadAsync(tenant.Store, tenant.Id, TestContext.Current.CancellationToken)).Lines.Where(line => line.StartsWith("provider ", StringComparison.Ordinal) || line.StartsWith("setting ", StringComparison.Ordinal))];
}
