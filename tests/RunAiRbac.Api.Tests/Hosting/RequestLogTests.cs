using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Hosting;

public sealed class RequestLogTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Log_OneLinePerRequest_WithoutSecretsAndWithoutGoodChecks()
    {
        using var logs = new Logs();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.Sqlite) { Logs = logs }, postgres);
        var world = await World.OpenAsync(host);
        var application = await world.CreateApplicationAsync();
        var tokens = (await world.TrySecretAsync(application.Field("name")!, application.Field("secret")!)).Expect(HttpStatusCode.OK);
        var user = await world.CreateUserAsync();
        var signedIn = (await world.TryPasswordAsync(user.Field("username")!, user.Field("tempPassword")!)).Expect(HttpStatusCode.OK);
        logs.Clear();

        (await world.Admin.GetAsync("/api/v1/users?search=private")).Expect(HttpStatusCode.OK);
        (await world.Admin.CheckAsync("users", "read", World.Tenant)).Expect(HttpStatusCode.OK);
        (await world.Admin.PostAsync("/api/v1/authorize", new { nonsense = 1 })).Expect(HttpStatusCode.BadRequest);
        (await world.Admin.PostAsync("/api/v1/authorization/permitted-scopes", new { resourceType = "users", action = "read" })).Expect(HttpStatusCode.OK);
        (await host.Http.GetAsync("/health/live", TestContext.Current.CancellationToken)).Dispose();
        (await world.TryPasswordAsync(ApiHost.AdminEmail, "a wrong password")).Expect(HttpStatusCode.Unauthorized);
        (await world.TokenAsync(new { grantType = "refresh_token", refreshToken = signedIn.Field("refreshToken") })).Expect(HttpStatusCode.OK);

        var lines = logs.Lines.Where(line => line.Contains(" in ", StringComparison.Ordinal)).ToList();
        lines.Should().HaveCount(5);
        lines.Should().ContainSingle(line => line.StartsWith("GET /api/v1/users 200", StringComparison.Ordinal) && line.Contains("tenant 1", StringComparison.Ordinal));
        lines.Should().ContainSingle(line => line.StartsWith("POST /api/v1/authorize 400", StringComparison.Ordinal));
        lines.Should().ContainSingle(line => line.StartsWith("POST /api/v1/authorization/permitted-scopes 200", StringComparison.Ordinal));
        lines.Should().ContainSingle(line => line.StartsWith("POST /api/v1/token 401", StringComparison.Ordinal) && line.Contains("subject , tenant ,", StringComparison.Ordinal));
        foreach (var secret in new[]
        {
            "private", "a wrong password", ApiHost.AdminPassword, application.Field("secret")!, user.Field("tempPassword")!,
            tokens.Field("accessToken")!, signedIn.Field("accessToken")!, signedIn.Field("refreshToken")!,
        })
        {
            logs.Everything.Should().NotContain(secret);
        }
    }

    private sealed class Logs : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly ConcurrentQueue<string> _all = new();

        public IReadOnlyCollection<string> Lines => _lines;

        /// <summary>All lines since the start.</summary>
        public string Everything => string.Join('\n', _all);

        public void Clear() => _lines.Clear();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose() => Clear();

        private sealed class Logger(Logs logs, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            // The levels that the host ships with.
            public bool IsEnabled(LogLevel logLevel) => logLevel >= (category.StartsWith("RunAiRbac.", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Warning);

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var line = formatter(state, exception);
                logs._all.Enqueue(line + exception);
                if (category.EndsWith("RequestObserver", StringComparison.Ordinal)) logs._lines.Enqueue(line);
            }
        }
    }
}
