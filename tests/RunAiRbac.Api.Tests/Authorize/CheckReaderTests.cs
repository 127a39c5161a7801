using System.Text;
using System.Text.Json;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Tests.Authorize;

/// <summary>What the quick reader accepts, the serializer accepts too and reads the same; the usual forms it does accept.</summary>
public sealed class CheckReaderTests
{
    private const int Bodies = 200_000;
    private static readonly string[] Words =
    [
        "{", "}", "[", "]", ",", ":", " ", "\n", "null", "true", "5", "\"\"", "\"*\"", "\"action\"", "\"resourceType\"", "\"scope\"", "\"subject\"", "\"type\"", "\"id\"", "\"checks\"", "\"groups\"", "\"consistency\"",
        "\"Action\"", "\"\\u0061ction\"", "\"read\"", "\"workloads\"", "\"project\"", "\"p\\u0031\"", "\"é\"", "\"a\u0000b\"", "//", "\"user\"", "\"scope\":{\"type\":\"tenant\",\"id\":\"1\"}", "\"action\":\"read\"", "\"x\":1", "{}", "[]", "\u00ff",
    ];

    private static readonly string[] Usual =
    [
        """{"action":"read","resourceType":"workloads","scope":{"type":"project","id":"p1"}}""",
        """{ "subject": {"id":"ada@example.com","type":"user"}, "action":"sync", "resourceType":"datavolumes/sharedscopes", "scope": {"id":"c","type":"cluster"} }""",
        """{"scope":{"type":"nothing","id":""},"resourceType":"","action":"*","subject":{"type":"robot","id":"é☃"}}""",
        """{"action":"read"}""",
        "{}",
    ];

    [Fact]
    public void UsualBodies_AreReadAsTheSerializerReadsThem()
    {
        foreach (var body in Usual)
        {
            CheckReader.TryReadCheck(Encoding.UTF8.GetBytes(body), out var check).Should().BeTrue(body);
            check.Should().Be(JsonSerializer.Deserialize<CheckRequest>(body, JsonBody.Strict));
            var batch = $$"""{"checks":[{{body}},{{body}}]}""";
            CheckReader.TryReadBatch(Encoding.UTF8.GetBytes(batch), out var many).Should().BeTrue(batch);
            many!.Checks.Should().Equal(JsonSerializer.Deserialize<BatchCheckRequest>(batch, JsonBody.Strict)!.Checks);
        }
    }

    [Theory]
    [InlineData("""{"action":"read","action":"read"}""")]
    [InlineData("""{"action":null}""")]
    [InlineData("""{"action":5}""")]
    [InlineData("""{"Action":"read"}""")]
    [InlineData("""{"scope":{"type":"tenant","id":"1","id":"2"}}""")]
    [InlineData("""{"scope":{"type":"tenant","id":"1","name":"x"}}""")]
    [InlineData("""{"subject":null}""")]
    [InlineData("""{"subject":{"type":"user","id":"a","groups":[]}}""")]
    [InlineData("""{"consistency":{"full":true}}""")]
    [InlineData("""{"action":"read"} {}""")]
    [InlineData("""{"action":"read",}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void UnusualBodies_AreLeftToTheSerializer(string body)
    {
        CheckReader.TryReadCheck(Encoding.UTF8.GetBytes(body), out _).Should().BeFalse();
        CheckReader.TryReadBatch(Encoding.UTF8.GetBytes($$"""{"checks":[{{body}}]}"""), out var many).Should().Be(body.Length == 0);
        many?.Checks.Should().BeEmpty();
    }

    [Fact]
    public void RandomBodies_ReadQuickly_AreReadTheSameByTheSerializer()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("RUNAIRBAC_SEED") ?? $"{Random.Shared.Next()}", null);
        var random = new Random(seed);
        var accepted = 0;
        for (var i = 0; i < Bodies; i++)
        {
            var body = Mutated(random, Encoding.UTF8.GetBytes(Usual[random.Next(Usual.Length)]));
            if (CheckReader.TryReadCheck(body, out var check))
            {
                accepted++;
                JsonSerializer.Deserialize<CheckRequest>(body, JsonBody.Strict).Should().Be(check, "seed {0}: {1}", seed, Encoding.UTF8.GetString(body));
            }

            var batch = Mutated(random, [.. """{"checks":["""u8, .. body, .. "]}"u8]);
            if (CheckReader.TryReadBatch(batch, out var many))
                JsonSerializer.Deserialize<BatchCheckRequest>(batch, JsonBody.Strict)!.Checks.Should().Equal(many!.Checks, "seed {0}: {1}", seed, Encoding.UTF8.GetString(batch));
        }

        accepted.Should().BeGreaterThan(Bodies / 20);
    }

    /// <summary>With a word put in, a piece gone, a piece twice, a byte changed, or as it was.</summary>
    private static byte[] Mutated(Random random, byte[] body)
    {
        var (from, to) = (random.Next(body.Length + 1), random.Next(body.Length + 1));
        if (from > to) (from, to) = (to, from);
        switch (random.Next(6))
        {
            case 0: return [.. body[..from], .. Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]), .. body[from..]];
            case 1: return [.. body[..from], .. body[to..]];
            case 2: return [.. body[..to], .. body[from..]];
            case 3:
                if (body.Length == 0) return body;
                var changed = (byte[])body.Clone();
                changed[random.Next(body.Length)] = (byte)random.Next(256);
                return changed;
            default: return body;
        }
    }
}
