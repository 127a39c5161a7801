using System.Runtime.Intrinsics;
using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy.Tests.Collections;

public class RuleTableTests
{
    [Theory]
    [InlineData(1, 96, 60)]
    [InlineData(2, 96, 400)]
    [InlineData(3, 4, 300)]
    [InlineData(4, 96, 100_000)]
    public void RuleTable_RandomEdits_AgreesWithList(int seed, int limit, int scopes)
    {
        var random = new Random(seed);
        var model = new Dictionary<int, Rule>();
        var table = RuleTable.Empty;
        for (var i = 0; i < 3_000; i++)
        {
            if (model.Count > 0 && random.Next(10) < (i < 1_500 ? 3 : 8))
            {
                var ended = model.Values.ElementAt(random.Next(model.Count));
                model.Remove(ended.Id);
                table = table.Without(ended, limit);
            }
            else
            {
                var rule = Rule.From(new RuleFact(i, "s", 1, "x"), 1, 1, random.Next(scopes));
                model.Add(i, rule);
                table = table.With(rule, limit);
            }

            var scope = random.Next(scopes);
            RulesHere.All(table.Find(scope)).Select(rule => rule.Id).Order().Should().Equal(model.Values.Where(rule => rule.Scope.Index == scope).Select(rule => rule.Id).Order());
            if (i % 100 == 0) table.All().Select(rule => rule.Id).Order().Should().Equal(model.Keys.Order());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(60)]
    public void HasAnyOf_FourScopes_SeesEachOfThem(int count)
    {
        var rules = Enumerable.Range(0, count).Select(i => Rule.From(new RuleFact(i, "s", 1, "x"), 1, 1, 10 * i)).ToArray();
        var table = RuleTable.From(rules, RuleTable.DefaultLimit);
        table.IsOdd.Should().BeFalse();
        bool HasAnyOf(params int[] scopes) => table.HasAnyOf(Vector128.Create<int>(scopes), Vector128.Create<uint>(Array.ConvertAll(scopes, RuleTable.Hash)));

        HasAnyOf(1, 2, ScopeRecord.Padding, ScopeRecord.Padding).Should().BeFalse();
        HasAnyOf(3, 5, 7, 601).Should().BeFalse();
        for (var i = 0; i < count; i++)
        {
            for (var place = 0; place < 4; place++)
            {
                int[] scopes = [1, 2, 3, 4];
                scopes[place] = 10 * i;
                HasAnyOf(scopes).Should().BeTrue($"scope {10 * i} stands at place {place}");
            }
        }
    }

    [Fact]
    public void RuleTable_ScopesOfOneBucket_AreAllFound()
    {
        // Scopes that no number of buckets tells apart.
        var scopes = Enumerable.Range(0, 2_000_000).Where(scope => (RuleTable.Hash(scope) & 0x3FF) == 7).Take(40).ToArray();
        var rules = scopes.Select((scope, i) => Rule.From(new RuleFact(i, "s", 1, "x"), 1, 1, scope)).ToArray();

        var bulk = RuleTable.From(rules, RuleTable.DefaultLimit);
        var single = rules.Aggregate(RuleTable.Empty, (table, rule) => table.With(rule, RuleTable.DefaultLimit));

        bulk.IsOdd.Should().BeTrue();
        foreach (var rule in rules)
        {
            bulk.Find(rule.Scope.Index).Should().BeSameAs(rule);
            single.Find(rule.Scope.Index).Should().BeSameAs(rule);
        }

        bulk.Find(scopes[^1] + 1).Should().BeNull();
        bulk.Without(rules[3], RuleTable.DefaultLimit).Find(scopes[3]).Should().BeNull();
    }
}
