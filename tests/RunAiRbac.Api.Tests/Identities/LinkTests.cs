using System.Net;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Identities;

/// <summary>Linking and unlinking, by hand and after a refused sign-in.</summary>
public sealed class LinkTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task RefusedAccount_LinkedByTheAdministrator_SignsInAsTheUser(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var local = (await organization.LocalAsync("ann@example.com")).Id;
        var requests = $"/api/v1/users/{local}/identity-requests";
        (await organization.Admin.GetAsync(requests)).Expect(HttpStatusCode.OK).Text.Should().Be("""{"requests":[]}""");

        foreach (var verified in new bool?[] { true, null }) (await provider.OutcomeAsync(provider.Says("00u/1", "ann@example.com", null, verified, "Ann", "Lee"))).Should().Be(SsoRefusalCodes.AccountExists);
        await provider.OutcomeAsync("00u/2", "ann@example.com");

        var listed = (await organization.Admin.GetAsync(requests)).Json.GetProperty("requests").EnumerateArray().ToList();
        listed.Select(x => x.GetProperty("subjectClaim").GetString()).Should().Equal("00u/2", "00u/1");
        listed[1].GetProperty("attempts").GetInt32().Should().Be(2);
        listed[1].GetProperty("firstName").GetString().Should().Be("Ann");
        listed[1].GetProperty("provider").GetString().Should().Be("first");
        (await organization.Admin.GetAsync($"/api/v1/users/{local}/identities")).Json.GetProperty("requests").GetRawText().Should().Be(
            (await organization.Admin.GetAsync(requests)).Json.GetProperty("requests").GetRawText(), "whoever reads the identities sees what waits");
        var linked = (await LinkAsync(organization.Admin, local, "first", listed[1].GetProperty("subjectClaim").GetString()!)).Expect(HttpStatusCode.Created);
        linked.Field("type").Should().Be("oidc");

        (await provider.OutcomeAsync("00u/1", "ann@example.com")).Should().Be(local);
        (await provider.OutcomeAsync("00u/1", null)).Should().Be(local);
        (await provider.OutcomeAsync("00u/2", "ann@example.com")).Should().Be(SsoRefusalCodes.AccountExists);
        (await organization.Admin.GetAsync(requests)).Json.GetProperty("requests").EnumerateArray().Select(x => x.GetProperty("subjectClaim").GetString()).Should().Equal("00u/2");
        (await organization.UserAsync(local)).Json.GetProperty("isLocal").GetBoolean().Should().BeTrue("it has its password still");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task PendingUserOfAnUntrustedDomain_Linked_BecomesAUser(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first", []);
        var pending = await organization.PendingAsync("ann@example.com");
        (await provider.OutcomeAsync("00u1", "ann@example.com")).Should().Be(SsoRefusalCodes.AccountExists);

        (await LinkAsync(organization.Admin, pending, "first", "00u1")).Expect(HttpStatusCode.Created);

        (await provider.OutcomeAsync("00u1", "ann@example.com")).Should().Be(pending);
        var user = (await organization.UserAsync(pending)).Json;
        (user.GetProperty("pending").GetBoolean(), user.GetProperty("isLocal").GetBoolean()).Should().Be((false, false));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Requests_OfMany_AreTheLastTwentyOfLivingProviders(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var local = (await organization.LocalAsync("ann@example.com")).Id;
        for (var i = 0; i < PendingLinks.MostPerUser + 3; i++) await provider.OutcomeAsync($"claim-{i}", "ann@example.com");

        var requests = (await organization.Admin.GetAsync($"/api/v1/users/{local}/identity-requests")).Json.GetProperty("requests").EnumerateArray().Select(x => x.GetProperty("subjectClaim").GetString()).ToList();
        requests.Should().HaveCount(PendingLinks.MostPerUser).And.StartWith($"claim-{PendingLinks.MostPerUser + 2}").And.NotContain("claim-2");
        (await organization.Admin.DeleteAsync($"{Idps.Path}/first")).Expect(HttpStatusCode.OK);
        (await organization.Admin.GetAsync($"/api/v1/users/{local}/identity-requests")).Json.GetProperty("requests").GetArrayLength().Should().Be(0);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Link_ThatCannotBe_IsRefused(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var (first, _) = (await organization.ProviderAsync("first"), await organization.ProviderAsync("second"));
        var ann = await first.OutcomeAsync("00u1", "ann@example.com");
        var bob = (await organization.LocalAsync("bob@example.com")).Id;
        var admin = organization.Admin;
        var revision = organization.Revision;

        (await LinkAsync(admin, bob, "first", "00u1")).Expect(HttpStatusCode.Conflict, "already_exists");
        (await LinkAsync(admin, ann, "first", "00u2")).Expect(HttpStatusCode.Conflict, "conflict");
        foreach (var alias in new[] { "third", "local", "directory", "FIRST", "first ", "../first" }) (await LinkAsync(admin, bob, alias, "00u3")).Expect(HttpStatusCode.NotFound, "not_found");
        foreach (var body in new object[] { new { provider = "first" }, new { provider = "first", subjectClaim = "" }, new { subjectClaim = "00u3" }, new { provider = "first", subjectClaim = "a\nb" }, new { provider = "first", subjectClaim = new string('a', 513) } })
            (await admin.PostAsync($"/api/v1/users/{bob}/identities", body)).Expect(HttpStatusCode.BadRequest, "invalid_request");
        foreach (var id in new[] { Guid.NewGuid().ToString(), organization.Tenant.ScopeId }) (await LinkAsync(admin, id, "first", "00u3")).Expect(HttpStatusCode.NotFound, "not_found");
        (await admin.DeleteAsync($"/api/v1/users/{bob}/identities/{await IdentityAsync(organization, ann)}")).Expect(HttpStatusCode.NotFound, "not_found");
        (await admin.DeleteAsync($"/api/v1/users/{bob}/identities/{Guid.NewGuid()}")).Expect(HttpStatusCode.NotFound, "not_found");

        organization.Revision.Should().Be(revision);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Unlinked_Identity_EndsSessionsAndMembershipsAndSignsInNoMore(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        await organization.Tenant.GrantAsync("group", "ops", World.Viewer, organization.Tenant.Scope);
        var person = await provider.SignInAsync("00u1", "ann@example.com", ["ops"]);
        var late = await provider.ResolveAsync("00u1", "ann@example.com", ["ops"]);

        var reply = (await organization.Admin.DeleteAsync($"/api/v1/users/{person.Id}/identities/{await IdentityAsync(organization, person.Id)}")).Expect(HttpStatusCode.OK);

        reply.Json.GetProperty("remaining").GetInt32().Should().Be(0);
        (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        var user = (await organization.UserAsync(person.Id)).Json;
        user.GetProperty("groups").GetArrayLength().Should().Be(0);
        user.GetProperty("enabled").GetBoolean().Should().BeTrue();
        late.SessionEpoch.Should().BeLessThan(organization.Tenant.Store.Current(organization.Tenant.Id)!.Snapshot.Subject(organization.Tenant.Store.Current(organization.Tenant.Id)!.Snapshot.FindSubject(person.Id)).SessionEpoch,
            "a sign-in that is just being finished gives no living session");
        (await provider.OutcomeAsync("00u1", "ann@example.com")).Should().Be(SsoRefusalCodes.AccountExists, "the address is the user's still");
        (await organization.EventsAsync(AuditEntities.Identity))[^1].Metadata.Should().Contain("last_identity");

        (await LinkAsync(organization.Admin, person.Id, "first", "00u1")).Expect(HttpStatusCode.Created);
        (await provider.OutcomeAsync("00u1", "ann@example.com")).Should().Be(person.Id);
        (await organization.UserAsync(person.Id)).Json.GetProperty("groups").GetArrayLength().Should().Be(0, "groups come with the next claim");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task LocalIdentity_Unlinked_TakesThePasswordButNeverTheLastAdministrators(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        await organization.ProviderAsync("first");
        var local = await organization.LocalAsync("ann@example.com");
        await LinkAsync(organization.Admin, local.Id, "first", "00u1");

        var reply = (await organization.Admin.DeleteAsync($"/api/v1/users/{local.Id}/identities/{await IdentityAsync(organization, local.Id)}")).Expect(HttpStatusCode.OK);
        reply.Json.GetProperty("remaining").GetInt32().Should().Be(1);
        (await organization.Tenant.TokenAsync(new { grantType = "password", username = "ann@example.com", password = local.Field("tempPassword"), tenantId = organization.Tenant.ScopeId })).Expect(HttpStatusCode.Unauthorized);
        (await organization.UserAsync(local.Id)).Json.GetProperty("isLocal").GetBoolean().Should().BeFalse();

        var last = organization.Admin.Id;
        (await LinkAsync(organization.Admin, last, "first", "00u2")).Expect(HttpStatusCode.Created);
        (await organization.Admin.DeleteAsync($"/api/v1/users/{last}/identities/{await IdentityAsync(organization, last)}")).Expect(HttpStatusCode.Conflict, "last_administrator");
        (await organization.UserAsync(last)).Json.GetProperty("isLocal").GetBoolean().Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Identities_ForWhoMayNotReadTheUser_AreNotThere(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var ann = await provider.SignInAsync("00u1", "ann@example.com");
        var bob = await provider.SignInAsync("00u2", "bob@example.com");

        (await ann.GetAsync($"/api/v1/users/{ann.Id}/identities")).Expect(HttpStatusCode.OK).Json.GetProperty("identities")[0].GetProperty("subjectClaim").GetString().Should().Be("00u1");
        foreach (var path in new[] { "identities", "identity-requests" })
        {
            var other = (await ann.GetAsync($"/api/v1/users/{bob.Id}/{path}")).Expect(HttpStatusCode.NotFound);
            var none = (await ann.GetAsync($"/api/v1/users/{Guid.NewGuid()}/{path}")).Expect(HttpStatusCode.NotFound);
            other.Field("detail").Should().Be(none.Field("detail"));
        }

        (await LinkAsync(ann, bob.Id, "first", "00u3")).Expect(HttpStatusCode.NotFound);
        (await ann.DeleteAsync($"/api/v1/users/{bob.Id}/identities/{await IdentityAsync(organization, bob.Id)}")).Expect(HttpStatusCode.NotFound);
        (await LinkAsync(ann, ann.Id, "second", "00u3")).Expect(HttpStatusCode.Forbidden, "forbidden");
    }

    private async Task<Organization> NewAsync(StorageProvider storage) => await Organization.CreateAsync(await Hosts.GetAsync(storage));

    private static Task<Reply> LinkAsync(Person by, string user, string provider, string subjectClaim) => by.PostAsync($"/api/v1/users/{user}/identities", new { provider, subjectClaim });

    /// <summary>The user's oldest identity.</summary>
    private static async Task<string> IdentityAsync(Organization organization, string user) => (await organization.IdentitiesAsync(user)).Json.GetProperty("identities")[0].GetProperty("id").GetString()!;
}
