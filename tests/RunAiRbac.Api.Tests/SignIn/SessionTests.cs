using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class SessionTests(ApiHosts hosts, PostgresFixture postgres) : ApiTests(hosts)
{
    private const string Next = "a longer new password";

    [Theory, MemberData(nameof(Providers))]
    public async Task PasswordChange_Right_EndsEverySessionAndTheNewPasswordWorks(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        var (email, password) = (created.Field("username")!, created.Field("tempPassword")!);
        var (one, two) = (await world.SignInAsync(created), await world.SignInAsync(created));

        var changed = (await one.PostAsync("/api/v1/me/password", new { currentPassword = password, newPassword = Next })).Expect(HttpStatusCode.OK);

        changed.Text.Should().Be("{}");
        changed.Revision.Should().NotBeNullOrEmpty();
        (await one.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        (await two.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        (await world.TryPasswordAsync(email, password)).Expect(HttpStatusCode.Unauthorized);
        var again = await world.SignInAsync(created.Id, email, Next);
        (await again.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").GetArrayLength().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task PasswordChange_Wrong_SaysWhichFieldAndChangesNothing(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        var password = created.Field("tempPassword")!;
        var person = await world.SignInAsync(created);

        foreach (var (body, field) in new (object, string)[]
        {
            (new { newPassword = Next }, "currentPassword"),
            (new { currentPassword = password }, "newPassword"),
            (new { currentPassword = "wrong", newPassword = Next }, "currentPassword"),
            (new { currentPassword = new string('x', 300), newPassword = Next }, "currentPassword"),
            (new { currentPassword = password, newPassword = "1234567" }, "newPassword"),
            (new { currentPassword = password, newPassword = new string('x', 257) }, "newPassword"),
            (new { currentPassword = password, newPassword = password }, "newPassword"),
        })
        {
            (await person.PostAsync("/api/v1/me/password", body)).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be(field);
        }

        await world.SignInAsync(created);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task PasswordChange_ByAnApplication_IsForbidden(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var application = await world.SignInApplicationAsync(await world.CreateApplicationAsync());

        (await application.PostAsync("/api/v1/me/password", new { currentPassword = "whatever", newPassword = Next })).Expect(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task TemporaryPassword_ThatMustBeChanged_IsGoodForNothingElse(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var email = world.NewEmail();
        var created = (await world.Admin.PostAsync("/api/v1/users", new { email, resetPassword = true })).Expect(HttpStatusCode.Created);
        await world.GrantAsync("user", email, World.SystemAdministrator, World.Tenant);
        var password = created.Field("tempPassword")!;
        var tokens = (await world.TryPasswordAsync(email, password)).Expect(HttpStatusCode.OK);
        var person = await world.SignInAsync(created);

        tokens.Field("refreshToken").Should().BeNull();
        (await person.GetAsync("/api/v1/users")).Expect(HttpStatusCode.Forbidden, "password_change_required");
        (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Forbidden, "password_change_required");
        (await person.CheckAsync("users", "read", World.Tenant)).Expect(HttpStatusCode.Forbidden, "password_change_required");
        (await person.DeleteAsync($"/api/v1/me/sessions/{Guid.NewGuid()}")).Expect(HttpStatusCode.Forbidden, "password_change_required");
        (await person.PostAsync("/api/v1/me/password", new { currentPassword = password, newPassword = Next })).Expect(HttpStatusCode.OK);
        (await (await world.SignInAsync(created.Id, email, Next)).GetAsync("/api/v1/users")).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Sessions_EndedOne_IsDeadAndTheOthersLive(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateUserAsync();
        var (one, two) = (await world.SignInAsync(created), await world.SignInAsync(created));
        var stranger = await world.SignInAsync(await world.CreateUserAsync());
        var listed = (await one.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").EnumerateArray().ToList();
        var other = listed.Single(session => !session.GetProperty("current").GetBoolean()).GetProperty("id").GetString();

        listed.Should().HaveCount(2);
        (await stranger.DeleteAsync("/api/v1/me/sessions/" + other)).Expect(HttpStatusCode.NotFound, "not_found");
        (await one.DeleteAsync("/api/v1/me/sessions/" + other)).Expect(HttpStatusCode.NoContent).Revision.Should().NotBeNullOrEmpty();
        (await two.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        (await one.DeleteAsync("/api/v1/me/sessions/" + other)).Expect(HttpStatusCode.NotFound);
        (await one.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK).Json.GetProperty("sessions").GetArrayLength().Should().Be(1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task DisabledOrDeleted_WithACachedToken_IsUnauthorizedAtOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (first, second) = (await world.CreateApplicationAsync(), await world.CreateApplicationAsync());
        var (disabled, deleted) = (await world.SignInApplicationAsync(first), await world.SignInApplicationAsync(second));
        (await disabled.MayAsync("users", "read", World.Tenant)).Should().BeFalse();
        (await deleted.MayAsync("users", "read", World.Tenant)).Should().BeFalse();

        (await world.Admin.PatchAsync($"/api/v1/apps/{first.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);
        (await world.Admin.DeleteAsync($"/api/v1/apps/{second.Id}")).Expect(HttpStatusCode.NoContent);

        (await disabled.CheckAsync("users", "read", World.Tenant)).Expect(HttpStatusCode.Unauthorized);
        (await deleted.CheckAsync("users", "read", World.Tenant)).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Replicas_ShareKeysSessionsAndTheirEnd()
    {
        await using var one = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var two = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = one }, postgres);
        var world = await World.OpenAsync(one);
        var created = await world.CreateUserAsync();

        // Made on the one and at once signed in on the other, whatever that one has heard so far.
        var tokens = await two.TokenAsync(new { grantType = "password", username = created.Field("username"), password = created.Field("tempPassword") });
        var onOne = new Person(one.Http, created.Id, "", tokens.GetProperty("accessToken").GetString()!);
        var onTwo = new Person(two.Http, created.Id, "", tokens.GetProperty("accessToken").GetString()!);
        (await onOne.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);
        (await onTwo.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);

        (await world.Admin.PostAsync($"/api/v1/users/{created.Id}/logout")).Expect(HttpStatusCode.OK);

        (await onOne.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while ((await onTwo.GetAsync("/api/v1/me/sessions")).Status != HttpStatusCode.Unauthorized)
        {
            DateTime.UtcNow.Should().BeBefore(deadline, "the feed brings the end of the session");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
