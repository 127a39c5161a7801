namespace RunAiRbac.Policy;

/// <summary>Ids of predefined roles that the law itself speaks of, and where custom ids begin.</summary>
public static class PredefinedRoles
{
    /// <summary>The role that the last-administrator rule counts.</summary>
    public const int SystemAdministrator = 1;

    /// <summary>The only role of the scope <c>system</c>; not a role of tenants.</summary>
    public const int PlatformAdministrator = 4003;

    /// <summary>Predefined ids stay below this one, custom ones start here.</summary>
    public const int FirstCustomId = 100_000;
}
