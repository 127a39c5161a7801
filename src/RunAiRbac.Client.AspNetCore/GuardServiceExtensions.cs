using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace RunAiRbac.Client.AspNetCore;

/// <summary>Registers what guarded endpoints need.</summary>
public static class GuardServiceExtensions
{
    /// <summary>
    /// Registers the guard of endpoints that <see cref="RequirePermissionExtensions.RequirePermission"/> names, and a <see cref="RunAiRbacClient"/> with
    /// this service's own credentials (without any, if none are set). Wrong options and wrongly guarded endpoints stop the start.
    /// </summary>
    /// <param name="services">The service's services.</param>
    /// <param name="configure">Sets the options; at least <see cref="GuardOptions.BaseAddress"/>.</param>
    public static IServiceCollection AddRunAiRbac(this IServiceCollection services, Action<GuardOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<GuardOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GuardOptions>, GuardOptionsValidation>());
        services.TryAddSingleton(static provider => Client(provider.GetRequiredService<IOptions<GuardOptions>>().Value));
        services.TryAddSingleton<PermissionGuard>();
        services.AddHostedService<EndpointsAtStart>();
        return services;
    }

    private static RunAiRbacClient Client(GuardOptions options) => options.BackchannelHandler is { } handler
        ? new RunAiRbacClient(new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, options.ClientOptions())
        : new RunAiRbacClient(options.ClientOptions());
}
