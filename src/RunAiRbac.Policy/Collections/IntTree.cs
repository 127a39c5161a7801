using System.Diagnostics.CodeAnalysis;

namespace RunAiRbac.Policy.Collections;

/// <summary>The value of an <see cref="IntTree{T}"/> that is only a set of numbers.</summary>
internal readonly struct Nothing;

/// <summary>A test of values that costs no allocation.</summary>
internal interface IMatcher<in T>
{
    bool Matches(T value);
}

/// <summary>
/// A persistent map from int, in key order: a B+ tree of nodes of up to 32 (64 without values), so that a small one is just a sorted array and a change copies one small node per
/// level. As a set of <see cref="Nothing"/> it takes about 5 bytes an entry.
/// </summary>
internal readonly partial struct IntTree<T>
{
    private static readonly bool HasValues = typeof(T) != typeof(Nothing);
    private static readonly int Max = HasValues ? 32 : 64;
    private static readonly int Few = Max / 4;

    private readonly Node? _root;

    private IntTree(Node? root, int count) => (_root, Count) = (root, count);

    public int Count { get; }

    /// <summary>The values in key order. Walks lazily over this version.</summary>
    public IEnumerable<T> Values
    {
        get
        {
            foreach (var leaf in Leaves())
            {
                for (var i = 0; i < leaf.Values.Length; i++) yield return leaf.Values[i];
            }
        }
    }

    /// <summary>The keys in ascending order. Walks lazily over this version.</summary>
    public IEnumerable<int> Keys
    {
        get
        {
            foreach (var leaf in Leaves())
            {
                for (var i = 0; i < leaf.Keys.Length; i++) yield return leaf.Keys[i];
            }
        }
    }

    /// <summary>Builds a full tree from keys in ascending order; <paramref name="values"/> is empty for a set.</summary>
    public static IntTree<T> FromSorted(ReadOnlySpan<int> keys, ReadOnlySpan<T> values)
    {
        if (keys.IsEmpty) return default;
        var level = new List<Node>();
        for (var i = 0; i < keys.Length; i += Max)
        {
            var length = Math.Min(Max, keys.Length - i);
            level.Add(new Leaf(keys.Slice(i, length).ToArray(), HasValues ? values.Slice(i, length).ToArray() : []));
        }

        while (level.Count > 1) level = level.Chunk(Max).Select(Node (children) => new Inner(children)).ToList();
        return new IntTree<T>(level[0], keys.Length);
    }

    public bool Contains(int key) => TryFindLeaf(key, out _, out _);

    public bool TryGet(int key, [MaybeNullWhen(false)] out T value)
    {
        if (TryFindLeaf(key, out var leaf, out var index) && HasValues)
        {
            value = leaf.Values[index];
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The first value in key order that matches. Allocates nothing.</summary>
    public bool TryFind<TMatcher>(in TMatcher matcher, [MaybeNullWhen(false)] out T value)
        where TMatcher : struct, IMatcher<T>
    {
        value = default;
        return _root is not null && TryFind(_root, matcher, ref value);
    }

    /// <summary>The tree with this key set to that value.</summary>
    public IntTree<T> With(int key, T value)
    {
        if (_root is null) return new IntTree<T>(new Leaf([key], HasValues ? [value] : []), 1);
        var added = false;
        var (first, second) = Insert(_root, key, value, ref added);
        return new IntTree<T>(second is null ? first : new Inner([first, second]), Count + (added ? 1 : 0));
    }

    /// <summary>The tree without that key.</summary>
    public IntTree<T> Without(int key)
    {
        if (!Contains(key)) return this;
        var root = Remove(_root!, key);
        while (root is Inner { Children.Length: 1 } inner) root = inner.Children[0];
        return new IntTree<T>(root, Count - 1);
    }

    private static bool TryFind<TMatcher>(Node node, in TMatcher matcher, ref T? value)
        where TMatcher : struct, IMatcher<T>
    {
        if (node is Inner inner)
        {
            foreach (var child in inner.Children)
            {
                if (TryFind(child, matcher, ref value)) return true;
            }

            return false;
        }

        foreach (var candidate in ((Leaf)node).Values)
        {
            if (!matcher.Matches(candidate)) continue;
            value = candidate;
            return true;
        }

        return false;
    }

    private bool TryFindLeaf(int key, [NotNullWhen(true)] out Leaf? leaf, out int index)
    {
        var node = _root;
        while (node is Inner inner) node = inner.Children[inner.ChildFor(key)];
        leaf = (Leaf?)node;
        index = leaf is null ? -1 : Array.BinarySearch(leaf.Keys, key);
        return index >= 0;
    }

    private IEnumerable<Leaf> Leaves()
    {
        if (_root is null) yield break;
        var waiting = new Stack<Node>();
        waiting.Push(_root);
        while (waiting.TryPop(out var node))
        {
            if (node is Inner inner)
            {
                for (var i = inner.Children.Length - 1; i >= 0; i--) waiting.Push(inner.Children[i]);
            }
            else
            {
                yield return (Leaf)node;
            }
        }
    }

    private abstract class Node(int[] keys)
    {
        /// <summary>A leaf's keys; for an inner node, a lower bound of each child's keys.</summary>
        public int[] Keys { get; } = keys;
    }

    private sealed class Leaf(int[] keys, T[] values) : Node(keys)
    {
        public T[] Values { get; } = values;
    }

    private sealed class Inner : Node
    {
        public Inner(Node[] children)
            : base(Array.ConvertAll(children, child => child.Keys[0])) => Children = children;

        public Node[] Children { get; }

        public int ChildFor(int key)
        {
            var index = Array.BinarySearch(Keys, key);
            return index >= 0 ? index : Math.Max(~index - 1, 0);
        }
    }
}
