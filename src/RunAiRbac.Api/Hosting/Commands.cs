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
            case { } word when IsWord(word):
                throw new StartFailure($"There is no command `{word}`: the program knows migrate, new-epoch and openapi, and without one it serves.");
            default:
                await ServeAsync(app, start);
                break;
        }
    }

    /// <summary>Neither an option nor a key with its value, which go to configuration.</summary>
    private static bool IsWord(string argument) => argument.Length > 0 && argument[0] is not ('-' or '/') && !argument.Contains('=', StringComparison.Ordinal);

    private static async Task ServeAsync(WebApplication app, FirstStart start)
    {
        var seed = app.Configuration["seed"];
        if (seed is not (null or "" or "demo")) throw new StartFailure("--seed knows only `demo`.");
        await start.PrepareAsync(CancellationToken.None);
        var demo = seed == "demo" ? await app.Services.GetRequiredService<DemoSeed>().PlantAsync() : null;
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "nowhere";
        if (app.Environment.IsDevelopment()) Console.WriteLine($"RunAiRbac listens on {address} (admin UI: {address}/, API description: {address}/swagger)");
        if (demo is not null) Console.WriteLine(demo.Commands(address));
        await app.WaitForShutdownAsync();
    }
}
