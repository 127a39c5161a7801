using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Hosting;

/// <summary>What the metrics say, and that their labels stay few.</summary>
public sealed class MetricsTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Labels_OfManyRequests_NameNoUserTenantRuleOrAddress()
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.Sqlite), postgres);
        using var seen = new Seen(host);
        var admin = await host.SignInAsAdminAsync();
        var identifiers = new List<string> { ApiHost.AdminEmail };
        for (var i = 0; i < 20; i++)
        {
            var (clientId, secret, id) = await ApiHost.CreateApplicationAsync(admin);
            var rule = (await ApiHost.PostAsync(admin, "/api/v1/authorization/access-rules", new { subjectType = "app", subjectId = clientId, roleId = 7, scopeType = "tenant", scopeId = "1" }))
                .GetProperty("id").GetInt32().ToString(CultureInfo.InvariantCulture);
            identifiers.AddRange([clientId, secret, id, $"/{rule}"]);
            using var application = await host.SignInApplicationAsync(clientId, secret);
            await CheckAsync(application, "1");
            await CheckAsync(application, clientId);
            await application.GetAsync($"/api/v1/users/{id}", Cancel);
            await application.DeleteAsync($"/api/v1/authorization/access-rules/{rule}", Cancel);
            await application.GetAsync($"/no/such/path/{clientId}", Cancel);
            await host.Http.GetAsync($"/api/v1/apps/{id}", Cancel);
            await host.Http.PostAsJsonAsync("/api/v1/token", new { grantType = clientId, username = clientId, password = secret }, Cancel);
            await host.Http.PostAsJsonAsync("/api/v1/token", new { grantType = "password", username = clientId, password = secret }, Cancel);
        }

        seen.Values.Should().NotBeEmpty();
        foreach (var identifier in identifiers) seen.Values.Keys.Should().NotContain(value => value.Contains(identifier, StringComparison.Ordinal));
        seen.Values.Count.Should().BeLessThan(120, "labels have few values: {0}", string.Join(", ", seen.Values.Keys));
    }

    [Fact]
    public async Task Checks_RefusedAndFailed_AreCountedApart()
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.Sqlite), postgres);
        using var admin = await host.SignInAsAdminAsync();
        var (clientId, secret, _) = await ApiHost.CreateApplicationAsync(admin);
        using var application = await host.SignInApplicationAsync(clientId, secret);
        using var seen = new Seen(host);

        (await CheckAsync(admin, "1")).Should().Be(HttpStatusCode.OK);
        (await CheckAsync(application, "1")).Should().Be(HttpStatusCode.OK);
        (await CheckAsync(host.Http, "1")).Should().Be(HttpStatusCode.Unauthorized);
        (await application.PostAsJsonAsync("/api/v1/authorize", new { subject = new { type = "user", id = ApiHost.AdminEmail }, action = "read", resourceType = "cluster", scope = new { type = "tenant", id = "1" } }, Cancel))
            .StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await application.PostAsJsonAsync("/api/v1/authorize", new { action = "read" }, Cancel)).StatusCode.Should().Be(HttpStatusCode.BadRequest);

        seen.Sum("authz_checks_total", "result", "allowed").Should().Be(1);
        seen.Sum("authz_checks_total", "result", "denied").Should().Be(1);
        seen.Sum("authz_refused_total", "reason", "unauthorized").Should().Be(1);
        seen.Sum("authz_refused_total", "reason", "forbidden").Should().Be(1);
        seen.Sum("authz_refused_total", "reason", "invalid_request").Should().Be(0, "a malformed question is neither a decision nor a refusal");
    }

    private static async Task<HttpStatusCode> CheckAsync(HttpClient caller, string tenant)
    {
        using var response = await caller.PostAsJsonAsync("/api/v1/authorize", new { action = "read", resourceType = "cluster", scope = new { type = "tenant", id = tenant } }, Cancel);
        return response.StatusCode;
    }

    /// <summary>All measurements of one host, with the labels they carry.</summary>
    private sealed class Seen : IDisposable
    {
        private static readonly string[] Meters = ["RunAiRbac", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Diagnostics"];
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Instrument, string Label, string Value, double Number)> _measured = [];

        public Seen(ApiHost host)
        {
            // Other hosts of this process have meters of the same names, each with its own scope.
            var scope = host.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (Meters.Contains(instrument.Meter.Name) && ReferenceEquals(instrument.Meter.Scope, scope)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, number, tags, _) => Note(instrument.Name, number, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, number, tags, _) => Note(instrument.Name, number, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, number, tags, _) => Note(instrument.Name, number, tags));
            _listener.Start();
        }

        /// <summary>Every value that a label has had.</summary>
        public ConcurrentDictionary<string, bool> Values { get; } = [];

        public double Sum(string instrument, string label, string value)
            => _measured.Where(x => x.Instrument == instrument && x.Label == label && x.Value == value).Sum(x => x.Number);

        public void Dispose() => _listener.Dispose();

        private void Note(string instrument, double number, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (label, value) in tags)
            {
                var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                // The port of the test host is one value for all.
                if (label is not ("server.port" or "server.address")) Values[$"{label}={text}"] = true;
                _measured.Enqueue((instrument, label, text, number));
            }
        }
    }
}
