namespace RunAiRbac.Policy.Collections;

/// <summary>Copies of arrays with one element more, less or other.</summary>
internal static class ArrayEdits
{
    public static T[] InsertAt<T>(T[] items, int at, T item)
    {
        var copy = new T[items.Length + 1];
        Array.Copy(items, copy, at);
        copy[at] = item;
        Array.Copy(items, at, copy, at + 1, items.Length - at);
        return copy;
    }

    public static T[] RemoveAt<T>(T[] items, int at)
    {
        if (items.Length == 1) return [];
        var copy = new T[items.Length - 1];
        Array.Copy(items, copy, at);
        Array.Copy(items, at + 1, copy, at, copy.Length - at);
        return copy;
    }

    public static T[] ReplaceAt<T>(T[] items, int at, T item)
    {
        var copy = (T[])items.Clone();
        copy[at] = item;
        return copy;
    }
}
