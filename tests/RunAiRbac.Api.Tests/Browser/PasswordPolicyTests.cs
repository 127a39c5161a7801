using System.Net;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Browser;

public sealed class PasswordPolicyTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory]
    [InlineData("elevenchars")]
    [InlineData("password1234")]
    [InlineData("PassWord1234")]
    [InlineData("PASSWORDPASSWORD")]
    [InlineData("qwertyuiop123")]
    [InlineData("Welcome12345")]
    [InlineData("123456789012")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("iloveyou2024")]
    [InlineData("administrator!")]
    [InlineData("September@2024")]
    [InlineData("kubernetes123")]
    [InlineData("correcthorsebatterystaple")]
    [InlineData("ada.lovelace@example.com")]
    [InlineData("ADA.LOVELACE@EXAMPLE.COM1")]
    [InlineData("ada.lovelace1234")]
    [InlineData("Lovelace!2026")]
    [InlineData("lovelacelovelace")]
    public void Password_CommonShortOrOnesOwn_IsRefused(string password)
        => PasswordPolicy.WhyRefused(password, "ada.lovelace@example.com", "Ada", "Lovelace").Should().NotBeNull();

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("twelve chars")]
    [InlineData("lovelace writes programs")]
    [InlineData("aaaaaaaaaaab")]
    [InlineData("ÄÖÜ äöü ÄÖÜ!")]
    [InlineData("summer in the city")]
    public void Password_LongAndUncommon_NeedsNoOtherCharacters(string password)
        => PasswordPolicy.WhyRefused(password, "ada.lovelace@example.com", "Ada", "Lovelace").Should().BeNull();

    [Fact]
    public void Password_OfTheMachine_IsNeverRefused()
    {
        PasswordPolicy.CommonCount.Should().BeGreaterThan(5000);
        for (var i = 0; i < 1000; i++) PasswordPolicy.WhyRefused(Passwords.NewTemporary(), "a@b.example").Should().BeNull();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task EveryPath_ThatSetsAChosenPassword_AsksThePolicy(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        await world.GrantAsync("user", ApiHost.AdminEmail, World.PlatformAdministrator, World.System).ContinueWith(_ => { }, TaskScheduler.Default);
        var created = await world.CreateUserAsync();
        var person = await world.SignInAsync(created);
        var email = created.Field("username")!;
        foreach (var bad in new[] { "elevenchars", "password1234", email, new string('x', 257) })
        {
            (await person.PostAsync("/api/v1/me/password", new { currentPassword = created.Field("tempPassword"), newPassword = bad })).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("newPassword");
            (await world.Admin.PostAsync("/api/v1/tenants", new { name = "n" + world.Tag, email, password = bad })).Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("password");
        }
    }
}
