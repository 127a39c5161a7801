using System.Security.Cryptography.X509Certificates;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.IdentityProviders;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>Tests SAML providers: their metadata, and what sign-in takes of it.</summary>
internal sealed class SamlTester(TrialHttp http, SamlMetadataReader reader, TimeProvider clock) : IProviderTester
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public string Type => ProviderTypes.Saml;

    public async Task TestAsync(ProviderTrial trial, CancellationToken cancellationToken)
    {
        var saml = trial.Provider.Settings.Saml!;
        if (await FindMetadataAsync(trial, saml, cancellationToken) is not { } metadata)
        {
            trial.Failed("metadata", saml.MetadataUrl is null
                ? "The stored metadata cannot be used any more: give its file again."
                : "No metadata of exactly one SAML 2.0 identity provider could be read there. It must be https, and not in a private network unless Sso:AllowedPrivateNetworks names that; the service's log says what was wrong.");
            return;
        }

        CheckValidity(trial, metadata);
        CheckCertificates(trial, metadata);
        trial.Passed("sign_in_address", $"People are sent there by {(metadata.SignOnRedirect is null ? "POST" : "redirect")}, to an https address.");
        if (metadata.SignOutRedirect is null) trial.Warn("sign_out_address", "The metadata names no logout service by redirect: who signs out here stays signed in there.");
        else trial.Passed("sign_out_address", "Signing out here signs out there too.");
        trial.NotChecked("sign_in", "Whether people get in, and with which address and groups, only a sign-in shows. The provider must know the metadata of this service, and sign response and assertion.");
    }

    private async Task<SamlProviderMetadata?> FindMetadataAsync(ProviderTrial trial, SamlSettings saml, CancellationToken cancellationToken)
    {
        var document = saml.MetadataUrl is { } address ? await http.FindAsync(trial, address, cancellationToken) : Convert.FromBase64String(saml.Metadata!.Document);
        if (document is null) return null;
        try
        {
            return reader.ReadProvider(document);
        }
        catch (ApiException unusable)
        {
            http.Note(trial, unusable.Message);
            return null;
        }
    }

    private void CheckValidity(ProviderTrial trial, SamlProviderMetadata metadata)
    {
        var now = clock.GetUtcNow();
        if (metadata.ValidUntil is not { } until) trial.Passed("metadata", "The metadata was read. It has no end.");
        else if (until <= now) trial.Failed("metadata", $"The metadata was valid until {Day(until)} and must not be used any more.");
        else if (until <= now + Soon && trial.Provider.Settings.Saml!.MetadataUrl is null) trial.Warn("metadata", $"The metadata is valid until {Day(until)}: give a newer file before.");
        else trial.Passed("metadata", $"The metadata was read. It is valid until {Day(until)}.");
    }

    /// <summary>Sign-in does not judge their dates (decision 0014), but an old one often is one that the provider no longer signs with.</summary>
    private void CheckCertificates(ProviderTrial trial, SamlProviderMetadata metadata)
    {
        var ends = new List<DateTimeOffset>();
        foreach (var certificate in metadata.SigningCertificates)
        {
            using var loaded = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(certificate));
            if (SamlSignature.IsUsable(loaded)) ends.Add(new DateTimeOffset(loaded.NotAfter.ToUniversalTime()));
        }

        var now = clock.GetUtcNow();
        if (ends.Count == 0) trial.Failed("signing_certificates", "No certificate has a key that is used here: RSA with 2048 bits or ECDSA with 256 and more.");
        else if (ends.Max() <= now) trial.Warn("signing_certificates", $"Every certificate has expired, the last on {Day(ends.Max())}. It is still taken; ask whether the provider has a newer one.");
        else if (ends.Max() <= now + Soon) trial.Warn("signing_certificates", $"The last certificate expires on {Day(ends.Max())}.");
        else if (ends.Min() <= now) trial.Warn("signing_certificates", $"One certificate expired on {Day(ends.Min())}; another is good until {Day(ends.Max())}.");
        else trial.Passed("signing_certificates", $"Certificates: {ends.Count}. The first expires on {Day(ends.Min())}.");
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
