using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RunAiRbac.Policy.Collections;

/// <summary>
/// A persistent array: a tree of arrays of up to 128, only as deep as its length needs (2 levels up to 16,384, 3 up to 2,097,152). A change copies one
/// array per level.
/// </summary>
internal readonly struct RadixArray<T>
    where T : class
{
    private const int Bits = 7;
    private const int Mask = (1 << Bits) - 1;

    private readonly object? _root;
    private readonly int _shift;
    private readonly int _length;

    private RadixArray(object? root, int shift, int length) => (_root, _shift, _length) = (root, shift, length);

    public int Length => _length;

    /// <summary>The item; null where nothing is, also outside the bounds.</summary>
    public T? this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)_length) return null;
            var node = _root!;
            // INVARIANT: below an index that is inside the length every node of the path exists and is long enough, an object?[] above and a T?[] at the bottom.
            // So the lengths need not be looked at, which lie in another cache line than most items.
            for (var shift = _shift; shift > 0; shift -= Bits) node = At(Unsafe.As<object?[]>(node), index >> shift)!;
            return At(Unsafe.As<T?[]>(node), index);
        }
    }

    public static RadixArray<T> From(IReadOnlyList<T?> items)
    {
        var shift = 0;
        while (items.Count > 1L << (shift + Bits)) shift += Bits;
        return items.Count == 0 ? default : new RadixArray<T>(BuildNode(items, 0, shift), shift, items.Count);
    }

    /// <summary>The array with this item at that index, which is at most one beyond the end.</summary>
    public RadixArray<T> With(int index, T? item)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index, (uint)_length, nameof(index));
        var (root, shift) = (_root, _shift);
        if (index == 1L << (shift + Bits))
        {
            root = new[] { root };
            shift += Bits;
        }

        return new RadixArray<T>(Put(root, shift, index, item), shift, Math.Max(_length, index + 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TItem At<TItem>(TItem[] items, int slot) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(items), slot & Mask);

    private static object BuildNode(IReadOnlyList<T?> items, int from, int shift)
    {
        var span = 1 << shift;
        if (shift == 0)
        {
            var leaf = new T?[Math.Min(Mask + 1, items.Count - from)];
            for (var i = 0; i < leaf.Length; i++) leaf[i] = items[from + i];
            return leaf;
        }

        var count = (int)Math.Min(Mask + 1, ((long)items.Count - from + span - 1) / span);
        var inner = new object?[count];
        for (var i = 0; i < count; i++) inner[i] = BuildNode(items, from + i * span, shift - Bits);
        return inner;
    }

    private static object Put(object? node, int shift, int index, T? item)
    {
        var slot = (index >> shift) & Mask;
        if (shift == 0)
        {
            var leaf = CopyFor(Unsafe.As<T?[]?>(node), slot);
            leaf[slot] = item;
            return leaf;
        }

        var inner = CopyFor(Unsafe.As<object?[]?>(node), slot);
        inner[slot] = Put(inner[slot], shift - Bits, index, item);
        return inner;
    }

    private static TItem[] CopyFor<TItem>(TItem[]? items, int slot)
    {
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)slot + 1);
        var copy = new TItem[Math.Max(length, items?.Length ?? 0)];
        items?.CopyTo(copy, 0);
        return copy;
    }
}
