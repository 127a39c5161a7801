using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Identities;

/// <summary>Who somebody is: by provider and subject claim, never by address alone.</summary>
public sealed class MatchingTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private static readonly string[] Addresses = ["free", "pending", "pending-disabled", "local", "sso", "deleted"];
    private static readonly bool?[] Verified = [true, false, null];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Providers))]
    public async Task UnknownAccount_WithEachAddress_IsLetInOnlyWhereItMay(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var (first, trusted, untrusted) = (await organization.ProviderAsync("first"), await organization.ProviderAsync("trusted", ["example.com"]), await organization.ProviderAsync("untrusted"));
        var number = 0;
        foreach (var address in Addresses)
        {
            foreach (var verified in Verified)
            {
                foreach (var provider in new[] { trusted, untrusted })
                {
                    var email = $"{address}-{number++}@example.com";
                    var standing = await PrepareAsync(organization, first, address, email);
                    var revision = organization.Revision;

                    var outcome = await provider.OutcomeAsync($"claim-{number}", email, verified);

                    var what = $"{address}, verified {verified}, {provider.Alias}";
                    var expected = Expected(address, verified, provider == trusted);
                    if (expected is not null)
                    {
                        outcome.Should().Be(expected, what);
                        organization.Revision.Should().Be(revision, "{0}: a refusal changes nothing", what);
                        if (standing is not null) (await organization.LivingUsersAsync(email)).Should().Equal([standing], what);
                        else (await organization.LivingUsersAsync(email)).Should().BeEmpty(what);
                        continue;
                    }

                    (await organization.LivingUsersAsync(email)).Should().Equal([outcome], what);
                    (outcome == standing).Should().Be(address == "pending", what);
                    var user = (await organization.UserAsync(outcome)).Json;
                    user.GetProperty("isLocal").GetBoolean().Should().BeFalse(what);
                    user.GetProperty("pending").GetBoolean().Should().BeFalse(what);
                    user.GetProperty("scopeType").GetString().Should().Be("tenant", what);
                    user.GetProperty("createdBy").GetString().Should().Be("identity provider " + provider.Alias, what);
                    (await provider.OutcomeAsync($"claim-{number}", email, verified)).Should().Be(outcome, "{0}: the account is known now", what);
                }
            }
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task KnownAccount_WithAnotherAddress_StaysItsUserAndTakesTheAddressIfItIsFree(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var (first, other) = (await organization.ProviderAsync("first"), await organization.ProviderAsync("other"));
        var number = 0;
        foreach (var address in Addresses.Append("none").Append("odd"))
        {
            foreach (var verified in Verified)
            {
                var (old, email) = ($"old-{number}@example.com", $"{address}-{number++}@example.com");
                await PrepareAsync(organization, other, address, email);
                var id = await first.OutcomeAsync($"claim-{number}", old);
                await organization.Tenant.GrantAsync("user", old, World.Viewer, organization.Tenant.Scope);

                var said = address switch { "none" => null, "odd" => "no address", _ => email };
                (await first.OutcomeAsync($"claim-{number}", said, verified)).Should().Be(id);

                var moves = address is "free" or "deleted" && verified != false;
                var what = $"{address}, verified {verified}";
                (await organization.UserAsync(id)).Field("username").Should().Be(moves ? email : old, what);
                (await organization.LivingUsersAsync(moves ? email : old)).Should().Equal([id], what);
                var rules = (await organization.Tenant.FactsAsync()).Rules.FindAll(rule => rule.SubjectId == id);
                rules.Should().ContainSingle("{0}: rules do not notice", what);
                if (said != email) continue;
                var events = (await organization.EventsAsync(AuditEntities.Identity)).FindAll(e => e.EntityName == $"first: claim-{number}");
                events.Should().HaveCount(2, what);
                var note = events[1].Metadata;
                if (moves) note.Should().BeNull(what);
                else note.Should().Contain(verified == false ? "unverified" : "taken", what);
                var revision = organization.Revision;
                (await first.OutcomeAsync($"claim-{number}", said, verified)).Should().Be(id, what);
                organization.Revision.Should().Be(revision, "{0}: nothing has changed", what);
            }
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task PendingUser_OfATrustedDomainInAnotherForm_IsBound(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first", ["bücher.example"]);
        var pending = await organization.PendingAsync("Ann@xn--bcher-kva.example");

        var person = await provider.SignInAsync("ann", "Ann@BÜCHER.example");

        person.Id.Should().Be(pending);
        person.Name.Should().Be("ann@xn--bcher-kva.example");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task PendingUser_OfATrustedDomain_MayAtOnceWhatItsRulesGive(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first", ["example.com"]);
        var pending = await organization.PendingAsync("ann@example.com");
        var elsewhere = await organization.PendingAsync("bob@sub.example.com");

        (await provider.OutcomeAsync("bob", "bob@sub.example.com")).Should().Be(SsoRefusalCodes.AccountExists, "a domain below is another domain");
        var person = await provider.SignInAsync("ann", "ANN@Example.COM");

        person.Id.Should().Be(pending);
        (await person.MayAsync("project", "read", organization.Tenant.Scope)).Should().BeTrue();
        (await organization.UserAsync(elsewhere)).Json.GetProperty("pending").GetBoolean().Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Account_OfADisabledOrDeletedUser_IsNotLetIn(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var id = await provider.OutcomeAsync("ann", "ann@example.com");
        (await organization.Admin.PatchAsync($"/api/v1/users/{id}", new { enabled = false })).Expect(HttpStatusCode.OK);

        (await provider.OutcomeAsync("ann", "ann@example.com")).Should().Be(SsoRefusalCodes.AccountDisabled);
        (await provider.OutcomeAsync("ann", null)).Should().Be(SsoRefusalCodes.AccountDisabled);
        (await provider.OutcomeAsync("eve", "ann@example.com")).Should().Be(SsoRefusalCodes.AccountExists, "to others it does not say that the user is disabled");

        (await organization.Admin.DeleteAsync($"/api/v1/users/{id}")).Expect(HttpStatusCode.NoContent);
        var again = await provider.OutcomeAsync("ann", "ann@example.com");
        (await organization.LivingUsersAsync("ann@example.com")).Should().Equal(again);
        again.Should().NotBe(id, "a deleted user is not revived");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Provider_WithTheAliasOfADeletedOne_KnowsNoneOfItsAccounts(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var old = await organization.ProviderAsync("first");
        var ann = await old.OutcomeAsync("ann", "ann@example.com");
        (await old.ResolveAsync("bob", "bob@example.com", ["ops"])).Key.Should().Be("bob@example.com");
        (await organization.Admin.DeleteAsync($"{Idps.Path}/first")).Expect(HttpStatusCode.OK);

        (await old.OutcomeAsync("ann", "ann@example.com")).Should().Be(SsoRefusalCodes.SignInFailed, "the provider has ended");
        var later = await organization.ProviderAsync("first");
        later.Set.Id.Should().NotBe(old.Set.Id);
        (await later.OutcomeAsync("ann", "ann@example.com")).Should().Be(SsoRefusalCodes.AccountExists);
        (await old.OutcomeAsync("ann", "ann@example.com")).Should().Be(SsoRefusalCodes.SignInFailed, "it is another one of the same alias");
        (await organization.IdentitiesAsync(ann)).Json.GetProperty("identities").GetArrayLength().Should().Be(0);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Account_OfOneTenant_IsNobodyInAnother(StorageProvider storage)
    {
        var (one, other) = (await NewAsync(storage), await NewAsync(storage));
        var (here, there) = (await one.ProviderAsync("first"), await other.ProviderAsync("first"));

        var ann = await here.OutcomeAsync("ann", "ann@example.com");
        var namesake = await there.OutcomeAsync("ann", "ann@example.com");

        namesake.Should().NotBe(ann);
        (await one.Admin.GetAsync($"/api/v1/users/{namesake}")).Expect(HttpStatusCode.NotFound);
        (await other.Admin.GetAsync($"/api/v1/users/{ann}/identities")).Expect(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Claim_OfTwoProviders_IsTwoAccounts(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var (first, second) = (await organization.ProviderAsync("first"), await organization.ProviderAsync("second", ["*"], true));
        var ann = await first.OutcomeAsync("00u1", "ann@example.com");

        (await second.OutcomeAsync("00u1", null)).Should().Be(SsoRefusalCodes.EmailMissing);
        (await second.OutcomeAsync("00u1", "ann@example.com")).Should().Be(SsoRefusalCodes.AccountExists);
        (await second.OutcomeAsync("00u1", "bob@example.com")).Should().NotBe(ann);
        (await first.OutcomeAsync("00u1", null)).Should().Be(ann);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Claims_ThatLookAlike_AreDifferentAccounts(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var claims = new[] { "ann", "Ann", "ann ", " ann", "ａnn", "ann\u0301", "ánn", new string('a', 511), new string('a', 512), "%", "_", "' OR 1=1 --", "😀", "../ann", "local" };
        var ids = new List<string>();
        for (var i = 0; i < claims.Length; i++) ids.Add(await provider.OutcomeAsync(claims[i], $"p{i}@example.com"));

        ids.Should().OnlyHaveUniqueItems().And.NotContain(id => id.Contains('_', StringComparison.Ordinal));
        for (var i = 0; i < claims.Length; i++) (await provider.OutcomeAsync(claims[i], null)).Should().Be(ids[i]);
        foreach (var odd in new[] { "", new string('a', 513), "a\0b", "a\nb", "a\u202eb", "a\u200bb", "\ud800" })
            (await provider.OutcomeAsync(odd, "odd@example.com")).Should().Be(SsoRefusalCodes.SignInFailed);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Address_ThatIsNone_IsMissing(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var revision = organization.Revision;

        foreach (var email in new[] { null, "", "ann", "ann@", "@example.com", "kube:admin", "ann@example", "a b@example.com", "ann@example.com\0", "ann\u200b@example.com", "ann@exa\u200bmple.com", new string('a', 250) + "@example.com" })
            (await provider.OutcomeAsync("ann", email)).Should().Be(SsoRefusalCodes.EmailMissing, "the address was {0}", email);

        organization.Revision.Should().Be(revision);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Names_OfThePerson_FollowTheProviderThatMadeIt(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var (first, second) = (await organization.ProviderAsync("first"), await organization.ProviderAsync("second"));
        var id = await first.OutcomeAsync(first.Says("ann", "ann@example.com", first: "Ann", last: "Lee"));
        (await organization.Admin.PostAsync($"/api/v1/users/{id}/identities", new { provider = "second", subjectClaim = "00u1" })).Expect(HttpStatusCode.Created);
        var local = (await organization.LocalAsync("local@example.com")).Id;
        (await organization.Admin.PostAsync($"/api/v1/users/{local}/identities", new { provider = "second", subjectClaim = "00u2" })).Expect(HttpStatusCode.Created);

        (await second.OutcomeAsync(second.Says("00u1", "other@example.com", first: "Anna", last: "X"))).Should().Be(id);
        (await second.OutcomeAsync(second.Says("00u2", "local2@example.com", first: "Loc", last: "Al"))).Should().Be(local);
        Shown(await organization.UserAsync(id)).Should().Be("ann@example.com Ann Lee");
        Shown(await organization.UserAsync(local)).Should().Be("local@example.com  ");

        await first.ResolveAsync(first.Says("ann", "ann.li@example.com", first: "Ann\u202e", last: "Li"));
        Shown(await organization.UserAsync(id)).Should().Be("ann.li@example.com Ann Li");

        static string Shown(Reply user) => $"{user.Field("username")} {user.Field("firstName")} {user.Field("lastName")}";
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Attributes_OfThePerson_AreKeptAndShown(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var said = provider.Says("ann", "ann@example.com") with
        {
            Attributes = new Dictionary<string, IReadOnlyList<string>> { ["uid"] = ["1000"], ["gid"] = ["100", "a\nb"], ["supplementaryGroups"] = ["5", "6"], ["shoe"] = ["43"] },
        };
        var id = await provider.OutcomeAsync(said);

        var attributes = (await organization.IdentitiesAsync(id)).Json.GetProperty("identities")[0].GetProperty("attributes");
        attributes.GetRawText().Should().Be("""{"uid":["1000"],"gid":["100"],"supplementaryGroups":["5","6"]}""");
        var revision = organization.Revision;
        await provider.ResolveAsync(said);
        organization.Revision.Should().Be(revision);
        await provider.ResolveAsync("ann", "ann@example.com");
        (await organization.IdentitiesAsync(id)).Json.GetProperty("identities")[0].TryGetProperty("attributes", out _).Should().BeFalse("the provider says none any more");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Refusal_Whichever_IsInTheAuditLog(StorageProvider storage)
    {
        var organization = await NewAsync(storage);
        var provider = await organization.ProviderAsync("first");
        var local = (await organization.LocalAsync("local@example.com")).Id;

        await provider.OutcomeAsync("00u1", "local@example.com");
        await provider.OutcomeAsync("00u2", null);
        await provider.OutcomeAsync("00u3", "new@example.com", false);

        var events = (await organization.EventsAsync(AuditEntities.User)).FindAll(e => e.Result == AuditResults.Failed);
        events.Select(e => e.Action).Should().OnlyContain(action => action == AuditActions.SignIn);
        events.Select(e => e.EntityId).Should().Equal(local, null, null);
        events[0].Metadata.Should().Contain("account_exists").And.Contain("00u1").And.Contain("first");
        events[1].Metadata.Should().Contain("email_missing");
        events[2].Metadata.Should().Contain("email_unverified").And.NotContain("new@example.com", "names that no user has are not kept");
    }

    [Fact]
    public async Task TwoSignInsAtOnce_OnTwoReplicas_MakeOneUser()
    {
        await using var one = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var two = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = one }, postgres);
        var organization = await Organization.CreateAsync(one);
        var here = await organization.ProviderAsync("first");
        await two.Services.GetService<PolicyStore>()!.PollAsync(Cancel);
        var there = await organization.FindAsync(two, "first");
        for (var round = 0; round < 8; round++)
        {
            var (claim, email) = ($"claim-{round}", $"p{round}@example.com");
            var pending = round % 2 == 0 ? null : await organization.PendingAsync(email);
            if (round % 4 == 1) await two.Services.GetService<PolicyStore>()!.PollAsync(Cancel);

            var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? here : there).OutcomeAsync(here.Says(claim, email, ["ops"])), Cancel)));

            outcomes.Distinct().Should().ContainSingle("round {0}", round);
            (await organization.LivingUsersAsync(email)).Should().Equal(outcomes[0]);
            if (pending is not null) outcomes[0].Should().Be(pending);
        }
    }

    private async Task<Organization> NewAsync(StorageProvider storage) => await Organization.CreateAsync(await Hosts.GetAsync(storage));

    /// <summary>Null: a user is found or made.</summary>
    private static string? Expected(string address, bool? verified, bool isTrusted) => address switch
    {
        "free" or "deleted" => verified == false ? SsoRefusalCodes.EmailUnverified : null,
        "local" or "sso" => SsoRefusalCodes.AccountExists,
        _ when !isTrusted => SsoRefusalCodes.AccountExists,
        _ when verified == false => SsoRefusalCodes.EmailUnverified,
        "pending-disabled" => SsoRefusalCodes.AccountDisabled,
        _ => null,
    };

    /// <summary>The id of the user that has the address; null: nobody.</summary>
    private static async Task<string?> PrepareAsync(Organization organization, Provider provider, string address, string email)
    {
        switch (address)
        {
            case "pending" or "pending-disabled":
                var pending = await organization.PendingAsync(email);
                if (address != "pending") (await organization.Admin.PatchAsync($"/api/v1/users/{pending}", new { enabled = false })).Expect(HttpStatusCode.OK);
                return pending;
            case "local":
                return (await organization.LocalAsync(email)).Id;
            case "sso":
                return await provider.OutcomeAsync("owner of " + email, email);
            case "deleted":
                (await organization.Admin.DeleteAsync($"/api/v1/users/{(await organization.LocalAsync(email)).Id}")).Expect(HttpStatusCode.NoContent);
                return null;
            default:
                return null;
        }
    }
}
