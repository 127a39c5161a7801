namespace RunAiRbac.Api.Sso.Saml;

internal static class SamlServices
{
    public static void AddSaml(this IServiceCollection services)
    {
        services.AddSingleton<SamlAddresses>().AddSingleton<SamlKeys>().AddSingleton<SamlReplays>().AddSingleton<SamlRequests>();
        services.AddSingleton<SamlProviders>().AddSingleton<IProviderProtocol, SamlProtocol>().AddSingleton<IProviderTester, SamlTester>();
        services.AddHostedService<SamlUpkeep>();
    }
}
