using RunAiRbac.Api.Sso.OpenId;
using RunAiRbac.Api.Sso.OpenShift;
using RunAiRbac.Api.Sso.Saml;

namespace RunAiRbac.Api.Sso;

internal static class SsoServices
{
    public static void AddSso(this IServiceCollection services)
    {
        services.AddSingleton<SsoProviders>().AddSingleton<ProviderRequests>();
        services.AddSingleton<OutgoingAddresses>().AddSingleton<OutgoingHttp>();
        services.AddSingleton<CodeFlow>();
        services.AddSingleton<OidcMetadata>().AddSingleton<IdTokens>().AddSingleton<IProviderProtocol, OidcProtocol>();
        services.AddSingleton<IProviderProtocol, OpenShiftProtocol>();
        services.AddSingleton<PendingLinks>().AddSingleton<ExternalIdentities>();
        services.AddSingleton<TrialHttp>().AddSingleton<IProviderTester, OidcTester>().AddSingleton<IProviderTester, OpenShiftTester>();
        services.AddSaml();
    }
}
