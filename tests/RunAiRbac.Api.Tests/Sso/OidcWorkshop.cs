using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Sso.OpenId;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>The OIDC protocol without a host around it, with a provider and a clock to play with.</summary>
internal sealed class OidcWorkshop : IAsyncDisposable
{
    private readonly OutgoingHttp _http;
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private OidcWorkshop(StandInOidc idp, FakeClock clock)
    {
        (Idp, Clock) = (idp, clock);
        var addresses = OutgoingHttpTests.Development();
        _http = new OutgoingHttp(addresses);
        var metadata = new OidcMetadata(_http, addresses, clock);
        Protocol = new OidcProtocol(metadata, new IdTokens(metadata, Options.Create(new SsoOptions()), clock), new CodeFlow(_http), Identity(), NullLogger<OidcProtocol>.Instance);
        Provider = NewProvider(idp);
    }

    public StandInOidc Idp { get; }

    public FakeClock Clock { get; }

    public OidcProtocol Protocol { get; }

    public SsoProvider Provider { get; set; }

    public static async Task<OidcWorkshop> OpenAsync()
    {
        var clock = new FakeClock();
        return new OidcWorkshop(await StandInOidc.StartAsync(clock), clock);
    }

    public static TokenIdentity Identity() => new(null!, Options.Create(new TokensOptions { Issuer = ApiHost.Issuer }));

    public static SsoProvider NewProvider(StandInOidc idp) => new(
        1, "row-1", "oidc", ProviderTypes.Oidc, "oidc",
        new ProviderSettings { Oidc = new OidcSettings(StandInOidc.ClientId, idp.DiscoveryAddress, [], null), Mappers = new Mappers { Email = "email", Groups = "groups" } },
        StandInOidc.Secret, []);

    public SignInAttempt NewAttempt() => new(Random(), 1, Provider.Id, Provider.Alias, "/", Random(), Random(), "_0", Clock.GetUtcNow().AddMinutes(10));

    public void Map(Mappers mappers) => Provider = Provider with { Settings = Provider.Settings with { Mappers = mappers } };

    public void Configure(Func<OidcSettings, OidcSettings> change) => Provider = Provider with { Settings = Provider.Settings with { Oidc = change(Provider.Settings.Oidc!) } };

    /// <summary>Where the browser is sent.</summary>
    public async Task<Uri> BeginAsync(SignInAttempt attempt)
        => new((await Protocol.BeginAsync(new DefaultHttpContext(), Provider, attempt)).Should().BeOfType<RedirectHttpResult>().Subject.Url);

    /// <summary>What the provider sends the browser back with, as the query of the callback.</summary>
    public async Task<string> VisitAsync(Uri address)
    {
        using var response = await _browser.GetAsync(address, TestContext.Current.CancellationToken);
        var location = response.Headers.Location;
        location.Should().NotBeNull("the provider answered {0}", response.StatusCode);
        location!.GetLeftPart(UriPartial.Path).Should().Be($"{ApiHost.Issuer}/auth/1/oidc/callback");
        return location.Query;
    }

    public Task<ProviderSignIn> FinishAsync(string query, SignInAttempt attempt)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(query);
        return Protocol.FinishAsync(context, null, Provider, attempt);
    }

    /// <summary>All of it.</summary>
    public async Task<ProviderSignIn> SignInAsync()
    {
        var attempt = NewAttempt();
        return await FinishAsync(await VisitAsync(await BeginAsync(attempt)), attempt);
    }

    public async Task<SsoRefusal> RefusalAsync() => (await FluentActions.Awaiting(SignInAsync).Should().ThrowAsync<SsoRefusal>()).Which;

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        _http.Dispose();
        await Idp.DisposeAsync();
    }

    private static string Random() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
}
