namespace RunAiRbac.Policy.Collections;

/// <summary>How a tree's nodes change: by copies, from the leaf up.</summary>
internal readonly partial struct IntTree<T>
{
    private static (Node First, Node? Second) Insert(Node node, int key, T value, ref bool added)
    {
        if (node is not Inner inner) return InsertIntoLeaf((Leaf)node, key, value, ref added);
        var at = inner.ChildFor(key);
        var (first, second) = Insert(inner.Children[at], key, value, ref added);
        var children = ArrayEdits.ReplaceAt(inner.Children, at, first);
        if (second is null) return (new Inner(children), null);

        children = ArrayEdits.InsertAt(children, at + 1, second);
        if (children.Length <= Max) return (new Inner(children), null);
        var split = SplitPoint(at + 1);
        return (new Inner(children[..split]), new Inner(children[split..]));
    }

    private static (Node First, Node? Second) InsertIntoLeaf(Leaf leaf, int key, T value, ref bool added)
    {
        var at = Array.BinarySearch(leaf.Keys, key);
        if (at >= 0) return (HasValues ? new Leaf(leaf.Keys, ArrayEdits.ReplaceAt(leaf.Values, at, value)) : leaf, null);

        added = true;
        at = ~at;
        var keys = ArrayEdits.InsertAt(leaf.Keys, at, key);
        var values = HasValues ? ArrayEdits.InsertAt(leaf.Values, at, value) : leaf.Values;
        if (keys.Length <= Max) return (new Leaf(keys, values), null);
        var split = SplitPoint(at);
        return HasValues
            ? (new Leaf(keys[..split], values[..split]), new Leaf(keys[split..], values[split..]))
            : (new Leaf(keys[..split], values), new Leaf(keys[split..], values));
    }

    /// <summary>Where to split a node of one too many: in the middle, but growth at the end (ascending ids) leaves full nodes behind.</summary>
    private static int SplitPoint(int insertedAt) => insertedAt == Max ? Max : (Max + 1) / 2;

    private static Node? Remove(Node node, int key)
    {
        if (node is not Inner inner)
        {
            var leaf = (Leaf)node;
            var index = Array.BinarySearch(leaf.Keys, key);
            if (leaf.Keys.Length == 1) return null;
            return new Leaf(ArrayEdits.RemoveAt(leaf.Keys, index), HasValues ? ArrayEdits.RemoveAt(leaf.Values, index) : leaf.Values);
        }

        var at = inner.ChildFor(key);
        var child = Remove(inner.Children[at], key);
        if (child is not null) return new Inner(Merge(ArrayEdits.ReplaceAt(inner.Children, at, child), at));
        return inner.Children.Length == 1 ? null : new Inner(ArrayEdits.RemoveAt(inner.Children, at));
    }

    /// <summary>Joins the child at that place with a neighbour when it has few entries and both fit into one node with room left.</summary>
    private static Node[] Merge(Node[] children, int at)
    {
        if (children.Length == 1 || children[at].Keys.Length > Few) return children;
        var left = at > 0 ? at - 1 : at;
        if (children[left].Keys.Length + children[left + 1].Keys.Length > Max - Few) return children;
        var merged = ArrayEdits.RemoveAt(children, left + 1);
        merged[left] = (children[left], children[left + 1]) switch
        {
            (Leaf a, Leaf b) => new Leaf([.. a.Keys, .. b.Keys], [.. a.Values, .. b.Values]),
            (Inner a, Inner b) => new Inner([.. a.Children, .. b.Children]),
            _ => throw new InvalidOperationException("Leaves stand at one depth."),
        };
        return merged;
    }
}
