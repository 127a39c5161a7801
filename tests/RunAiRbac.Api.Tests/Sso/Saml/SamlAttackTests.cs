using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Sso.Saml;

namespace RunAiRbac.Api.Tests.Sso.Saml;

/// <summary>Every attack is refused for its own reason and with the one code that everything gets; good responses beside them pass, so that nothing passes here by refusing all.</summary>
public sealed class SamlAttackTests
{
    private static readonly SamlSigner Signer = SamlSigner.NewRsa();

    public static TheoryData<string> Attacks => [.. SamlAttacks.All.Select(x => x.Name)];

    [Fact]
    public void Attacks_AreMany_AndEachHasItsName()
    {
        var names = SamlAttacks.All.Select(x => x.Name).ToList();
        names.Should().OnlyHaveUniqueItems().And.HaveCountGreaterThan(100);
    }

    [Theory, MemberData(nameof(Attacks))]
    public void Response_Attacked_IsRefused(string name)
    {
        var attack = SamlAttacks.All.Single(x => x.Name == name);

        var lax = Refusal(attack, signResponse: attack.NeedsSignedResponse, unsignedResponses: true);
        var strict = Refusal(attack, signResponse: true, unsignedResponses: false);

        lax.Split("|")[0].Should().NotBeEmpty();
        attack.Reason.Split('|').Should().Contain(reason => lax.Contains(reason, StringComparison.Ordinal), "the log says: {0}", lax);
        strict.Should().NotBeEmpty();
    }

    [Fact]
    public void SignedAssertion_InAnUnsignedResponse_IsRefusedUnlessAllowed()
    {
        var reply = new SamlReply { AssertionSigner = Signer };

        var refused = () => Read(SamlIdp.Write(reply).OuterXml);
        refused.Should().Throw<SsoRefusal>().Where(x => x.Code == SsoRefusalCodes.SignInFailed && x.Message.Contains("the response is not signed", StringComparison.Ordinal));
        Read(SamlIdp.Write(reply).OuterXml, unsignedResponses: true).Name.Value.Should().Be("alice");
    }

    private static string Refusal(SamlAttack attack, bool signResponse, bool unsignedResponses)
    {
        var response = attack.Write(new SamlReply(), Signer, signResponse);
        try
        {
            SamlResponse.Read(response, Expected([Signer.Certificate], unsignedResponses));
        }
        catch (SsoRefusal refusal)
        {
            refusal.Code.Should().Be(SsoRefusalCodes.SignInFailed);
            return refusal.Message;
        }
        catch (UnknownSignerException unknown)
        {
            return unknown.Message;
        }

        Assert.Fail($"'{attack.Name}' was accepted.");
        return "";
    }

    internal static SamlAssertion Read(string xml, bool unsignedResponses = false, params IReadOnlyList<byte[]> certificates)
        => SamlResponse.Read(SamlIdp.Base64(xml), Expected(certificates.Count == 0 ? [Signer.Certificate] : certificates, unsignedResponses));

    internal static SamlExpectation Expected(IReadOnlyList<byte[]> certificates, bool unsignedResponses = false)
        => new(SamlReply.Provider, certificates, SamlReply.Audience, SamlReply.Callback, SamlReply.RequestId, SamlReply.Now, TimeSpan.FromMinutes(1), unsignedResponses);
}
