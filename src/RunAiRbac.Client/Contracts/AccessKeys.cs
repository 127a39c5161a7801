using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new access key of the caller.</summary>
public sealed record AccessKeyCreation
{
    /// <summary>The name, unique among the caller's keys: lower-case letters, digits, <c>-</c> and <c>_</c>, 2 to 255 characters, not in the form of a UUID.</summary>
    public string? Name { get; init; }
}

/// <summary>An access key: it signs in as its user, with the user's rights of the moment.</summary>
public sealed record AccessKey
{
    /// <summary>The key's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>What one signs in with, besides the secret.</summary>
    public required string ClientId { get; init; }

    /// <summary>When it was created.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it last gave a token; null: never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? LastLogin { get; init; }

    /// <summary>The consistency token of the revision it was read at.</summary>
    public required string Revision { get; init; }
}

/// <summary>The caller's access keys, the oldest first.</summary>
/// <param name="AccessKeys">The keys.</param>
public sealed record AccessKeyList(IReadOnlyList<AccessKey> AccessKeys);

/// <summary>An access key just created, as <c>/access-keys</c> answers.</summary>
public sealed record AccessKeyCreated
{
    /// <summary>The key's id.</summary>
    public required string Id { get; init; }

    /// <summary>What one signs in with, besides the secret.</summary>
    public required string ClientId { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The secret, shown this once.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>When it was created.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The consistency token of the revision that made it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(AccessKeyCreated)} {{ Id = {Id}, Name = {Name} }}";
}

/// <summary>An access key just created, as <c>/user-applications</c> answers.</summary>
public sealed record UserApplicationCreated
{
    /// <summary>The key's id.</summary>
    public required string Id { get; init; }

    /// <summary>What one signs in with, besides the secret.</summary>
    public required string ClientId { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The secret, shown this once.</summary>
    public required string Secret { get; init; }

    /// <summary>When it was created.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The consistency token of the revision that made it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(UserApplicationCreated)} {{ Id = {Id}, Name = {Name} }}";
}

/// <summary>A new secret of an access key.</summary>
public sealed record AccessKeySecret
{
    /// <summary>The secret, shown this once.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>The consistency token of the revision that set it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(AccessKeySecret)} {{ Revision = {Revision} }}";
}

/// <summary>Anybody's access key, as administrators see it.</summary>
public sealed record AdministeredAccessKey
{
    /// <summary>The key's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>What one signs in with, besides the secret.</summary>
    public required string ClientId { get; init; }

    /// <summary>The user that created it and that it acts as, by the e-mail of the moment.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was created.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it last gave a token; null: never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? LastLogin { get; init; }

    /// <summary>The consistency token of the revision it was read at.</summary>
    public required string Revision { get; init; }
}

/// <summary>Everybody's access keys, the oldest first.</summary>
/// <param name="AccessKeys">The keys.</param>
public sealed record AdministeredAccessKeyList(IReadOnlyList<AdministeredAccessKey> AccessKeys);
