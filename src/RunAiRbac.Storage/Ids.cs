namespace RunAiRbac.Storage;

/// <summary>Ids of rows: lower-case UUIDs, made in order of time so that inserts go to the end of an index.</summary>
public static class Ids
{
    public static string New() => Guid.CreateVersion7().ToString();
}
