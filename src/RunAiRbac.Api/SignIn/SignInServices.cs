using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.SignIn.Browser;
using RunAiRbac.Api.SignIn.Browser.Native;
using RunAiRbac.Api.SignIn.Browser.Pages;

namespace RunAiRbac.Api.SignIn;

internal static class SignInServices
{
    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("RunAiRbac");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, KeyRing>();
        services.AddSingleton(provider => new Passwords(provider.GetRequiredService<IOptions<PasswordOptions>>().Value.Rounds));
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<TokenIdentity>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<RefreshTokens>();
        services.AddSingleton<TokenValidator>();
        services.AddSingleton(provider => new TokenCache(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Tenancy>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<SignInService>();
        services.AddSingleton<Revocation>();
        services.AddSingleton<GrantObserver>();
        services.AddSingleton<AuthorizationCodes>();
        services.AddSingleton<SignInAttempts>().AddSingleton<ProviderSignIns>().AddSingleton<SignOutAddresses>();
        services.AddSingleton<SessionCookies>().AddSingleton<BrowserSessions>().AddSingleton<OwnOrigin>();
        services.AddHostedService<SignInUpkeep>();
    }

    /// <summary>Keeps the key ring in the configured folder, readable by this service alone.</summary>
    private sealed class KeyRing(IOptions<KeyRingOptions> options, IHostEnvironment environment, ILoggerFactory loggers)
        : IConfigureOptions<KeyManagementOptions>
    {
        public void Configure(KeyManagementOptions keyManagement)
        {
            var directory = new DirectoryInfo(Path.Combine(environment.ContentRootPath, options.Value.KeyDirectory ?? KeyRingOptions.DefaultDirectory));
            try
            {
                Create(directory);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new StartFailure("DataProtection:KeyDirectory cannot be used: " + failure.Message, failure);
            }

            keyManagement.XmlRepository = new FileSystemXmlRepository(directory, loggers);
        }

        private static void Create(DirectoryInfo directory)
        {
            if (OperatingSystem.IsWindows()) directory.Create();
            else Directory.CreateDirectory(directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
