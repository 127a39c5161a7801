using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Credentials;

internal sealed class NoCredentials : RunAiRbacCredentials
{
    public override string ToString() => "nobody";

    internal override ITokenSource Source(Transport anonymous, RunAiRbacClientOptions options) => NoToken.Instance;
}

internal sealed class BearerCredentials(string accessToken) : RunAiRbacCredentials
{
    public override string ToString() => "an access token";

    internal override ITokenSource Source(Transport anonymous, RunAiRbacClientOptions options) => new FixedToken(accessToken);
}

internal sealed class ProvidedCredentials(Func<CancellationToken, ValueTask<string>> provider) : RunAiRbacCredentials
{
    public override string ToString() => "access tokens from a provider";

    internal override ITokenSource Source(Transport anonymous, RunAiRbacClientOptions options) => new ProvidedToken(provider);
}

internal sealed class SecretCredentials(string grant, string name, string secret, string? tenantId) : RunAiRbacCredentials
{
    public override string ToString() => $"{grant} of {name}";

    internal override ITokenSource Source(Transport anonymous, RunAiRbacClientOptions options)
        => new TokenCache(new SignIn(anonymous, grant, name, secret, tenantId), options);
}
