namespace RunAiRbac.Storage;

/// <summary>Longest texts that the columns take, in characters. PostgreSQL enforces them; validate before writing. It takes no NUL character either.</summary>
public static class Lengths
{
    public const int Id = 64;
    public const int ScopeType = 32;

    /// <summary>Names of anything, e-mail addresses, client ids, providers' subject claims.</summary>
    public const int Name = 512;

    /// <summary>Providers' aliases and sources of groups.</summary>
    public const int Source = 128;
    public const int Namespace = 63;
    public const int Description = 1024;
    public const int Reason = 1024;
    public const int Label = 256;
    public const int Kind = 32;
    public const int Hash = 512;
    public const int RequestId = 128;
    public const int Address = 64;
    public const int Url = 2048;

    /// <summary>SHA-256 in hexadecimal.</summary>
    public const int ChainHash = 64;
}
