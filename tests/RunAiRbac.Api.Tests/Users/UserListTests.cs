using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Users;

public sealed class UserListTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task List_Pages_AreStableAndTogetherComplete(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        for (var i = 0; i < 5; i++) await world.CreateUserAsync();

        var all = (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}")).Ids;
        var pages = new List<string>();
        for (var offset = 0; offset < 6; offset += 2)
            pages.AddRange((await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}&limit=2&offset={offset}&sortBy=username")).Expect(HttpStatusCode.OK).Ids);

        all.Should().HaveCount(5);
        pages.Should().Equal(all);
        (await world.Admin.GetAsync($"/api/v1/users/count?search={world.Tag}")).Json.GetProperty("count").GetInt64().Should().Be(5);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task List_EachSortField_SortsBothWays(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var never = await world.CreateUserAsync();
        var signedIn = await world.CreateUserAsync();
        await world.SignInAsync(signedIn);
        await world.GrantAsync("user", world.NewEmail(), World.Viewer, World.Tenant);
        var pending = (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}&sortBy=type&limit=1")).Ids.Single();

        foreach (var (field, ascending) in new[]
        {
            ("username", new[] { never.Id, signedIn.Id, pending }),
            ("creationTime", [never.Id, signedIn.Id, pending]),
            ("lastUpdated", [never.Id, signedIn.Id, pending]),
            ("type", [pending, never.Id, signedIn.Id]),
        })
        {
            (await ListAsync(world, field, "asc")).Should().Equal(ascending, "sorted by {0}", field);
        }

        (await ListAsync(world, "username", "desc")).Should().Equal(pending, signedIn.Id, never.Id);
        (await ListAsync(world, "lastLogin", "asc"))[^1].Should().Be(signedIn.Id);
        (await ListAsync(world, "lastLogin", "desc"))[0].Should().Be(signedIn.Id);
        (await ListAsync(world, "createdBy", "desc")).Should().HaveCount(3);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task List_BadParameters_NameTheParameter(StorageProvider provider)
    {
        var world = await OpenAsync(provider);

        foreach (var (query, field) in new[]
        {
            ("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("offset=-1", "offset"), ("sortBy=email", "sortBy"), ("sortOrder=up", "sortOrder"),
            ("filterBy=nothing%3D%3Dx", "filterBy"), ("filterBy=username%3D%5Ex", "filterBy"), ("search=a%00b", "search"),
        })
        {
            (await world.Admin.GetAsync($"/api/v1/users?{query}")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field, "the query was {0}", query);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task List_OlderFilter_MeansIsLocal(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var local = await world.CreateUserAsync();
        await world.GrantAsync("user", world.NewEmail(), World.Viewer, World.Tenant);

        (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().HaveCount(2);
        (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}&filter=runai.is_local%3Atrue")).Ids.Should().Equal(local.Id);
        (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}&filter=runai.is_local:false")).Ids.Should().BeEmpty();
        (await world.Admin.GetAsync("/api/v1/users?filter=runai.email:x")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("filter");
        (await world.Admin.GetAsync("/api/v1/users?subjectId=&verbosity=full&verbosity=full&limit=1")).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Search_IsLiteralAndCaseless(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = (await world.Admin.PostAsync("/api/v1/users", new { email = $"a%b_{world.Tag}@example.com" })).Expect(HttpStatusCode.Created);

        (await world.Admin.GetAsync($"/api/v1/users?search={Uri.EscapeDataString("A%B_" + world.Tag.ToUpperInvariant())}")).Ids.Should().Equal(created.Id);
        (await world.Admin.GetAsync($"/api/v1/users?search={Uri.EscapeDataString("a_b%" + world.Tag)}")).Ids.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task List_PendingUser_HasNoTypeYet(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        await world.GrantAsync("user", world.NewEmail(), World.Viewer, World.Tenant);

        var pending = (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}")).Json.EnumerateArray().Single();

        pending.GetProperty("isLocal").ValueKind.Should().Be(JsonValueKind.Null);
        pending.GetProperty("pending").GetBoolean().Should().BeTrue();
        pending.GetProperty("createdBy").GetString().Should().Be(world.Admin.Name);
    }

    private static async Task<IReadOnlyList<string>> ListAsync(World world, string sortBy, string sortOrder)
        => (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}&sortBy={sortBy}&sortOrder={sortOrder}")).Expect(HttpStatusCode.OK).Ids;
}
