using System.Text.Json;
using RunAiRbac.Api.Features.IdentityProviders;

namespace RunAiRbac.Api.Sso.OpenShift;

/// <summary>Tests OpenShift API servers: their OAuth metadata. What its server says of clients does not tell a wrong secret from a wrong code.</summary>
internal sealed class OpenShiftTester(TrialHttp http) : IProviderTester
{
    private static readonly string[] Needed = ["issuer", "authorization_endpoint", "token_endpoint"];

    public string Type => ProviderTypes.OpenShift;

    public async Task TestAsync(ProviderTrial trial, CancellationToken cancellationToken)
    {
        if (await FindMetadataAsync(trial, cancellationToken) is not { } metadata)
        {
            trial.Failed("oauth_metadata", $"No OAuth metadata could be read at {OpenShiftProtocol.MetadataPath} of the API server. It must be https with a certificate that this machine trusts, and not in a private network unless Sso:AllowedPrivateNetworks names that; the service's log says what was wrong.");
            return;
        }

        trial.Passed("oauth_metadata", "The API server's OAuth metadata was read.");
        var missing = Needed.Where(name => metadata.Text(name) is null).ToList();
        var unusable = http.Unusable(trial, Needed.Select(name => (name, metadata.Text(name))));
        if (missing.Count > 0) trial.Failed("endpoints", $"The metadata does not name {string.Join(", ", missing)}.");
        else if (unusable.Count > 0) trial.Failed("endpoints", $"These are no https addresses: {string.Join(", ", unusable)}.");
        else trial.Passed("endpoints", "All endpoints are https addresses.");
        if (trial.Provider.Settings.OpenShift!.ClientId is null) trial.Failed("client", "There is no client id: the name of the OAuthClient, or of the service account.");
        else trial.NotChecked("client", "OpenShift tells of a wrong client id or secret only when somebody signs in.");
        trial.NotChecked("sign_in", "Whether people get in, and with which address and groups, only a sign-in shows. The OAuthClient must have the redirect address exactly.");
    }

    /// <summary>Any other JSON is none, so that nobody learns of other things that answer there.</summary>
    private async Task<JsonElement?> FindMetadataAsync(ProviderTrial trial, CancellationToken cancellationToken)
    {
        if (await http.FindAsync(trial, OpenShiftProtocol.MetadataAddress(trial.Provider), cancellationToken) is not { } document) return null;
        if (ProviderJson.FindObject(document) is { } metadata && metadata.Text("authorization_endpoint") is not null) return metadata;
        http.Note(trial, "The document is no JSON object with an authorization_endpoint, or holds a member twice.");
        return null;
    }
}
