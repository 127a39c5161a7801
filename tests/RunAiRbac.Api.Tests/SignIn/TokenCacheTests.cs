using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class TokenCacheTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Find_AtTheTokensEnd_GivesNothing()
    {
        var cache = new TokenCache(_clock);
        var key = Key("a");
        cache.Add(key, Token(TimeSpan.FromMinutes(2)));

        _clock.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromMicroseconds(1));
        cache.Find(key).Should().NotBeNull();
        _clock.Advance(TimeSpan.FromMicroseconds(1));
        cache.Find(key).Should().BeNull();
    }

    [Fact]
    public void Find_UnknownToken_GivesNothing() => new TokenCache(_clock).Find(Key("a")).Should().BeNull();

    [Fact]
    public void Add_MoreThanItHolds_KeepsWhatIsUsedAndForgetsTheRest()
    {
        const int capacity = 100;
        var cache = new TokenCache(_clock, capacity);
        var used = Key("used");
        cache.Add(used, Token(TimeSpan.FromHours(1)));

        for (var i = 0; i < 10 * capacity; i++)
        {
            cache.Add(Key(i.ToString("x8", null)), Token(TimeSpan.FromHours(1)));
            cache.Find(used).Should().NotBeNull();
        }

        Enumerable.Range(0, 10 * capacity).Count(i => cache.Find(Key(i.ToString("x8", null))) is not null).Should().BeLessThanOrEqualTo(capacity);
    }

    [Fact]
    public void TokenKey_AnyCharacterChanged_IsAnother()
    {
        var token = new string('a', 900);
        var keys = Enumerable.Range(0, token.Length).Select(i => Key(token[..i] + "b" + token[(i + 1)..])).Append(Key(token));

        keys.Distinct().Should().HaveCount(token.Length + 1);
    }

    [Theory, InlineData(""), InlineData("ü"), InlineData("a\u0100")]
    public void TokenKey_WhatNoTokenIs_IsNone(string text) => TokenKey.TryOf(text, out _).Should().BeFalse();

    [Fact]
    public void TokenKey_TooLong_IsNone() => TokenKey.TryOf(new string('a', TokenValidator.MaxLength + 1), out _).Should().BeFalse();

    private static TokenKey Key(string token)
    {
        TokenKey.TryOf(token, out var key).Should().BeTrue();
        return key;
    }

    private CachedToken Token(TimeSpan lifetime) => new(new GenuineToken(TokenWorkshop.Caller, null, _clock.GetUtcNow() + lifetime));
}
