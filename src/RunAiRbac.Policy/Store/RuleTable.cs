using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// The rules of one subject by scope, persistent. Small: keys in buckets of eight, one vector operation each, and the rules in a second array. A lone bucket
/// stands in the struct itself, so that most users' rules lie where the user does. A bucket that is too full gets help first from more buckets; if that is of
/// no use the key goes into another one and the table is <see cref="IsOdd"/>. Beyond a limit the keys are spread over many such tables
/// (<see cref="LargeRules"/>): odd as well.
/// </summary>
/// <remarks>
/// A key is the scope's index and, in the lowest bits, the role's, so that a rule that does not hold the permission asked for is passed over without a look at
/// it. <see cref="LookAtRules"/> instead of a role says that the key does not say it all: several rules, a rule with a beginning or an end, a later role.
/// </remarks>
internal readonly struct RuleTable
{
    /// <summary>Keys that one bucket holds: what one 256-bit vector takes.</summary>
    public const int Lanes = 8;

    /// <summary>The bits of a key that are the role.</summary>
    public const int RoleBits = 5;

    /// <summary>In a key instead of a role: the rules must be looked at. Roles from here on are always written so.</summary>
    public const int LookAtRules = (1 << RoleBits) - 1;

    /// <summary>The most scopes that keys have room for.</summary>
    public const int MaxScopes = 1 << (31 - RoleBits);

    /// <summary>A place without a key: no scope of a path, padding neither, has those bits.</summary>
    private const int NoKey = -1;

    /// <summary>The number of scopes up to which the small form is used.</summary>
    public const int DefaultLimit = 96;

    // Null while the bucket is all there is; null in a large table too.
    private readonly int[]? _keys;

    // By place: an object?[]. But the rules themselves when there is one key, and the LargeRules of a large table.
    private readonly object? _rules;

    // What of a hash is the place of its bucket: a multiple of the lanes. 0 for a lone bucket, and for odd tables, whose keys are not looked for that way.
    private readonly int _placeMask;
    private readonly uint _odd;

    // A lone bucket, filled from the front.
    private readonly Bucket _bucket;

    private RuleTable(Bucket bucket, int[]? keys, object? rules, bool odd = false)
    {
        (_bucket, _keys, _rules) = (bucket, keys, rules);
        _odd = odd ? 1u : 0;
        _placeMask = keys is null || odd ? 0 : keys.Length - Lanes;
    }

    /// <summary>A table without rules. Never use <c>default</c>.</summary>
    public static RuleTable Empty { get; } = new(Bucket.Empty, null, null);

    /// <summary>Whether a key may stand elsewhere than in its bucket, so that <see cref="MayGrant"/> always says yes.</summary>
    public bool IsOdd => _odd != 0;

    public bool IsEmpty => _rules is null;

    private bool IsSingle => _keys is null && _bucket[1] == NoKey;

    private LargeRules? Large => IsOdd && _keys is null ? Unsafe.As<LargeRules>(_rules) : null;

    /// <summary>
    /// 0 when no rule at one of the path's nearest four scopes can allow what is asked, else 1: then <see cref="FirstGranting"/> has to tell. Without branches,
    /// so that the processor can work on all of a user's groups at once while it waits for memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint MayGrant(in PathProbe probe) => probe.AnyIn(ref FirstKey(), _placeMask) | _odd;

    /// <summary>The bits of a scope index that choose its bucket (the low ones) and its part of a large table (from the 11th on).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(int scope)
    {
        var hash = (uint)scope * 0x9E3779B1u;
        hash ^= hash >> 15;
        hash *= 0x85EBCA77u;
        return hash ^ (hash >> 13);
    }

    /// <summary>Where in an endless array of keys the bucket of that scope begins; a table's own mask says where in its keys.</summary>
    public static int FirstPlace(int scope) => (int)(Hash(scope) * Lanes);

    /// <summary>The table of these rules.</summary>
    public static RuleTable From(IReadOnlyCollection<Rule> rules, int limit)
    {
        if (rules.Count == 1) return From(rules.First());
        var byScope = new Dictionary<int, object>(rules.Count);
        foreach (var rule in rules) byScope[rule.Scope.Index] = RulesHere.Add(byScope.GetValueOrDefault(rule.Scope.Index), rule);
        return From([.. byScope], limit);
    }

    private static RuleTable From(Rule rule)
    {
        var bucket = Bucket.Empty;
        bucket[0] = KeyOf(rule.Scope.Index, rule);
        return new RuleTable(bucket, null, rule);
    }

    /// <summary>The table of these entries; how many scopes it may have in the small form is the limit.</summary>
    public static RuleTable From(KeyValuePair<int, object>[] entries, int limit)
    {
        if (entries.Length == 0) return Empty;
        return entries.Length > limit ? From(LargeRules.From(entries, limit)) : Pack(entries);
    }

    /// <summary>A rule on the path that allows it; null when there is none. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Rule? FirstGranting(in Question question)
    {
        if (IsOdd || question.Place.IsDeep) return FirstGrantingByScope(question);
        ref var keys = ref FirstKey();
        var candidates = new PathProbe(question.Place, question.Holders).PlacesIn(ref keys, _placeMask);
        for (; candidates != 0; candidates &= candidates - 1)
        {
            var (level, lane) = Math.DivRem(BitOperations.TrailingZeroCount(candidates), Lanes);
            var place = (question.Place.NearestPlaces[level] & _placeMask) + lane;
            if (Judge(place, Unsafe.Add(ref keys, place), question) is { } rule) return rule;
        }

        return null;
    }

    /// <summary>The rules at that scope, in the form of <see cref="RulesHere"/>. Allocates nothing.</summary>
    public object? Find(int scope)
    {
        if (Large is { } large) return large.Find(scope);
        var place = PlaceOf(scope);
        return place < 0 ? null : RulesAt(place);
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
            if (key != NoKey) entries.Add(new KeyValuePair<int, object>(key >> RoleBits, RulesAt(i)!));
        }

        return [.. entries];
    }

    /// <summary>As <see cref="FirstGranting"/>, one scope after the other: for whatever is not in the usual form.</summary>
    private Rule? FirstGrantingByScope(in Question question)
    {
        foreach (var scope in question.Place.Ancestry)
        {
            if (question.Judge(Find(scope)) is { } rule) return rule;
        }

        return null;
    }

    private Rule? Judge(int place, int key, in Question question)
    {
        var role = key & LookAtRules;
        if (role == LookAtRules) return question.Judge(RulesAt(place));
        return (question.Holders >> role & 1) != 0 ? Unsafe.As<Rule>(RulesAt(place)) : null;
    }

    private object? RulesAt(int place) => IsSingle ? _rules : Unsafe.As<object?[]>(_rules)![place];

    /// <summary>Where the keys begin, of one bucket at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int FirstKey() => ref _keys is null ? ref Unsafe.As<Bucket, int>(ref Unsafe.AsRef(in _bucket)) : ref MemoryMarshal.GetArrayDataReference(_keys);

    /// <summary>Where the scope's key stands; -1 when it has none. Not for large tables.</summary>
    private int PlaceOf(int scope)
    {
        var from = FirstPlace(scope) & _placeMask;
        var to = IsOdd ? _keys!.Length : from + Lanes;
        for (ref var keys = ref FirstKey(); from < to; from++)
        {
            if (Unsafe.Add(ref keys, from) >> RoleBits == scope) return from;
        }

        return -1;
    }

    private static int KeyOf(int scope, object rules)
    {
        var role = rules is Rule { IsTimeless: true, RoleIndex: < LookAtRules } rule ? rule.RoleIndex : LookAtRules;
        return (scope << RoleBits) | role;
    }

    private static RuleTable From(LargeRules large) => new(Bucket.Empty, null, large, odd: true);

    private static RuleTable Pack(ReadOnlySpan<KeyValuePair<int, object>> entries)
    {
        var buckets = entries.Length <= Lanes ? 1 : BitOperations.RoundUpToPowerOf2((uint)entries.Length * 2 / Lanes);
        for (var tries = 0; tries < 3; tries++, buckets *= 2)
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
            var from = FirstPlace(scope) & (keys.Length - Lanes);
            var free = keys.AsSpan(from, Lanes).IndexOf(NoKey);
            if (free < 0 && !mayStray) return false;
            var at = free < 0 ? Array.IndexOf(keys, NoKey) : from + free;
            keys[at] = KeyOf(scope, value);
            rules[at] = value;
        }

        if (buckets == 1) table = new RuleTable(Bucket.Of(keys), null, rules.Length == 1 ? rules[0] : rules);
        else table = new RuleTable(Bucket.Empty, keys, rules, mayStray);
        return true;
    }

    /// <summary>As a field it does not ask for the alignment of a vector, which would waste room in a million subjects.</summary>
    [InlineArray(Lanes)]
    private struct Bucket
    {
        private int _first;

        public static Bucket Empty { get; } = Of([NoKey, NoKey, NoKey, NoKey, NoKey, NoKey, NoKey, NoKey]);

        public static Bucket Of(ReadOnlySpan<int> keys)
        {
            Bucket bucket = default;
            keys.CopyTo(bucket);
            return bucket;
        }
    }
}
