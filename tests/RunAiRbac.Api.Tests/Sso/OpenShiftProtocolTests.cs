using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging.Abstractions;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Sso.OpenShift;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>Sign-in at an OpenShift API server.</summary>
public sealed class OpenShiftProtocolTests
{
    private static readonly Dictionary<string, Action<StandInOpenShift>> Attacks = new(StringComparer.Ordinal)
    {
        ["state missing"] = x => x.Answer = answer => answer.Remove("state"),
        ["state foreign"] = x => x.Answer = answer => answer["state"] = new string('A', 43),
        ["code missing"] = x => x.Answer = answer => answer.Remove("code"),
        ["code invented"] = x => x.Answer = answer => answer["code"] = "sha256~abc",
        ["issuer of another"] = x => x.Answer = answer => answer["iss"] = "https://other.example.com",
        ["error"] = x => x.Answer = answer => answer["error"] = "access_denied",
        ["no token"] = x => x.TokenAnswer = answer => answer.Remove("access_token"),
        ["token of nobody"] = x => x.TokenAnswer = answer => answer["access_token"] = "sha256~other",
        ["no user"] = x => x.User = new JsonObject { ["kind"] = "Status" },
        ["user without metadata"] = x => x.User.Remove("metadata"),
        ["user without uid"] = x => x.User["metadata"]!.AsObject().Remove("uid"),
        ["user with an empty uid"] = x => x.User["metadata"]!["uid"] = "",
        ["user with a long uid"] = x => x.User["metadata"]!["uid"] = new string('a', 256),
        ["groups no groups"] = x => x.User["groups"] = 7,
    };

    public static TheoryData<string> All => [.. Attacks.Keys];

    [Fact]
    public async Task Finish_GoodAnswer_GivesThePerson()
    {
        await using var shop = await Workshop.OpenAsync();
        var said = await shop.SignInAsync();
        (said.SubjectClaim, said.Email, said.EmailVerified, said.FirstName).Should().Be(("5f6c3c2e-0000-4000-8000-000000000001", "ada@example.com", null, "Ada Lovelace"));
        said.Groups.Should().Equal("research", "system:authenticated:oauth");
        said.Attributes["uid"].Should().Equal(said.SubjectClaim);
        said.SignOutHint.Should().BeNull();
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("null", "")]
    [InlineData(null, null)]
    public async Task Finish_Groups_NullIsHowAServerWritesNone(string? groups, string? read)
    {
        await using var shop = await Workshop.OpenAsync();
        shop.Server.User.Remove("groups");
        if (groups is not null) shop.Server.User["groups"] = JsonNode.Parse(groups);
        var said = (await shop.SignInAsync()).Groups;
        (said is null ? null : string.Join(',', said)).Should().Be(read);
    }

    [Theory]
    [InlineData("", "user:info", 1)]
    [InlineData("user:info", "user:info", 1)]
    [InlineData("user:full", "user:full", 0)]
    [InlineData("user:info user:full", "user:info user:full", 0)]
    public async Task Finish_TokenThatCanDeleteItself_IsDeleted(string configured, string asked, int left)
    {
        await using var shop = await Workshop.OpenAsync();
        shop.Scopes = configured.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        QueryHelpers.ParseQuery((await shop.BeginAsync(shop.NewAttempt())).Query)["scope"].Should().Equal(asked);
        await shop.SignInAsync();
        shop.Server.Tokens.Should().HaveCount(left);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Finish_Attack_RefusedInTheSameWords(string attack)
    {
        await using var shop = await Workshop.OpenAsync();
        Attacks[attack](shop.Server);
        (await shop.Awaiting(x => x.SignInAsync()).Should().ThrowAsync<SsoRefusal>()).Which.Code.Should().Be("sign_in_failed");
    }

    [Fact]
    public async Task Finish_CodeOfAnotherAttempt_RefusedByPkce()
    {
        await using var shop = await Workshop.OpenAsync();
        var (victims, attackers) = (shop.NewAttempt(), shop.NewAttempt());
        var stolen = QueryHelpers.ParseQuery(await shop.VisitAsync(await shop.BeginAsync(victims)));
        stolen["state"] = attackers.Handle;
        (await shop.Awaiting(x => x.FinishAsync(QueryHelpers.AddQueryString("", stolen), attackers)).Should().ThrowAsync<SsoRefusal>()).Which.Code.Should().Be("sign_in_failed");
    }

    [Theory]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("authorization_endpoint", "http://example.com/")]
    [InlineData("token_endpoint", "http://example.com/")]
    [InlineData("token_endpoint", "")]
    [InlineData("issuer", "openshift")]
    public async Task Metadata_WrongAddress_IsNotUsed(string member, string value)
    {
        await using var shop = await Workshop.OpenAsync();
        shop.Server.Metadata = document => document[member] = value;
        (await shop.Awaiting(x => x.SignInAsync()).Should().ThrowAsync<SsoRefusal>()).Which.Code.Should().Be("provider_unavailable");
    }

    [Fact]
    public async Task Server_Down_IsUnavailable()
    {
        await using var shop = await Workshop.OpenAsync();
        shop.Server.IsDown = true;
        (await shop.Awaiting(x => x.SignInAsync()).Should().ThrowAsync<SsoRefusal>()).Which.Code.Should().Be("provider_unavailable");
    }

    [Fact]
    public async Task SignOut_IsNotOffered()
    {
        await using var shop = await Workshop.OpenAsync();
        (await shop.Protocol.SignOutAddressAsync(shop.Provider, null, ApiHost.Issuer, TestContext.Current.CancellationToken)).Should().BeNull();
    }

    private sealed class Workshop : IAsyncDisposable
    {
        private readonly OutgoingHttp _http;
        private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false });

        private Workshop(StandInOpenShift server)
        {
            Server = server;
            var addresses = OutgoingHttpTests.Development();
            _http = new OutgoingHttp(addresses);
            Protocol = new OpenShiftProtocol(_http, addresses, new CodeFlow(_http), OidcWorkshop.Identity(), new FakeClock(), NullLogger<OpenShiftProtocol>.Instance);
        }

        public StandInOpenShift Server { get; }

        public OpenShiftProtocol Protocol { get; }

        public IReadOnlyList<string> Scopes { get; set; } = [];

        public SsoProvider Provider => new(
            1, "row-1", "openshift-v4", ProviderTypes.OpenShift, "openshift",
            new ProviderSettings { OpenShift = new OpenShiftSettings(Server.Address + "/", StandInOpenShift.ClientId, Scopes), Mappers = ProviderTypes.DefaultMappers(ProviderTypes.OpenShift) with { Uid = "metadata.uid" } },
            StandInOpenShift.Secret, []);

        public static async Task<Workshop> OpenAsync() => new(await StandInOpenShift.StartAsync());

        public SignInAttempt NewAttempt() => new(Random(), 1, "row-1", "openshift-v4", "/", Random(), Random(), "_0", DateTimeOffset.MaxValue);

        public async Task<Uri> BeginAsync(SignInAttempt attempt)
            => new((await Protocol.BeginAsync(new DefaultHttpContext(), Provider, attempt)).Should().BeOfType<RedirectHttpResult>().Subject.Url);

        public async Task<string> VisitAsync(Uri address)
        {
            using var response = await _browser.GetAsync(address, TestContext.Current.CancellationToken);
            response.Headers.Location!.GetLeftPart(UriPartial.Path).Should().Be($"{ApiHost.Issuer}/auth/1/openshift-v4/callback");
            return response.Headers.Location.Query;
        }

        public Task<ProviderSignIn> FinishAsync(string query, SignInAttempt attempt)
        {
            var context = new DefaultHttpContext();
            context.Request.QueryString = new QueryString(query);
            return Protocol.FinishAsync(context, null, Provider, attempt);
        }

        public async Task<ProviderSignIn> SignInAsync()
        {
            var attempt = NewAttempt();
            return await FinishAsync(await VisitAsync(await BeginAsync(attempt)), attempt);
        }

        public async ValueTask DisposeAsync()
        {
            _browser.Dispose();
            _http.Dispose();
            await Server.DisposeAsync();
        }

        private static string Random() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
    }
}
