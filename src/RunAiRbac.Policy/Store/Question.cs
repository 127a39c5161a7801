using System.Runtime.CompilerServices;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>One permission at one scope at one moment, asked of one subject's rules after the other.</summary>
internal readonly struct Question(ScopeRecord place, RoleSet roles, int permission, long now) : IMatcher<Rule>
{
    /// <summary>The scope asked about.</summary>
    public ScopeRecord Place => place;

    /// <summary>The enabled roles that hold the permission, one bit each, in the form of <see cref="RoleSet.KeyHolders"/>.</summary>
    public uint Holders { get; } = roles.KeyHolders[permission];

    /// <summary>UTC microseconds since 1970.</summary>
    public long Now { get; } = now;

    /// <summary>Whether that rule, found on the path, allows what is asked.</summary>
    public bool Matches(Rule rule) => roles.IsHolder(rule.RoleIndex, permission) && rule.IsActiveAt(Now);

    /// <summary>Of the rules at a scope of the path, in the form of <see cref="RulesHere"/>, one that allows it.</summary>
    public Rule? Judge(object? rules) => rules switch
    {
        null => null,
        Rule rule => Matches(rule) ? rule : null,
        _ => Unsafe.As<RuleBag>(rules).Rules.TryFind(this, out var found) ? found : null,
    };
}
