using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class SignInThrottleTests(PostgresFixture postgres)
{
    private readonly FakeClock _clock = new();
    private readonly SignInLimitOptions _limits = new() { AddressFailuresPerMinute = 1_000_000 };

    [Fact]
    public void Password_Failures_DelayThenLockThatPairOnly()
    {
        var throttle = New();
        Fail(throttle, "ann", "1.1.1.1", 5).Should().Be(5);

        throttle.Begin(1, "ann", "1.1.1.1").Should().BeFalse("the sixth try has to wait");
        throttle.Begin(1, "ann", "2.2.2.2").Should().BeTrue("from elsewhere it does not");
        throttle.Begin(1, "bob", "1.1.1.1").Should().BeTrue("another user is another pair");
        throttle.Begin(2, "ann", "1.1.1.1").Should().BeTrue("another tenant's user is another user");
        _clock.Advance(TimeSpan.FromSeconds(1));
        throttle.Begin(1, "ann", "1.1.1.1").Should().BeTrue();
        throttle.Begin(1, "ann", "1.1.1.1").Should().BeFalse();

        for (var i = 0; i < 4; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(30));
            throttle.Begin(1, "ann", "1.1.1.1").Should().BeTrue();
        }

        _clock.Advance(TimeSpan.FromMinutes(14));
        throttle.Begin(1, "ann", "1.1.1.1").Should().BeFalse("ten failures lock for a quarter of an hour");
        _clock.Advance(TimeSpan.FromMinutes(1));
        throttle.Begin(1, "ann", "1.1.1.1").Should().BeTrue("the lock ends by itself, and unjudged tries do not prolong it");
    }

    [Fact]
    public void Password_Success_Forgets()
    {
        var throttle = New();
        Fail(throttle, "ann", "1.1.1.1", 4);
        throttle.Begin(1, "ann", "1.1.1.1").Should().BeTrue();
        throttle.Succeeded(1, "ann", "1.1.1.1");

        Fail(throttle, "ann", "1.1.1.1", 5).Should().Be(5);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData(null, "")]
    public void Address_IsThatOfWhoeverHasIt(string? remote, string counted)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);

        Tenancy.AddressOf(context).Should().Be(counted);
    }

    [Fact]
    public void Names_LongerThanAnyUsers_AreOneAndNotKept()
    {
        var throttle = New();
        for (var i = 0; i < 5; i++) throttle.Begin(1, new string((char)('a' + i), 100_000), "1.1.1.1").Should().BeTrue();

        throttle.Begin(1, new string('z', 100_000), "1.1.1.1").Should().BeFalse("nobody has such a name: a million of them must not fill the memory");
        throttle.Begin(1, new string('z', Lengths.Name), "1.1.1.1").Should().BeTrue();
    }

    [Fact]
    public void User_UnderAttackFromEverywhere_StillSignsInFromAKnownAddress()
    {
        var throttle = New();
        throttle.Begin(1, "admin", "10.0.0.1").Should().BeTrue();
        throttle.Succeeded(1, "admin", "10.0.0.1");
        for (var i = 0; i < 100; i++) throttle.Begin(1, "admin", $"6.6.6.{i}").Should().BeTrue();

        throttle.Begin(1, "admin", "7.7.7.7").Should().BeFalse("a hundred failures lock the user for unknown addresses");
        throttle.Begin(1, "admin", "10.0.0.1").Should().BeTrue("nobody is kept out from where they have signed in");
        _clock.Advance(TimeSpan.FromMinutes(15));
        throttle.Begin(1, "admin", "7.7.7.7").Should().BeTrue();
    }

    [Fact]
    public void Tries_ManyAtOnce_GainNothing()
    {
        var throttle = New();
        var begun = 0;
        Parallel.For(0, 200, _ => Interlocked.Add(ref begun, throttle.Begin(1, "ann", "1.1.1.1") ? 1 : 0));

        begun.Should().BeLessThan(5 + (2 * Environment.ProcessorCount) + 5);
    }

    [Fact]
    public void Address_ManyFailures_HasToWaitForTheRestOfTheMinute()
    {
        var throttle = new SignInThrottle(_clock, Options.Create(new SignInLimitOptions { AddressFailuresPerMinute = 3 }));
        for (var i = 0; i < 3; i++) throttle.SecretFailed("1.1.1.1");

        var wait = throttle.Invoking(t => t.DemandAddress("1.1.1.1")).Should().Throw<ApiException>().Which;
        wait.Kind.Should().Be(Kinds.TooManyRequests);
        wait.RetryAfter.Should().Be(TimeSpan.FromMinutes(1));
        throttle.Invoking(t => t.DemandAddress("2.2.2.2")).Should().NotThrow();
        _clock.Advance(TimeSpan.FromMinutes(1));
        throttle.Invoking(t => t.DemandAddress("1.1.1.1")).Should().NotThrow();
    }

    [Theory, InlineData(StorageProvider.Sqlite), InlineData(StorageProvider.PostgreSql)]
    public async Task SignIn_UnknownWrongLockedAndDisabled_AnswerAlike_AndSecretsAreNeverLocked(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider) { Settings = new Dictionary<string, string> { ["RateLimits:SignIn:AddressFailuresPerMinute"] = "30" } }, postgres);
        var world = await World.OpenAsync(host);
        var (locked, disabled, app) = (await world.CreateUserAsync(), await world.CreateUserAsync(), await world.CreateApplicationAsync());
        (await world.Admin.PatchAsync($"/api/v1/users/{disabled.Id}", new { enabled = false })).Expect(HttpStatusCode.OK);

        for (var i = 0; i < 5; i++) (await world.TryPasswordAsync(locked.Field("username")!, "wrong")).Expect(HttpStatusCode.Unauthorized);
        var answers = new[]
        {
            await world.TryPasswordAsync(locked.Field("username")!, locked.Field("tempPassword")!),
            await world.TryPasswordAsync(disabled.Field("username")!, disabled.Field("tempPassword")!),
            await world.TryPasswordAsync("nobody@example.com", "wrong"),
            await world.TryPasswordAsync(ApiHost.AdminEmail, "wrong"),
        };

        answers.Should().OnlyContain(a => a.Status == HttpStatusCode.Unauthorized && a.ErrorCode == "invalid_credentials");
        answers.Select(a => a.Field("detail")).Distinct().Should().ContainSingle();
        for (var i = 0; i < 12; i++) (await world.TrySecretAsync(app.Field("name")!, "wrong")).Expect(HttpStatusCode.Unauthorized);
        (await world.TrySecretAsync(app.Field("name")!, app.Field("secret")!)).Expect(HttpStatusCode.OK);
        for (var i = 0; i < 30; i++) await world.TrySecretAsync(app.Field("name")!, "wrong");
        (await world.TrySecretAsync(app.Field("name")!, app.Field("secret")!)).Expect(HttpStatusCode.TooManyRequests, "too_many_requests");
    }

    private SignInThrottle New() => new(_clock, Options.Create(_limits));

    /// <summary>How many of these tries were judged (and failed).</summary>
    private static int Fail(SignInThrottle throttle, string user, string address, int times) => Enumerable.Range(0, times).Count(_ => throttle.Begin(1, user, address));
}
