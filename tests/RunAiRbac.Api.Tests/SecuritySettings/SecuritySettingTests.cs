using System.Net;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SecuritySettings;

public sealed class SecuritySettingTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Settings = "/api/v1/security/settings";
    private const string Defaults = """{"autoRedirectSSO":{"enabled":false,"idpAlias":null},"browserSessionTimeout":{"idleTimeout":60},"logoutRedirectUri":{"uri":null}}""";

    [Theory, MemberData(nameof(Providers))]
    public async Task Settings_SetOneByOne_AreServedTogetherAndAlone(StorageProvider provider)
    {
        var tenant = await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
        (await tenant.Admin.GetAsync(Settings)).Expect(HttpStatusCode.OK).Text.Should().Be(Defaults);
        await tenant.Admin.CreateAsync(Idps.Oidc("okta-eu"));

        foreach (var (key, body, alone) in new (string, object, string)[]
        {
            ("autoRedirectSSO", new { enabled = true, idpAlias = "okta_eu" }, """{"enabled":true,"idpAlias":"okta-eu"}"""),
            ("browserSessionTimeout", new { idleTimeout = 10_080 }, """{"idleTimeout":10080}"""),
            ("browserSessionTimeout", new { idleTimeout = 0 }, """{"idleTimeout":0}"""),
            ("browserSessionTimeout", new { idleTimeout = 1.5 }, """{"idleTimeout":1.5}"""),
            ("logoutRedirectUri", new { uri = "www.example.com/bye" }, """{"uri":"https://www.example.com/bye"}"""),
        })
        {
            var put = (await tenant.Admin.PutAsync($"{Settings}/{key}", body)).Expect(HttpStatusCode.OK);
            put.Text.Should().Be("{}");
            put.Revision.Should().NotBeNullOrEmpty();
            (await tenant.Admin.GetAsync($"{Settings}/{key}")).Expect(HttpStatusCode.OK).Text.Should().Be(alone);
            (await tenant.Admin.GetAsync(Settings)).Text.Should().Contain($"\"{key}\":{alone}");
        }

        (await tenant.Admin.PutAsync(Settings + "/autoRedirectSSO", new { enabled = false, idpAlias = "" })).Expect(HttpStatusCode.OK);
        (await tenant.Admin.PutAsync(Settings + "/browserSessionTimeout", new { idleTimeout = (int?)null })).Expect(HttpStatusCode.OK);
        (await tenant.Admin.PutAsync(Settings + "/logoutRedirectUri", new { uri = "" })).Expect(HttpStatusCode.OK);
        (await tenant.Admin.GetAsync(Settings)).Text.Should().Be(Defaults);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Settings_UnknownOrOdd_AreRefusedAndKept(StorageProvider provider)
    {
        var (tenant, other) = (await OwnTenant.CreateAsync(await Hosts.GetAsync(provider)), await OwnTenant.CreateAsync(await Hosts.GetAsync(provider)));
        await other.Admin.CreateAsync(Idps.Oidc("okta"));
        foreach (var key in new[] { "nothing", "AutoRedirectSSO", "autoRedirectSSO%20", "excludeGroupsFromTokens" })
        {
            (await tenant.Admin.GetAsync($"{Settings}/{key}")).Expect(HttpStatusCode.NotFound, "not_found");
            (await tenant.Admin.PutAsync($"{Settings}/{key}", new { enabled = true })).Expect(HttpStatusCode.NotFound, "not_found");
        }

        foreach (var (key, body, field) in new[]
        {
            ("autoRedirectSSO", """{"enabled":true}""", "idpAlias"), ("autoRedirectSSO", """{"enabled":true,"idpAlias":"okta"}""", "idpAlias"), ("autoRedirectSSO", """{"enabled":false,"idpAlias":"okta"}""", "idpAlias"),
            ("autoRedirectSSO", """{"enabled":true,"idpAlias":"OKTA"}""", "idpAlias"), ("autoRedirectSSO", """{"enabled":"true"}""", "enabled"), ("autoRedirectSSO", """{"uri":"https://example.com"}""", "uri"),
            ("browserSessionTimeout", """{"idleTimeout":-1}""", "idleTimeout"), ("browserSessionTimeout", """{"idleTimeout":10081}""", "idleTimeout"), ("browserSessionTimeout", """{"idleTimeout":1e999}""", "idleTimeout"),
            ("browserSessionTimeout", """{"idleTimeout":"5"}""", "idleTimeout"), ("browserSessionTimeout", """{"idleTimeout":5,"enabled":true}""", "enabled"),
            ("logoutRedirectUri", """{"uri":"javascript:alert(1)"}""", "uri"), ("logoutRedirectUri", """{"uri":"https://a@b.example"}""", "uri"), ("logoutRedirectUri", """{"uri":"//evil.example"}""", "uri"),
            ("logoutRedirectUri", """{"uri":"https://example.com/\n"}""", "uri"), ("logoutRedirectUri", """{"uri":"/local"}""", "uri"), ("logoutRedirectUri", """{"idleTimeout":5}""", "idleTimeout"),
        })
        {
            var refused = (await tenant.Admin.SendTextAsync(HttpMethod.Put, $"{Settings}/{key}", body)).Expect(HttpStatusCode.BadRequest, "invalid_request");
            refused.Details.Should().Be(field, "of {0}", body);
        }

        (await tenant.Admin.GetAsync(Settings)).Text.Should().Be(Defaults);
        (await tenant.Admin.SendTextAsync(HttpMethod.Put, Settings + "/logoutRedirectUri", """{"uri":"http://intranet.example/bye"}""")).Expect(HttpStatusCode.OK);
    }
}
