using System.Data.Common;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Sso;
using RunAiRbac.Storage;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;

namespace RunAiRbac.Api.Hosting;

/// <summary>What the host is made of.</summary>
internal static class HostServices
{
    private const string DefaultAddress = "http://127.0.0.1:8080";

    public static void AddHost(this WebApplicationBuilder builder)
    {
        builder.UseServer();
        builder.AddLogs();
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddHostOptions();
        services.AddRunAiRbacStorage(Storage);
        services.AddSignIn();
        services.AddSso();
        services.AddFeatures();
        services.AddSingleton<Writes>();
        services.AddSingleton<Metrics>();
        services.AddSingleton<FirstStart>();
        services.AddSingleton<DemoSeed>();
        services.AddHostedService<Telemetry>();
        services.AddHostedService<ChangeLogUpkeep>();
        services.AddSingleton<Draining>();
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddOptions<Microsoft.Extensions.Hosting.HostOptions>().Configure<IOptions<ShutdownOptions>, IHostEnvironment>(
            (host, shutdown, environment) => host.ShutdownTimeout = shutdown.Value.For(environment) + shutdown.Value.FinishWithin);
        services.AddExceptionHandler<ProblemWriter>();
        services.AddOpenApiDocument();
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.DefaultIgnoreCondition = JsonBody.Answers.DefaultIgnoreCondition;
            foreach (var converter in JsonBody.Answers.Converters) options.SerializerOptions.Converters.Add(converter);
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    private static void UseServer(this WebApplicationBuilder builder)
    {
        // Whoever names an address, in whichever way, gets that one alone.
        string[] ways = ["urls", "http_ports", "https_ports"];
        if (ways.All(way => string.IsNullOrEmpty(builder.Configuration[way])) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls(DefaultAddress);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = JsonBody.MaxBatchBytes;
            kestrel.Limits.MaxRequestLineSize = 16 << 10;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
    }

    private static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddSerilog(Logger(builder.Configuration), dispose: true);
        // The framework's own request log would open a scope and an activity for every request; RequestObserver writes our line.
        builder.Logging.AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    /// <summary>Levels in code, since settings files are not found when the current folder is another one; configuration overrides them.</summary>
    private static LoggerConfiguration Quiet(LoggerConfiguration logger) => logger.MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("System", LogEventLevel.Warning)
        // Failed commands surface as exceptions; the first start's missing history table is no error.
        .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database.Command", LogEventLevel.Fatal)
        .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogEventLevel.Error);

    private static Serilog.Core.Logger Logger(IConfiguration configuration)
    {
        try
        {
            return Quiet(new LoggerConfiguration()).ReadFrom.Configuration(configuration).WriteTo.Console(new JsonFormatter(renderMessage: true)).CreateLogger();
        }
        catch (InvalidOperationException wrong)
        {
            throw new StartFailure("Serilog: " + wrong.Message, wrong);
        }
    }

    private static StorageSettings Storage(IServiceProvider services)
    {
        var freshness = services.GetRequiredService<IOptions<FreshnessOptions>>().Value;
        var provider = services.GetRequiredService<IOptions<StorageOptions>>().Value.Provider;
        var connection = HostOptions.ConnectionString(services.GetRequiredService<IConfiguration>());
        return new StorageSettings
        {
            Provider = provider,
            ConnectionString = provider == StorageProvider.Sqlite ? UnderContentRoot(connection, services.GetRequiredService<IHostEnvironment>().ContentRootPath) : connection,
            MaxStaleness = freshness.MaxStaleness,
            PollInterval = freshness.PollInterval,
            Notifications = freshness.Notifications,
            LongestTokenLifetime = TokensOptions.LongestAccessTokenLifetime,
        };
    }

    private static string UnderContentRoot(string connectionString, string contentRoot)
    {
        var builder = new DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (var key in new[] { "Data Source", "DataSource", "Filename" })
        {
            if (!builder.TryGetValue(key, out var value) || value is not string file || file.Length == 0 || file.StartsWith(':') || file.StartsWith("file:", StringComparison.OrdinalIgnoreCase)) continue;
            builder[key] = Path.Combine(contentRoot, file);
        }

        return builder.ConnectionString;
    }
}
