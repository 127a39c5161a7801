using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// The rules of one subject by scope, persistent. Small: scope indexes in buckets of eight, one vector comparison each, and the rules in a second array. A lone
/// bucket stands in the struct itself, so that most users' rules lie where the user does. A bucket that is too full gets help first from more buckets; if that
/// is of no use the key goes into another one and the table is <see cref="IsOdd"/>. Beyond a limit the keys are spread over many such tables
/// (<see cref="LargeRules"/>): odd as well.
/// </summary>
/// <remarks>
/// A key is the scope's index in the low 24 bits and the role's above, so that a rule that does not hold the permission asked for is passed over without a look
/// at it. <see cref="LookAtRules"/> instead of a role says that the key does not say it all: several rules, a rule with a beginning or an end, a role beyond 254.
/// </remarks>
internal readonly struct RuleTable
{
    /// <summary>Keys that one bucket holds: what one 256-bit vector compares.</summary>
    public const int Lanes = 8;

    /// <summary>The most scopes that keys have room for.</summary>
    public const int MaxScopes = ScopeMask;

    private const int ScopeBits = 24;
    private const int ScopeMask = (1 << ScopeBits) - 1;
    private const int LookAtRules = 255;

    /// <summary>A place without a key: no scope has that index.</summary>
    private const int NoKey = -1;

    /// <summary>The number of scopes up to which the small form is used.</summary>
    public const int DefaultLimit = 96;

    /// <summary>Stands first in the bucket of an odd table, which has no use for it.</summary>
    private const int Odd = -3;

    // A lone bucket, filled from the front; or the first of its places says that the table is odd.
    private readonly Vector256<int> _bucket;

    // More buckets than that; null in a large table too.
    private readonly int[]? _keys;

    // By place: an object?[]. But the rules themselves when there is one key, and the LargeRules of a large table.
    private readonly object? _rules;

    private RuleTable(Vector256<int> bucket, int[]? keys, object? rules) => (_bucket, _keys, _rules) = (bucket, keys, rules);

    /// <summary>A table without rules. Never use <c>default</c>.</summary>
    public static RuleTable Empty { get; } = new(Vector256.Create(NoKey), null, null);

    /// <summary>Whether a key may stand elsewhere than in its bucket, so that <see cref="HasAnyOf"/> does not see it.</summary>
    public bool IsOdd => _bucket[0] == Odd;

    private bool IsSingle => _keys is null && _bucket[1] == NoKey;

    private LargeRules? Large => IsOdd && _keys is null ? Unsafe.As<LargeRules>(_rules) : null;

    /// <summary>Whether one of four scopes, the hash of each beside it, has rules here: a vector comparison each. Not for odd tables.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasAnyOf(Vector128<int> scopes, Vector128<uint> hashes)
    {
        // INVARIANT: the padding of a path has bits above the mask, so that it equals no key.
        var (first, second, third, fourth) = (Vector256.Create(scopes[0]), Vector256.Create(scopes[1]), Vector256.Create(scopes[2]), Vector256.Create(scopes[3]));
        var scopeBits = Vector256.Create(ScopeMask);
        Vector256<int> hits;
        if (_keys is null)
        {
            var bucket = _bucket & scopeBits;
            hits = Vector256.Equals(bucket, first) | Vector256.Equals(bucket, second) | Vector256.Equals(bucket, third) | Vector256.Equals(bucket, fourth);
        }
        else
        {
            // INVARIANT: the number of keys is that of the lanes times a power of two, so that the mask keeps every load inside.
            ref var keys = ref MemoryMarshal.GetArrayDataReference(_keys);
            var mask = (uint)(_keys.Length / Lanes) - 1;
            hits = Vector256.Equals(Vector256.LoadUnsafe(ref keys, (nuint)(hashes[0] & mask) * Lanes) & scopeBits, first)
                | Vector256.Equals(Vector256.LoadUnsafe(ref keys, (nuint)(hashes[1] & mask) * Lanes) & scopeBits, second)
                | Vector256.Equals(Vector256.LoadUnsafe(ref keys, (nuint)(hashes[2] & mask) * Lanes) & scopeBits, third)
                | Vector256.Equals(Vector256.LoadUnsafe(ref keys, (nuint)(hashes[3] & mask) * Lanes) & scopeBits, fourth);
        }

        return hits != Vector256<int>.Zero;
    }

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
        if (rules.Count == 1) return Pack([new(rules.First().Scope.Index, rules.First())]);
        var byScope = new Dictionary<int, object>(rules.Count);
        foreach (var rule in rules) byScope[rule.Scope.Index] = RulesHere.Add(byScope.GetValueOrDefault(rule.Scope.Index), rule);
        return From([.. byScope], limit);
    }

    /// <summary>The table of these entries; how many scopes it may have in the small form is the limit.</summary>
    public static RuleTable From(KeyValuePair<int, object>[] entries, int limit)
    {
        if (entries.Length == 0) return Empty;
        return entries.Length > limit ? From(LargeRules.From(entries, limit)) : Pack(entries);
    }

    /// <summary>The first rule on the path that allows it; null when there is none. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Rule? FirstGranting(in Question question)
    {
        foreach (var scope in question.Path)
        {
            if (scope < 0) break;
            if (Large is { } large)
            {
                if (question.Judge(large.Find(scope)) is { } found) return found;
                continue;
            }

            var at = PlaceOf(scope, out var role);
            if (at < 0) continue;
            if (role == LookAtRules)
            {
                if (question.Judge(RulesAt(at)) is { } found) return found;
            }
            else if (question.Holds(role))
            {
                return Unsafe.As<Rule>(RulesAt(at));
            }
        }

        return null;
    }

    /// <summary>The rules at that scope, in the form of <see cref="RulesHere"/>. Allocates nothing.</summary>
    public object? Find(int scope)
    {
        if (Large is { } large) return large.Find(scope);
        var at = PlaceOf(scope, out _);
        return at < 0 ? null : RulesAt(at);
    }

    public RuleTable With(Rule rule, int limit)
    {
        if (Large is { } large) return From(large.With(rule));
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
            return left.Count > limit / 2 ? From(left) : From([.. left.Entries()], limit);
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
        => (Large is { } large ? large.Entries() : Entries()).SelectMany(entry => RulesHere.All(entry.Value));

    /// <summary>The entries of a table in small form.</summary>
    public KeyValuePair<int, object>[] Entries()
    {
        var places = _keys?.Length ?? Lanes;
        var entries = new List<KeyValuePair<int, object>>(places);
        for (var i = 0; i < places; i++)
        {
            var key = _keys is null ? _bucket[i] : _keys[i];
            if (key != NoKey) entries.Add(new KeyValuePair<int, object>(key & ScopeMask, RulesAt(i)!));
        }

        return [.. entries];
    }

    private object? RulesAt(int place) => IsSingle ? _rules : Unsafe.As<object?[]>(_rules)![place];

    /// <summary>Where the scope's key stands, and the role in it; -1 when it has none. Not for large tables.</summary>
    private int PlaceOf(int scope, out int role)
    {
        var from = 0;
        if (_keys is not null && !IsOdd) from = (int)(Hash(scope) & (uint)((_keys.Length / Lanes) - 1)) * Lanes;
        var to = IsOdd ? _keys!.Length : from + Lanes;
        for (role = 0; from < to; from += Lanes)
        {
            var bucket = _keys is null ? _bucket : Vector256.Create<int>(_keys.AsSpan(from, Lanes));
            var hits = Vector256.Equals(bucket & Vector256.Create(ScopeMask), Vector256.Create(scope)).ExtractMostSignificantBits();
            if (hits == 0) continue;
            var lane = BitOperations.TrailingZeroCount(hits);
            role = (int)((uint)bucket[lane] >> ScopeBits);
            return from + lane;
        }

        return -1;
    }

    private static int KeyOf(int scope, object rules)
    {
        var role = rules is Rule { IsTimeless: true, RoleIndex: < LookAtRules } rule ? rule.RoleIndex : LookAtRules;
        return scope | (role << ScopeBits);
    }

    private static RuleTable From(LargeRules large) => new(Vector256.Create(Odd), null, large);

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
        var rules = new object?[buckets == 1 ? entries.Length : keys.Length];
        keys.AsSpan().Fill(NoKey);
        table = default;
        foreach (var (scope, value) in entries)
        {
            var from = (int)(Hash(scope) & (uint)(buckets - 1)) * Lanes;
            var free = keys.AsSpan(from, Lanes).IndexOf(NoKey);
            if (free < 0 && !mayStray) return false;
            var at = free < 0 ? Array.IndexOf(keys, NoKey) : from + free;
            keys[at] = KeyOf(scope, value);
            rules[at] = value;
        }

        if (buckets == 1) table = new RuleTable(Vector256.Create<int>(keys), null, rules.Length == 1 ? rules[0] : rules);
        else table = new RuleTable(Vector256.Create(mayStray ? Odd : NoKey), keys, rules);
        return true;
    }
}
