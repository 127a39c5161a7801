using RunAiRbac.Api.Features.Applications;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Applications;

public sealed class SecretScheduleTests
{
    private const long Now = 1_000_000_000;
    private const long Second = 1_000_000;

    [Fact]
    public void Retire_WithoutGrace_EndsAll()
    {
        var secrets = Secrets(Now + Second, null);

        SecretSchedule.Retire(secrets, 0, Now);

        secrets.Should().OnlyContain(s => s.DeletedAt == Now);
    }

    [Fact]
    public void Retire_WithGrace_KeepsTheNewestUntilItsEnd()
    {
        var secrets = Secrets(Now + Second, null);

        SecretSchedule.Retire(secrets, 60, Now);

        secrets[0].DeletedAt.Should().Be(Now);
        secrets[1].DeletedAt.Should().BeNull();
        secrets[1].ExpiresAt.Should().Be(Now + (60 * Second));
    }

    [Fact]
    public void Retire_SecretThatEndsSooner_KeepsItsEnd()
    {
        var secrets = Secrets(Now + Second);

        SecretSchedule.Retire(secrets, 60, Now);

        secrets[0].ExpiresAt.Should().Be(Now + Second);
    }

    [Fact]
    public void Retire_ExpiredSecret_IsEnded()
    {
        var secrets = Secrets(Now);

        SecretSchedule.Retire(secrets, 60, Now);

        secrets[0].DeletedAt.Should().Be(Now);
    }

    private static List<CredentialRow> Secrets(params long?[] ends) =>
        [.. ends.Select((end, i) => new CredentialRow { Id = $"c{i}", SubjectId = "app", Kind = CredentialKinds.Secret, Hash = "hash", ExpiresAt = end })];
}
