using System.Numerics;
using System.Runtime.CompilerServices;

namespace RunAiRbac.Policy.Collections;

/// <summary>Says which string a handle stands for.</summary>
internal interface IHandleNames
{
    bool IsNamed(int handle, string name);
}

/// <summary>
/// A persistent hash index from strings to handles, which keep the strings themselves. Linear hashing: the table grows and shrinks by one bucket at a time,
/// so that no single change costs more than a bucket and a path of the <see cref="RadixArray{T}"/>. A bucket is pairs of (hash, handle).
/// </summary>
internal readonly struct StringIndex
{
    private const int EntriesPerBucket = 8;

    private readonly RadixArray<int[]> _buckets;
    private readonly int _bucketCount;
    private readonly int _count;

    private StringIndex(RadixArray<int[]> buckets, int bucketCount, int count) => (_buckets, _bucketCount, _count) = (buckets, bucketCount, count);

    public static int HashOf(string name) => StringHash.Of(name);

    public static StringIndex From(IReadOnlyList<(int Hash, int Handle)> entries)
    {
        if (entries.Count == 0) return default;
        var buckets = new int[]?[(entries.Count + EntriesPerBucket - 1) / EntriesPerBucket];
        var sizes = new int[buckets.Length];
        foreach (var (hash, _) in entries) sizes[BucketOf(hash, buckets.Length)] += 2;
        for (var i = 0; i < sizes.Length; i++) buckets[i] = sizes[i] == 0 ? null : new int[sizes[i]];
        foreach (var (hash, handle) in entries)
        {
            var at = BucketOf(hash, buckets.Length);
            var bucket = buckets[at]!;
            sizes[at] -= 2;
            bucket[sizes[at]] = hash;
            bucket[sizes[at] + 1] = handle;
        }

        return new StringIndex(RadixArray<int[]>.From(buckets), buckets.Length, entries.Count);
    }

    /// <summary>The handle of that name; -1 when there is none. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find<TNames>(string name, int hash, in TNames names)
        where TNames : struct, IHandleNames
    {
        if (_count == 0) return -1;
        var bucket = _buckets[BucketOf(hash, _bucketCount)];
        if (bucket is null) return -1;
        for (var i = 0; i + 1 < bucket.Length; i += 2)
        {
            if (bucket[i] == hash && names.IsNamed(bucket[i + 1], name)) return bucket[i + 1];
        }

        return -1;
    }

    /// <summary>Pairs of different handles whose names have the same hash: among them are all that have the same name.</summary>
    public IEnumerable<(int A, int B)> Twins()
    {
        for (var at = 0; at < _bucketCount; at++)
        {
            var bucket = _buckets[at] ?? [];
            for (var i = 0; i < bucket.Length; i += 2)
            {
                for (var j = i + 2; j < bucket.Length; j += 2)
                {
                    if (bucket[i] == bucket[j] && bucket[i + 1] != bucket[j + 1]) yield return (bucket[i + 1], bucket[j + 1]);
                }
            }
        }
    }

    /// <summary>The index with one more entry; that the name is new is the caller's affair.</summary>
    public StringIndex With(int hash, int handle)
    {
        var (buckets, bucketCount) = (_buckets, Math.Max(_bucketCount, 1));
        var at = BucketOf(hash, bucketCount);
        int[] grown = [.. buckets[at] ?? [], hash, handle];
        buckets = buckets.With(at, grown);
        if (_count + 1 > bucketCount * EntriesPerBucket) buckets = Split(buckets, bucketCount++);
        return new StringIndex(buckets, bucketCount, _count + 1);
    }

    /// <summary>The index without that entry, which is there.</summary>
    public StringIndex Without(int hash, int handle)
    {
        var (buckets, bucketCount) = (_buckets, _bucketCount);
        var at = BucketOf(hash, bucketCount);
        var bucket = buckets[at]!;
        var entry = 0;
        while (bucket[entry] != hash || bucket[entry + 1] != handle) entry += 2;
        buckets = buckets.With(at, OrNull([.. bucket[..entry], .. bucket[(entry + 2)..]]));
        if (bucketCount > 1 && _count - 1 < bucketCount) buckets = Join(buckets, --bucketCount);
        return new StringIndex(buckets, bucketCount, _count - 1);
    }

    /// <summary>Moves what belongs to the new bucket, numbered <paramref name="bucketCount"/>, out of the one that had it until now.</summary>
    private static RadixArray<int[]> Split(RadixArray<int[]> buckets, int bucketCount)
    {
        var source = SourceOf(bucketCount);
        var (stay, move) = (new List<int>(), new List<int>());
        var bucket = buckets[source] ?? [];
        for (var i = 0; i + 1 < bucket.Length; i += 2)
        {
            (BucketOf(bucket[i], bucketCount + 1) == source ? stay : move).AddRange(bucket.AsSpan(i, 2));
        }

        return buckets.With(source, OrNull([.. stay])).With(bucketCount, OrNull([.. move]));
    }

    /// <summary>Undoes <see cref="Split"/> of the last bucket.</summary>
    private static RadixArray<int[]> Join(RadixArray<int[]> buckets, int last)
    {
        if (buckets[last] is not { } moved) return buckets;
        var source = SourceOf(last);
        return buckets.With(source, [.. buckets[source] ?? [], .. moved]).With(last, null);
    }

    private static int SourceOf(int bucket) => bucket - (int)(BitOperations.RoundUpToPowerOf2((uint)bucket + 1) >> 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BucketOf(int hash, int bucketCount)
    {
        var mask = (int)BitOperations.RoundUpToPowerOf2((uint)bucketCount) - 1;
        var bucket = hash & mask;
        return bucket < bucketCount ? bucket : bucket & (mask >> 1);
    }

    private static int[]? OrNull(int[] bucket) => bucket.Length == 0 ? null : bucket;
}
