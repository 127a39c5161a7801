using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authorize;

/// <summary>
/// Rules and memberships begin and end to the microsecond in every answer: that of the decision path, of the cached token's caller, and of everything that lists,
/// explains or guards. No rule or membership is written meanwhile, so that only the clock can be the reason.
/// </summary>
public sealed class ExactTimesTests(PostgresFixture postgres)
{
    private static readonly TimeSpan Micro = TimeSpan.FromMicroseconds(1);

    /// <summary>How the person comes by the right.</summary>
    public enum By
    {
        RuleOfItsOwn,
        RuleOfItsGroup,
        Membership,
        RuleForEverybody,
    }

    public static TheoryData<StorageProvider, By> Cases
    {
        get
        {
            var cases = new TheoryData<StorageProvider, By>();
            foreach (var provider in Enum.GetValues<StorageProvider>())
            {
                foreach (var by in Enum.GetValues<By>()) cases.Add(provider, by);
            }

            return cases;
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Cases))]
    public async Task Right_WithATerm_BeginsAndEndsToTheMicrosecondInEveryAnswer(StorageProvider provider, By by)
    {
        var clock = new FakeClock();
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Clock = clock }, postgres);
        var start = clock.GetUtcNow() + TimeSpan.FromSeconds(20);
        var end = start + TimeSpan.FromSeconds(20);
        var corner = await Corner.NewAsync(host, by, by == By.Membership ? null : start, end);
        // A membership has no beginning: it holds from the first moment.
        (DateTimeOffset At, bool Holds)[] moments = [(start - Micro, by == By.Membership), (start, true), (end - Micro, true), (end, false), (end + Micro, false)];

        foreach (var (at, holds) in moments)
        {
            clock.Advance(at - clock.GetUtcNow());
            // The clock is also the one that freshness is measured by.
            await host.Services.GetRequiredService<PolicyStore>().PollAsync(Cancel);
            foreach (var (name, ask) in corner.Questions) (await ask()).Should().Be(holds, "{0} at {1:O}", name, at);
        }
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Right_WithATerm_UnderTheRealClock_IsRightInEveryAnswerForItsOwnTime(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        var start = Whole(DateTimeOffset.UtcNow + TimeSpan.FromSeconds(3));
        var end = start + TimeSpan.FromSeconds(2);
        var corner = await Corner.NewAsync(host, By.RuleOfItsOwn, start, end);
        var answers = new ConcurrentBag<(string Name, DateTimeOffset Sent, DateTimeOffset Answered, bool Yes)>();

        await Task.WhenAll(corner.Questions.Select(question => Task.Run(async () =>
        {
            DateTimeOffset sent;
            do
            {
                sent = DateTimeOffset.UtcNow;
                var yes = await question.Ask();
                answers.Add((question.Name, sent, DateTimeOffset.UtcNow, yes));
            }
            while (sent < end + TimeSpan.FromMilliseconds(500));
        })));

        foreach (var (name, sent, answered, yes) in answers)
        {
            // One that is under way at either instant may be of before or after it.
            if (answered < start || sent >= end) yes.Should().BeFalse("{0} was asked at {1:O} and answered at {2:O}; it holds from {3:O} to {4:O}", name, sent, answered, start, end);
            else if (sent >= start && answered < end) yes.Should().BeTrue("{0} was asked at {1:O} and answered at {2:O}; it holds from {3:O} to {4:O}", name, sent, answered, start, end);
        }

        foreach (var (name, _) in corner.Questions)
        {
            answers.Should().Contain(x => x.Name == name && x.Yes, "{0} must have been asked in time", name);
            answers.Should().Contain(x => x.Name == name && x.Sent >= end, "{0} must have been asked afterwards", name);
        }
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>A project, somebody who may read and change it for a while, and everything by which that can be told.</summary>
    private sealed class Corner
    {
        private Corner(World world, Person person, Scope project) => Questions =
        [
            ("check of oneself", () => MayAsync(person, null)),
            ("check by another", () => MayAsync(world.Admin, person.Id)),
            ("batch", async () => (await person.PostAsync("/api/v1/authorize/batch", new { checks = new[] { Check(null) } })).Expect(HttpStatusCode.OK).Json.GetProperty("results")[0].GetProperty("allowed").GetBoolean()),
            ("explain", async () =>
            {
                var said = (await world.Admin.PostAsync("/api/v1/authorize/explain", Check(person.Id))).Expect(HttpStatusCode.OK).Json;
                var allowed = said.GetProperty("allowed").GetBoolean();
                said.GetProperty("grants").EnumerateArray().Any(x => x.GetProperty("matches").GetBoolean()).Should().Be(allowed);
                return allowed;
            }),
            ("who-can", async () => (await world.Admin.PostAsync("/api/v1/authorize/who-can", new { action = "update", resourceType = "project", scope = new { type = project.Type, id = project.Id }, limit = 1000 })).Expect(HttpStatusCode.OK)
                .Json.GetProperty("subjects").EnumerateArray().Any(x => x.GetProperty("type").GetString() == "all-authenticated-users" || x.GetProperty("id").GetString() == person.Id)),
            ("what-can", async () => (await person.PostAsync("/api/v1/authorize/what-can", new { resourceType = "project", action = "update" })).Expect(HttpStatusCode.OK).Json.GetProperty("permissions").GetArrayLength() == 1),
            ("permitted scopes", async () => (await person.PostAsync("/api/v1/authorization/permitted-scopes", new { resourceType = "project", action = "update" })).Expect(HttpStatusCode.OK)
                .Json.GetProperty("update").GetProperty("projects").GetArrayLength() == 1),
            ("list", async () => (await person.GetAsync("/api/v1/org-unit/projects")).Expect(HttpStatusCode.OK).Json.GetProperty("projects").GetArrayLength() == 1),
            ("count", async () => (await person.GetAsync("/api/v1/org-unit/projects/count")).Expect(HttpStatusCode.OK).Json.GetProperty("count").GetInt32() == 1),
            ("object", async () => Is((await person.GetAsync($"/api/v1/org-unit/projects/{project.Id}")).Status, HttpStatusCode.OK, HttpStatusCode.NotFound)),
            ("write", async () => Is((await person.PutAsync($"/api/v1/org-unit/projects/{project.Id}", new { description = $"{Guid.NewGuid()}" })).Status, HttpStatusCode.OK, HttpStatusCode.NotFound)),
        ];

        public IReadOnlyList<(string Name, Func<Task<bool>> Ask)> Questions { get; private set; }

        private Func<string?, object> Check { get; set; } = _ => new { };

        public static async Task<Corner> NewAsync(ApiHost host, By by, DateTimeOffset? start, DateTimeOffset end)
        {
            var world = await World.OpenAsync(host);
            var cluster = await world.ClusterAsync();
            var project = await world.ProjectAsync(cluster, await world.DepartmentAsync(cluster));
            var created = await world.CreateUserAsync();
            var person = await world.SignInAsync(created);
            var group = world.NewName();
            if (by is By.RuleOfItsGroup or By.Membership) (await world.Admin.PutAsync($"/api/v1/users/{created.Id}/groups", new { source = "directory", groups = new[] { group } })).Expect(HttpStatusCode.OK);
            await GrantAsync(world, by, created.Id, group, project, by == By.Membership ? null : start, by == By.Membership ? null : end);
            if (by == By.Membership) await EndMembershipAtAsync(host, created.Id, Micros.From(end));
            var corner = new Corner(world, person, project) { Check = subject => NewCheck(subject, project) };
            // The token is in the cache from now on.
            foreach (var (_, ask) in corner.Questions) await ask();
            return corner;
        }

        private Task<bool> MayAsync(Person asking, string? subject) => MayAsync(asking, Check(subject));

        private static async Task<bool> MayAsync(Person asking, object check) => (await asking.PostAsync("/api/v1/authorize", check)).Expect(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean();

        private static object NewCheck(string? subject, Scope project) => subject is null
            ? new { action = "update", resourceType = "project", scope = new { type = project.Type, id = project.Id } }
            : new { subject = new { type = "user", id = subject }, action = "update", resourceType = "project", scope = new { type = project.Type, id = project.Id } };

        private static bool Is(HttpStatusCode status, HttpStatusCode yes, HttpStatusCode no)
        {
            status.Should().BeOneOf(yes, no);
            return status == yes;
        }

        private static async Task GrantAsync(World world, By by, string userId, string group, Scope project, DateTimeOffset? start, DateTimeOffset? end)
        {
            var (notBefore, expiresAt) = (Text(start), Text(end));
            const string rules = "/api/v1/authorization/access-rules";
            var granted = by switch
            {
                By.RuleForEverybody => await world.Admin.PostAsync($"{rules}/authenticated-users", new { roleId = ProjectAdministrator, scopeType = project.Type, scopeId = project.Id, notBefore, expiresAt }),
                By.RuleOfItsOwn => await world.Admin.PostAsync(rules, new { subjectType = "user", subjectId = userId, roleId = ProjectAdministrator, scopeType = project.Type, scopeId = project.Id, notBefore, expiresAt }),
                _ => await world.Admin.PostAsync(rules, new { subjectType = "group", subjectId = group, roleId = ProjectAdministrator, scopeType = project.Type, scopeId = project.Id, notBefore, expiresAt }),
            };
            granted.Expect(HttpStatusCode.Created);
        }

        /// <summary>What the API has no call for yet.</summary>
        private static Task EndMembershipAtAsync(ApiHost host, string userId, long at)
            => host.Services.GetRequiredService<PolicyStore>().WriteAsync(ApiHost.Tenant, Actor.System, async write =>
            {
                var membership = await write.Db.Memberships.SingleAsync(x => x.TenantId == ApiHost.Tenant && x.UserId == userId && x.EndedRevision == null, Cancel);
                membership.ValidUntil = at;
                var group = await write.Db.Groups.SingleAsync(x => x.TenantId == ApiHost.Tenant && x.Id == membership.GroupId, Cancel);
                write.Record(new MembershipPut(new MembershipFact(userId, group.SubjectId, at)));
                return true;
            }, Cancel);

        private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

        private const int ProjectAdministrator = 3003;
    }
}
