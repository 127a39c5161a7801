using System.Net;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>A person signs in at a real OpenID provider, in a real browser.</summary>
public sealed class OidcSignInTests(Browser browser)
{
    [Fact]
    public async Task SignIn_RealProvider_GroupsComeAndGoWithIt()
    {
        await using var stage = await OidcStage.OpenAsync(browser);
        await stage.RuleForGroupAsync("research");
        (await stage.MayAsync("ada@example.com")).Should().BeFalse("nobody has signed in yet");

        await stage.SignInAsync("ada");
        await Assertions.Expect(stage.Page.GetByRole(AriaRole.Button, new() { Name = "Account of ada@example.com" })).ToBeVisibleAsync();
        (await stage.MayAsync("ada@example.com")).Should().BeTrue("the provider says that she is in research");

        await stage.Idp.SetGroupsAsync("ada", "sales");
        (await stage.MayAsync("ada@example.com")).Should().BeTrue("the provider has not been asked again");
        await stage.SignInAgainAsync();
        (await stage.MayAsync("ada@example.com")).Should().BeFalse("she is in research no more");

        await stage.Idp.SetGroupsAsync("ada", "research");
        await stage.SignInAgainAsync();
        (await stage.MayAsync("ada@example.com")).Should().BeTrue();
    }

    [Fact]
    public async Task SignIn_ProviderRolledItsKeys_GoesOn()
    {
        await using var stage = await OidcStage.OpenAsync(browser);
        await stage.SignInAsync("ada");
        await stage.Idp.RollKeysAsync();
        // Its sessions are gone with the old keys.
        await stage.SignOutHereAsync();
        await stage.SignInAsync("ada");
    }

    [Fact]
    public async Task SignOut_RealProvider_EndsItsSessionToo()
    {
        await using var stage = await OidcStage.OpenAsync(browser);
        await stage.SignInAsync("bob");

        await stage.Page.GotoAsync("/logout");
        await stage.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await stage.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, sign me out" }).ClickAsync();

        await Assertions.Expect(stage.Page).ToHaveURLAsync(new Regex(@"/logout\?state="));
        await stage.Page.GotoAsync("/login");
        await stage.Continue.ClickAsync();
        await Assertions.Expect(stage.Page.GetByPlaceholder("Enter any login")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task SignIn_ProviderDown_ShowsAPageThatSaysSo()
    {
        await using var stage = await OidcStage.OpenAsync(browser);
        await stage.Idp.DisposeAsync();

        await stage.Page.GotoAsync("/login");
        var answer = await stage.Page.RunAndWaitForResponseAsync(
            () => stage.Continue.ClickAsync(), response => response.Url.Contains("/auth/1/", StringComparison.Ordinal));

        answer.Status.Should().Be((int)HttpStatusCode.ServiceUnavailable);
        await Assertions.Expect(stage.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("cannot be reached");
        await stage.Page.GetByRole(AriaRole.Link, new() { Name = "Back to sign-in" }).ClickAsync();
        await Assertions.Expect(stage.Page.GetByLabel("Password")).ToBeVisibleAsync();
    }

    private sealed class OidcStage() : Stage<OidcServer>("Keyhouse")
    {
        public static Task<OidcStage> OpenAsync(Browser browser) => OpenAsync(new OidcStage(), browser);

        protected override Task<OidcServer> StartProviderAsync() => OidcServer.StartAsync($"{Service.Address}auth/1/keyhouse/callback", $"{Service.Address}logout");

        protected override object Registration() => new
        {
            name = "Keyhouse",
            type = "oidc",
            oidcData = new { clientId = OidcServer.ClientId, clientSecret = OidcServer.ClientSecret, discoverDocumentUrl = Idp.DiscoveryAddress, scopes = new[] { "email", "profile", "groups" } },
            mappers = new { email = "email", groups = "groups" },
        };

        protected override async Task AnswerProviderAsync(string user)
        {
            await Page.GetByPlaceholder("Enter any login").FillAsync(user);
            await Page.GetByPlaceholder("and password").FillAsync("anything");
            await Page.GetByRole(AriaRole.Button, new() { Name = "Sign-in" }).ClickAsync();
        }
    }
}
