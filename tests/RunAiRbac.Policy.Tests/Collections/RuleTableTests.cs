using System.Runtime.Intrinsics.X86;
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
    public void MayGrant_FourScopes_SeesEachOfThem(int count)
    {
        const int Role = 7;
        var rules = Enumerable.Range(0, count).Select(i => Rule.From(new RuleFact(i, "s", 1, "x"), 1, Role, 10 * i)).ToArray();
        var table = RuleTable.From(rules, RuleTable.DefaultLimit);
        table.IsOdd.Should().BeFalse();

        MayGrant(table, 1u << Role, 1, 2, ScopeRecord.Padding, ScopeRecord.Padding).Should().BeFalse();
        MayGrant(table, uint.MaxValue, 3, 5, 7, 601).Should().BeFalse();
        for (var i = 0; i < count; i++)
        {
            for (var place = 0; place < 4; place++)
            {
                int[] scopes = [1, 2, 3, 4];
                scopes[place] = 10 * i;
                MayGrant(table, 1u << Role, scopes).Should().BeTrue($"scope {10 * i} stands at place {place}");
                if (Avx2.IsSupported) MayGrant(table, ~(1u << Role), scopes).Should().BeFalse("no other role is there");
            }
        }
    }

    [Fact]
    public void MayGrant_RuleThatKeysCannotTell_MustBeLookedAt()
    {
        const uint NoRole = 1u << RuleTable.LookAtRules;
        Rule late = Rule.From(new RuleFact(1, "s", 1, "x"), 1, RuleTable.LookAtRules, 10);
        Rule ending = Rule.From(new RuleFact(2, "s", 1, "x", null, 5), 1, 1, 20);
        Rule[] two = [Rule.From(new RuleFact(3, "s", 1, "x"), 1, 1, 30), Rule.From(new RuleFact(4, "s", 2, "x"), 1, 2, 30)];
        var table = RuleTable.From([late, ending, .. two], RuleTable.DefaultLimit);

        foreach (var scope in (int[])[10, 20, 30]) MayGrant(table, NoRole, scope, 1, 2, 3).Should().BeTrue();
        MayGrant(table, NoRole, 1, 2, 3, 4).Should().BeFalse();
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

    private static bool MayGrant(RuleTable table, uint holders, params int[] path)
        => table.MayGrant(new PathProbe(new ScopeRecord(new ScopeFact("x", "project", null, "x"), path), holders)) != 0;
}
