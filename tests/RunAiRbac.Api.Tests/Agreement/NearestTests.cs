using System.Globalization;
using System.Net;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Agreement;

/// <summary>On random policies: the explanation of a deny names rules that would change it, and writing each of them does.</summary>
public sealed class NearestTests(PostgresFixture postgres)
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const int Denials = 12;
    private static readonly string[] Resources = ["workloads", "project", "department", "cluster", "users", "access_rules", "roles", "tenant", "credentials", "nodes"];
    private static readonly string[] Actions = ["create", "read", "update", "delete"];

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Nearest_OfEachDenial_ChangesTheDecisionWhenItIsWrittenAndBackWhenItIsEnded(StorageProvider provider)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock }, postgres);
        var first = Setting("RUNAIRBAC_SEED", Random.Shared.Next());
        for (var seed = first; seed < first + Setting("RUNAIRBAC_HTTP_WORLDS", 1); seed++)
        {
            try
            {
                await ApplyAsync(await RandomTenant.CreateAsync(host, clock, seed), clock);
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"Seed {seed} (RUNAIRBAC_SEED={seed} RUNAIRBAC_HTTP_WORLDS=1): {problem.Message}", problem);
            }
        }
    }

    private static async Task ApplyAsync(RandomTenant world, FakeClock clock)
    {
        var (denied, applied) = (0, 0);
        for (var tries = 0; denied < Denials && tries < 400; tries++)
        {
            var facts = await world.Tenant.FactsAsync();
            var question = Draw(world, facts);
            var explanation = (await world.Tenant.Admin.PostAsync("/api/v1/authorize/explain", question.Body)).Expect(HttpStatusCode.OK);
            if (explanation.Field("reason") != "no_matching_rule") continue;
            denied++;
            var nearest = explanation.Json.GetProperty("nearest").EnumerateArray().ToList();
            if (nearest.Count == 0)
            {
                facts.Roles.Should().NotContain(role => role.Id < PredefinedRoles.FirstCustomId && role.Id != PredefinedRoles.PlatformAdministrator && role.Enabled && Holds(role, question));
                continue;
            }

            foreach (var one in nearest) applied += await ApplyAsync(world, facts, question, one) ? 1 : 0;
        }

        denied.Should().BeGreaterThan(Denials / 2);
        applied.Should().BeGreaterThan(denied / 2);
        clock.Advance(TimeSpan.FromSeconds(1));
    }

    private sealed record Question(SubjectFact Subject, string ResourceType, string Action, ScopeFact Scope)
    {
        public string SubjectType => Subject.Kind switch { SubjectKind.User => "user", SubjectKind.Group => "group", _ => "application" };

        public string SubjectName => Subject.Kind == SubjectKind.Group ? Subject.Key : Subject.Id;

        public object Body => new { subject = new { type = SubjectType, id = SubjectName }, action = Action, resourceType = ResourceType, scope = new { type = Scope.Type, id = Scope.Id } };
    }

    private static Question Draw(RandomTenant world, ReferencePolicy facts) => new(
        world.Pick(facts.Subjects.FindAll(s => s.Kind != SubjectKind.AllAuthenticated)), world.Pick(Resources), world.Pick(Actions), world.Pick(facts.Scopes));

    /// <summary>False: such a rule stands already and has not begun, so that it cannot be written again.</summary>
    private static async Task<bool> ApplyAsync(RandomTenant world, ReferencePolicy facts, Question question, JsonElement nearest)
    {
        var role = nearest.GetProperty("roleId").GetInt32();
        var scope = nearest.GetProperty("scope");
        scope.GetProperty("id").GetString().Should().Be(question.Scope.Id, "the narrowest scope that would do is the one asked about");
        Holds(facts.Roles.Find(x => x.Id == role)!, question).Should().BeTrue();
        var made = await world.Tenant.Admin.PostAsync(Rules, new
        {
            subjectType = question.SubjectType == "application" ? "app" : question.SubjectType,
            subjectId = question.SubjectName,
            roleId = role,
            scopeType = scope.GetProperty("type").GetString(),
            scopeId = scope.GetProperty("id").GetString(),
        });
        if (made.Status == HttpStatusCode.Conflict)
        {
            facts.Rules.Should().Contain(x => x.SubjectId == question.Subject.Id && x.RoleId == role && x.ScopeId == question.Scope.Id && x.NotBefore != null);
            return false;
        }

        made.Expect(HttpStatusCode.Created);
        var id = made.Json.GetProperty("id").GetInt32();
        var now = (await world.Tenant.Admin.PostAsync("/api/v1/authorize", question.Body)).Expect(HttpStatusCode.OK);
        now.Field("reason").Should().Be("granted", "{0} was applied to {1}", role, JsonSerializer.Serialize(question.Body));
        now.Json.GetProperty("accessRule").GetProperty("id").GetInt32().Should().Be(id);
        (await world.Tenant.Admin.DeleteAsync($"{Rules}/{id}")).Expect(HttpStatusCode.NoContent);
        (await world.Tenant.Admin.PostAsync("/api/v1/authorize", question.Body)).Expect(HttpStatusCode.OK).Field("reason").Should().Be("no_matching_rule");
        return true;
    }

    private static bool Holds(RoleFact role, Question question) => role.Permissions.Any(p => p.ResourceType == question.ResourceType && p.Actions.Contains(question.Action));

    private static int Setting(string name, int otherwise)
        => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
