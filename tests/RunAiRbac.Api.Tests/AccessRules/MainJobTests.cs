using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.AccessRules;

/// <summary>The job this service exists for, from the administrator's sign-in to the denied check after the rule is gone.</summary>
public sealed class MainJobTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Application_ResearcherInOneProject_MaySubmitThereUntilTheRuleGoes(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var mine = await world.ProjectAsync(cluster, department);
        var other = await world.ProjectAsync(cluster, department);
        var app = (await world.Admin.PostAsync("/api/v1/service-accounts", new { name = world.NewName() })).Expect(HttpStatusCode.Created);
        var name = app.Field("clientId")!;
        var rule = await world.GrantAsync("app", name, World.L1Researcher, mine);

        foreach (var token in await TokensAsync(provider, name, app.Field("clientSecret")!))
        {
            var bot = new Person((await Hosts.GetAsync(provider)).Http, app.Id, name, token);
            var yes = (await bot.CheckAsync("workloads", "create", mine)).Expect(HttpStatusCode.OK);
            yes.Json.GetProperty("allowed").GetBoolean().Should().BeTrue();
            yes.Field("reason").Should().Be("granted");
            yes.Json.GetProperty("accessRule").GetProperty("id").GetInt32().Should().Be(rule.Json.GetProperty("id").GetInt32());
            yes.Json.GetProperty("accessRule").GetProperty("sentence").GetString().Should().StartWith($"Application {name} is a L1 researcher in Project ");
            var no = (await bot.CheckAsync("workloads", "create", other)).Expect(HttpStatusCode.OK);
            no.Json.GetProperty("allowed").GetBoolean().Should().BeFalse();
            no.Field("reason").Should().Be("no_matching_rule");
            no.Json.TryGetProperty("accessRule", out _).Should().BeFalse();
        }

        var asked = await AskAboutAsync(world, name, mine);
        asked.Json.GetProperty("allowed").GetBoolean().Should().BeTrue();
        var gone = (await world.Admin.DeleteAsync($"/api/v1/authorization/access-rules/{rule.Json.GetProperty("id").GetInt32()}")).Expect(HttpStatusCode.NoContent);
        gone.Revision.Should().NotBeNullOrEmpty();
        (await AskAboutAsync(world, name, mine)).Field("reason").Should().Be("no_matching_rule");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Rule_AtDepartmentOrCluster_HoldsBelowItAndNowhereElse_AlsoInLaterProjects(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = await world.ClusterAsync();
        var elsewhere = await world.ClusterAsync();
        var department = await world.DepartmentAsync(cluster);
        var sibling = await world.DepartmentAsync(cluster);
        var inDepartment = (await world.CreateApplicationAsync()).Field("name")!;
        var inCluster = (await world.CreateApplicationAsync()).Field("name")!;
        await world.GrantAsync("service-account", inDepartment, World.L1Researcher, department);
        await world.GrantAsync("service-account", inCluster, World.L1Researcher, cluster);
        var later = await world.ProjectAsync(cluster, department);
        var siblings = await world.ProjectAsync(cluster, sibling);
        var outside = await world.ProjectAsync(elsewhere, await world.DepartmentAsync(elsewhere));

        (await AllowedAsync(world, inDepartment, department, later, siblings, outside, cluster)).Should().Equal(true, true, false, false, false);
        (await AllowedAsync(world, inCluster, cluster, department, later, siblings, outside, elsewhere)).Should().Equal(true, true, true, true, false, false);
    }

    private static async Task<List<bool>> AllowedAsync(World world, string app, params Scope[] scopes)
    {
        var reply = (await world.Admin.PostAsync("/api/v1/authorize/batch", new
        {
            checks = scopes.Select(s => new { subject = new { type = "application", id = app }, action = "create", resourceType = "workloads", scope = new { type = s.Type, id = s.Id } }),
        })).Expect(HttpStatusCode.OK);
        return [.. reply.Json.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("allowed").GetBoolean())];
    }

    private static async Task<Reply> AskAboutAsync(World world, string app, Scope scope)
        => (await world.Admin.PostAsync("/api/v1/authorize", new
        {
            subject = new { type = "app", id = app },
            action = "create",
            resourceType = "workloads",
            scope = new { type = scope.Type, id = scope.Id },
        })).Expect(HttpStatusCode.OK);

    private async Task<List<string>> TokensAsync(StorageProvider provider, string name, string secret)
    {
        var http = (await Hosts.GetAsync(provider)).Http;
        var tokens = new List<string>();
        foreach (var body in new object[] { new { grantType = "app_token", AppId = name, AppSecret = secret }, new { grantType = "client_credentials", clientID = name, clientSecret = secret } })
        {
            using var response = await http.PostAsJsonAsync("/api/v1/token", body, TestContext.Current.CancellationToken);
            tokens.Add((await Reply.ReadAsync(response)).Expect(HttpStatusCode.OK).Field("accessToken")!);
        }

        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = name, ["client_secret"] = secret });
        form.Headers.ContentType.Should().BeEquivalentTo(new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await http.PostAsync("/api/v2/token", form, TestContext.Current.CancellationToken);
        tokens.Add((await Reply.ReadAsync(answer)).Expect(HttpStatusCode.OK).Field("access_token")!);
        return tokens;
    }
}
