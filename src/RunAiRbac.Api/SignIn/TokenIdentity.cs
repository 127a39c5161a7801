using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Hosting;

namespace RunAiRbac.Api.SignIn;

/// <summary>The <c>iss</c> and <c>aud</c> of our tokens. In Development the issuer defaults to the first listening address, known once the host listens.</summary>
internal sealed class TokenIdentity(IServer server, IOptions<TokensOptions> options)
{
    private string? _issuer = options.Value.Issuer?.TrimEnd('/');

    public string Issuer => _issuer ??= ListeningAddress();

    public string Audience => options.Value.Audience ?? Issuer;

    private string ListeningAddress()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
            ?? throw new InvalidOperationException("The issuer is known only once the host listens.");
        return address.Replace("://[::]", "://localhost", StringComparison.Ordinal).Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).TrimEnd('/');
    }
}
