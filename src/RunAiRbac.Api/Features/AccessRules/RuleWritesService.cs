using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.AccessRules;

/// <summary>Creates and deletes rules, one by one and in batches.</summary>
internal sealed class RuleWritesService(Writes writes, TimeProvider clock)
{
    public async Task<AccessRule> CreateAsync(HttpContext context, WantedRule wanted)
    {
        var written = await writes.RunAsync(context, (write, acting) => RuleChanges.CreateAsync(write, acting, wanted));
        return RuleAnswers.Of(written.Value, written.Version, Micros.ToTime(written.Value.Rule.CreatedAt));
    }

    public Task DeleteAsync(HttpContext context, string id) => writes.RunAsync(context, (write, acting) => RuleChanges.DeleteAsync(write, acting, id));

    /// <summary>Each item on its own, as if it were alone; the good ones are one change.</summary>
    public async Task<AccessRuleBatchCreationResult> CreateAsync(HttpContext context, AccessRuleBatchCreation body)
    {
        var now = clock.NowMicros();
        var items = RuleBatches.Items(body, now);
        var written = await writes.RunAsync(context, async (write, acting) =>
        {
            var outcomes = new List<Outcome<AccessRuleCreation, RuleRecord>>(items.Count);
            foreach (var item in items) outcomes.Add(await TryAsync(item, () => RuleChanges.CreateAsync(write, acting, NewRuleReader.Read(item, now))));
            return outcomes;
        });
        return new AccessRuleBatchCreationResult(
            [.. written.Value.Where(x => x.Refusal is null).Select(x => RuleAnswers.Of(x.Result!, written.Version, Micros.ToTime(x.Result!.Rule.CreatedAt)))],
            [.. written.Value.Where(x => x.Refusal is not null).Select(x => Failure(x.Item, x.Refusal!))]);
    }

    /// <summary>Deletes, or tells what deleting would do: the same judgement, item by item in the order given, and then either kept or not.</summary>
    public async Task<AccessRuleBatchResult> DeleteAsync(HttpContext context, AccessRuleBatch body)
    {
        var ids = RuleBatches.Ids(body);
        var written = RuleBatches.IsRehearsal(body) ? await writes.RehearseAsync(context, EndAsync) : await writes.RunAsync(context, EndAsync);
        return new AccessRuleBatchResult(
            Guid.NewGuid().ToString(),
            [.. written.Value.Where(x => x.Refusal is null).Select(x => x.Item)],
            [.. written.Value.Where(x => x.Refusal is not null).Select(x => new AccessRuleBatchFailure(x.Item, x.Refusal!.Kind.Status, x.Refusal.Message, x.Refusal.Kind.Code))]);

        async Task<List<Outcome<string, Rule>>> EndAsync(PolicyWrite write, Acting acting)
        {
            var outcomes = new List<Outcome<string, Rule>>(ids.Count);
            foreach (var id in ids) outcomes.Add(await TryAsync(id, () => DeleteUnlessLastAsync(write, acting, id)));
            return outcomes;
        }
    }

    /// <summary>Of several administrators' rules in one batch, the last that is named stays.</summary>
    private static Task<Rule> DeleteUnlessLastAsync(PolicyWrite write, Acting acting, string id)
    {
        var rule = RuleChanges.FindToDelete(write, acting, id);
        if (rule.RoleId == PredefinedRoles.SystemAdministrator && write.WouldEndLastAdministrator(new RuleEnd(rule.Id)))
            throw new ApiException(Kinds.LastAdministrator, new LastAdministratorException().Message);
        return RuleChanges.DeleteAsync(write, acting, id);
    }

    private static AccessRuleCreationFailure Failure(AccessRuleCreation item, ApiException refusal)
        => new(item, refusal.Kind.Status, refusal.Message, refusal.Kind.Code, refusal.Field, refusal.Extensions.GetValueOrDefault("existingId") as int?);

    private static async Task<Outcome<TItem, TResult>> TryAsync<TItem, TResult>(TItem item, Func<Task<TResult>> change)
        where TResult : class
    {
        try
        {
            return new(item, await change(), null);
        }
        catch (ApiException refusal) when (refusal.Kind.Status is 400 or 403 or 404 or 409)
        {
            return new(item, null, refusal);
        }
    }

    private sealed record Outcome<TItem, TResult>(TItem Item, TResult? Result, ApiException? Refusal);
}
