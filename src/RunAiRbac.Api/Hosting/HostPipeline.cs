using RunAiRbac.Api.Features;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Hosting;

/// <summary>The order in which a request meets the host.</summary>
internal static class HostPipeline
{
    public static void UseHost(this WebApplication app)
    {
        HostOptions.Validate(app.Services);
        app.UseMiddleware<RequestObserver>();
        app.UseExceptionHandler(static _ => { });
        app.UseOpenApiDocument();
        app.UseRouting();
        app.UseMiddleware<AdminUi>();
        app.UseMiddleware<TokenAdmission>();
        app.UseMiddleware<RateLimits>();
        app.MapFeatures();
        app.UseEndpoints(static _ => { });
        var (metrics, store) = (app.Services.GetRequiredService<Metrics>(), app.Services.GetRequiredService<PolicyStore>());
        metrics.Meter.CreateObservableGauge("authz_snapshot_age_seconds", () => store.Age.TotalSeconds, "s", "Time since the policy was last confirmed to be the newest.");
        store.Arrived += metrics.ChangeArrived;
    }
}
