using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Groups;

/// <summary>Who says that somebody is in a group, and what replacing what the directory says would change.</summary>
public sealed class MembershipSourceTests(ApiHosts hosts) : ApiTests(hosts)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Providers))]
    public async Task User_Read_NamesEachMembershipsSourceAndWhetherItCounts(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var ann = await tenant.PersonAsync("ann@example.com");
        await tenant.Admin.CreateAsync(Idps.Oidc("first"));
        await tenant.Admin.CreateAsync(Idps.Oidc("second"));
        (await ReplaceAsync(tenant.Admin, ann, "both", "by-hand")).Expect(HttpStatusCode.OK);
        await tenant.WriteAsync(async write =>
        {
            await write.SetGroupsAsync(ann.Id, "first", ["both"], Cancel);
            await write.SetGroupsAsync(ann.Id, "second", ["not trusted"], Cancel);
            return true;
        });

        var user = (await tenant.Admin.GetAsync("/api/v1/users/" + ann.Id)).Expect(HttpStatusCode.OK).Json;

        Said(user).Should().Equal("both directory True", "both first True", "by-hand directory True", "not trusted second False");
        user.GetProperty("groups").EnumerateArray().Select(x => x.GetString()).Should().Equal("both", "by-hand");
        var shown = user.GetProperty("memberships")[0];
        shown.GetProperty("seenAt").GetDateTimeOffset().Should().BeAfter(DateTimeOffset.UnixEpoch);
        shown.GetProperty("validUntil").ValueKind.Should().Be(JsonValueKind.Null);
        Said((await ann.GetAsync("/api/v1/users/" + ann.Id)).Expect(HttpStatusCode.OK).Json).Should().HaveCount(4, "everybody may read their own");
        (await tenant.Admin.GetAsync("/api/v1/users")).Json[0].TryGetProperty("memberships", out _).Should().BeFalse("lists do not read them");

        (await ReplaceAsync(tenant.Admin, ann)).Expect(HttpStatusCode.OK);
        Said((await tenant.Admin.GetAsync("/api/v1/users/" + ann.Id)).Json).Should().Equal("both first True", "not trusted second False");
        var group = (await tenant.Admin.GetAsync("/api/v1/groups?search=both")).Json[0].GetProperty("id").GetString();
        (await tenant.Admin.GetAsync($"/api/v1/groups/{group}/members")).Json[0].GetProperty("sources").EnumerateArray().Select(x => x.GetString()).Should().Equal("first");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DryRun_TellsWhatTheUserGainsAndLosesAndWritesNothing(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var ann = await tenant.PersonAsync("ann@example.com");
        var cluster = await tenant.ClusterAsync("east");
        await tenant.GrantAsync("group", "viewers", World.Viewer, tenant.Scope);
        await tenant.GrantAsync("group", "researchers", World.L1Researcher, cluster);
        (await ReplaceAsync(tenant.Admin, ann, "viewers")).Expect(HttpStatusCode.OK);
        var before = tenant.Store.Current(tenant.Id)!.Snapshot.Revision;

        var told = (await ReplaceAsync(tenant.Admin, ann, ["researchers", "nobody knows it"], dryRun: true)).Expect(HttpStatusCode.OK).Json;

        told.GetProperty("counts").GetProperty("gained").GetInt32().Should().BePositive();
        told.GetProperty("counts").GetProperty("lost").GetInt32().Should().BePositive();
        told.GetProperty("gained").EnumerateArray().Should().OnlyContain(x => x.GetProperty("subject").GetProperty("id").GetString() == ann.Id && x.GetProperty("scope").GetProperty("id").GetString() == cluster.Id);
        told.GetProperty("lost").EnumerateArray().Should().OnlyContain(x => x.GetProperty("scope").GetProperty("type").GetString() == "tenant");
        (await ReplaceAsync(tenant.Admin, ann, ["viewers"], dryRun: true)).Json.GetProperty("counts").GetRawText().Should().Be("""{"gained":0,"lost":0}""");
        tenant.Store.Current(tenant.Id)!.Snapshot.Revision.Should().Be(before);
        Said((await tenant.Admin.GetAsync("/api/v1/users/" + ann.Id)).Json).Should().Equal("viewers directory True");
        (await tenant.Admin.GetAsync("/api/v1/groups?search=nobody")).Json.GetArrayLength().Should().Be(0);

        var page = (await tenant.Admin.PutAsync($"/api/v1/users/{ann.Id}/groups?dryRun=true&limit=1", Body("researchers"))).Expect(HttpStatusCode.OK);
        page.Json.GetProperty("gained").GetArrayLength().Should().Be(1);
        page.Field("cursor").Should().NotBeNullOrEmpty();
        (await tenant.Admin.PutAsync($"/api/v1/users/{ann.Id}/groups?dryRun=maybe", Body("researchers"))).Expect(HttpStatusCode.BadRequest).Details.Should().Be("dryRun");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DryRun_OfWhatWouldBeRefused_IsRefusedAlike(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        var (ann, weak, nobody) = (await tenant.PersonAsync("ann@example.com"), await tenant.PersonAsync("weak@example.com"), await tenant.PersonAsync("nobody@example.com"));
        await tenant.GrantAsync("user", weak.Name, World.ApplicationAdministrator, tenant.Scope);
        await tenant.GrantAsync("group", "strong", World.SystemAdministrator, tenant.Scope);

        foreach (var dryRun in new[] { true, false })
        {
            (await ReplaceAsync(weak, ann, ["strong"], dryRun)).Expect(HttpStatusCode.Forbidden, "would_escalate");
            (await ReplaceAsync(nobody, ann, ["other"], dryRun)).Expect(HttpStatusCode.NotFound, "not_found");
            (await ReplaceAsync(nobody, nobody, ["other"], dryRun)).Expect(HttpStatusCode.Forbidden, "forbidden");
        }
    }

    private static IEnumerable<string> Said(JsonElement user)
        => user.GetProperty("memberships").EnumerateArray().Select(x => $"{x.GetProperty("group").GetString()} {x.GetProperty("source").GetString()} {x.GetProperty("counts").GetBoolean()}");

    private static object Body(params string[] groups) => new { source = "directory", groups };

    private static Task<Reply> ReplaceAsync(Person actor, Person user, params string[] groups) => ReplaceAsync(actor, user, groups, dryRun: false);

    private static Task<Reply> ReplaceAsync(Person actor, Person user, string[] groups, bool dryRun)
        => actor.PutAsync($"/api/v1/users/{user.Id}/groups{(dryRun ? "?dryRun=true" : "")}", Body(groups));
}
