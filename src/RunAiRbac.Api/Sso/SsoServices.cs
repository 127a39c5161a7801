namespace RunAiRbac.Api.Sso;

internal static class SsoServices
{
    public static void AddSso(this IServiceCollection services)
    {
        services.AddSingleton<SsoProviders>();
    }
}
