using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>A new tenant.</summary>
public sealed record TenantCreation
{
    /// <summary>The name, unique: letters, digits and <c>-</c>, beginning and ending with a letter or digit, 2 to 255 characters.</summary>
    public string? Name { get; init; }

    /// <summary>The e-mail address of its first administrator.</summary>
    public string? Email { get; init; }

    /// <summary>The administrator's password, 12 to 256 characters, none of the common ones. Absent: a temporary one is made, which is good only for choosing another.</summary>
    public string? Password { get; init; }

    /// <summary><c>normal</c>, <c>trial</c> or empty; without effect.</summary>
    public string? ContractType { get; init; }

    /// <summary>The administrator's role: only <c>System administrator</c>, which is also what it has when absent.</summary>
    public string? Role { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(TenantCreation)} {{ Name = {Name}, Email = {Email} }}";
}

/// <summary>A tenant.</summary>
public sealed record Tenant
{
    /// <summary>Its id.</summary>
    public required int Id { get; init; }

    /// <summary>Its id in another form.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was deleted; null: it lives.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? DeletedAt { get; init; }
}

/// <summary>A tenant just created.</summary>
public sealed record TenantCreated
{
    /// <summary>Its id: what its people name when they sign in (<c>tenantId</c>).</summary>
    public required int Id { get; init; }

    /// <summary>Its id in another form.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The administrator's e-mail address.</summary>
    public required string Email { get; init; }

    /// <summary>The administrator's temporary password, shown this once; absent when one was given.</summary>
    public string? TempPassword { get; init; }

    /// <summary>The consistency token of the revision of the caller's own tenant that made it.</summary>
    public required string Revision { get; init; }

    /// <summary>Without secrets, so that no log shows them.</summary>
    public override string ToString() => $"{nameof(TenantCreated)} {{ Id = {Id}, Name = {Name}, Email = {Email} }}";
}
