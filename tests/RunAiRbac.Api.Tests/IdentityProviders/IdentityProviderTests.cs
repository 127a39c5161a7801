using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.IdentityProviders;

public sealed class IdentityProviderTests(ApiHosts hosts) : ApiTests(hosts)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_OfEachType_IsServedAsTheSheetSays(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        foreach (var body in new[] { Idps.Oidc(null), Idps.SamlFile(null, Idps.Metadata()), Idps.OpenShift(null) })
        {
            var created = (await tenant.Admin.PostAsync(Idps.Path, body)).Expect(HttpStatusCode.Created);
            created.Revision.Should().NotBeNullOrEmpty();
            created.Json.EnumerateObject().Select(x => x.Name).Should().Equal("alias");
        }

        var all = (await tenant.Admin.GetAsync(Idps.Path)).Expect(HttpStatusCode.OK).Json.EnumerateArray().ToList();
        all.Select(x => x.GetProperty("alias").GetString()).Should().Equal("oidc", "openshift-v4", "saml");
        foreach (var idp in all)
        {
            var alias = idp.GetProperty("alias").GetString();
            idp.GetProperty("type").GetString().Should().Be(alias);
            idp.GetProperty("redirectUri").GetString().Should().Be($"{ApiHost.Issuer}/auth/{tenant.ScopeId}/{alias}/callback");
            (await tenant.Admin.GetAsync($"{Idps.Path}/{alias}")).Expect(HttpStatusCode.OK).Text.Should().Be(idp.GetRawText());
        }

        Json(all[0].GetProperty("oidcData")).Should().Be(
            """{"clientId":"runai","clientSecret":"*******","discoverDocumentUrl":"https://idp.example.com/.well-known/openid-configuration","scopes":["profile","a:b c.d"],"mandatoryClaim":{"claim":"department","values":["research"]}}""");
        Json(all[1].GetProperty("ocpData")).Should().Be("""{"idpBaseUrl":"https://api.example.com:6443","clientId":"runai","clientSecret":"*******","scopes":["user:full"]}""");
        Json(all[0].GetProperty("mappers")).Should().Be("""{"gid":"GID","uid":"UID","groups":"GROUPS","supplementaryGroups":"SUPPLEMENTARYGROUPS","email":"email","firstName":"firstName","lastName":"lastName"}""");
        Json(all[1].GetProperty("mappers")).Should().Be("""{"gid":"metadata.gid","uid":"metadata.uid","groups":"groups","supplementaryGroups":"supplementarygroups","email":"metadata.name","firstName":"firstName","lastName":"lastName"}""");
        var own = $"{ApiHost.Issuer}/auth/{tenant.ScopeId}/saml/metadata";
        JsonSerializer.Deserialize<Dictionary<string, string>>(all[2].GetProperty("samlData")).Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["signingCertificate"] = Idps.Certificate,
            ["singleSignOnServiceUrl"] = "https://idp.example.com/redirect",
            ["idpEntityId"] = "https://idp.example.com/entity",
            ["entityId"] = own,
            ["serviceProviderMetadataUrl"] = own,
            ["metadataXmlType"] = "file",
            ["fileName"] = "idp.xml",
        });
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Create_SamlByAddress_IsStoredAndNotFetched(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        // Nobody listens there: a fetch would fail.
        var body = new { type = "saml", samlData = new { metadataXmlUrl = "http://127.0.0.1:1/metadata", entityId = "urn:us" } };

        var path = await tenant.Admin.CreateAsync(body);

        var data = (await tenant.Admin.GetAsync(path)).Json.GetProperty("samlData");
        data.GetProperty("metadataXmlUrl").GetString().Should().Be("http://127.0.0.1:1/metadata");
        data.GetProperty("entityId").GetString().Should().Be("urn:us");
        data.TryGetProperty("signingCertificate", out _).Should().BeFalse();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Alias_FromTheName_IsUniqueInItsTenantAndHoldsNoUnderscore(StorageProvider provider)
    {
        var (tenant, other) = (await TenantAsync(provider), await TenantAsync(provider));
        foreach (var (name, alias) in new[] { ("okta", "okta"), ("My_Idp  (EU)", "my-idp-eu"), ("__x__", "x"), ("Großer 2", "gro-er-2") })
        {
            (await tenant.Admin.PostAsync(Idps.Path, Idps.Oidc(name))).Expect(HttpStatusCode.Created).Field("alias").Should().Be(alias);
            (await tenant.Admin.GetAsync($"{Idps.Path}/{alias}")).Expect(HttpStatusCode.OK).Field("name").Should().Be(name);
            (await tenant.Admin.PostAsync(Idps.Path, Idps.OpenShift(alias))).Expect(HttpStatusCode.Conflict, "already_exists");
            (await other.Admin.GetAsync($"{Idps.Path}/{alias}")).Expect(HttpStatusCode.NotFound, "not_found");
        }

        // Some clients exchange `_` and `-`.
        (await tenant.Admin.GetAsync($"{Idps.Path}/my_idp_eu")).Expect(HttpStatusCode.OK).Field("alias").Should().Be("my-idp-eu");
        (await other.Admin.PostAsync(Idps.Path, Idps.Oidc("okta"))).Expect(HttpStatusCode.Created);
        foreach (var reserved in new[] { "local", "Directory", "!!!", "é", new string('a', 129) })
            (await tenant.Admin.PostAsync(Idps.Path, Idps.Oidc(reserved))).Expect(HttpStatusCode.BadRequest).Details.Should().Be("name");
        foreach (var unknown in new[] { "Okta", "OKTA", "okta%20", "okta.", "nothing", "*", new string('a', 300) })
            (await tenant.Admin.GetAsync($"{Idps.Path}/{unknown}")).Expect(HttpStatusCode.NotFound, "not_found");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Trust_ByDefault_IsTheFirstProvidersAlone(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        var first = await tenant.Admin.CreateAsync(Idps.Oidc("first"));
        var later = await tenant.Admin.CreateAsync(Idps.Oidc("later"));
        var told = await tenant.Admin.CreateAsync(Idps.Oidc("told", domains: ["Example.COM", "münchen.example", "example.com"], trusted: true));

        (await TrustAsync(tenant, first)).Should().Be("* True");
        (await TrustAsync(tenant, later)).Should().Be(" False");
        (await TrustAsync(tenant, told)).Should().Be("example.com,xn--mnchen-3ya.example True");

        (await tenant.Admin.PutAsync(told, Idps.Oidc(null))).Expect(HttpStatusCode.OK);
        (await TrustAsync(tenant, told)).Should().Be("example.com,xn--mnchen-3ya.example True");
        (await tenant.Admin.PutAsync(told, new { type = "oidc", trustedEmailDomains = Array.Empty<string>(), groupsTrusted = false })).Expect(HttpStatusCode.OK);
        (await TrustAsync(tenant, told)).Should().Be(" False");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Secret_IsEncryptedMaskedAndKeptWhenTheMaskComesBack(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        foreach (var make in new Func<string?, string, object>[] { (name, secret) => Idps.Oidc(name, secret), Idps.OpenShift })
        {
            var name = ApiHost.NewName("idp");
            var path = await tenant.Admin.CreateAsync(make(name, "first secret"));
            (await SecretAsync(tenant, name)).Should().Be("first secret");

            (await tenant.Admin.PutAsync(path, make(null, Idps.Mask))).Expect(HttpStatusCode.OK).Text.Should().Be("{}");
            (await SecretAsync(tenant, name)).Should().Be("first secret");
            (await tenant.Admin.PutAsync(path, make(null, "second secret"))).Expect(HttpStatusCode.OK);
            (await SecretAsync(tenant, name)).Should().Be("second secret");
            (await tenant.Admin.GetAsync(path)).Text.Should().NotContain("second secret").And.Contain(Idps.Mask);
            (await tenant.Admin.PostAsync(Idps.Path, make(name + "2", Idps.Mask))).Expect(HttpStatusCode.BadRequest).Details.Should().EndWith(".clientSecret");
        }

        await using var db = await tenant.Store.OpenAsync(Cancel);
        var changes = await db.Changes.Where(x => x.TenantId == tenant.Id).Select(x => x.Changes).ToListAsync(Cancel);
        var rows = await db.IdentityProviders.Where(x => x.TenantId == tenant.Id).ToListAsync(Cancel);
        var events = await db.AuditEvents.Where(x => x.TenantId == tenant.Id).ToListAsync(Cancel);
        rows.Should().NotBeEmpty();
        events.Should().Contain(x => x.EntityType == "identity-provider");
        string.Concat(changes.Concat(rows.Select(JsonRow)).Concat(events.Select(JsonRow))).Should().NotContain("first secret").And.NotContain("second secret");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Update_ReplacesWhatIsGivenAndKeepsTypeAndAlias(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        var path = await tenant.Admin.CreateAsync(Idps.Oidc("okta"));

        (await tenant.Admin.PutAsync(path, new
        {
            name = "Okta EU",
            type = "oidc",
            oidcData = new { clientId = "other", clientSecret = Idps.Mask, discoverDocumentUrl = "idp2.example.com/x" },
            mappers = new { email = "mail" },
            samlData = new { metadataXmlUrl = "nonsense of another type" },
        })).Expect(HttpStatusCode.OK).Revision.Should().NotBeNullOrEmpty();

        var now = (await tenant.Admin.GetAsync(path)).Expect(HttpStatusCode.OK);
        now.Field("alias").Should().Be("okta");
        now.Field("name").Should().Be("Okta EU");
        Json(now.Json.GetProperty("oidcData")).Should().Be("""{"clientId":"other","clientSecret":"*******","discoverDocumentUrl":"https://idp2.example.com/x","scopes":[]}""");
        now.Json.GetProperty("mappers").GetProperty("email").GetString().Should().Be("mail");
        now.Json.GetProperty("mappers").GetProperty("gid").GetString().Should().Be("GID");
        (await tenant.Admin.PutAsync(path, Idps.OpenShift(null))).Expect(HttpStatusCode.BadRequest).Details.Should().Be("type");
        (await tenant.Admin.PutAsync($"{Idps.Path}/nothing", Idps.Oidc(null))).Expect(HttpStatusCode.NotFound, "not_found");
        (await tenant.Admin.GetAsync(path)).Text.Should().Be(now.Text);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Mappers_AreReadAndChangedOnTheirOwn(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        var path = await tenant.Admin.CreateAsync(Idps.SamlUrl("saml"));

        var changed = (await tenant.Admin.PutAsync(path + "/mappers", new { groups = "memberOf", uid = "", email = (string?)null })).Expect(HttpStatusCode.Accepted);

        changed.Text.Should().Be("{}");
        changed.Revision.Should().NotBeNullOrEmpty();
        Json((await tenant.Admin.GetAsync(path + "/mappers")).Expect(HttpStatusCode.OK).Json).Should().Be(
            """{"gid":"GID","uid":"","groups":"memberOf","supplementaryGroups":"SUPPLEMENTARYGROUPS","email":"email","firstName":"firstName","lastName":"lastName"}""");
        (await tenant.Admin.PutAsync(path + "/mappers", new { email = "" })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("email");
        (await tenant.Admin.PutAsync(path + "/mappers", new { gid = "a\u202eb" })).Expect(HttpStatusCode.BadRequest).Details.Should().Be("gid");
        foreach (var reply in new[] { await tenant.Admin.GetAsync(Idps.Path + "/nothing/mappers"), await tenant.Admin.PutAsync(Idps.Path + "/nothing/mappers", new { }) })
            reply.Expect(HttpStatusCode.NotFound, "not_found");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Delete_EndsGroupsMembershipsAndIdentities_AndTheAliasRevivesNothing(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        var ann = await tenant.PersonAsync("ann@example.com");
        await tenant.GrantAsync("group", "ops", World.Viewer, tenant.Scope);
        var path = await tenant.Admin.CreateAsync(Idps.Oidc("okta"));
        (await tenant.Admin.PutAsync("/api/v1/security/settings/autoRedirectSSO", new { enabled = true, idpAlias = "okta" })).Expect(HttpStatusCode.OK);
        await tenant.WriteAsync(async write =>
        {
            await write.SetGroupsAsync(ann.Id, "okta", ["ops"], Cancel);
            write.AddIdentity(ann.Id, "okta", "00u1");
            return true;
        });
        (await ann.MayAsync("cluster", "read", tenant.Scope)).Should().BeTrue();
        var before = tenant.Store.Current(tenant.Id)!.Snapshot.Revision;

        var deleted = (await tenant.Admin.DeleteAsync(path)).Expect(HttpStatusCode.OK);

        deleted.Text.Should().Be("{}");
        tenant.Store.Current(tenant.Id)!.Snapshot.Revision.Should().Be(before + 1);
        (await ann.MayAsync("cluster", "read", tenant.Scope)).Should().BeFalse();
        (await tenant.Admin.GetAsync(path)).Expect(HttpStatusCode.NotFound);
        (await tenant.Admin.DeleteAsync(path)).Expect(HttpStatusCode.NotFound, "not_found");
        Json((await tenant.Admin.GetAsync("/api/v1/security/settings/autoRedirectSSO")).Json).Should().Be("""{"enabled":false,"idpAlias":null}""");

        (await tenant.Admin.CreateAsync(Idps.Oidc("okta"))).Should().Be(path);
        (await ann.MayAsync("cluster", "read", tenant.Scope)).Should().BeFalse();
        await using var db = await tenant.Store.OpenAsync(Cancel);
        (await db.Identities.SingleAsync(x => x.TenantId == tenant.Id && x.Provider == "okta", Cancel)).DeletedAt.Should().NotBeNull();
        (await db.Groups.SingleAsync(x => x.TenantId == tenant.Id && x.Source == "okta", Cancel)).DeletedAt.Should().NotBeNull();
        (await db.Memberships.SingleAsync(x => x.TenantId == tenant.Id && x.UserId == ann.Id, Cancel)).EndedRevision.Should().Be(before + 1);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Groups_OfASource_CountWhileItIsTrusted(StorageProvider provider)
    {
        var tenant = await TenantAsync(provider);
        var ann = await tenant.PersonAsync("ann@example.com");
        await tenant.GrantAsync("group", "ops", World.Viewer, tenant.Scope);
        await tenant.Admin.CreateAsync(Idps.Oidc("first"));
        var path = await tenant.Admin.CreateAsync(Idps.Oidc("second"));
        await tenant.WriteAsync(async write =>
        {
            await write.SetGroupsAsync(ann.Id, "second", ["ops"], Cancel);
            await write.SetGroupsAsync(ann.Id, "no-provider", ["ops"], Cancel);
            return true;
        });
        (await ann.MayAsync("cluster", "read", tenant.Scope)).Should().BeFalse("the second provider is not trusted by itself");

        foreach (var trusted in new[] { true, false, true })
        {
            (await tenant.Admin.PutAsync(path, new { type = "oidc", groupsTrusted = trusted })).Expect(HttpStatusCode.OK);
            (await ann.MayAsync("cluster", "read", tenant.Scope)).Should().Be(trusted);
        }

        await tenant.WriteAsync(async write =>
        {
            await write.SetGroupsAsync(ann.Id, "second", [], Cancel);
            return true;
        });
        (await ann.MayAsync("cluster", "read", tenant.Scope)).Should().BeFalse();
    }

    private static async Task<string> TrustAsync(OwnTenant tenant, string path)
    {
        var idp = (await tenant.Admin.GetAsync(path)).Expect(HttpStatusCode.OK).Json;
        return $"{string.Join(',', idp.GetProperty("trustedEmailDomains").EnumerateArray().Select(x => x.GetString()))} {idp.GetProperty("groupsTrusted").GetBoolean()}";
    }

    /// <summary>What the row keeps, decrypted as sign-in will.</summary>
    private static async Task<string> SecretAsync(OwnTenant tenant, string alias)
    {
        await using var db = await tenant.Store.OpenAsync(Cancel);
        var row = await db.IdentityProviders.SingleAsync(x => x.TenantId == tenant.Id && x.Alias == alias, Cancel);
        return tenant.Host.Services.GetRequiredService<IDataProtectionProvider>()
            .CreateProtector("RunAiRbac.IdentityProviders.v1", tenant.Id.ToString(CultureInfo.InvariantCulture)).Unprotect(row.ProtectedSecret!);
    }

    private static string JsonRow<TRow>(TRow row) => JsonSerializer.Serialize(row);

    private static string Json(JsonElement json) => json.GetRawText();

    private async Task<OwnTenant> TenantAsync(StorageProvider provider) => await OwnTenant.CreateAsync(await Hosts.GetAsync(provider));
}
