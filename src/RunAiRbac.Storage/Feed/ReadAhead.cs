using System.Collections.Concurrent;

namespace RunAiRbac.Storage;

/// <summary>Reads on one thread what another works on.</summary>
internal static class ReadAhead
{
    private const int BatchSize = 1_024;
    private const int MostBatches = 16;

    /// <summary>
    /// The same items in the same order, read by a thread of their own up to some thousand ahead. What the reading throws is thrown here too, at the latest at the end:
    /// items that could not be read never look like an end.
    /// </summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> items)
    {
        using var batches = new BlockingCollection<T[]>(MostBatches);
        using var stop = new CancellationTokenSource();
        var reading = Task.Factory.StartNew(() => Fill(items, batches, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (var batch in batches.GetConsumingEnumerable(CancellationToken.None))
            {
                foreach (var item in batch) yield return item;
            }

            reading.GetAwaiter().GetResult();
        }
        finally
        {
            // Whoever breaks off may use the connection again at once: so the reading has ended before that.
            stop.Cancel();
            Task.WaitAny([reading], CancellationToken.None);
        }
    }

    private static void Fill<T>(IEnumerable<T> items, BlockingCollection<T[]> batches, CancellationToken stop)
    {
        try
        {
            foreach (var batch in items.Chunk(BatchSize)) batches.Add(batch, stop);
        }
        finally
        {
            batches.CompleteAdding();
        }
    }
}
