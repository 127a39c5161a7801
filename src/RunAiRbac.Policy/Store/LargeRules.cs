using System.Numerics;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>
/// The rules of a subject that has them at very many scopes: small tables, chosen by linear hashing, so that one rule more or less copies one of them and a path
/// of the array, however many there are.
/// </summary>
internal sealed class LargeRules
{
    private const int MostPerPart = 24;
    private const int HashShift = 10;

    private readonly RadixArray<Part> _parts;
    private readonly int _partCount;
    private readonly int _perPart;

    private LargeRules(RadixArray<Part> parts, int partCount, int perPart, int count)
        => (_parts, _partCount, _perPart, Count) = (parts, partCount, perPart, count);

    /// <summary>The number of scopes.</summary>
    public int Count { get; }

    /// <summary>The large form of these entries. Its parts are smaller than usual when the limit of small tables is.</summary>
    public static LargeRules From(KeyValuePair<int, object>[] entries, int limit)
    {
        var perPart = Math.Min(limit, MostPerPart);
        var partCount = (entries.Length + perPart - 1) / perPart;
        var parts = new Part[partCount];
        foreach (var group in entries.GroupBy(entry => PartOf(entry.Key, partCount))) parts[group.Key] = new Part(RuleTable.From([.. group], int.MaxValue));
        for (var i = 0; i < partCount; i++) parts[i] ??= new Part(RuleTable.Empty);
        return new LargeRules(RadixArray<Part>.From(parts), partCount, perPart, entries.Length);
    }

    public object? Find(int scope) => _parts[PartOf(scope, _partCount)]!.Table.Find(scope);

    public LargeRules With(Rule rule)
    {
        var (parts, partCount) = (_parts, _partCount);
        var at = PartOf(rule.Scope.Index, partCount);
        var count = Count + (parts[at]!.Table.Find(rule.Scope.Index) is null ? 1 : 0);
        parts = parts.With(at, new Part(parts[at]!.Table.With(rule, int.MaxValue)));
        if (count > partCount * _perPart) parts = Split(parts, partCount++);
        return new LargeRules(parts, partCount, _perPart, count);
    }

    public LargeRules Without(Rule rule)
    {
        var (parts, partCount) = (_parts, _partCount);
        var at = PartOf(rule.Scope.Index, partCount);
        var table = parts[at]!.Table.Without(rule, int.MaxValue);
        var count = Count - (table.Find(rule.Scope.Index) is null ? 1 : 0);
        parts = parts.With(at, new Part(table));
        if (partCount > 1 && count < partCount * _perPart / 4) parts = Join(parts, --partCount);
        return new LargeRules(parts, partCount, _perPart, count);
    }

    public IEnumerable<KeyValuePair<int, object>> Entries()
    {
        for (var i = 0; i < _partCount; i++)
        {
            foreach (var entry in _parts[i]!.Table.Entries()) yield return entry;
        }
    }

    private static RadixArray<Part> Split(RadixArray<Part> parts, int partCount)
    {
        var source = SourceOf(partCount);
        var entries = parts[source]!.Table.Entries().ToLookup(entry => PartOf(entry.Key, partCount + 1) == source);
        return parts
            .With(source, new Part(RuleTable.From([.. entries[true]], int.MaxValue)))
            .With(partCount, new Part(RuleTable.From([.. entries[false]], int.MaxValue)));
    }

    private static RadixArray<Part> Join(RadixArray<Part> parts, int last)
    {
        var source = SourceOf(last);
        return parts
            .With(source, new Part(RuleTable.From([.. parts[source]!.Table.Entries(), .. parts[last]!.Table.Entries()], int.MaxValue)))
            .With(last, new Part(RuleTable.Empty));
    }

    private static int SourceOf(int part) => part - (int)(BitOperations.RoundUpToPowerOf2((uint)part + 1) >> 1);

    private static int PartOf(int scope, int partCount)
    {
        var hash = (int)(RuleTable.Hash(scope) >> HashShift);
        var mask = (int)BitOperations.RoundUpToPowerOf2((uint)partCount) - 1;
        var part = hash & mask;
        return part < partCount ? part : part & (mask >> 1);
    }

    private sealed class Part(RuleTable table)
    {
        public RuleTable Table { get; } = table;
    }
}
