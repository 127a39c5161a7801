using System.Globalization;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>Rules to delete and to create, as one change. <c>Single</c>: it is one creation, whose errors name no index.</summary>
internal sealed record SimulatedChange(IReadOnlyList<WantedRule> Create, IReadOnlyList<string> Delete, bool Single = false);

/// <summary>
/// What a change would do: the real write, judged as such, of which nothing remains, and then the difference between the state before it and the one that
/// it would have left.
/// </summary>
internal sealed class SimulationService(Writes writes)
{
    private const string CursorName = "simulate";
    private const int CursorParts = 6;

    public Task<SimulationResponse> RunAsync(HttpContext context, SimulatedChange change, int? limit, string? cursor)
        => RunAsync(context, limit, cursor, (write, acting) => JudgeAsync(write, acting, change));

    /// <summary>Any change: the function does it and names the ids of the subjects that it concerns.</summary>
    public async Task<SimulationResponse> RunAsync(HttpContext context, int? limit, string? cursor, Func<PolicyWrite, Acting, Task<IReadOnlyCollection<string>>> change)
    {
        var pageSize = AuthorizeService.Limit(limit);
        var after = Cursor.Read(cursor, CursorName, context.Admitted().Caller.TenantId, CursorParts);
        var rehearsed = await writes.RehearseAsync(context, async (write, acting) =>
        {
            var subjects = await change(write, acting);
            return new Judged(write.Before, write.After, subjects, write.Now);
        });
        // Outside the write: this may concern very many members.
        var entries = Entries(rehearsed.Value, context.RequestAborted);
        entries.Sort((left, right) => AuthorizeService.Compare(left.Key, right.Key));
        var left = entries.Where(entry => after is null || AuthorizeService.Compare(entry.Key, after) > 0).Take(pageSize + 1).ToList();
        var page = left.Take(pageSize).ToList();
        return new SimulationResponse(
            [.. page.Where(entry => entry.IsGained).Select(entry => entry.ToWire(rehearsed.Value))],
            [.. page.Where(entry => !entry.IsGained).Select(entry => entry.ToWire(rehearsed.Value))],
            new SimulationCounts(entries.Count(entry => entry.IsGained), entries.Count(entry => !entry.IsGained)),
            left.Count > pageSize ? Cursor.Write(CursorName, rehearsed.Version.TenantId, page[^1].Key) : null,
            rehearsed.Version.Token);
    }

    /// <summary>Deletions first: a rule that goes makes room for one like it.</summary>
    private static async Task<IReadOnlyCollection<string>> JudgeAsync(PolicyWrite write, Acting acting, SimulatedChange change)
    {
        var subjects = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < change.Delete.Count; i++)
        {
            var rule = await NamingAsync(change, "delete", i, () => RuleChanges.DeleteAsync(write, acting, change.Delete[i]));
            subjects.Add(write.Before.Subject(rule.Subject).Id);
        }

        for (var i = 0; i < change.Create.Count; i++)
        {
            var made = await NamingAsync(change, "create", i, () => RuleChanges.CreateAsync(write, acting, change.Create[i]));
            subjects.Add(made.Rule.SubjectId);
        }

        return subjects;
    }

    private static async Task<T> NamingAsync<T>(SimulatedChange change, string list, int index, Func<Task<T>> judge)
    {
        try
        {
            return await judge();
        }
        catch (ApiException refusal) when (!change.Single)
        {
            throw Named(refusal, list, index);
        }
    }

    /// <summary>The same error, with the place of its item.</summary>
    public static ApiException Named(ApiException refusal, string list, int index)
    {
        var item = string.Create(CultureInfo.InvariantCulture, $"{list}[{index}]");
        var named = new ApiException(refusal.Kind, $"`{item}`: {refusal.Message}", refusal.Field is null ? item : $"{item}.{refusal.Field}");
        foreach (var (name, value) in refusal.Extensions) named.With(name, value);
        return named;
    }

    private static List<Entry> Entries(Judged judged, CancellationToken cancellationToken)
    {
        var entries = new List<Entry>();
        foreach (var id in Concerned(judged))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var difference = PolicySnapshot.Difference(judged.Before, judged.After, id, judged.Now);
            if (difference.Gained.Count + difference.Lost.Count == 0) continue;
            var subject = judged.After.Subject(judged.After.FindSubject(id));
            entries.AddRange(difference.Gained.Select(what => new Entry(subject, what, IsGained: true, judged.After)));
            entries.AddRange(difference.Lost.Select(what => new Entry(subject, what, IsGained: false, judged.Before)));
        }

        return entries;
    }

    /// <summary>The subjects of the changed rules, and the known members of those that are groups.</summary>
    private static HashSet<string> Concerned(Judged judged)
    {
        var concerned = new HashSet<string>(judged.Subjects, StringComparer.Ordinal);
        foreach (var subject in judged.Subjects.Select(judged.After.FindSubject).Where(s => judged.After.Subject(s).Kind == SubjectKind.Group))
            concerned.UnionWith(judged.After.MembersOf(subject).Select(member => judged.After.Subject(member.User).Id));
        return concerned;
    }

    private sealed record Judged(PolicySnapshot Before, PolicySnapshot After, IReadOnlyCollection<string> Subjects, long Now);

    /// <summary>One entry of either list; <c>State</c> is the one in which it holds.</summary>
    private sealed record Entry(SubjectFact Subject, PermissionDifference What, bool IsGained, PolicySnapshot State)
    {
        /// <summary>Its place. By keys, not ids: a subject that is made only by the change has another id each time.</summary>
        public string[] Key { get; } =
        [
            ((int)Subject.Kind).ToString(CultureInfo.InvariantCulture), Subject.Key, IsGained ? "0" : "1",
            State.Path(What.Scope).Count.ToString("D2", CultureInfo.InvariantCulture), State.Scope(What.Scope).Id, What.ResourceType.ToString("D5", CultureInfo.InvariantCulture),
        ];

        public SimulatedPermission ToWire(Judged judged)
        {
            var everybody = Subject.Kind == SubjectKind.AllAuthenticated;
            var isNew = !judged.Before.FindSubject(Subject.Id).IsKnown;
            return new SimulatedPermission(
                new SimulatedSubject(Subjects.Type(Subject.Kind), everybody || isNew ? null : Subject.Id, everybody ? null : Subject.Name),
                State.Catalogue.ResourceTypes[What.ResourceType].Name,
                [.. What.Actions.Select(action => State.Catalogue.Actions[action])],
                AuthorizeService.Named(State, What.Scope));
        }
    }
}
