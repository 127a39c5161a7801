using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>
/// Goes through every method of the SDK against a running service: one part per group. <see cref="InventoryTests"/> sees to it that none is left out.
/// </summary>
internal sealed partial class Tour : IDisposable
{
    public const int L1Researcher = 5;
    private readonly HttpClient _http;

    public Tour(ApiHost host)
    {
        _http = new HttpClient(Recorder) { Timeout = Timeout.InfiniteTimeSpan };
        Admin = new RunAiRbacClient(_http, new RunAiRbacClientOptions { BaseAddress = host.Address, Credentials = RunAiRbacCredentials.Password(ApiHost.AdminEmail, ApiHost.AdminPassword) });
    }

    public RecordingHandler Recorder { get; } = new();

    public RunAiRbacClient Admin { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Admin.Dispose();
        _http.Dispose();
        Recorder.Dispose();
    }

    private static string NewName(string what) => ApiHost.NewName(what);

    private static string NewEmail() => NewName("user") + "@example.com";

    private static T Good<T>(Written<T> written)
    {
        written.Revision.Should().NotBeNullOrEmpty("a write gives its revision");
        return written.Value;
    }

    private static void Good(Written written) => written.Revision.Should().NotBeNullOrEmpty("a write gives its revision");

    private static async Task NotFoundAsync(Func<Task> call) => (await ErrorTests.FailureAsync(call)).ErrorCode.Should().Be("not_found");

    private async Task<DisplayedCluster> ClusterAsync() => Good(await Admin.Clusters.CreateAsync(new ClusterCreationRequest(NewName("cluster"), "cluster.test", "2.22"), Cancel));

    private async Task<Project> ProjectAsync(string cluster) => Good(await Admin.Projects.CreateAsync(new ProjectCreationRequest { Name = NewName("project"), ClusterId = cluster }, Cancel));

    private async Task<AccessRule> RuleAsync(string subjectType, string subject, Project project)
        => Good(await Admin.AccessRules.CreateAsync(
            new AccessRuleCreation { SubjectType = subjectType, SubjectId = subject, RoleId = L1Researcher, ScopeType = "project", ScopeId = project.Id, Reason = "tour" }, Cancel));

    private static CheckRequest MaySubmit(Project project, CheckSubject? subject = null, Consistency? consistency = null)
        => new() { Subject = subject!, Action = "create", ResourceType = "workloads", Scope = In(project), Consistency = consistency! };

    private static CheckScope In(Project project) => new() { Type = "project", Id = project.Id };
}
