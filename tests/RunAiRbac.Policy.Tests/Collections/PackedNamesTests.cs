using RunAiRbac.Policy.Store;

namespace RunAiRbac.Policy.Tests.Collections;

public class PackedNamesTests
{
    private const string Uuid = "7d1c2f0a-5b1e-4c57-8f5e-2f4d6a9b0c3d";

    public static TheoryData<string> Texts => new((string[])
    [
        "", "a", "user@example.org", "Jürgen", "名前", "0b6f3c1e-8a54-4d0b-9a51-3c55a1d9e7f2", "0B6F3C1E-8A54-4D0B-9A51-3C55A1D9E7F2",
        "{0b6f3c1e-8a54-4d0b-9a51-3c55a1d9e7f2}", "0b6f3c1e8a544d0b9a513c55a1d9e7f2", "00000000-0000-0000-0000-000000000000", new('x', 31), new('x', 32), new('x', 5_000), new('ü', 5_000), "\0",
    ]);

    [Theory]
    [MemberData(nameof(Texts))]
    public void PackedNames_AnyTexts_ComeBackAndCompareOrdinally(string text)
    {
        foreach (var names in new[] { PackedNames.Of(text, "key", "name"), PackedNames.Of("id", text, text), PackedNames.Of("id", "key", text), PackedNames.Of(Uuid, text, "name"), PackedNames.Of(Uuid, "key", text) })
        {
            new[] { names.Id, names.Key, names.Name }.Should().Contain(text);
            names.IdIs(names.Id).Should().BeTrue();
            names.KeyIs(names.Key).Should().BeTrue();
            names.IdIs(names.Id + " ").Should().BeFalse();
            names.KeyIs("k" + names.Key).Should().BeFalse();
            var upper = names.Id.ToUpperInvariant();
            names.IdIs(upper).Should().Be(upper.AsSpan().SequenceEqual(names.Id));
        }

        PackedNames.Of("id", text, text).Name.Should().Be(text);
    }
}
