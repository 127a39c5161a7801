using System.Net;
using System.Text.RegularExpressions;
using RunAiRbac.AdminUi.Tests.Fixtures;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>A person signs in at a real SAML provider, in a real browser.</summary>
public sealed class SamlSignInTests(Browser browser)
{
    [Fact]
    public async Task SignIn_RealProvider_GroupsComeAndGoWithIt()
    {
        await using var stage = await SamlStage.OpenAsync(browser);
        await stage.RuleForGroupAsync("research");
        (await stage.MayAsync("ada.saml@example.com")).Should().BeFalse("nobody has signed in yet");

        await stage.SignInAsync("ada");
        (await stage.MayAsync("ada.saml@example.com")).Should().BeTrue("the provider says that she is in research");

        await stage.Idp.SetGroupsAsync("ada", "sales");
        await stage.SignInAgainAsync();
        (await stage.MayAsync("ada.saml@example.com")).Should().BeFalse("she is in research no more");
    }

    [Fact]
    public async Task SignIn_ProviderHasANewKey_GoesOn()
    {
        await using var stage = await SamlStage.OpenAsync(browser);
        await stage.SignInAsync("ada");
        await stage.Idp.PublishKeyAsync(1);
        await stage.Idp.SignWithKeyAsync(1);
        await stage.SignInAgainAsync();
    }

    [Fact]
    public async Task SignIn_WrongCertificate_IsRefusedByAPage()
    {
        await using var stage = await SamlStage.OpenAsync(browser);
        await stage.Idp.SignWithKeyAsync(1);

        var answer = await stage.Page.RunAndWaitForResponseAsync(() => stage.AnswerAsync("ada"), response => response.Url.EndsWith("/callback", StringComparison.Ordinal));

        answer.Status.Should().Be((int)HttpStatusCode.BadRequest);
        await Assertions.Expect(stage.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The sign-in could not be completed");
        (await stage.MayAsync("ada.saml@example.com")).Should().BeFalse();
    }

    [Fact]
    public async Task SignOut_RealProvider_EndsItsSessionToo()
    {
        await using var stage = await SamlStage.OpenAsync(browser);
        await stage.SignInAsync("bob");
        await stage.SignInAgainAsync();

        await stage.Page.GotoAsync("/logout");
        await stage.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Assertions.Expect(stage.Page).ToHaveURLAsync(new Regex(@"/login\?signedOut"));
        await stage.Continue.ClickAsync();
        await Assertions.Expect(stage.Page.GetByRole(AriaRole.Heading, new() { Name = "Who are you?" })).ToBeVisibleAsync();
    }

    private sealed class SamlStage() : Stage<SamlServer>("Guild")
    {
        public static Task<SamlStage> OpenAsync(Browser browser) => OpenAsync(new SamlStage(), browser);

        protected override Task<SamlServer> StartProviderAsync() => SamlServer.StartAsync();

        protected override object Registration()
            => new { name = "Guild", type = "saml", samlData = new { metadataXmlType = "url", metadataXmlUrl = Idp.MetadataAddress } };

        protected override Task TellProviderAsync() => Idp.TrustAsync($"{Service.Address}auth/1/guild/metadata");

        protected override Task AnswerProviderAsync(string user) => Page.GetByRole(AriaRole.Button, new() { Name = user }).ClickAsync();
    }
}
