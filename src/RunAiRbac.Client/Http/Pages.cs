using System.Runtime.CompilerServices;

namespace RunAiRbac.Client.Http;

/// <summary>Walks through all pages of a list.</summary>
internal static class Pages
{
    /// <summary>Pages that are found by offset: <paramref name="page"/> gives the items at an offset and the next offset, or null at the end.</summary>
    public static async IAsyncEnumerable<T> ByOffsetAsync<T>(
        int start, Func<int, CancellationToken, Task<(IReadOnlyList<T> Items, int? Next)>> page, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int? offset = start; offset is { } at;)
        {
            var (items, next) = await page(at, cancellationToken).ConfigureAwait(false);
            foreach (var item in items) yield return item;
            if (next <= at) throw new RunAiRbacException(RunAiRbacErrorCodes.MalformedAnswer, "The next page does not come after this one.");
            offset = next;
        }
    }

    /// <summary>Bare arrays: the last page is the one that is not full.</summary>
    public static IAsyncEnumerable<T> ByLengthAsync<T>(
        int start, int limit, Func<int, CancellationToken, Task<IReadOnlyList<T>>> page, CancellationToken cancellationToken)
        => ByOffsetAsync<T>(start, async (offset, token) =>
        {
            var items = await page(offset, token).ConfigureAwait(false);
            return (items, items.Count < limit ? null : offset + items.Count);
        }, cancellationToken);

    /// <summary>Pages that are found by cursor; null at the end.</summary>
    public static async IAsyncEnumerable<T> ByCursorAsync<T>(
        string? start, Func<string?, CancellationToken, Task<(IReadOnlyList<T> Items, string? Next)>> page, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = start;
        do
        {
            var (items, next) = await page(cursor, cancellationToken).ConfigureAwait(false);
            foreach (var item in items) yield return item;
            if (next is not null && next == cursor) throw new RunAiRbacException(RunAiRbacErrorCodes.MalformedAnswer, "The next page is this one again.");
            cursor = next;
        }
        while (cursor is not null);
    }
}
