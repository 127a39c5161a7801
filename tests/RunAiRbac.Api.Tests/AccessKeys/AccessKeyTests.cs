using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessKeys;

/// <summary>A user's own access keys, under both names.</summary>
public sealed class AccessKeyTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Keys = "/api/v1/access-keys";
    private const string Older = "/api/v1/user-applications";

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_UnderEitherName_IsTheSameObject(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());

        var key = (await user.PostAsync(Keys, new { name = "first", gracePeriodSeconds = 5 })).Expect(HttpStatusCode.Created);
        var app = (await user.PostAsync(Older, new { name = "second" })).Expect(HttpStatusCode.Created);

        key.Json.EnumerateObject().Select(x => x.Name).Should().BeEquivalentTo("id", "clientId", "name", "clientSecret", "createdAt", "revision");
        app.Json.EnumerateObject().Select(x => x.Name).Should().BeEquivalentTo("id", "clientId", "name", "secret", "createdAt", "revision");
        (key.Field("name"), app.Field("name")).Should().Be(("first", "second"));
        key.Field("clientSecret").Should().StartWith("rnai_").And.HaveLength(48);
        app.Field("secret").Should().StartWith("rnai_");
        key.Field("clientId").Should().NotBe("first").And.NotContain("_");
        key.Revision.Should().NotBeNullOrEmpty().And.Be(key.Field("revision"));

        var listed = (await user.GetAsync(Keys)).Expect(HttpStatusCode.OK);
        var older = (await user.GetAsync(Older)).Expect(HttpStatusCode.OK);
        listed.Json.EnumerateObject().Should().ContainSingle();
        listed.Json.GetProperty("accessKeys").GetRawText().Should().Be(older.Json.GetRawText());
        older.Ids.Should().Equal(key.Id, app.Id);
        foreach (var path in new[] { Keys, Older })
        {
            var shown = (await user.GetAsync($"{path}/{app.Id}")).Expect(HttpStatusCode.OK);
            shown.Json.EnumerateObject().Select(x => x.Name).Should().BeEquivalentTo("name", "clientId", "id", "createdAt", "lastLogin", "revision");
            (shown.Field("name"), shown.Field("clientId"), shown.Id).Should().Be(("second", app.Field("clientId"), app.Id));
            shown.Field("createdAt").Should().MatchRegex(@"\.\d{6}Z$").And.Be(app.Field("createdAt"));
            shown.Json.GetProperty("lastLogin").ValueKind.Should().Be(JsonValueKind.Null);
        }

        (await user.DeleteAsync($"{Older}/{key.Id}")).Expect(HttpStatusCode.NoContent).Revision.Should().NotBeNullOrEmpty();
        (await user.DeleteAsync($"{Keys}/{app.Id}")).Expect(HttpStatusCode.NoContent).Text.Should().BeEmpty();
        (await user.GetAsync(Older)).Ids.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_BadName_NamesTheField(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        string[] names =
        [
            "null", "\"\"", "\"a\"", "\"Ab\"", "\"1a\"", "\"a-\"", "\"a_\"", "\"-a\"", "\"a b\"", "\"a.b\"", "\"ab\\n\"", "\"ä1\"", "7",
            $"\"a{new string('b', 255)}\"", "\"abcdef01-2345-7678-9abc-def012345678\"", "\"abcdef01234576789abcdef012345678\"",
        ];
        foreach (var path in new[] { Keys, Older })
        {
            foreach (var name in names)
            {
                (await user.SendTextAsync(HttpMethod.Post, path, $$"""{"name":{{name}}}"""))
                    .Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("name", "the name was {0}", name);
            }
        }

        (await user.PostAsync(Keys, new { name = "a" + new string('b', 254) })).Expect(HttpStatusCode.Created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_SameName_ConflictsOnlyWithOnesOwnLivingKeys(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (one, two) = (await world.SignInAsync(await world.CreateUserAsync()), await world.SignInAsync(await world.CreateUserAsync()));
        var key = (await one.PostAsync(Keys, new { name = "robot" })).Expect(HttpStatusCode.Created);

        (await one.PostAsync(Older, new { name = "robot" })).Expect(HttpStatusCode.Conflict, "already_exists");
        (await two.PostAsync(Keys, new { name = "robot" })).Expect(HttpStatusCode.Created);
        (await one.DeleteAsync($"{Keys}/{key.Id}")).Expect(HttpStatusCode.NoContent);
        var again = (await one.PostAsync(Keys, new { name = "robot" })).Expect(HttpStatusCode.Created);

        again.Id.Should().NotBe(key.Id);
        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(again, key.Field("clientSecret"))).Expect(HttpStatusCode.Unauthorized);
        (await world.TryKeyAsync(again)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_ManyAtOnce_StopsAtTwenty(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.SignInAsync(await world.CreateUserAsync());
        for (var i = 0; i < 12; i++) await world.KeyAsync(user);

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            () => user.PostAsync(i % 2 == 0 ? Keys : Older, new { name = $"more-{i}" }), TestContext.Current.CancellationToken)));

        replies.Count(r => r.Status == HttpStatusCode.Created).Should().Be(8);
        foreach (var refused in replies.Where(r => r.Status != HttpStatusCode.Created)) refused.Expect(HttpStatusCode.Conflict, "conflict");
        var ids = (await user.GetAsync(Older)).Ids;
        ids.Should().HaveCount(20);
        (await user.DeleteAsync($"{Keys}/{ids[3]}")).Expect(HttpStatusCode.NoContent);
        (await user.PostAsync(Keys, new { name = "once-more" })).Expect(HttpStatusCode.Created);
        (await user.PostAsync(Keys, new { name = "too-many" })).Expect(HttpStatusCode.Conflict, "conflict");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task AnothersKey_AnswersAsARandomId(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var owner = await world.SignInAsync(await world.CreateUserAsync());
        var key = await world.KeyAsync(owner);

        foreach (var id in new[] { key.Id, key.Field("name")!, owner.Id, Guid.NewGuid().ToString() })
        {
            foreach (var path in new[] { $"{Keys}/{id}", $"{Older}/{id}" })
            {
                (await world.Admin.GetAsync(path)).Expect(HttpStatusCode.NotFound, "not_found");
                (await world.Admin.PostAsync(path + "/secret")).Expect(HttpStatusCode.NotFound, "not_found");
                (await world.Admin.DeleteAsync(path)).Expect(HttpStatusCode.NotFound, "not_found");
            }
        }

        (await world.TryKeyAsync(key)).Expect(HttpStatusCode.OK);
        (await owner.DeleteAsync($"{Keys}/{key.Id}")).Expect(HttpStatusCode.NoContent);
        (await owner.DeleteAsync($"{Keys}/{key.Id}")).Expect(HttpStatusCode.NotFound, "not_found");
        (await owner.PostAsync($"{Keys}/{key.Id}/secret")).Expect(HttpStatusCode.NotFound, "not_found");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Application_HasNoKeys(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateApplicationAsync();
        await world.GrantAsync("app", created.Field("name")!, World.SystemAdministrator, World.Tenant);
        var application = await world.SignInApplicationAsync(created);
        var key = await world.KeyAsync(world.Admin);
        foreach (var path in new[] { Keys, Older })
        {
            (await application.GetAsync(path)).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await application.PostAsync(path, new { name = "robot" })).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await application.GetAsync($"{path}/{key.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await application.PostAsync($"{path}/{key.Id}/secret")).Expect(HttpStatusCode.Forbidden, "forbidden");
            (await application.DeleteAsync($"{path}/{key.Id}")).Expect(HttpStatusCode.Forbidden, "forbidden");
        }

        (await world.Admin.DeleteAsync($"{Keys}/{key.Id}")).Expect(HttpStatusCode.NoContent);
    }
}
