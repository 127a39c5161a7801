namespace RunAiRbac.Client.Contracts;

/// <summary>A group: known from a provider or the directory, or because a rule names it.</summary>
public sealed record Group
{
    /// <summary>The group's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name that rules use.</summary>
    public required string Name { get; init; }

    /// <summary>Where the group is known from: providers' aliases, <c>scim:…</c>, <c>directory</c>. Empty when only rules name it.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>How many users are in it now, as far as decisions count them.</summary>
    public required int MemberCount { get; init; }

    /// <summary>Who made it known, by the name of the moment.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it became known.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The consistency token of the revision it was read at.</summary>
    public required string Revision { get; init; }
}

/// <summary>A user in a group.</summary>
public sealed record GroupMember
{
    /// <summary>The user's id.</summary>
    public required string Id { get; init; }

    /// <summary>The user's e-mail address.</summary>
    public required string Username { get; init; }

    /// <summary>Whether the user is enabled.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Which sources say that the user is in the group.</summary>
    public required IReadOnlyList<string> Sources { get; init; }
}

/// <summary>A user's groups as one source knows them.</summary>
public sealed record UserGroups
{
    /// <summary>The source whose memberships are replaced: <c>directory</c>.</summary>
    public string? Source { get; init; }

    /// <summary>The names of all groups of that source; at most 1,000, each of 1 to 256 characters, taken exactly. Groups not yet known are made.</summary>
    public IReadOnlyList<string?>? Groups { get; init; }
}
