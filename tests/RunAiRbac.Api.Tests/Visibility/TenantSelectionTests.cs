using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Visibility;

/// <summary>Which tenant a request without a token is for: its host's, else the one it names, else the first.</summary>
public sealed class TenantSelectionTests(PostgresFixture postgres)
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.PostgreSql];

    [Theory, MemberData(nameof(Providers))]
    public async Task SignIn_ByHostThenNameThenDefault_IsInThatTenant(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(
            new ApiHostSetup(provider) { Settings = new Dictionary<string, string> { ["Tenancy:Hosts:two.test"] = "2", ["Tenancy:Hosts:none.test"] = "77" } }, postgres);
        (await OwnTenant.CreateAsync(host)).Id.Should().Be(2);

        await ExpectAsync(host, null, null, one: true, two: false);
        await ExpectAsync(host, null, "1", one: true, two: false);
        await ExpectAsync(host, null, "2", one: false, two: true);
        await ExpectAsync(host, null, "3", one: false, two: false);
        await ExpectAsync(host, "other.test", null, one: true, two: false);
        await ExpectAsync(host, "two.test", null, one: false, two: true);
        await ExpectAsync(host, "TWO.test:8080", null, one: false, two: true);
        await ExpectAsync(host, "two.test", "1", one: false, two: true);
        await ExpectAsync(host, "two.test", "2", one: false, two: true);
        await ExpectAsync(host, "x.two.test", "2", one: false, two: true);
        await ExpectAsync(host, "x.two.test", null, one: true, two: false);
        await ExpectAsync(host, "none.test", "2", one: false, two: false);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Token_OnTheHostOfAnotherTenant_ActsInItsOwn(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Settings = new Dictionary<string, string> { ["Tenancy:Hosts:two.test"] = "2" } }, postgres);
        var two = await OwnTenant.CreateAsync(host);
        var token = (await SignInAsync(host, null, null, ApiHost.AdminPassword)).Expect(HttpStatusCode.OK);
        var first = (await AskAsync(host, "two.test", token.Field("accessToken")!)).Expect(HttpStatusCode.OK).Ids;

        first.Should().NotBeEmpty().And.NotContain(two.Admin.Id);
        first.Should().Equal((await AskAsync(host, "other.test", token.Field("accessToken")!)).Ids);
        (await PostAsync(host, "two.test", "/api/v1/token", JsonContent.Create(new { grantType = "refresh_token", refreshToken = token.Field("refreshToken") })))
            .Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    /// <summary>Each administrator's password, in JSON and as a form; the token's own word says where it is good.</summary>
    private static async Task ExpectAsync(ApiHost host, string? hostName, string? tenantId, bool one, bool two)
    {
        foreach (var (password, works, tenant) in new[] { (ApiHost.AdminPassword, one, "1"), (OwnTenant.AdminPassword, two, "2") })
        {
            var form = new Dictionary<string, string> { ["grant_type"] = "password", ["username"] = ApiHost.AdminEmail, ["password"] = password };
            if (tenantId is not null) form["tenant_id"] = tenantId;
            var json = await SignInAsync(host, hostName, tenantId, password);
            var byForm = await PostAsync(host, hostName, "/api/v2/token", new FormUrlEncodedContent(form));
            if (!works)
            {
                json.Expect(HttpStatusCode.Unauthorized, "invalid_credentials");
                byForm.Expect(HttpStatusCode.BadRequest).Field("error").Should().Be("invalid_grant");
                continue;
            }

            TenantOf(json.Expect(HttpStatusCode.OK).Field("accessToken")!).Should().Be(tenant);
            TenantOf(byForm.Expect(HttpStatusCode.OK).Field("access_token")!).Should().Be(tenant);
        }
    }

    private static Task<Reply> SignInAsync(ApiHost host, string? hostName, string? tenantId, string password)
    {
        var body = new Dictionary<string, string> { ["grantType"] = "password", ["username"] = ApiHost.AdminEmail, ["password"] = password };
        if (tenantId is not null) body["tenantId"] = tenantId;
        return PostAsync(host, hostName, "/api/v1/token", JsonContent.Create(body));
    }

    private static async Task<Reply> PostAsync(ApiHost host, string? hostName, string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Host = hostName;
        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }

    private static async Task<Reply> AskAsync(ApiHost host, string hostName, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/users");
        request.Headers.Host = hostName;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }

    private static string? TenantOf(string token)
    {
        var payload = token.Split('.')[1].Replace('-', '+').Replace('_', '/');
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
        using var claims = JsonDocument.Parse(json);
        return claims.RootElement.GetProperty("tenant_id").GetString();
    }
}
