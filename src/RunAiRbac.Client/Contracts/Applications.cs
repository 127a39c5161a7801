using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new application (service account).</summary>
public sealed record ApplicationCreation
{
    /// <summary>The name, which is also the client id: lower-case letters, digits, <c>-</c> and <c>_</c>, 2 to 255 characters, not in the form of a UUID.</summary>
    public string? Name { get; init; }

    /// <summary>The type of the home scope, whose administrators manage the application: <c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</summary>
    public string? ScopeType { get; init; }

    /// <summary>The home scope's id. Absent: the tenant, or the only scope where the caller may create applications.</summary>
    public string? ScopeId { get; init; }
}

/// <summary>An application (service account).</summary>
public sealed record Application
{
    /// <summary>The application's id; it never changes.</summary>
    public required string Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>What it signs in with, besides a secret: its name.</summary>
    public required string ClientId { get; init; }

    /// <summary>Who created it, by the name of the moment.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was created.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>When it last took a token; null: never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? LastLogin { get; init; }

    /// <summary>A disabled application is denied everything and cannot sign in.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The tenant, as a decimal string.</summary>
    public required string TenantId { get; init; }

    /// <summary>The type of the home scope, whose administrators manage the application.</summary>
    public required string ScopeType { get; init; }

    /// <summary>The home scope's id.</summary>
    public required string ScopeId { get; init; }

    /// <summary>The consistency token of the revision it was read at.</summary>
    public required string Revision { get; init; }
}

/// <summary>A change to an application.</summary>
public sealed record ApplicationPatch
{
    /// <summary>Whether the application may sign in and do anything. Disabling ends its tokens at once. Required.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>How a secret is replaced.</summary>
public sealed record SecretReset
{
    /// <summary>
    /// How long the newest of the old secrets still works, 0 to 604,800. Absent or 0: all old secrets and all tokens end at once. Otherwise tokens live
    /// on until they expire, so that a running client notices nothing.
    /// </summary>
    public int? GracePeriodSeconds { get; init; }
}

/// <summary>An application just created, as <c>/apps</c> answers.</summary>
public sealed record ApplicationCreated
{
    /// <summary>The application's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The secret, shown this once.</summary>
    public required string Secret { get; init; }

    /// <summary>The client id.</summary>
    public required string ClientId { get; init; }

    /// <summary>The consistency token of the revision that made it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(ApplicationCreated)} {{ Id = {Id}, Name = {Name} }}";
}

/// <summary>An application just created, as <c>/service-accounts</c> answers.</summary>
public sealed record ServiceAccountCreated
{
    /// <summary>The service account's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The secret, shown this once.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>The client id.</summary>
    public required string ClientId { get; init; }

    /// <summary>The consistency token of the revision that made it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(ServiceAccountCreated)} {{ Id = {Id}, Name = {Name} }}";
}

/// <summary>A new secret, as <c>/apps</c> answers.</summary>
public sealed record ApplicationSecret
{
    /// <summary>The secret, shown this once.</summary>
    public required string Secret { get; init; }

    /// <summary>The consistency token of the revision that set it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(ApplicationSecret)} {{ Revision = {Revision} }}";
}

/// <summary>A new secret, as <c>/service-accounts</c> answers.</summary>
public sealed record ServiceAccountSecret
{
    /// <summary>The secret, shown this once.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>The consistency token of the revision that set it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(ServiceAccountSecret)} {{ Revision = {Revision} }}";
}
