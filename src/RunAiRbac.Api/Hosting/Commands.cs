using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace RunAiRbac.Api.Hosting;

/// <summary>What the program does: serve, or one of <c>migrate</c>, <c>new-epoch</c>, <c>openapi</c>. Arguments it does not know go to configuration.</summary>
internal static class Commands
{
    public static async Task RunAsync(WebApplication app, string[] args)
    {
        var start = app.Services.GetRequiredService<FirstStart>();
        switch (args.FirstOrDefault())
        {
            case "migrate":
                await start.MigrateAsync(CancellationToken.None);
                Console.WriteLine("The database is up to date.");
                break;
            case "new-epoch":
                await start.NewEpochAsync(CancellationToken.None);
                Console.WriteLine("A new epoch has begun: older consistency tokens are unknown, all sessions have ended.");
                break;
            case "openapi":
                Console.Write(await OpenApi.WriteAsync(app.Services));
                break;
            default:
                await ServeAsync(app, start);
                break;
        }
    }

    private static async Task ServeAsync(WebApplication app, FirstStart start)
    {
        await start.PrepareAsync(CancellationToken.None);
        var demo = app.Configuration["seed"] switch
        {
            null or "" => null,
            "demo" => await app.Services.GetRequiredService<DemoSeed>().PlantAsync(),
            _ => throw new StartFailure("--seed knows only `demo`."),
        };
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "nowhere";
        Greet(app, start, address);
        if (demo is not null) Console.WriteLine(demo.Commands(address));
        await app.WaitForShutdownAsync();
    }

    /// <summary>To the console and not through the logger: a log is no place for a password.</summary>
    private static void Greet(WebApplication app, FirstStart start, string address)
    {
        if (!app.Environment.IsDevelopment()) return;
        Console.WriteLine($"RunAiRbac listens on {address} (API description: {address}/swagger)");
        if (start.GeneratedPassword is not { } password) return;
        Console.WriteLine($"Administrator: {start.AdminEmail}");
        Console.WriteLine($"Password:      {password}   (shown this once)");
    }
}
