using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Browser;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Identities;

/// <summary>People of a provider through the real pages: their sessions, native tools and access keys. What the provider says is what the test says.</summary>
public sealed class BrowserSignInTests(PostgresFixture postgres)
{
    private const string Redirect = "http://127.0.0.1:49152/callback";
    private static readonly string Verifier = Base64Url.EncodeToString(SHA256.HashData("a verifier"u8));
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    [Theory, ClassData(typeof(BothStorages))]
    public async Task GroupRemovedAtTheProvider_IsGoneForCookieTokensRefreshAndKey(StorageProvider storage)
    {
        var says = new SayingProtocol();
        await using var host = await StartAsync(storage, says);
        var world = await World.OpenAsync(host);
        var alias = await ProviderAsync(world);
        await world.GrantAsync("group", "ops", World.Viewer, World.Tenant);
        using var browser = new BrowserClient(host);
        (await says.SignInAsync(browser, alias, "00u1", "ann@example.com", ["ops"])).ExpectRedirect("/");

        var native = await NativeAsync(host, browser);
        var person = new Person(host.Http, "", "ann@example.com", native.Field("access_token")!);
        var key = (await person.PostAsync("/api/v1/access-keys", new { name = "robot" })).Expect(HttpStatusCode.Created);
        var byKey = await world.SignInWithKeyAsync(person, key);
        foreach (var way in new[] { person, byKey }) (await way.MayAsync("project", "read", World.Tenant)).Should().BeTrue();
        (await MayAsync(browser)).Should().BeTrue();

        using var elsewhere = new BrowserClient(host);
        (await says.SignInAsync(elsewhere, alias, "00u1", "ann@example.com", [])).ExpectRedirect("/");

        (await MayAsync(browser)).Should().BeFalse();
        (await MayAsync(elsewhere)).Should().BeFalse();
        foreach (var way in new[] { person, byKey, await world.SignInWithKeyAsync(person, key) }) (await way.MayAsync("project", "read", World.Tenant)).Should().BeFalse();
        var refreshed = (await FormAsync(host, ("grant_type", "refresh_token"), ("refresh_token", native.Field("refresh_token")))).Expect(HttpStatusCode.OK);
        (await new Person(host.Http, "", "", refreshed.Field("access_token")!).MayAsync("project", "read", World.Tenant)).Should().BeFalse();
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task AccountThatExists_LinkedAndUnlinked_ComesAndGoes(StorageProvider storage)
    {
        var says = new SayingProtocol();
        await using var host = await StartAsync(storage, says);
        var world = await World.OpenAsync(host);
        var alias = await ProviderAsync(world);
        var local = await world.CreateUserAsync();
        var (user, email) = ($"/api/v1/users/{local.Id}", local.Field("username")!);
        using var browser = new BrowserClient(host);

        var refused = (await says.SignInAsync(browser, alias, "00u1", email, null)).Expect(HttpStatusCode.Forbidden);
        refused.Text.Should().Contain("must link this identity");
        refused.SessionCookie.Should().BeNull();
        var request = (await world.Admin.GetAsync(user + "/identity-requests")).Json.GetProperty("requests").EnumerateArray().Should().ContainSingle().Which;
        var linked = (await world.Admin.PostAsync(user + "/identities", new { provider = request.GetProperty("provider").GetString(), subjectClaim = request.GetProperty("subjectClaim").GetString() })).Expect(HttpStatusCode.Created);

        (await says.SignInAsync(browser, alias, "00u1", email, null)).ExpectRedirect("/");
        (await browser.ReadAsync("/api/v1/users/" + local.Id)).Expect(HttpStatusCode.OK).Field("username").Should().Be(email);
        var native = await NativeAsync(host, browser);

        (await world.Admin.DeleteAsync($"{user}/identities/{linked.Id}")).Expect(HttpStatusCode.OK).Json.GetProperty("remaining").GetInt32().Should().Be(1);
        (await browser.ReadAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.Unauthorized);
        (await FormAsync(host, ("grant_type", "refresh_token"), ("refresh_token", native.Field("refresh_token")))).Expect(HttpStatusCode.BadRequest).Field("error").Should().Be("invalid_grant");
        (await says.SignInAsync(browser, alias, "00u1", email, null)).Expect(HttpStatusCode.Forbidden);
        await world.SignInAsync(local);
    }

    private Task<ApiHost> StartAsync(StorageProvider storage, SayingProtocol protocol)
        => ApiHost.StartAsync(new ApiHostSetup(storage)
        {
            Services = services =>
            {
                services.RemoveAll<IProviderProtocol>();
                services.AddSingleton<IProviderProtocol>(protocol);
            },
        }, postgres);

    private static async Task<string> ProviderAsync(World world)
        => (await world.Admin.PostAsync("/api/v1/idps", IdentityProviders.Idps.Oidc("first"))).Expect(HttpStatusCode.Created).Field("alias")!;

    private static async Task<bool> MayAsync(BrowserClient browser)
    {
        var asked = new { action = "read", resourceType = "project", scope = new { type = World.Tenant.Type, id = World.Tenant.Id } };
        return (await browser.ApiAsync(HttpMethod.Post, "/api/v1/authorize", asked)).Expect(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean();
    }

    /// <summary>A native tool's tokens, by whoever is signed in in this browser.</summary>
    private static async Task<Reply> NativeAsync(ApiHost host, BrowserClient browser)
    {
        var allowed = await browser.PostAsync(
            "/oauth2/authorize", ("response_type", "code"), ("client_id", "runairbac-cli"), ("redirect_uri", Redirect), ("state", "x"), ("code_challenge", Challenge), ("code_challenge_method", "S256"), ("answer", "allow"));
        var code = QueryHelpers.ParseQuery(new Uri(allowed.Expect(HttpStatusCode.SeeOther).Location!).Query)["code"].ToString();
        return (await FormAsync(host, ("grant_type", "authorization_code"), ("client_id", "runairbac-cli"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", Verifier))).Expect(HttpStatusCode.OK);
    }

    private static async Task<Reply> FormAsync(ApiHost host, params (string Name, string? Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(x => KeyValuePair.Create(x.Name, x.Value ?? "")));
        using var response = await host.Http.PostAsync("/api/v2/token", content, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }

    /// <summary>Says of each attempt what the test said before.</summary>
    private sealed class SayingProtocol : IProviderProtocol
    {
        private readonly ConcurrentDictionary<string, (string Claim, string Email, string[]? Groups)> _said = new(StringComparer.Ordinal);

        public string Type => ProviderTypes.Oidc;

        public async Task<PageReply> SignInAsync(BrowserClient browser, string alias, string claim, string email, string[]? groups)
        {
            var begun = (await browser.GetAsync($"/auth/1/{alias}/login")).Expect(HttpStatusCode.Redirect);
            var state = begun.Location!.Split("state=")[1];
            _said[state] = (claim, email, groups);
            return await browser.GetAsync($"/auth/1/{alias}/callback?state={state}");
        }

        public Task<IResult> BeginAsync(HttpContext context, SsoProvider provider, SignInAttempt attempt)
            => Task.FromResult<IResult>(TypedResults.Redirect("https://idp.example/authorize?state=" + attempt.Handle));

        public string? FindHandle(HttpContext context, IFormCollection? form) => context.Request.Query["state"];

        public Task<ProviderSignIn> FinishAsync(HttpContext context, IFormCollection? form, SsoProvider provider, SignInAttempt attempt)
        {
            var (claim, email, groups) = _said[attempt.Handle];
            return Task.FromResult(new ProviderSignIn { Provider = provider, SubjectClaim = claim, Email = email, Groups = groups });
        }

        public Task<string?> SignOutAddressAsync(SsoProvider provider, string? signOutHint, string returnTo, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    }
}
