using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>docs/samples/guarded-service as a process of its own, in front of a real host: the main job, seen from another service.</summary>
public sealed class GuardedServiceSampleTests(PostgresFixture postgres)
{
    public static TheoryData<StorageProvider> Providers => ApiTests.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Job_OfAResearcher_IsTakenInTheirProjectUntilTheRuleOrRunAiRbacIsGone(StorageProvider provider)
    {
        var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        try
        {
            using var rbac = new RunAiRbacClient(new RunAiRbacClientOptions
            {
                BaseAddress = host.Address,
                Credentials = RunAiRbacCredentials.Password(ApiHost.AdminEmail, ApiHost.AdminPassword),
            });
            var cluster = (await rbac.Clusters.CreateAsync(new ClusterCreationRequest("my-cluster", null, null), Cancel)).Value.Uuid;
            var mine = (await rbac.Projects.CreateAsync(new ProjectCreationRequest { Name = "my-project", ClusterId = cluster }, Cancel)).Value.Id;
            var other = (await rbac.Projects.CreateAsync(new ProjectCreationRequest { Name = "not-my-project", ClusterId = cluster }, Cancel)).Value.Id;
            var bot = (await rbac.ServiceAccounts.CreateAsync(new ApplicationCreation { Name = "ci-bot" }, Cancel)).Value;
            var researcher = (await rbac.Roles.ListAsync(Cancel)).Single(role => role.Name == "L1 researcher").Id;
            var rule = (await rbac.AccessRules.CreateAsync(
                new AccessRuleCreation { SubjectId = "ci-bot", SubjectType = "app", RoleId = researcher, ScopeType = "project", ScopeId = mine }, Cancel)).Value.Id;
            var token = (await rbac.Tokens.GrantFormAsync(
                new OAuthTokenRequest { GrantType = "client_credentials", ClientId = bot.ClientId, ClientSecret = bot.ClientSecret }, Cancel)).AccessToken;

            await using var service = await SampleProcess.StartAsync(host.Address);
            (await service.PostJobAsync(mine, token)).Should().Be(HttpStatusCode.Created);
            (await service.PostJobAsync(other, token)).Should().Be(HttpStatusCode.Forbidden);
            (await service.PostJobAsync(Guid.NewGuid().ToString(), token)).Should().Be(HttpStatusCode.Forbidden);
            (await service.PostJobAsync(mine, null)).Should().Be(HttpStatusCode.Unauthorized);
            (await service.PostJobAsync(mine, token + "x")).Should().Be(HttpStatusCode.Unauthorized);
            (await service.GetJobsAsync(mine, token)).Should().ContainSingle();

            await rbac.AccessRules.DeleteAsync(rule, Cancel);
            (await service.PostJobAsync(mine, token)).Should().Be(HttpStatusCode.Forbidden);

            await rbac.AccessRules.CreateAsync(new AccessRuleCreation { SubjectId = "ci-bot", SubjectType = "app", RoleId = researcher, ScopeType = "project", ScopeId = mine }, Cancel);
            (await service.PostJobAsync(mine, token)).Should().Be(HttpStatusCode.Created);
            await host.DisposeAsync();
            host = null;
            (await service.PostJobAsync(mine, token)).Should().Be(HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            if (host is not null) await host.DisposeAsync();
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed class SampleProcess : IAsyncDisposable
    {
        private const string Listening = "Now listening on: ";
        private readonly Process _process;
        private readonly HttpClient _http;

        private SampleProcess(Process process, Uri address) => (_process, _http) = (process, new HttpClient { BaseAddress = address });

        public static async Task<SampleProcess> StartAsync(Uri rbac)
        {
            // artifacts/bin/<this project>/<configuration>
            var here = new DirectoryInfo(AppContext.BaseDirectory);
            var program = Path.Combine(here.Parent!.Parent!.FullName, "GuardedService", here.Name, "GuardedService.dll");
            var start = new ProcessStartInfo("dotnet", [program, "--urls", "http://127.0.0.1:0", $"--RunAiRbac:BaseAddress={rbac}"]) { RedirectStandardOutput = true };
            start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
            var process = Process.Start(start) ?? throw new InvalidOperationException("The sample did not start.");
            var seen = new List<string>();
            while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
            {
                seen.Add(line);
                if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
                {
                    process.BeginDiscard();
                    return new SampleProcess(process, new Uri(line[(at + Listening.Length)..]));
                }
            }

            throw new InvalidOperationException("The sample ended: " + string.Join('\n', seen));
        }

        public async Task<HttpStatusCode> PostJobAsync(string project, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/projects/{project}/jobs") { Content = JsonContent.Create(new { name = "train" }) };
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await _http.SendAsync(request, Cancel);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) response.Headers.RetryAfter.Should().NotBeNull();
            return response.StatusCode;
        }

        public async Task<List<Dictionary<string, string>>> GetJobsAsync(string project, string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/projects/{project}/jobs");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await _http.SendAsync(request, Cancel);
            return (await response.Content.ReadFromJsonAsync<List<Dictionary<string, string>>>(Cancel))!;
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }
    }
}

internal static class ProcessOutput
{
    /// <summary>Keeps the pipe empty, so that the process never waits for a reader.</summary>
    public static void BeginDiscard(this Process process) => _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
}
