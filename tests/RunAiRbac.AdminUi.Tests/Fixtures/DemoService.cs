namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>The service with the example organization. The tests of one class share it; each changes only what it made.</summary>
public sealed class DemoService : IAsyncLifetime
{
    private Service? _service;

    public Service Service => _service!;

    public async ValueTask InitializeAsync() => _service = await Service.StartAsync(new Dictionary<string, string> { ["seed"] = "demo" });

    public async ValueTask DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
    }
}
