using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Groups;

public sealed class GroupTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Replace_NamesGroups_MakesThemAndTheirMemberships(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        var (a, b) = (world.NewName(), " " + world.NewName() + " ");

        var replaced = (await ReplaceAsync(world.Admin, user.Id, b, a, a)).Expect(HttpStatusCode.OK);

        Names(replaced.Json.GetProperty("groups")).Should().Equal(b, a);
        replaced.Revision.Should().NotBeNullOrEmpty().And.Be(replaced.Field("revision"));
        Names((await world.Admin.GetAsync($"/api/v1/users/{user.Id}")).Json.GetProperty("groups")).Should().Equal(b, a);
        var groups = (await world.Admin.GetAsync($"/api/v1/groups?search={world.Tag}")).Expect(HttpStatusCode.OK).Json.EnumerateArray().ToArray();
        groups.Select(g => g.GetProperty("name").GetString()).Should().Equal(b, a);
        groups.Should().OnlyContain(g => g.GetProperty("memberCount").GetInt32() == 1 && g.GetProperty("sources")[0].GetString() == "directory");
        var member = (await MembersAsync(world.Admin, world, a)).Expect(HttpStatusCode.OK).Json.EnumerateArray().Single();
        member.GetProperty("id").GetString().Should().Be(user.Id);
        member.GetProperty("username").GetString().Should().Be(user.Field("username"));
        Names(member.GetProperty("sources")).Should().Equal("directory");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Replace_Again_ReplacesAll(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        var (a, b) = (world.NewName(), world.NewName());
        await ReplaceAsync(world.Admin, user.Id, a);

        var replaced = (await ReplaceAsync(world.Admin, user.Id, b)).Expect(HttpStatusCode.OK);
        var same = (await ReplaceAsync(world.Admin, user.Id, b)).Expect(HttpStatusCode.OK);
        var none = (await ReplaceAsync(world.Admin, user.Id)).Expect(HttpStatusCode.OK);

        Names(replaced.Json.GetProperty("groups")).Should().Equal(b);
        Names(same.Json.GetProperty("groups")).Should().Equal(b);
        Names(none.Json.GetProperty("groups")).Should().BeEmpty();
        (await MembersAsync(world.Admin, world, a)).Expect(HttpStatusCode.OK).Ids.Should().BeEmpty();
        (await world.Admin.GetAsync($"/api/v1/groups?search={b}")).Json[0].GetProperty("memberCount").GetInt32().Should().Be(0);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Replace_GroupWithARule_WorksAtOnceAndEndsAtOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        var user = await world.SignInAsync(created);
        var other = (await world.CreateUserAsync()).Id;
        var group = world.NewName();
        await world.GrantAsync("group", group, World.Editor, World.Tenant);

        (await user.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().Equal(user.Id);
        await ReplaceAsync(world.Admin, user.Id, group);
        (await user.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().BeEquivalentTo(new[] { user.Id, other });
        await ReplaceAsync(world.Admin, user.Id);
        (await user.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().Equal(user.Id);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Replace_BadBody_NamesTheFieldAndChangesNothing(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        await ReplaceAsync(world.Admin, user.Id, world.NewName());
        (string Body, string Field)[] cases =
        [
            ("{}", "source"),
            ("""{"source":"directory"}""", "groups"),
            ("""{"source":null,"groups":[]}""", "source"),
            ("""{"source":"saml","groups":[]}""", "source"),
            ("""{"source":"directory","groups":null}""", "groups"),
            ("""{"source":"directory","groups":"a"}""", "groups"),
            ("""{"source":"directory","groups":["a",null]}""", "groups[1]"),
            ("""{"source":"directory","groups":[""]}""", "groups[0]"),
            ("""{"source":"directory","groups":["a\u0000"]}""", "groups[0]"),
            ("""{"source":"directory","groups":["a\u2066b"]}""", "groups[0]"),
            ($$"""{"source":"directory","groups":["{{new string('g', 257)}}"]}""", "groups[0]"),
            (JsonSerializer.Serialize(new { source = "directory", groups = Enumerable.Range(0, 1001).Select(i => $"g{i}") }), "groups"),
        ];

        foreach (var (body, field) in cases)
        {
            (await world.Admin.SendTextAsync(HttpMethod.Put, $"/api/v1/users/{user.Id}/groups", body))
                .Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field, "the body was {0}", body[..Math.Min(80, body.Length)]);
        }

        (await world.Admin.GetAsync($"/api/v1/users/{user.Id}")).Json.GetProperty("groups").GetArrayLength().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Replace_AThousandNames_Fits(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();

        (await ReplaceAsync(world.Admin, user.Id, [.. Enumerable.Range(0, 1000).Select(i => $"{world.Tag}-{i:D4}")])).Expect(HttpStatusCode.OK);

        (await world.Admin.GetAsync($"/api/v1/groups?search={world.Tag}&limit=500&offset=999")).Json.GetArrayLength().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Replace_OnAnythingButAUser_IsNotFound(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var application = await world.CreateApplicationAsync();

        foreach (var id in new[] { application.Id, Guid.NewGuid().ToString(), "nobody" })
            (await ReplaceAsync(world.Admin, id, world.NewName())).Expect(HttpStatusCode.NotFound, "not_found");
        (await world.Admin.GetAsync($"/api/v1/groups?search={world.Tag}")).Json.GetArrayLength().Should().Be(0);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Members_OfAnythingButAGroup_IsNotFound(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();

        foreach (var id in new[] { user.Id, Guid.NewGuid().ToString() })
            (await world.Admin.GetAsync($"/api/v1/groups/{id}/members")).Expect(HttpStatusCode.NotFound, "not_found");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Members_Pages_AreStable(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var group = world.NewName();
        var users = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            users.Add((await world.CreateUserAsync()).Id);
            (await ReplaceAsync(world.Admin, users[i], group)).Expect(HttpStatusCode.OK);
        }

        var id = await GroupIdAsync(world, group);

        (await world.Admin.GetAsync($"/api/v1/groups/{id}/members?limit=2")).Ids.Should().Equal(users[..2]);
        (await world.Admin.GetAsync($"/api/v1/groups/{id}/members?limit=2&offset=2")).Ids.Should().Equal(users[2..]);
        (await world.Admin.GetAsync($"/api/v1/groups/{id}/members?sortBy=username&sortOrder=desc&limit=1")).Ids.Should().Equal(users[2]);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Researcher_SeesNoGroupsAndReplacesNothing(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var researcher = await world.PersonAsync(World.L1Researcher, await world.ClusterAsync());
        var (user, group) = (await world.CreateUserAsync(), world.NewName());
        await ReplaceAsync(world.Admin, user.Id, group);

        (await researcher.GetAsync("/api/v1/groups")).Expect(HttpStatusCode.OK).Json.GetArrayLength().Should().Be(0);
        (await MembersAsync(researcher, world, group)).Expect(HttpStatusCode.NotFound, "not_found");
        (await ReplaceAsync(researcher, user.Id)).Expect(HttpStatusCode.NotFound, "not_found");
        (await ReplaceAsync(researcher, researcher.Id, group)).Expect(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DepartmentAdministrator_BelowTheTenant_ReadsButReplacesNothing(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var administrator = await world.PersonAsync(World.DepartmentAdministrator, await world.DepartmentAsync(await world.ClusterAsync()));
        var (user, group) = (await world.CreateUserAsync(), world.NewName());
        await ReplaceAsync(world.Admin, user.Id, group);

        (await MembersAsync(administrator, world, group)).Expect(HttpStatusCode.OK).Ids.Should().Equal(user.Id);
        (await ReplaceAsync(administrator, user.Id)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await ReplaceAsync(administrator, administrator.Id, group)).Expect(HttpStatusCode.Forbidden, "forbidden");
        (await world.Admin.GetAsync($"/api/v1/users/{user.Id}")).Json.GetProperty("groups").GetArrayLength().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Replace_AddingToAStrongerGroup_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var tenant = World.Tenant;
        var administrator = await world.PersonAsync(World.ApplicationAdministrator, tenant);
        var user = await world.CreateUserAsync();
        var (strong, weak) = (world.NewName(), world.NewName());
        await world.GrantAsync("group", strong, World.SystemAdministrator, tenant);
        await world.GrantAsync("group", weak, World.L1Researcher, tenant);

        (await ReplaceAsync(administrator, user.Id, weak, strong)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await ReplaceAsync(administrator, administrator.Id, strong)).Expect(HttpStatusCode.Forbidden, "would_escalate");
        (await world.Admin.GetAsync($"/api/v1/users/{user.Id}")).Json.GetProperty("groups").GetArrayLength().Should().Be(0, "a refused change leaves nothing half-written");

        (await ReplaceAsync(administrator, user.Id, weak, world.NewName())).Expect(HttpStatusCode.OK).Json.GetProperty("groups").GetArrayLength().Should().Be(2);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Replace_OfAStrongerUser_WouldEscalate(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var tenant = World.Tenant;
        var administrator = await world.PersonAsync(World.ApplicationAdministrator, tenant);
        var (user, strong) = (await world.CreateUserAsync(), world.NewName());
        await world.GrantAsync("group", strong, World.SystemAdministrator, tenant);
        await ReplaceAsync(world.Admin, user.Id, strong);

        (await ReplaceAsync(administrator, user.Id)).Expect(HttpStatusCode.Forbidden, "would_escalate");

        (await world.Admin.GetAsync($"/api/v1/users/{user.Id}")).Json.GetProperty("groups").GetArrayLength().Should().Be(1);
    }

    private static Task<Reply> ReplaceAsync(Person actor, string userId, params string[] groups)
        => actor.PutAsync($"/api/v1/users/{userId}/groups", new { source = "directory", groups });

    private static async Task<Reply> MembersAsync(Person actor, World world, string group)
        => await actor.GetAsync($"/api/v1/groups/{await GroupIdAsync(world, group)}/members");

    private static async Task<string> GroupIdAsync(World world, string group)
        => (await world.Admin.GetAsync($"/api/v1/groups?search={Uri.EscapeDataString(group)}")).Expect(HttpStatusCode.OK).Ids.Single();

    private static IEnumerable<string?> Names(JsonElement array) => array.EnumerateArray().Select(x => x.GetString());
}
