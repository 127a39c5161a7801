using System.Globalization;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Tests.Collections;

/// <summary>The persistent collections against the ordinary ones, through random edits, with old versions looked at again.</summary>
public class CollectionTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 500)]
    [InlineData(3, 100_000)]
    public void IntTree_RandomEdits_AgreesWithSortedDictionary(int seed, int keys)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<int, string>();
        var tree = default(IntTree<string>);
        for (var i = 0; i < 6_000; i++)
        {
            // Growing, then shrinking to nothing.
            var key = random.Next(keys) - keys / 2;
            if (i > 3_000 && model.Count > 0 && random.Next(5) > 0) key = model.Keys.ElementAt(random.Next(Math.Min(model.Count, 40)));
            var remove = random.Next(10) < (i < 3_000 ? 3 : 9);
            if (remove)
            {
                model.Remove(key);
                tree = tree.Without(key);
            }
            else
            {
                model[key] = $"v{i}";
                tree = tree.With(key, $"v{i}");
            }

            tree.Count.Should().Be(model.Count);
            tree.Contains(key).Should().Be(!remove);
            if (i % 250 == 0) (tree.Keys.SequenceEqual(model.Keys) && tree.Values.SequenceEqual(model.Values)).Should().BeTrue();
        }
    }

    [Fact]
    public void IntTree_FromSorted_EqualsOneByOne()
    {
        for (var count = 0; count < 5_000; count = count * 3 + 1)
        {
            var keys = Enumerable.Range(1, count).Select(i => i * 3).ToArray();
            var bulk = IntTree<string>.FromSorted(keys, keys.Select(key => key.ToString(CultureInfo.InvariantCulture)).ToArray());
            var single = keys.Aggregate(default(IntTree<string>), (tree, key) => tree.With(key, key.ToString(CultureInfo.InvariantCulture)));
            bulk.Values.Should().Equal(single.Values);
            Array.TrueForAll(keys, key => bulk.Contains(key) && !bulk.Contains(key + 1)).Should().BeTrue();
        }
    }

    [Fact]
    public void RadixArray_GrowthOverLevels_KeepsOldVersions()
    {
        var versions = new List<(RadixArray<string> Array, int Length)>();
        var array = default(RadixArray<string>);
        for (var i = 0; i < 20_000; i++)
        {
            array = array.With(i, $"{i}");
            if (i is 0 or 1 or 127 or 128 or 129 or 16_383 or 16_384 or 16_385) versions.Add((array, i + 1));
        }

        var changed = array.With(5, "other").With(16_000, null);
        changed[5].Should().Be("other");
        changed[16_000].Should().BeNull();
        array[5].Should().Be("5");
        foreach (var (version, length) in versions)
        {
            version.Length.Should().Be(length);
            version[length - 1].Should().Be($"{length - 1}");
            version[length].Should().BeNull();
            version[-1].Should().BeNull();
        }

        var bulk = RadixArray<string>.From([.. Enumerable.Range(0, 20_000).Select(i => $"{i}")]);
        Enumerable.Range(0, 20_000).Should().OnlyContain(i => bulk[i] == array[i]);
    }

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(2, 3)]
    public void StringIndex_RandomEdits_AgreesWithDictionary(int seed, int hashes)
    {
        // With few hashes nearly all names collide.
        var random = new Random(seed);
        var names = Enumerable.Range(0, 400).Select(i => $"name-{i}").ToArray();
        int Hash(int handle) => hashes == int.MaxValue ? StringIndex.HashOf(names[handle]) : handle % hashes;
        var model = new HashSet<int>();
        var index = default(StringIndex);
        for (var i = 0; i < 8_000; i++)
        {
            var handle = random.Next(names.Length);
            if (model.Remove(handle)) index = index.Without(Hash(handle), handle);
            else if (random.Next(8_000) > i && model.Add(handle)) index = index.With(Hash(handle), handle);

            var asked = random.Next(names.Length);
            index.Find(names[asked], Hash(asked), new Names(names)).Should().Be(model.Contains(asked) ? asked : -1);
        }

        var bulk = StringIndex.From([.. model.Select(handle => (Hash(handle), handle))]);
        for (var handle = 0; handle < names.Length; handle++)
        {
            bulk.Find(names[handle], Hash(handle), new Names(names)).Should().Be(model.Contains(handle) ? handle : -1);
        }
    }

    [Fact]
    public void StringHash_EveryLength_ReadsEveryCharacter()
    {
        for (var length = 1; length < 70; length++)
        {
            var text = new string('a', length);
            for (var i = 0; i < length; i++)
            {
                var other = text.ToCharArray();
                other[i] = 'b';
                StringHash.Of(new string(other)).Should().NotBe(StringHash.Of(text), $"character {i} of {length}");
            }
        }
    }

    private readonly struct Names(string[] names) : IHandleNames
    {
        public bool IsNamed(int handle, string name) => names[handle] == name;
    }
}
