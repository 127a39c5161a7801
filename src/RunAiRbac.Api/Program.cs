using RunAiRbac.Api.Hosting;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddHost();
    await using var app = builder.Build();
    app.UseHost();
    await Commands.RunAsync(app, args);
    return 0;
}
catch (Exception failure) when (StartFailure.Describe(failure) is { } message)
{
    Console.Error.WriteLine(message);
    return 1;
}
