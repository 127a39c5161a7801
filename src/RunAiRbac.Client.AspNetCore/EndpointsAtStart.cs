using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace RunAiRbac.Client.AspNetCore;

/// <summary>Has all endpoints built when the service starts, so that one which is wrongly guarded stops it then and not at the first request.</summary>
internal sealed class EndpointsAtStart(EndpointDataSource endpoints) : IHostedLifecycleService
{
    /// <summary>After the server's own start, which is when the endpoints are known.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _ = endpoints.Endpoints;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
