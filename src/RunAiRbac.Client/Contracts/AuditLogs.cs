using System.Text.Json;
using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>One event of the audit log.</summary>
public sealed record AuditLog
{
    /// <summary>The event's id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>When it happened.</summary>
    [JsonPropertyName("timestamp")]
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The tenant's id.</summary>
    [JsonPropertyName("tenant_id")]
    public required string TenantId { get; init; }

    /// <summary>Who did it, by the name of the moment: an e-mail address, a client id, <c>system</c>, or <c>unknown</c>.</summary>
    [JsonPropertyName("subject")]
    public required string Subject { get; init; }

    /// <summary><c>User</c>, or <c>App</c>, which the system is too.</summary>
    [JsonPropertyName("subject_type")]
    public required string SubjectType { get; init; }

    /// <summary>The subject's id.</summary>
    [JsonPropertyName("subject_id")]
    public string? SubjectId { get; init; }

    /// <summary>The address that the request came from.</summary>
    [JsonPropertyName("source_ip")]
    public string? SourceIp { get; init; }

    /// <summary><c>create</c>, <c>update</c>, <c>delete</c>, <c>sign-in</c>, <c>sign-out</c> or <c>reset-password</c>.</summary>
    [JsonPropertyName("action")]
    public required string Action { get; init; }

    /// <summary>The request's method.</summary>
    [JsonPropertyName("http_method")]
    public string? HttpMethod { get; init; }

    /// <summary>The request's path.</summary>
    [JsonPropertyName("url")]
    public string? Url { get; init; }

    /// <summary>What kind of object was changed.</summary>
    [JsonPropertyName("entity_type")]
    public string? EntityType { get; init; }

    /// <summary>The object's name at that moment.</summary>
    [JsonPropertyName("entity_name")]
    public string? EntityName { get; init; }

    /// <summary>The object's id.</summary>
    [JsonPropertyName("entity_id")]
    public string? EntityId { get; init; }

    /// <summary><c>Succeeded</c> or <c>Failed</c>.</summary>
    [JsonPropertyName("result")]
    public required string Result { get; init; }

    /// <summary>The status of the answer.</summary>
    [JsonPropertyName("http_status_code")]
    public int? HttpStatusCode { get; init; }

    /// <summary>The name that the object's cluster had.</summary>
    [JsonPropertyName("cluster_name")]
    public string? ClusterName { get; init; }

    /// <summary>The object's cluster.</summary>
    [JsonPropertyName("cluster_id")]
    public string? ClusterId { get; init; }

    /// <summary>The same for all events of one request.</summary>
    [JsonPropertyName("request_id")]
    public string? RequestId { get; init; }

    /// <summary>What else is to be said.</summary>
    [JsonPropertyName("metadata")]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The object before, without secrets; absent: it was not there.</summary>
    [JsonPropertyName("before")]
    public JsonElement? Before { get; init; }

    /// <summary>The object after, without secrets; absent: it is not there any more.</summary>
    [JsonPropertyName("after")]
    public JsonElement? After { get; init; }

    /// <summary>Its place in the tenant's chain; absent: it is not sealed yet.</summary>
    [JsonPropertyName("number")]
    public long? Number { get; init; }

    /// <summary>Its hash in the tenant's chain.</summary>
    [JsonPropertyName("hash")]
    public string? Hash { get; init; }
}

/// <summary>A page of the audit log.</summary>
public sealed record AuditLogPage
{
    /// <summary>How many events there are in all that the filters let through.</summary>
    [JsonPropertyName("total")]
    public required long Total { get; init; }

    /// <summary>The offset of the next page; absent at the end.</summary>
    [JsonPropertyName("next")]
    public int? Next { get; init; }

    /// <summary>The events.</summary>
    [JsonPropertyName("audit_logs")]
    public required IReadOnlyList<AuditLog> AuditLogs { get; init; }
}

/// <summary>What a look at the tenant's chain of events found.</summary>
public sealed record AuditChainState
{
    /// <summary>Whether every sealed event is there and as it was sealed.</summary>
    [JsonPropertyName("valid")]
    public required bool Valid { get; init; }

    /// <summary>How many events are sealed.</summary>
    [JsonPropertyName("sealed")]
    public required long Sealed { get; init; }

    /// <summary>How many events are not sealed yet: nothing is proven of them.</summary>
    [JsonPropertyName("unsealed")]
    public required long Unsealed { get; init; }

    /// <summary>The number of the last event that retention dropped; 0: none.</summary>
    [JsonPropertyName("dropped_number")]
    public required long DroppedNumber { get; init; }

    /// <summary>The number of the newest sealed event.</summary>
    [JsonPropertyName("head_number")]
    public required long HeadNumber { get; init; }

    /// <summary>Its hash. Kept elsewhere, it proves later that nothing up to it was written anew.</summary>
    [JsonPropertyName("head_hash")]
    public required string HeadHash { get; init; }

    /// <summary>The first event that is missing or was changed.</summary>
    [JsonPropertyName("first_broken")]
    public AuditChainBreak? FirstBroken { get; init; }
}

/// <summary>Where a chain of events breaks.</summary>
public sealed record AuditChainBreak
{
    /// <summary>The event's number.</summary>
    [JsonPropertyName("number")]
    public required long Number { get; init; }

    /// <summary>The event's id; absent: it is not there.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    /// <summary>What is wrong.</summary>
    [JsonPropertyName("reason")]
    public required string Reason { get; init; }
}
