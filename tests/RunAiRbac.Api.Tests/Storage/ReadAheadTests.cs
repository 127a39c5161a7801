using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Storage;

public sealed class ReadAheadTests
{
    private static readonly int[] Sizes = [0, 1, 1_023, 1_024, 1_025, 100_000];

    [Fact]
    public void Items_OfAnyNumber_ComeInTheirOrder()
    {
        foreach (var size in Sizes) ReadAhead.Of(Enumerable.Range(0, size)).Should().Equal(Enumerable.Range(0, size));
    }

    [Fact]
    public void Failure_OfTheReading_IsNoEnd()
    {
        foreach (var size in Sizes)
        {
            var read = new List<int>();
            var reading = () => read.AddRange(ReadAhead.Of(Failing(size)));
            reading.Should().Throw<IOException>($"it failed after {size} items");
        }

        static IEnumerable<int> Failing(int after)
        {
            for (var i = 0; i < after; i++) yield return i;
            throw new IOException("The connection is gone.");
        }
    }

    [Fact]
    public void Consumer_ThatBreaksOff_EndsTheReading()
    {
        var (read, ended) = (0, false);
        ReadAhead.Of(Endless()).Take(5).Should().Equal(0, 1, 2, 3, 4);
        ended.Should().BeTrue("the connection is free again");
        read.Should().BeLessThan(40_000, "it reads only so far ahead");

        IEnumerable<int> Endless()
        {
            try
            {
                while (true) yield return read++;
            }
            finally
            {
                ended = true;
            }
        }
    }
}
