using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Replicas;

/// <summary>
/// Many threads write, revoke, let expire, move users between groups and check on two replicas. Afterwards every answer is judged: it must be what the
/// reference evaluator says of the rows of the revision it names, and that revision must be at or after everything the caller could know to be done.
/// </summary>
public sealed class HistoryTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int RuleWriters = 8;
    private const int GroupMovers = 4;
    private const int Checkers = 20;
    private const string DoomedReason = "doomed";
    private static readonly int[] Roles = [World.L1Researcher, World.Viewer, World.DepartmentAdministrator];
    private static readonly string[] Types = ["workloads", "cluster", "department", "project", "users"];
    private static readonly string[] Actions = ["create", "read", "update", "delete"];

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("RUNAIRBAC_HISTORY_ROUNDS") ?? "40", CultureInfo.InvariantCulture);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>With <paramref name="lostCommits"/>, some writes of the first replica end between commit and publication: nobody is told, and the outcome is unknown to the writer.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task History_OfTwoReplicas_IsWhatTheRowsSay(bool lostCommits)
    {
        var commits = new LostCommits();
        await using var first = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { Commits = commits }, postgres);
        await using var second = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = first }, postgres);
        var run = await Run.NewAsync(first, second);

        var writers = new List<Task>();
        for (var i = 0; i < RuleWriters; i++) writers.Add(run.StartAsync(i, run.WriteRuleAsync));
        for (var i = 0; i < GroupMovers; i++) writers.Add(run.StartAsync(100 + i, run.MoveUserAsync));
        if (lostCommits) writers.Add(run.StartAsync(300, _ => LoseOneAsync(commits)));
        var written = Task.WhenAll(writers);
        var checkers = Enumerable.Range(0, Checkers).Select(i => run.StartAsync(200 + i, run.CheckAsync, until: written)).ToList();
        await written;
        await Task.WhenAll(checkers);

        output.WriteLine(await run.JudgeAsync());
    }

    /// <summary>
    /// A third replica, a process, is killed at the commit of a write, once it has acknowledged some: before PostgreSQL heard of the commit, or after it was done
    /// and before anybody was told. The write whose outcome nobody knows is either there or not, and everywhere the same.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task History_WithAReplicaKilledAtACommit_IsWhatTheRowsSay(bool isCommitted)
    {
        await using var first = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql), postgres);
        await using var second = await ApiHost.StartAsync(new ApiHostSetup(StorageProvider.PostgreSql) { ReplicaOf = first }, postgres);
        await using var proxy = new PostgresProxy(first.Database.ConnectionString);
        await using var process = await ApiProcess.StartAsync(first.Folder, proxy.ConnectionString, new Dictionary<string, string>());
        var run = await Run.NewAsync(first, second);
        var doomed = await run.NewReplicaAsync(process);

        var writers = new List<Task>();
        for (var i = 0; i < RuleWriters / 2; i++) writers.Add(run.StartAsync(i, run.WriteRuleAsync));
        for (var i = 0; i < GroupMovers; i++) writers.Add(run.StartAsync(100 + i, run.MoveUserAsync));
        for (var i = 0; i < RuleWriters / 2; i++) writers.Add(run.StartUntilGoneAsync(300 + i, doomed, run.WriteDoomedRuleAsync));
        writers.Add(run.KillAsync(doomed, process, proxy, isCommitted));
        var written = Task.WhenAll(writers);
        var checkers = Enumerable.Range(0, Checkers).Select(i => run.StartAsync(200 + i, run.CheckAsync, until: written)).ToList();
        checkers.AddRange(Enumerable.Range(0, 4).Select(i => run.StartUntilGoneAsync(400 + i, doomed, run.CheckOnAsync)));
        await written;
        await Task.WhenAll(checkers);

        output.WriteLine(await run.JudgeAsync());
        await run.ShouldHaveDoomedRulesAsync(unacknowledged: isCommitted ? 1 : 0);
        await run.ShouldDecideAlikeEverywhereAsync();
    }

    private static async Task LoseOneAsync(LostCommits commits)
    {
        await Task.Delay(20, Cancel);
        commits.AfterNext = true;
    }

    private sealed record Asked(string Subject, string Action, string Type, string Scope, long SentAt, long AnsweredAt, long AtLeast, long Revision, bool Allowed);

    private sealed class Replica(PolicyStore store, Person admin)
    {
        private long _acknowledged;

        public Person Admin => admin;

        /// <summary>The last revision that this replica has acknowledged: it publishes before it answers.</summary>
        public long Acknowledged => Interlocked.Read(ref _acknowledged);

        public long Revision(string token)
        {
            store.ReadToken(token, ApiHost.Tenant, out var revision).Should().Be(ConsistencyTokenStatus.Good);
            return revision;
        }

        public void Acknowledge(long revision) => Raise(ref _acknowledged, revision);

        /// <summary>It has died, or is about to.</summary>
        public bool IsGone { get; set; }
    }

    private static void Raise(ref long target, long value)
    {
        for (var seen = Interlocked.Read(ref target); seen < value;)
        {
            var found = Interlocked.CompareExchange(ref target, value, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    private static PolicyStore StoreOf(ApiHost host) => host.Services.GetRequiredService<PolicyStore>();

    private sealed class Run(ApiHost first, Replica[] replicas, List<(string Type, string Id, string Ask)> subjects, string[] users, string[] groups, Scope[] scopes)
    {
        private readonly ConcurrentQueue<Asked> _asked = [];
        private readonly ConcurrentBag<int> _rules = [];
        private readonly ConcurrentQueue<(int Rule, long Revision, bool IsEnd)> _acknowledgedRules = [];
        private readonly ConcurrentQueue<(string Token, long Revision)> _tokens = [];
        private long _acknowledged;
        private int _writes;
        private int _unknown;
        private int _doomedRules;

        public static async Task<Run> NewAsync(ApiHost first, ApiHost second)
        {
            var world = await World.OpenAsync(first);
            var other = await World.OpenAsync(second);
            var replicas = new[] { new Replica(StoreOf(first), world.Admin), new Replica(StoreOf(second), other.Admin) };
            var cluster = await world.ClusterAsync();
            var department = await world.DepartmentAsync(cluster);
            var scopes = new[] { World.Tenant, cluster, department, await world.ProjectAsync(cluster, department), await world.ProjectAsync(cluster, department) };
            var groups = Enumerable.Range(0, 3).Select(_ => world.NewName()).ToArray();
            var subjects = new List<(string Type, string Id, string Ask)>();
            var users = new string[5];
            for (var i = 0; i < users.Length; i++)
            {
                var user = await world.CreateUserAsync();
                users[i] = user.Id;
                subjects.Add(("user", user.Field("username")!, user.Id));
            }

            for (var i = 0; i < 2; i++)
            {
                var application = await world.CreateApplicationAsync();
                subjects.Add(("application", application.Field("clientId")!, application.Id));
            }

            // So that the groups are known to both and everything before the run counts for the second replica too.
            var moved = (await world.Admin.PutAsync($"/api/v1/users/{users[0]}/groups", new { source = "directory", groups })).Expect(HttpStatusCode.OK);
            (await other.Admin.PostAsync("/api/v1/authorize", new { action = "read", resourceType = "cluster", scope = new { type = "tenant", id = "1" }, consistency = new { atLeast = moved.Revision } })).Expect(HttpStatusCode.OK);
            return new Run(first, replicas, subjects, users, groups, scopes);
        }

        /// <summary>A number of steps, or as many as it does until the others have ended.</summary>
        public Task StartAsync(int seed, Func<Random, Task> step, Task? until = null) => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var i = 0; until is null ? i < Rounds : !until.IsCompleted && i < Rounds * 25; i++) await step(random);
        });

        /// <summary>Steps on one replica for as long as it lives.</summary>
        public Task StartUntilGoneAsync(int seed, Replica replica, Func<Replica, Random, Task> step) => Task.Run(async () =>
        {
            var random = new Random(seed);
            try
            {
                while (true) await step(replica, random);
            }
            catch (HttpRequestException) when (replica.IsGone)
            {
                // Nobody knows what became of this one.
            }
        });

        /// <summary>One more replica, a process of its own; what was done before this counts for it too.</summary>
        public async Task<Replica> NewReplicaAsync(ApiProcess process)
        {
            var admin = new Person(process.Http, "", ApiHost.AdminEmail, await Wire.TokenAsync(process, new { grantType = "password", username = ApiHost.AdminEmail, password = ApiHost.AdminPassword }));
            return new Replica(StoreOf(first), admin);
        }

        /// <summary>Kills the process at the commit of its next write, once it has acknowledged some.</summary>
        public async Task KillAsync(Replica replica, ApiProcess process, PostgresProxy proxy, bool isCommitted)
        {
            while (Volatile.Read(ref _doomedRules) < 20) await Task.Delay(5, Cancel);
            await proxy.StopAtNextCommitAsync(isCommitted, () =>
            {
                replica.IsGone = true;
                return process.KillAsync();
            });
        }

        public async Task WriteRuleAsync(Random random)
        {
            var replica = Pick(random, replicas);
            if (random.Next(2) == 0 && _rules.TryTake(out var rule))
            {
                var ended = await replica.Admin.DeleteAsync($"/api/v1/authorization/access-rules/{rule}");
                Note(replica, ended, HttpStatusCode.NoContent, HttpStatusCode.NotFound);
                if (ended.Status == HttpStatusCode.NoContent) _acknowledgedRules.Enqueue((rule, replica.Revision(ended.Revision!), true));
                return;
            }

            var ofGroup = random.Next(3) == 0;
            var subject = Pick(random, subjects);
            var scope = Pick(random, scopes);
            DateTimeOffset? expires = random.Next(3) == 0 ? DateTimeOffset.UtcNow.AddMilliseconds(500 + random.Next(1500)) : null;
            var made = await replica.Admin.PostAsync("/api/v1/authorization/access-rules", new
            {
                subjectType = ofGroup ? "group" : subject.Type == "user" ? "user" : "app",
                subjectId = ofGroup ? Pick(random, groups) : subject.Id,
                roleId = Pick(random, Roles),
                scopeType = scope.Type,
                scopeId = scope.Id,
                expiresAt = expires?.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
            });
            // It may be past when it arrives: then nothing is written.
            if (expires is not null && made.Status == HttpStatusCode.BadRequest && made.Details == "expiresAt") return;
            Note(replica, made, HttpStatusCode.Created, HttpStatusCode.Conflict);
            if (made.Status == HttpStatusCode.Created) NoteRule(replica, made);
        }

        /// <summary>A rule of a user at a random scope, marked as of the replica that will die.</summary>
        public async Task WriteDoomedRuleAsync(Replica replica, Random random)
        {
            var (subject, scope) = (Pick(random, subjects), Pick(random, scopes));
            var made = await replica.Admin.PostAsync("/api/v1/authorization/access-rules", new
            {
                subjectType = subject.Type == "user" ? "user" : "app",
                subjectId = subject.Id,
                roleId = Pick(random, Roles),
                scopeType = scope.Type,
                scopeId = scope.Id,
                reason = DoomedReason,
            });
            Note(replica, made, HttpStatusCode.Created, HttpStatusCode.Conflict);
            if (made.Status != HttpStatusCode.Created) return;
            NoteRule(replica, made);
            Interlocked.Increment(ref _doomedRules);
        }

        public async Task MoveUserAsync(Random random)
        {
            var replica = Pick(random, replicas);
            var some = groups.Where(_ => random.Next(2) == 0).ToArray();
            Note(replica, await replica.Admin.PutAsync($"/api/v1/users/{Pick(random, users)}/groups", new { source = "directory", groups = some }), HttpStatusCode.OK);
        }

        public Task CheckAsync(Random random) => CheckOnAsync(Pick(random, replicas), random);

        public async Task CheckOnAsync(Replica replica, Random random)
        {
            var (subject, scope) = (Pick(random, subjects), Pick(random, scopes));
            var (action, type) = (Pick(random, Actions), Pick(random, Types));
            object? consistency = null;
            // Without a word on consistency: all that this replica has acknowledged itself. With a token: that. In full: all that anybody has acknowledged.
            var atLeast = replica.Acknowledged;
            switch (random.Next(3))
            {
                case 0 when _tokens.ToArray() is { Length: > 0 } known:
                    var token = random.Next(2) == 0 ? known[^1] : Pick(random, known);
                    consistency = new { atLeast = token.Token };
                    atLeast = Math.Max(atLeast, token.Revision);
                    break;
                case 1:
                    atLeast = Math.Max(atLeast, Interlocked.Read(ref _acknowledged));
                    consistency = new { full = true };
                    break;
            }

            var sentAt = TimeProvider.System.NowMicros();
            var body = new Dictionary<string, object>
            {
                ["subject"] = new { type = subject.Type, id = subject.Id },
                ["action"] = action,
                ["resourceType"] = type,
                ["scope"] = new { type = scope.Type, id = scope.Id },
            };
            if (consistency is not null) body["consistency"] = consistency;
            var reply = await replica.Admin.PostAsync("/api/v1/authorize", body);
            var answeredAt = TimeProvider.System.NowMicros();
            reply.Expect(HttpStatusCode.OK);
            _asked.Enqueue(new Asked(
                subject.Ask, action, type, scope.Id, sentAt, answeredAt, atLeast, replica.Revision(reply.Field("revision")!), reply.Json.GetProperty("allowed").GetBoolean()));
        }

        /// <summary>Judges every answer by the rows.</summary>
        public async Task<string> JudgeAsync()
        {
            var history = await RowHistory.ReadAsync(StoreOf(first), ApiHost.Tenant);
            var yes = 0;
            foreach (var asked in _asked)
            {
                asked.Revision.Should().BeGreaterThanOrEqualTo(asked.AtLeast, "the caller knew that revision to be done: {0}", asked);
                var then = history.At(asked.Revision);
                // The moment of the decision lies between the two; a rule may begin or end there.
                var expected = new[] { asked.SentAt, asked.AnsweredAt }.Select(now => then.Check(asked.Subject, null, asked.Type, asked.Action, asked.Scope, now).Reason == "granted");
                expected.Should().Contain(asked.Allowed, "{0}", asked);
                if (asked.Allowed) yes++;
            }

            var rows = history.Rules.ToDictionary(x => x.Id);
            foreach (var (rule, revision, isEnd) in _acknowledgedRules)
                (isEnd ? rows[rule].EndedRevision : rows[rule].MadeRevision).Should().Be(revision, "no acknowledged write may be lost");
            _writes.Should().BeGreaterThan(100);
            yes.Should().BeInRange(_asked.Count / 20, _asked.Count * 19 / 20, "both answers must have been given often");
            return $"{_asked.Count} answers ({yes} yes) over {_writes} acknowledged writes, {_unknown} of unknown outcome.";
        }

        /// <summary>All acknowledged rules of the replica that died, and so many more whose writer never heard of it.</summary>
        public async Task ShouldHaveDoomedRulesAsync(int unacknowledged)
        {
            await using var db = await StoreOf(first).OpenAsync(Cancel);
            var rules = await db.AccessRules.CountAsync(x => x.TenantId == ApiHost.Tenant && x.Reason == DoomedReason, Cancel);
            rules.Should().Be(_doomedRules + unacknowledged);
        }

        /// <summary>Everything anybody asked about, once more, on each replica that is left.</summary>
        public async Task ShouldDecideAlikeEverywhereAsync()
        {
            var facts = (await RowHistory.ReadAsync(StoreOf(first), ApiHost.Tenant)).Now;
            var checks = (from subject in subjects
                          from scope in scopes
                          from type in Types
                          from action in Actions
                          select new { subject = new { type = subject.Type, id = subject.Id }, action, resourceType = type, scope = new { type = scope.Type, id = scope.Id } }).ToList();
            foreach (var replica in replicas)
            {
                List<bool> before, answers, after;
                do
                {
                    before = Expected();
                    var results = (await replica.Admin.PostAsync("/api/v1/authorize/batch", new { checks, consistency = new { full = true } })).Expect(HttpStatusCode.OK).Json.GetProperty("results");
                    answers = [.. results.EnumerateArray().Select(x => x.GetProperty("allowed").GetBoolean())];
                    after = Expected();
                }
                while (!before.SequenceEqual(after));

                answers.Should().Equal(after);
            }

            // The last rules may expire while this is asked.
            List<bool> Expected()
            {
                var now = TimeProvider.System.NowMicros();
                return [.. from subject in subjects from scope in scopes from type in Types from action in Actions
                           select facts.Check(subject.Ask, null, type, action, scope.Id, now).Reason == "granted"];
            }
        }

        private void NoteRule(Replica replica, Reply made)
        {
            var rule = made.Json.GetProperty("id").GetInt32();
            _acknowledgedRules.Enqueue((rule, replica.Revision(made.Revision!), false));
            _rules.Add(rule);
        }

        private void Note(Replica replica, Reply written, HttpStatusCode good, HttpStatusCode? alsoGood = null)
        {
            if (written.Status == HttpStatusCode.ServiceUnavailable)
            {
                Interlocked.Increment(ref _unknown);
                return;
            }

            if (written.Status == alsoGood) return;
            written.Expect(good);
            var revision = replica.Revision(written.Revision!);
            replica.Acknowledge(revision);
            Raise(ref _acknowledged, revision);
            _tokens.Enqueue((written.Revision!, revision));
            Interlocked.Increment(ref _writes);
        }

        private static T Pick<T>(Random random, IReadOnlyList<T> of) => of[random.Next(of.Count)];
    }
}
