using System.Net;

namespace RunAiRbac.Api.Sso;

/// <summary><c>Sso:</c></summary>
internal sealed record SsoOptions
{
    /// <summary>How long a membership a provider told of lasts without another sign-in.</summary>
    public TimeSpan MembershipLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Networks (CIDR) that outgoing requests may reach although they are private.</summary>
    public IReadOnlyList<string> AllowedPrivateNetworks { get; init; } = [];

    /// <summary>How far a provider's clock may be from ours.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Takes a signed SAML assertion also in a response that is not signed itself, for providers that cannot sign both.</summary>
    public bool AllowUnsignedSamlResponses { get; init; }

    public static IEnumerable<string> Problems(SsoOptions options)
    {
        if (options.MembershipLifetime < TimeSpan.FromHours(1) || options.MembershipLifetime > TimeSpan.FromDays(3650)) yield return "Sso:MembershipLifetime must be from 01:00:00 to 3650.00:00:00.";
        if (options.ClockSkew < TimeSpan.Zero || options.ClockSkew > TimeSpan.FromMinutes(10)) yield return "Sso:ClockSkew must be from 00:00:00 to 00:10:00.";
        foreach (var network in options.AllowedPrivateNetworks)
        {
            if (!IPNetwork.TryParse(network, out _)) yield return $"Sso:AllowedPrivateNetworks must hold networks such as 10.1.0.0/16, not `{network}`.";
        }
    }
}
