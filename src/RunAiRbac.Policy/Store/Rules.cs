using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>Two or more rules of one subject at one scope. (A single one stands for itself, see <see cref="RulesHere"/>.)</summary>
internal sealed class RuleBag(IntTree<Rule> rules)
{
    /// <summary>By rule id.</summary>
    public IntTree<Rule> Rules { get; } = rules;
}

/// <summary>The rules of one subject at one scope, as a table holds them: a <see cref="Rule"/> or a <see cref="RuleBag"/>.</summary>
internal static class RulesHere
{
    public static object Add(object? rules, Rule rule) => rules switch
    {
        null => rule,
        Rule other => new RuleBag(default(IntTree<Rule>).With(other.Id, other).With(rule.Id, rule)),
        RuleBag bag => new RuleBag(bag.Rules.With(rule.Id, rule)),
        _ => throw new InvalidOperationException("Neither a rule nor a bag."),
    };

    public static object? Remove(object? rules, int ruleId)
    {
        if (rules is not RuleBag bag) return null;
        var left = bag.Rules.Without(ruleId);
        return left.Count > 1 ? new RuleBag(left) : left.Values.FirstOrDefault();
    }

    public static IEnumerable<Rule> All(object? rules) => rules switch
    {
        null => [],
        Rule rule => [rule],
        _ => ((RuleBag)rules).Rules.Values,
    };
}
