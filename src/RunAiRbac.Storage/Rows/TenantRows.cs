namespace RunAiRbac.Storage;

// Conventions of all rows: times are UTC microseconds since 1970; the tenant id leads the primary key; DeletedAt null means living;
// MadeRevision and EndedRevision are the tenant's revisions that made and that ended the row; *Folded are lower-cased copies for search;
// CreatedById is the subject that did it (null: the system), CreatedByName its name at that moment.

/// <summary>The one row that names this database, for consistency tokens.</summary>
public sealed class StoreRow
{
    public int Id { get; set; }
    public required string StoreId { get; set; }

    /// <summary>Raised by <c>new-epoch</c> after a restore: tokens of older epochs are unknown.</summary>
    public int Epoch { get; set; }
}

public sealed class TenantRow
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public long CreatedAt { get; set; }
    public long? DeletedAt { get; set; }
}

/// <summary>The tenant's revision row: every policy write takes it first, so that writers of one tenant are serial.</summary>
public sealed class RevisionRow
{
    public int TenantId { get; set; }
    public long Revision { get; set; }
    public int LastRuleId { get; set; }
}

/// <summary>One revision: the change log.</summary>
public sealed class ChangeRow
{
    public int TenantId { get; set; }
    public long Revision { get; set; }
    public long At { get; set; }
    public string? ActorId { get; set; }
    public required string ActorName { get; set; }
    public string? RequestId { get; set; }

    /// <summary>JSON array of <see cref="Policy.PolicyChange"/>.</summary>
    public required string Changes { get; set; }
}

public sealed class SigningKeyRow
{
    /// <summary>The <c>kid</c>.</summary>
    public required string Id { get; set; }
    public required string Algorithm { get; set; }

    /// <summary>The public key as SubjectPublicKeyInfo, base64.</summary>
    public required string PublicKey { get; set; }

    /// <summary>The private key as PKCS #8, encrypted by Data Protection.</summary>
    public required string ProtectedPrivateKey { get; set; }
    public long CreatedAt { get; set; }

    /// <summary>It signs from then on (published before that, so that caches of the key set know it).</summary>
    public long SignsFrom { get; set; }

    /// <summary>It verifies until then.</summary>
    public long VerifiesUntil { get; set; }
}
