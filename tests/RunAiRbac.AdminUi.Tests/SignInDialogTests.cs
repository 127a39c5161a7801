using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RunAiRbac.AdminUi.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace RunAiRbac.AdminUi.Tests;

/// <summary>The dialogs about how people sign in and which groups they have: accessible in both colour schemes, and never wider than a phone.</summary>
public sealed class SignInDialogTests(Browser browser, DemoService demo) : IClassFixture<DemoService>
{
    private const int L2Researcher = 8;

    [Fact]
    public async Task Provider_Tested_IsReadableByEverybody()
    {
        var name = $"Guild {Guid.NewGuid().ToString("N")[..6]}";
        await DemoService.PostAsync(demo.Admin, "/api/v1/idps", new { name, type = "saml", samlData = new { metadataXmlType = "file", metadataXmlFile = Metadata(), fileName = "guild.xml" } });
        await EverywhereAsync("/settings", async page =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Test " + name }).ClickAsync();
            var found = page.GetByRole(AriaRole.Region, new() { Name = "Result of the test" });
            foreach (var status in new[] { "Passed", "Warning", "Not checked" }) await found.GetByRole(AriaRole.Img, new() { Name = status, Exact = true }).First.WaitForAsync();
        });
    }

    [Fact]
    public async Task ProviderThatIsNotThere_Tested_IsReadableByEverybody()
    {
        var name = $"Away {Guid.NewGuid().ToString("N")[..6]}";
        await DemoService.PostAsync(demo.Admin, "/api/v1/idps", new { name, type = "oidc", oidcData = new { clientId = "a", clientSecret = "b", discoverDocumentUrl = "http://127.0.0.1:1/" } });
        await EverywhereAsync("/settings", async page =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Test " + name }).ClickAsync();
            await page.GetByRole(AriaRole.Img, new() { Name = "Failed", Exact = true }).WaitForAsync();
        });
    }

    [Fact]
    public async Task DirectoryGroups_BeingEdited_AreReadableByEverybody()
    {
        var group = $"a-group-with-a-long-name-{Guid.NewGuid():N}";
        await demo.NewRuleAsync("group", group, L2Researcher, await demo.ScopeAsync("department", "vision"));
        var person = await demo.NewUserAsync();
        var id = (await DemoService.GetAsync(demo.Admin, "/api/v1/users?search=" + person.Email))[0].GetProperty("id").GetString();
        await EverywhereAsync($"/users/{id}?tab=groups", async page =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Edit directory groups" }).ClickAsync();
            await page.GetByRole(AriaRole.Combobox, new() { Name = "Directory groups" }).FillAsync(group);
            await page.GetByRole(AriaRole.Combobox, new() { Name = "Directory groups" }).PressAsync("Enter");
            await page.GetByRole(AriaRole.Heading, new() { Name = "Gains" }).WaitForAsync();
        });
    }

    /// <summary>Wide and light, narrow and dark.</summary>
    private async Task EverywhereAsync(string address, Func<IPage, Task> openAsync)
    {
        foreach (var (colors, width) in new[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 390) })
        {
            await using var admin = await Person.SignInAsync(browser, demo.Service, Service.AdminEmail, Service.AdminPassword, width, colors: colors);
            await admin.OpenAsync(address);
            await openAsync(admin.Page);
            await admin.SettleAsync();
            await Expect(admin.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();

            (await QualityTests.ViolationsAsync(admin.Page)).Should().BeEmpty("in {0}", colors);
            (await admin.Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth - window.innerWidth")).Should().BeLessThanOrEqualTo(0, "it fits into {0} px", width);
            (await admin.Page.GetByRole(AriaRole.Dialog).EvaluateAsync<int>("d => { const s = d.querySelector('.mantine-Modal-body') ?? d; return s.scrollWidth - s.clientWidth; }")).Should().BeLessThanOrEqualTo(0, "the dialog fits too");
        }
    }

    /// <summary>Of a provider whose one certificate has expired.</summary>
    private static string Metadata()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(
            $"""
            <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://idp.example.com/entity">
              <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
                <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{Convert.ToBase64String(certificate.RawData)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
                <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/>
              </md:IDPSSODescriptor>
            </md:EntityDescriptor>
            """));
    }
}
