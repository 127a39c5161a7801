using System.Numerics;
using System.Runtime.CompilerServices;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// The rules of one subject by scope, persistent. Small: an array of scope indexes in buckets of eight, one vector comparison each, and the rules in a second
/// array. A bucket that is too full gets help first from more buckets; if that is of no use the key goes into another one and the table is
/// <see cref="IsOdd"/>. Beyond a limit the keys are spread over many such tables (<see cref="LargeRules"/>): odd as well.
/// </summary>
internal readonly struct RuleTable
{
    /// <summary>Keys that one bucket holds: what one 256-bit vector compares.</summary>
    public const int Lanes = 8;

    /// <summary>A place without a key.</summary>
    public const int NoScope = -1;

    /// <summary>The number of scopes up to which the small form is used.</summary>
    public const int DefaultLimit = 96;

    private static readonly int[] EmptyKeys = [NoScope, NoScope, NoScope, NoScope, NoScope, NoScope, NoScope, NoScope];

    private readonly object?[] _values;

    private RuleTable(int[] keys, object?[] values, bool isOdd) => (Keys, _values, IsOdd) = (keys, values, isOdd);

    /// <summary>A table without rules. Never use <c>default</c>.</summary>
    public static RuleTable Empty { get; } = new(EmptyKeys, [], isOdd: false);

    /// <summary>Scope indexes in buckets; their number is a power of two.</summary>
    public int[] Keys { get; }

    /// <summary>Whether a key may stand elsewhere than in its bucket, so that only <see cref="Find"/> finds it.</summary>
    public bool IsOdd { get; }

    public bool IsEmpty => ReferenceEquals(Keys, EmptyKeys) && !IsOdd;

    private LargeRules? Large => IsOdd && _values is [LargeRules large] ? large : null;

    /// <summary>The bits of a scope index that choose its bucket (the low ones) and its part of a large table (from the 11th on).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(int scope)
    {
        var hash = (uint)scope * 0x9E3779B1u;
        hash ^= hash >> 15;
        hash *= 0x85EBCA77u;
        return hash ^ (hash >> 13);
    }

    /// <summary>The table of these rules.</summary>
    public static RuleTable From(IReadOnlyCollection<Rule> rules, int limit)
    {
        if (rules.Count == 0) return Empty;
        var byScope = new Dictionary<int, object>(rules.Count);
        foreach (var rule in rules) byScope[rule.Scope.Index] = RulesHere.Add(byScope.GetValueOrDefault(rule.Scope.Index), rule);
        return From([.. byScope], limit);
    }

    /// <summary>The table of these entries; how many scopes it may have in the small form is the limit.</summary>
    public static RuleTable From(KeyValuePair<int, object>[] entries, int limit)
    {
        if (entries.Length == 0) return Empty;
        return entries.Length > limit ? new RuleTable(EmptyKeys, [LargeRules.From(entries)], isOdd: true) : Pack(entries);
    }

    /// <summary>The rules at that scope, in the form of <see cref="RulesHere"/>. Allocates nothing.</summary>
    public object? Find(int scope)
    {
        if (IsOdd) return FindOdd(scope);
        var from = (int)(Hash(scope) & (uint)((Keys.Length / Lanes) - 1)) * Lanes;
        var at = Keys.AsSpan(from, Lanes).IndexOf(scope);
        return at < 0 ? null : _values[from + at];
    }

    /// <summary>The rules behind a key by its place in <see cref="Keys"/>.</summary>
    public object ValueAt(int place) => _values[place]!;

    public RuleTable With(Rule rule, int limit)
    {
        if (Large is { } large) return new RuleTable(EmptyKeys, [large.With(rule)], isOdd: true);
        var entries = Entries();
        var at = Array.FindIndex(entries, entry => entry.Key == rule.Scope.Index);
        if (at < 0) return From([.. entries, new KeyValuePair<int, object>(rule.Scope.Index, rule)], limit);
        entries[at] = new KeyValuePair<int, object>(rule.Scope.Index, RulesHere.Add(entries[at].Value, rule));
        return From(entries, limit);
    }

    public RuleTable Without(Rule rule, int limit)
    {
        if (Large is { } large)
        {
            var left = large.Without(rule);
            return left.Count > limit / 2 ? new RuleTable(EmptyKeys, [left], isOdd: true) : From([.. left.Entries()], limit);
        }

        var entries = Entries();
        var at = Array.FindIndex(entries, entry => entry.Key == rule.Scope.Index);
        var rest = RulesHere.Remove(entries[at].Value, rule.Id);
        if (rest is null) return From(ArrayEdits.RemoveAt(entries, at), limit);
        entries[at] = new KeyValuePair<int, object>(rule.Scope.Index, rest);
        return From(entries, limit);
    }

    /// <summary>All rules, in any order.</summary>
    public IEnumerable<Rule> All()
        => Large is { } large ? large.Entries().SelectMany(entry => RulesHere.All(entry.Value)) : _values.SelectMany(RulesHere.All);

    /// <summary>The entries of a table in small form.</summary>
    public KeyValuePair<int, object>[] Entries()
    {
        var entries = new KeyValuePair<int, object>[_values.Length];
        var count = 0;
        for (var i = 0; i < _values.Length; i++)
        {
            if (_values[i] is { } value) entries[count++] = new KeyValuePair<int, object>(Keys[i], value);
        }

        return count == entries.Length ? entries : entries[..count];
    }

    private object? FindOdd(int scope)
    {
        if (Large is { } large) return large.Find(scope);
        var at = Array.IndexOf(Keys, scope);
        return at < 0 ? null : _values[at];
    }

    private static RuleTable Pack(ReadOnlySpan<KeyValuePair<int, object>> entries)
    {
        var buckets = entries.Length <= Lanes ? 1 : BitOperations.RoundUpToPowerOf2((uint)entries.Length * 2 / Lanes);
        for (var tries = 0; tries < 2; tries++, buckets *= 2)
        {
            if (TryPack(entries, (int)buckets, mayStray: false, out var table)) return table;
        }

        TryPack(entries, (int)(buckets / 2), mayStray: true, out var odd);
        return odd;
    }

    private static bool TryPack(ReadOnlySpan<KeyValuePair<int, object>> entries, int buckets, bool mayStray, out RuleTable table)
    {
        var keys = new int[buckets * Lanes];
        // A lone bucket is filled from the front, so that the rules need no more room than they are.
        var values = new object?[buckets == 1 ? entries.Length : keys.Length];
        keys.AsSpan().Fill(NoScope);
        table = default;
        foreach (var (scope, value) in entries)
        {
            var from = (int)(Hash(scope) & (uint)(buckets - 1)) * Lanes;
            var free = keys.AsSpan(from, Lanes).IndexOf(NoScope);
            if (free < 0 && !mayStray) return false;
            var at = free < 0 ? Array.IndexOf(keys, NoScope) : from + free;
            keys[at] = scope;
            values[at] = value;
        }

        table = new RuleTable(keys, values, isOdd: mayStray);
        return true;
    }
}
