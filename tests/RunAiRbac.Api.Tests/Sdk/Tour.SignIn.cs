using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Sdk;

internal sealed partial class Tour
{
    public async Task IdentityProvidersAsync()
    {
        var idps = Admin.IdentityProviders;
        var provider = new IdentityProviderRequest
        {
            Name = NewName("idp"),
            Type = "oidc",
            OidcData = new OidcCreationData { ClientId = "rbac", ClientSecret = "s3cret", DiscoverDocumentUrl = "https://idp.example.com/.well-known/openid-configuration", Scopes = ["email"] },
        };
        var alias = Good(await idps.CreateAsync(provider, Cancel)).Alias;
        var read = await idps.GetAsync(alias, Cancel);
        read.OidcData!.ClientSecret.Should().Be("*******");
        (await idps.ListAsync(Cancel)).Should().Contain(p => p.Alias == alias);
        Good(await idps.UpdateAsync(alias, provider with { OidcData = provider.OidcData with { ClientSecret = "*******", Scopes = ["groups"] } }, Cancel));
        (await idps.GetAsync(alias, Cancel)).OidcData!.Scopes.Should().Contain("groups");
        // Nobody is there: what the test finds is another test's.
        var elsewhere = provider with { OidcData = provider.OidcData with { DiscoverDocumentUrl = "http://127.0.0.1:1/" } };
        (await idps.TestAsync(alias, elsewhere, Cancel)).Checks.Should().Contain(c => c.Name == "discovery_document" && c.Status == "failed");
        (await idps.TestNewAsync(elsewhere, Cancel)).TraceId.Should().NotBeEmpty();
        Good(await idps.UpdateMappersAsync(alias, new Mappers { Email = "mail" }, Cancel));
        (await idps.GetMappersAsync(alias, Cancel)).Email.Should().Be("mail");
        Good(await idps.DeleteAsync(alias, Cancel));
        await NotFoundAsync(() => idps.GetAsync(alias, Cancel));
    }

    public async Task SecuritySettingsAsync()
    {
        var settings = Admin.SecuritySettings;
        Good(await settings.UpdateAsync("browserSessionTimeout", new SecuritySettingUpdate { IdleTimeout = 90 }, Cancel));
        (await settings.GetAsync("browserSessionTimeout", Cancel))["idleTimeout"].GetDouble().Should().Be(90);
        (await settings.GetAllAsync(Cancel)).BrowserSessionTimeout.IdleTimeout.Should().Be(90);
        await NotFoundAsync(() => settings.GetAsync("nothing", Cancel));
    }
}
