using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Users;

public sealed class UserLifecycleTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Create_Local_SignsInWithTheTemporaryPassword(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var email = world.NewEmail();

        var created = (await world.Admin.PostAsync("/api/v1/users", new { email, resetPassword = false, notify = true, firstName = "Ada", lastName = "Löf" })).Expect(HttpStatusCode.Created);
        var shown = (await world.Admin.GetAsync($"/api/v1/users/{created.Id}")).Expect(HttpStatusCode.OK).Json;

        created.Field("username").Should().Be(email);
        created.Revision.Should().NotBeNullOrEmpty().And.Be(created.Field("revision"));
        shown.GetProperty("username").GetString().Should().Be(email);
        shown.GetProperty("createdBy").GetString().Should().Be(world.Admin.Name);
        shown.GetProperty("createdAt").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$");
        shown.GetProperty("updatedAt").GetString().Should().EndWith("Z");
        shown.GetProperty("lastLogin").ValueKind.Should().Be(JsonValueKind.Null);
        shown.GetProperty("isLocal").GetBoolean().Should().BeTrue();
        shown.GetProperty("groups").GetArrayLength().Should().Be(0);
        shown.GetProperty("enabled").GetBoolean().Should().BeTrue();
        shown.GetProperty("pending").GetBoolean().Should().BeFalse();
        shown.GetProperty("firstName").GetString().Should().Be("Ada");
        shown.GetProperty("scopeType").GetString().Should().Be("tenant");
        var user = await world.SignInAsync(created);
        (await user.GetAsync($"/api/v1/users/{created.Id}")).Expect(HttpStatusCode.OK).Json.GetProperty("lastLogin").ValueKind.Should().Be(JsonValueKind.String);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_SameEmailInAnotherCase_Conflicts(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var email = world.NewEmail();

        var created = (await world.Admin.PostAsync("/api/v1/users", new { email = email.ToUpperInvariant() })).Expect(HttpStatusCode.Created);
        var again = await world.Admin.PostAsync("/api/v1/users", new { email });

        created.Field("username").Should().Be(email);
        again.Expect(HttpStatusCode.Conflict, "already_exists").Details.Should().Be("email");
        again.Revision.Should().NotBeNullOrEmpty("a refused write names the revision too");
        (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().Equal(created.Id);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_BadBody_NamesTheFieldAndMakesNothing(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var good = world.NewEmail();
        (string Body, string Field)[] cases =
        [
            ("{}", "email"),
            ("""{"email":null}""", "email"),
            ("""{"email":"nobody"}""", "email"),
            ("""{"email":"a@b"}""", "email"),
            ("""{"email":"a b@example.com"}""", "email"),
            ("""{"email":"a@example.com\n"}""", "email"),
            ("""{"email":"ä@example.com"}""", "email"),
            ("""{"email":"a\u0000@example.com"}""", "email"),
            ($$"""{"email":"{{new string('a', 250)}}@example.com"}""", "email"),
            ("""{"email":17}""", "email"),
            ($$"""{"email":"{{good}}","resetPassword":"yes"}""", "resetPassword"),
            ($$"""{"email":"{{good}}","firstName":"A\u202eB"}""", "firstName"),
            ($$"""{"email":"{{good}}","lastName":"A\u0007B"}""", "lastName"),
            ($$"""{"email":"{{good}}","firstName":"{{new string('x', 257)}}"}""", "firstName"),
            ($$"""{"email":"{{good}}","scopeType":"galaxy","scopeId":"1"}""", "scopeType"),
            ($$"""{"email":"{{good}}","scopeType":"system","scopeId":"system"}""", "scopeType"),
            ($$"""{"email":"{{good}}","scopeType":"cluster"}""", "scopeId"),
            ($$"""{"email":"{{good}}","scopeId":"1"}""", "scopeType"),
            ("[]", "body"),
            ("{", "body"),
            ($$"""{"email":"{{good}}","email":"{{good}}"}""", "email"),
        ];

        foreach (var (body, field) in cases)
        {
            var refused = await world.Admin.SendTextAsync(HttpMethod.Post, "/api/v1/users", body);
            refused.Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field, "the body was {0}", body);
        }

        (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_WithResetPassword_TokenOnlyChangesThePassword(StorageProvider provider)
    {
        var world = await OpenAsync(provider);

        var created = (await world.Admin.PostAsync("/api/v1/users", new { email = world.NewEmail(), resetPassword = true })).Expect(HttpStatusCode.Created);
        var user = await world.SignInAsync(created);

        (await user.GetAsync($"/api/v1/users/{created.Id}")).Expect(HttpStatusCode.Forbidden, "password_change_required");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Disable_EndsSessionsAtOnce_AndEnablingBringsNoneBack(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        var user = await world.SignInAsync(created);
        var path = $"/api/v1/users/{created.Id}";

        var disabled = (await world.Admin.PatchAsync(path, new { enabled = false })).Expect(HttpStatusCode.OK);

        disabled.Json.GetProperty("enabled").GetBoolean().Should().BeFalse();
        disabled.Revision.Should().Be(disabled.Field("revision"));
        (await user.GetAsync(path)).Expect(HttpStatusCode.Unauthorized);
        (await world.TryPasswordAsync(created.Field("username")!, created.Field("tempPassword")!)).Expect(HttpStatusCode.Unauthorized);
        (await world.Admin.PatchAsync(path, new { enabled = true })).Expect(HttpStatusCode.OK).Json.GetProperty("enabled").GetBoolean().Should().BeTrue();
        (await user.GetAsync(path)).Expect(HttpStatusCode.Unauthorized);
        await world.SignInAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Patch_WithoutEnabled_NamesIt(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();

        foreach (var body in new[] { "{}", """{"enabled":null}""", """{"enabled":"true"}""" })
            (await world.Admin.SendTextAsync(HttpMethod.Patch, $"/api/v1/users/{created.Id}", body)).Expect(HttpStatusCode.BadRequest).Details.Should().Be("enabled");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task SignOut_EndsSessionsAtOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        var user = await world.SignInAsync(created);

        var done = (await world.Admin.PostAsync($"/api/v1/users/{created.Id}/logout")).Expect(HttpStatusCode.OK);

        done.Text.Should().Be("{}");
        done.Revision.Should().NotBeNullOrEmpty();
        (await user.GetAsync($"/api/v1/users/{created.Id}")).Expect(HttpStatusCode.Unauthorized);
        await world.SignInAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task ResetPassword_EndsOldPasswordAndSessions_AndMustBeChanged(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        var user = await world.SignInAsync(created);

        var reset = (await world.Admin.PostAsync($"/api/v1/users/{created.Id}/password")).Expect(HttpStatusCode.OK);

        (await user.GetAsync($"/api/v1/users/{created.Id}")).Expect(HttpStatusCode.Unauthorized);
        (await world.TryPasswordAsync(user.Name, created.Field("tempPassword")!)).Expect(HttpStatusCode.Unauthorized);
        var again = await world.SignInAsync(user.Id, user.Name, reset.Field("tempPassword")!);
        (await again.GetAsync($"/api/v1/users/{created.Id}")).Expect(HttpStatusCode.Forbidden, "password_change_required");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task ResetPassword_OfOneself_SignsInAsItIs(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var boss = await world.PersonAsync(World.SystemAdministrator, World.Tenant);

        var reset = (await boss.PostAsync($"/api/v1/users/{boss.Id}/password")).Expect(HttpStatusCode.OK);

        var again = await world.SignInAsync(boss.Id, boss.Name, reset.Field("tempPassword")!);
        (await again.GetAsync($"/api/v1/users/{boss.Id}")).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task ResetPassword_OfPendingUser_Conflicts(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        await world.GrantAsync("user", world.NewEmail(), World.Viewer, World.Tenant);
        var pending = (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Single();

        (await world.Admin.PostAsync($"/api/v1/users/{pending}/password")).Expect(HttpStatusCode.Conflict, "conflict");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Delete_EndsSessionsAndRules_AndTheNextOfThatEmailHasNone(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.PersonAsync(World.Editor, World.Tenant);

        var deleted = (await world.Admin.DeleteAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.NoContent);

        deleted.Text.Should().BeEmpty();
        deleted.Revision.Should().NotBeNullOrEmpty();
        (await user.GetAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.Unauthorized);
        (await world.Admin.GetAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.NotFound, "not_found");
        (await world.Admin.DeleteAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.NotFound);
        (await world.Admin.GetAsync($"/api/v1/users?search={world.Tag}")).Ids.Should().BeEmpty();
        var next = (await world.Admin.PostAsync("/api/v1/users", new { email = user.Name })).Expect(HttpStatusCode.Created);
        next.Id.Should().NotBe(user.Id);
        (await (await world.SignInAsync(next)).GetAsync("/api/v1/users")).Ids.Should().Equal([next.Id], "the deleted user's rule must not come back");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task AnyCall_OnAnotherKindOfId_AnswersAsForARandomOne(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var application = await world.CreateApplicationAsync();
        var user = await world.CreateUserAsync();
        string[] ids =
        [
            Guid.NewGuid().ToString(), application.Id, user.Field("username")!, user.Id.ToUpperInvariant(), $"%20{user.Id}", "-1", "0", "%2F", "all-authenticated-users", "system", new string('9', 400),
        ];

        foreach (var id in ids)
        {
            (await world.Admin.GetAsync($"/api/v1/users/{id}")).Expect(HttpStatusCode.NotFound, "not_found");
            (await world.Admin.PatchAsync($"/api/v1/users/{id}", new { enabled = false })).Expect(HttpStatusCode.NotFound, "not_found");
            (await world.Admin.PostAsync($"/api/v1/users/{id}/password")).Expect(HttpStatusCode.NotFound, "not_found");
            (await world.Admin.PostAsync($"/api/v1/users/{id}/logout")).Expect(HttpStatusCode.NotFound, "not_found");
            (await world.Admin.DeleteAsync($"/api/v1/users/{id}")).Expect(HttpStatusCode.NotFound, "not_found");
        }

        (await world.Admin.GetAsync($"/api/v1/users/{user.Id}")).Expect(HttpStatusCode.OK);
        (await world.Admin.GetAsync($"/api/v1/apps/{application.Id}")).Expect(HttpStatusCode.OK).Json.GetProperty("enabled").GetBoolean().Should().BeTrue();
    }
}
