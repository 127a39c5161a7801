using Microsoft.Extensions.Options;

namespace RunAiRbac.Api.Hosting;

/// <summary>
/// The beginning of a shutdown: readiness fails first, and for <c>Shutdown:DrainFor</c> requests are still served, so that whoever follows readiness goes
/// elsewhere. Then the server takes no new connections and finishes what runs.
/// </summary>
internal sealed class Draining(IOptions<ShutdownOptions> options, IHostEnvironment environment, TimeProvider clock) : IHostedLifecycleService
{
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        return Task.Delay(options.Value.For(environment), clock, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
