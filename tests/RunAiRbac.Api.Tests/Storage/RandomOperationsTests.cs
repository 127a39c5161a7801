using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

/// <summary>Random writes: what a store holds, what another catches up to by the log, and what a third reads from the rows must be the same.</summary>
public sealed class RandomOperationsTests(PostgresFixture postgres)
{
    private static readonly string[] Sources = ["directory", "okta", "entra", "nobody"];

    private readonly HashSet<string> _subjects = [];
    private readonly HashSet<string> _scopes = ["1", "system", "nowhere"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageProvider.Sqlite, 1)]
    [InlineData(StorageProvider.Sqlite, 2)]
    [InlineData(StorageProvider.Sqlite, 3)]
    [InlineData(StorageProvider.PostgreSql, 4)]
    [InlineData(StorageProvider.PostgreSql, 5)]
    [InlineData(StorageProvider.PostgreSql, 6)]
    public async Task Snapshots_WrittenFollowedAndLoaded_AreTheSame(StorageProvider provider, int seed)
    {
        await using var store = await TestStore.NewAsync(provider, postgres);
        var follower = await store.AnotherAsync();
        var random = new Random(seed);
        for (var round = 0; round < 12; round++)
        {
            for (var i = 0; i < 6; i++)
            {
                await store.WriteAsync(async write =>
                {
                    for (var n = random.Next(1, 5); n > 0; n--) await StepAsync(write, random);
                    return true;
                });
                store.Clock.Advance(TimeSpan.FromMinutes(random.Next(30)));
            }

            await follower.Store.PollAsync(Cancel);
            var loaded = await store.AnotherAsync();
            var expected = Describe(loaded.Now, store.Micros);
            Describe(store.Now, store.Micros).Should().Equal(expected, "the writer of seed {0} must know what is in the rows", seed);
            Describe(follower.Now, store.Micros).Should().Equal(expected, "the log of seed {0} must lead to what is in the rows", seed);
        }

        store.Now.RuleCount.Should().BeGreaterThan(2);
    }

    private async Task StepAsync(PolicyWrite write, Random random)
    {
        var after = write.After;
        switch (random.Next(16))
        {
            case 0:
                Note(write, write.EnsureUser($"user{random.Next(8)}@example.org", "User"));
                break;
            case 1:
                Note(write, write.EnsureGroup($"group{random.Next(4)}"));
                break;
            case 2:
                var name = $"app{random.Next(5)}";
                if (after.FindSubject(SubjectKind.Application, name).IsKnown) break;
                var application = Rows.Application(name);
                application.HomeScopeId = random.Next(2) == 0 ? Living(after, random) : null;
                Note(write, write.AddSubject(application));
                break;
            case 3 or 4:
                AddScope(write, random);
                break;
            case 5 when random.Next(3) == 0 && Living(after, random) is var ended and not ("1" or "system"):
                await write.EndScopeAsync(ended, Cancel);
                break;
            case 6 when random.Next(3) == 0 && LivingSubject(after, random) is { } ended:
                await write.EndSubjectAsync(ended, Cancel);
                break;
            case 7 when LivingSubject(after, random) is { } user && after.Subject(after.FindSubject(user)).Kind == SubjectKind.User:
                var groups = Enumerable.Range(0, random.Next(4)).Select(_ => $"group{random.Next(4)}").ToList();
                await write.SetGroupsAsync(user, Sources[random.Next(Sources.Length)], groups, Cancel);
                foreach (var group in groups) Note(write, write.After.FindSubject(SubjectKind.Group, group));
                break;
            case 8 when LivingSubject(after, random) is { } id:
                var row = (await write.FindSubjectAsync(id, Cancel))!;
                row.Name = $"Name {random.Next(100)}";
                if (row.Kind == SubjectKind.User) await ChangeUserAsync(write, row, random);
                await write.TouchSubjectAsync(row, Cancel);
                break;
            case 9 when after.RuleCount > 2:
                await write.EndRuleAsync(random.Next(3, 200), Cancel);
                break;
            case 10 when await write.FindScopeAsync(Living(after, random), Cancel) is { } scope:
                write.RenameScope(scope, $"renamed-{scope.Id}-{random.Next(100)}");
                break;
            case 11 or 12:
                await ChangeProviderAsync(write, random);
                break;
            default:
                await AddRuleAsync(write, random);
                break;
        }
    }

    private static async Task ChangeUserAsync(PolicyWrite write, SubjectRow row, Random random)
    {
        (row.Enabled, row.IsLocal, row.IsPending) = (random.Next(4) > 0, random.Next(3) > 0, false);
        row.SessionEpoch += random.Next(2);
        if (random.Next(2) == 0) write.AddCredential(row.Id, CredentialKinds.Password, "hash");
        else if (random.Next(2) == 0) foreach (var old in await write.CredentialsAsync(row.Id, CredentialKinds.Password, Cancel)) old.DeletedAt = write.Now;
    }

    private static async Task ChangeProviderAsync(PolicyWrite write, Random random)
    {
        var alias = Sources[random.Next(1, 3)];
        var provider = await write.FindProviderAsync(alias, Cancel);
        if (provider is null) await write.AddProviderAsync(Rows.Provider(alias, trusted: random.Next(3) > 0), Cancel);
        else if (random.Next(4) == 0) await write.EndProviderAsync(provider, Cancel);
        else await write.TrustGroupsAsync(provider, random.Next(2) == 0, Cancel);
    }

    private void AddScope(PolicyWrite write, Random random)
    {
        var after = write.After;
        var parent = after.Scope(after.FindScope(Living(after, random)));
        if (parent.Type is "system" or "project") return;
        var row = Rows.Cluster($"c{write.Revision}-{random.Next()}");
        if (parent.Type != "tenant") (row.Type, row.ParentId) = (parent.Type == "cluster" ? "department" : "project", parent.Id);
        write.AddScope(row);
        _scopes.Add(row.Id);
    }

    private async Task AddRuleAsync(PolicyWrite write, Random random)
    {
        if (LivingSubject(write.After, random) is not { } subject) return;
        var role = Catalogue.Default.Roles[random.Next(Catalogue.Default.Roles.Length)].Id;
        long? until = random.Next(3) == 0 ? write.Now + (random.NextInt64(1, 90) * 60_000_000) : null;
        long? from = random.Next(4) == 0 ? write.Now + 1 : null;
        await write.AddRuleAsync(write.Rule(subject, role, Living(write.After, random), until, from), Cancel);
    }

    private void Note(PolicyWrite write, SubjectRef subject) => _subjects.Add(write.IdOf(subject));

    private string Living(PolicySnapshot snapshot, Random random)
    {
        var living = _scopes.Where(id => snapshot.FindScope(id).IsKnown).Order(StringComparer.Ordinal).ToList();
        return living[random.Next(living.Count)];
    }

    private string? LivingSubject(PolicySnapshot snapshot, Random random)
    {
        var living = _subjects.Where(id => snapshot.FindSubject(id).IsKnown).Order(StringComparer.Ordinal).ToList();
        return living.Count == 0 ? null : living[random.Next(living.Count)];
    }

    private List<string> Describe(PolicySnapshot snapshot, long now)
    {
        List<string> lines = [$"revision {snapshot.Revision} rules {snapshot.RuleCount} administrators {snapshot.LocalAdministrators(now)}"];
        foreach (var id in _scopes.Where(id => snapshot.FindScope(id).IsKnown))
        {
            var scope = snapshot.FindScope(id);
            lines.Add($"{snapshot.Scope(scope)} below {string.Join("/", snapshot.Path(scope).Select(x => snapshot.Scope(x).Id))}");
            lines.AddRange(snapshot.RulesAt(scope).Select(rule => $"at {id}: {rule.Id} {snapshot.Sentence(rule)} {rule.NotBefore} {rule.ExpiresAt}"));
        }

        foreach (var id in _subjects)
        {
            var subject = snapshot.FindSubject(id);
            lines.AddRange(_scopes.Select(scope => $"{id} in {scope}: {Checks(snapshot, subject, snapshot.FindScope(scope), now)}"));
            if (!subject.IsKnown) continue;
            lines.Add(snapshot.Subject(subject).ToString());
            lines.AddRange(snapshot.RulesOf(subject).Select(rule => $"of {id}: {rule.Id}"));
            lines.AddRange(snapshot.GroupsOf(subject).Select(x => $"{id} in {snapshot.Subject(x.Group).Id} until {x.ValidUntil}"));
            lines.AddRange(snapshot.MembersOf(subject).Select(x => $"{snapshot.Subject(x.User).Id} belongs to {id} until {x.ValidUntil}"));
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static string Checks(PolicySnapshot snapshot, SubjectRef subject, ScopeRef scope, long now)
    {
        var resources = snapshot.Catalogue.ResourceTypes.Length;
        return string.Concat(Enumerable.Range(0, resources).Select(i => (int)snapshot.Check(subject, i, i % 4, scope, now).Reason));
    }
}
