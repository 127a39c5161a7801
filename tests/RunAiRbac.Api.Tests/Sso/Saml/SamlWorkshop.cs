using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Sso.Saml;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sso.Saml;

/// <summary>The SAML protocol on a host's database, with a provider and a clock to play with. Its attempt's request is the one that <see cref="SamlReply"/> answers.</summary>
internal sealed class SamlWorkshop
{
    private static readonly SamlSigner FirstSigner = SamlSigner.NewRsa();

    public SamlWorkshop(ApiHost host, FakeClock? clock = null)
    {
        var services = host.Services;
        Clock = clock ?? new FakeClock();
        var addresses = new SamlAddresses(services.GetRequiredService<TokenIdentity>());
        Replays = new SamlReplays(services.GetRequiredService<PolicyStore>(), Clock);
        Keys = services.GetRequiredService<SamlKeys>();
        var providers = new SamlProviders(services.GetRequiredService<OutgoingHttp>(), services.GetRequiredService<SamlMetadataReader>(), Clock, NullLogger<SamlProviders>.Instance);
        Protocol = new SamlProtocol(providers, Keys, Replays, new SamlRequests(addresses, Clock), addresses, Clock, Options.Create(new SsoOptions()));
        Provider = File(Metadata(FirstSigner));
    }

    public FakeClock Clock { get; }

    public SamlProtocol Protocol { get; }

    public SamlReplays Replays { get; }

    public SamlKeys Keys { get; }

    public SsoProvider Provider { get; set; }

    /// <summary>A good reply of now.</summary>
    public SamlReply Good => new SamlReply { AssertionSigner = FirstSigner, ResponseSigner = FirstSigner }.Moved(Clock.GetUtcNow());

    public SignInAttempt Attempt => new(new string('h', 43), 1, Provider.Id, Provider.Alias, "/", "nonce", "verifier", SamlReply.RequestId, Clock.GetUtcNow().AddMinutes(10));

    public static string Metadata(SamlSigner signer, string? services = null) => Idps.Metadata(Idps.Key("signing", Convert.ToBase64String(signer.Certificate)), services);

    /// <summary>A provider whose metadata is that file.</summary>
    public static SsoProvider File(string xml) => New(new SamlSettings(null, "idp.xml", new SamlMetadata(Idps.Base64(xml), "", "", []), null));

    /// <summary>A provider whose metadata is at that address.</summary>
    public static SsoProvider At(string address) => New(new SamlSettings(address, null, null, null));

    public void Map(Mappers mappers) => Provider = Provider with { Settings = Provider.Settings with { Mappers = mappers } };

    public Task<ProviderSignIn> FinishAsync(SamlReply reply) => FinishAsync(SamlIdp.Write(reply).OuterXml);

    public Task<ProviderSignIn> FinishAsync(string xml)
        => FinishAsync(new Dictionary<string, StringValues> { ["SAMLResponse"] = SamlIdp.Base64(xml), ["RelayState"] = Attempt.Handle });

    public Task<ProviderSignIn> FinishAsync(Dictionary<string, StringValues> form) => Protocol.FinishAsync(new DefaultHttpContext(), new FormCollection(form), Provider, Attempt);

    public async Task<SsoRefusal> RefusalAsync(SamlReply reply)
        => (await FluentActions.Awaiting(() => FinishAsync(reply)).Should().ThrowAsync<SsoRefusal>()).Which;

    private static SsoProvider New(SamlSettings saml)
        => new(ApiHost.Tenant, ApiHost.NewName("row"), "saml", ProviderTypes.Saml, "saml", new ProviderSettings { Saml = saml, Mappers = ProviderTypes.DefaultMappers(ProviderTypes.Saml) }, null, []);
}
