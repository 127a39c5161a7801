using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sso.Saml;

/// <summary>Metadata by address: fetched when somebody signs in, kept, renewed when a key is new.</summary>
public sealed class SamlProvidersTests(ApiHosts hosts) : ApiTests(hosts), IAsyncLifetime
{
    private static readonly SamlSigner Old = SamlSigner.NewRsa();
    private static readonly SamlSigner New = SamlSigner.NewRsa();

    private WebApplication _idp = null!;
    private SamlWorkshop _shop = null!;
    private string? _document = SamlWorkshop.Metadata(Old);
    private int _fetches;

    public async ValueTask InitializeAsync()
    {
        (_idp, var address) = await StandIn.StartAsync(app => app.MapGet("/metadata", () =>
        {
            Interlocked.Increment(ref _fetches);
            return _document is null ? Results.StatusCode(503) : Results.Text(_document, "application/samlmetadata+xml");
        }));
        _shop = new SamlWorkshop(await Hosts.GetAsync(StorageProvider.Sqlite)) { Provider = SamlWorkshop.At(address + "/metadata") };
    }

    public async ValueTask DisposeAsync() => await _idp.DisposeAsync();

    [Fact]
    public async Task Metadata_ByAddress_IsFetchedOnceInAnHour()
    {
        await FinishAsync(Old);
        await FinishAsync(Old);
        _fetches.Should().Be(1);

        _shop.Clock.Advance(TimeSpan.FromHours(1));
        await FinishAsync(Old);
        _fetches.Should().Be(2);
    }

    [Fact]
    public async Task NewKey_AtTheProvider_IsFoundAtTheFirstResponseSignedWithIt()
    {
        await FinishAsync(Old);
        _document = SamlWorkshop.Metadata(New);

        await FinishAsync(New);

        _fetches.Should().Be(2);
        (await RefusalAsync(Old)).Message.Should().Contain("none of the provider's certificates");
    }

    [Fact]
    public async Task ForgedResponses_Many_MakeTheServiceAskOnceInTenSeconds()
    {
        await FinishAsync(Old);
        for (var i = 0; i < 20; i++) (await RefusalAsync(New)).Code.Should().Be(SsoRefusalCodes.SignInFailed);
        _fetches.Should().Be(2);
        _shop.Clock.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 20; i++) (await RefusalAsync(New)).Code.Should().Be(SsoRefusalCodes.SignInFailed);
        _fetches.Should().Be(3);
        await FinishAsync(Old);
    }

    [Fact]
    public async Task Provider_Down_KeepsTheLastGoodMetadata()
    {
        await FinishAsync(Old);
        _document = null;
        _shop.Clock.Advance(TimeSpan.FromHours(5));
        await FinishAsync(Old);

        _document = "<not metadata/>";
        _shop.Clock.Advance(TimeSpan.FromHours(5));
        await FinishAsync(Old);
        _fetches.Should().Be(3);
    }

    [Fact]
    public async Task Provider_NeverReached_IsUnavailableAndTriedAgainLater()
    {
        _document = null;
        (await RefusalAsync(Old)).Code.Should().Be(SsoRefusalCodes.ProviderUnavailable);
        (await RefusalAsync(Old)).Code.Should().Be(SsoRefusalCodes.ProviderUnavailable);
        _fetches.Should().Be(1);

        _document = SamlWorkshop.Metadata(Old);
        _shop.Clock.Advance(TimeSpan.FromSeconds(10));
        await FinishAsync(Old);
    }

    [Fact]
    public async Task Metadata_NoLongerValid_IsNotUsed()
    {
        _document = SamlWorkshop.Metadata(Old).Replace(" entityID=", " validUntil=\"2026-11-22T09:30:00Z\" entityID=", StringComparison.Ordinal);
        await FinishAsync(Old);
        var file = _document;
        _document = null;
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));
        (await RefusalAsync(Old)).Code.Should().Be(SsoRefusalCodes.ProviderUnavailable);

        _document = file.Replace("09:30:00Z", "19:30:00Z", StringComparison.Ordinal);
        _shop.Clock.Advance(TimeSpan.FromSeconds(10));
        await FinishAsync(Old);

        _shop.Provider = SamlWorkshop.File(file);
        (await RefusalAsync(Old)).Code.Should().Be(SsoRefusalCodes.ProviderUnavailable, "a stored file ends too");
    }

    private Task<ProviderSignIn> FinishAsync(SamlSigner signer) => _shop.FinishAsync(_shop.Good with { AssertionSigner = signer, ResponseSigner = signer });

    private Task<SsoRefusal> RefusalAsync(SamlSigner signer) => _shop.RefusalAsync(_shop.Good with { AssertionSigner = signer, ResponseSigner = signer });
}
