using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Applications;

public sealed class ApplicationTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Create_UnderEitherName_IsTheSameObject(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (first, second) = (world.NewName(), world.NewName());

        var app = (await world.Admin.PostAsync("/api/v1/apps", new { name = first })).Expect(HttpStatusCode.Created);
        var account = (await world.Admin.PostAsync("/api/v1/service-accounts", new { name = second })).Expect(HttpStatusCode.Created);

        (app.Field("name"), app.Field("clientId")).Should().Be((first, first));
        app.Field("secret").Should().StartWith("rnai_");
        account.Field("clientSecret").Should().StartWith("rnai_");
        app.Json.TryGetProperty("clientSecret", out _).Should().BeFalse();
        account.Json.TryGetProperty("secret", out _).Should().BeFalse();
        app.Revision.Should().NotBeNullOrEmpty().And.Be(app.Field("revision"));
        (await world.Admin.GetAsync($"/api/v1/service-accounts?search={world.Tag}")).Ids.Should().Equal(app.Id, account.Id);
        (await world.Admin.GetAsync($"/api/v1/apps?search={world.Tag}")).Ids.Should().Equal(app.Id, account.Id);
        var shown = (await world.Admin.GetAsync($"/api/v1/service-accounts/{app.Id}")).Expect(HttpStatusCode.OK);
        shown.Field("createdBy").Should().Be(world.Admin.Name);
        shown.Field("tenantId").Should().MatchRegex("^[0-9]+$");
        shown.Field("createdAt").Should().EndWith("Z");
        shown.Json.GetProperty("lastLogin").ValueKind.Should().Be(JsonValueKind.Null);
        shown.Json.GetProperty("enabled").GetBoolean().Should().BeTrue();
        shown.Text.Should().NotContain(app.Field("secret"));
        (await world.TrySecretAsync(second, account.Field("clientSecret")!)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_BadName_NamesTheField(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        string[] names =
        [
            "null", "\"\"", "\"a\"", "\"Ab\"", "\"1a\"", "\"a-\"", "\"a_\"", "\"-a\"", "\"a b\"", "\"a.b\"", "\"ab\\n\"", "\"ä1\"", "7",
            $"\"a{new string('b', 255)}\"", "\"abcdef01-2345-7678-9abc-def012345678\"", "\"abcdef01234576789abcdef012345678\"",
        ];

        foreach (var name in names)
        {
            (await world.Admin.SendTextAsync(HttpMethod.Post, "/api/v1/apps", $$"""{"name":{{name}}}"""))
                .Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("name", "the name was {0}", name);
        }

        (await world.Admin.PostAsync("/api/v1/apps", new { name = $"a{world.Tag}{new string('b', 242)}" })).Expect(HttpStatusCode.Created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_SameName_Conflicts(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateApplicationAsync();
        var name = created.Field("name");

        (await world.Admin.PostAsync("/api/v1/service-accounts", new { name })).Expect(HttpStatusCode.Conflict, "already_exists");
        (await world.TrySecretAsync(name!, created.Field("secret")!)).Expect(HttpStatusCode.OK);
        (await world.Admin.DeleteAsync($"/api/v1/apps/{created.Id}")).Expect(HttpStatusCode.NoContent);
        (await world.Admin.PostAsync("/api/v1/service-accounts", new { name })).Expect(HttpStatusCode.Created).Id.Should().NotBe(created.Id);
        (await world.TrySecretAsync(name!, created.Field("secret")!)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task List_Paging_IsValidatedAndOptional(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add((await world.CreateApplicationAsync()).Id);

        (await world.Admin.GetAsync($"/api/v1/apps?search={world.Tag}&limit=2&offset=1&sortBy=name&sortOrder=desc")).Ids.Should().Equal(ids[1], ids[0]);
        (await world.Admin.GetAsync("/api/v1/apps")).Ids.Should().Contain(ids);
        foreach (var (query, field) in new[] { ("limit=0", "limit"), ("offset=x", "offset"), ("sortBy=secret", "sortBy"), ("filterBy=x", "filterBy") })
            (await world.Admin.GetAsync($"/api/v1/apps?{query}")).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field);
        (await world.Admin.GetAsync($"/api/v1/apps?filterBy=name%3D%40{world.Tag},enabled%3D%3DTrue&limit=2")).Ids.Should().Equal(ids[..2]);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Disable_EndsTokensAtOnce_AndEnablingBringsNoneBack(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateApplicationAsync();
        await world.GrantAsync("app", created.Field("name")!, World.Editor, World.Tenant);
        var application = await world.SignInApplicationAsync(created);
        (await application.GetAsync("/api/v1/apps")).Ids.Should().Contain(created.Id);

        (await world.Admin.PatchAsync($"/api/v1/apps/{created.Id}", new { enabled = false })).Expect(HttpStatusCode.OK).Text.Should().Be("{}");

        (await application.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await world.TrySecretAsync(application.Name, created.Field("secret")!)).Expect(HttpStatusCode.Unauthorized);
        (await world.Admin.PatchAsync($"/api/v1/service-accounts/{created.Id}", new { enabled = true })).Expect(HttpStatusCode.OK);
        (await application.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        await world.SignInApplicationAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Delete_EndsTokensAtOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateApplicationAsync();
        var application = await world.SignInApplicationAsync(created);

        (await world.Admin.DeleteAsync($"/api/v1/service-accounts/{created.Id}")).Expect(HttpStatusCode.NoContent).Revision.Should().NotBeNullOrEmpty();

        (await application.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await world.Admin.GetAsync($"/api/v1/apps/{created.Id}")).Expect(HttpStatusCode.NotFound, "not_found");
        (await world.Admin.DeleteAsync($"/api/v1/apps/{created.Id}")).Expect(HttpStatusCode.NotFound, "not_found");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task AnyCall_OnAnotherKindOfId_AnswersAsForARandomOne(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        var application = await world.CreateApplicationAsync();

        foreach (var id in new[] { user.Id, application.Field("name")!, Guid.NewGuid().ToString(), "-1" })
        {
            (await world.Admin.GetAsync($"/api/v1/apps/{id}")).Expect(HttpStatusCode.NotFound, "not_found");
            (await world.Admin.PatchAsync($"/api/v1/service-accounts/{id}", new { enabled = false })).Expect(HttpStatusCode.NotFound, "not_found");
            (await world.Admin.PostAsync($"/api/v1/apps/{id}/secret")).Expect(HttpStatusCode.NotFound, "not_found");
            (await world.Admin.DeleteAsync($"/api/v1/apps/{id}")).Expect(HttpStatusCode.NotFound, "not_found");
        }
    }
}
