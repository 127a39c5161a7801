using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class OAuthEndpointTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Token_EachGrant_AnswersAsRfc6749(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var (user, application) = (await world.CreateUserAsync(), await world.CreateApplicationAsync());
        var (name, secret) = (application.Field("name")!, application.Field("secret")!);

        var byForm = await FormAsync(provider, "/api/v2/token", $"grant_type=client_credentials&client_id={name}&client_secret={secret}&tenant_id=1");
        var byBasic = await FormAsync(provider, "/api/v2/token", "grant_type=client_credentials", $"{name}:{secret}");
        var byPassword = await FormAsync(provider, "/api/v2/token", $"grant_type=password&username={Uri.EscapeDataString(user.Field("username")!)}&password={user.Field("tempPassword")}");
        var refreshed = await FormAsync(provider, "/api/v2/token", $"grant_type=refresh_token&refresh_token={byPassword.Field("refresh_token")}");

        foreach (var reply in new[] { byForm, byBasic, byPassword, refreshed })
        {
            reply.Expect(HttpStatusCode.OK).Field("token_type").Should().Be("Bearer");
            reply.Json.GetProperty("expires_in").GetInt32().Should().Be(900);
            reply.Field("access_token").Should().StartWith("eyJ");
        }

        byForm.Field("refresh_token").Should().BeNull();
        refreshed.Field("refresh_token").Should().NotBe(byPassword.Field("refresh_token"));
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_id=nobody&client_secret=x", null, 401, "invalid_client")]
    [InlineData("grant_type=client_credentials", "nobody:x", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials", "nocolon", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_secret=x", "nobody:x", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials", null, 400, "invalid_request")]
    [InlineData("grant_type=password&username=nobody@example.com&password=x", null, 400, "invalid_grant")]
    [InlineData("grant_type=password&username=nobody@example.com", null, 400, "invalid_request")]
    [InlineData("grant_type=refresh_token&refresh_token=x", null, 400, "invalid_grant")]
    [InlineData("grant_type=authorization_code&code=x", null, 400, "invalid_request")]
    [InlineData("grant_type=authorization_code&client_id=runairbac-cli&code=x&redirect_uri=http://127.0.0.1:1/&code_verifier=x", null, 400, "invalid_grant")]
    [InlineData("grant_type=urn:ietf:params:oauth:grant-type:device_code", null, 400, "unsupported_grant_type")]
    [InlineData("grant_type=password&grant_type=password", null, 400, "invalid_request")]
    [InlineData("", null, 400, "invalid_request")]
    public async Task Token_Refused_AnswersAnErrorObject(string form, string? basic, int status, string error)
    {
        var reply = (await FormAsync(StorageProvider.Sqlite, "/api/v2/token", form, basic)).Expect((HttpStatusCode)status);

        reply.Field("error").Should().Be(error);
        reply.ErrorCode.Should().BeNull();
    }

    [Fact]
    public async Task Token_AnyAnswer_IsNotStored()
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);
        using var content = new FormUrlEncodedContent([new("grant_type", "password"), new("username", ApiHost.AdminEmail), new("password", ApiHost.AdminPassword)]);

        using var good = await api.Http.PostAsync("/api/v2/token", content, TestContext.Current.CancellationToken);
        using var bad = await api.Http.PostAsync("/api/v2/token", null, TestContext.Current.CancellationToken);

        good.Headers.CacheControl!.NoStore.Should().BeTrue();
        bad.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Revoke_AccessOrRefreshToken_EndsTheSessionAtOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var user = await world.CreateUserAsync();
        foreach (var field in new[] { "accessToken", "refreshToken" })
        {
            var tokens = (await world.TryPasswordAsync(user.Field("username")!, user.Field("tempPassword")!)).Expect(HttpStatusCode.OK);
            var person = new Person((await Hosts.GetAsync(provider)).Http, user.Id, "", tokens.Field("accessToken")!);
            (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK);

            var revoked = (await FormAsync(provider, "/oauth2/revoke", "token=" + tokens.Field(field))).Expect(HttpStatusCode.OK);

            revoked.Revision.Should().NotBeNullOrEmpty();
            (await person.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
            (await world.TokenAsync(new { grantType = "refresh_token", refreshToken = tokens.Field("refreshToken") })).Expect(HttpStatusCode.Unauthorized);
            (await FormAsync(provider, "/oauth2/revoke", "token=" + tokens.Field(field))).Expect(HttpStatusCode.OK);
        }

        (await FormAsync(provider, "/oauth2/revoke", "token=unknown")).Expect(HttpStatusCode.OK);
        (await FormAsync(provider, "/oauth2/revoke", "")).Expect(HttpStatusCode.BadRequest).Field("error").Should().Be("invalid_request");
    }

    [Fact]
    public async Task WellKnown_KeySet_HoldsThePublicKeysAlone()
    {
        var api = await Hosts.GetAsync(StorageProvider.Sqlite);

        var configuration = await ApiHost.GetAsync(api.Http, "/.well-known/openid-configuration");
        var keys = await ApiHost.GetAsync(api.Http, "/.well-known/jwks.json");

        configuration.GetProperty("issuer").GetString().Should().Be(ApiHost.Issuer);
        configuration.GetProperty("jwks_uri").GetString().Should().Be(ApiHost.Issuer + "/.well-known/jwks.json");
        var key = keys.GetProperty("keys").EnumerateArray().Should().ContainSingle().Subject;
        key.EnumerateObject().Select(member => member.Name).Should().BeEquivalentTo("kty", "crv", "x", "y", "kid", "use", "alg");
    }

    private async Task<Reply> FormAsync(StorageProvider provider, string path, string form, string? basic = null)
    {
        var api = await Hosts.GetAsync(provider);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded") };
        if (basic is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        using var response = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }
}
