namespace RunAiRbac.Client.Http;

/// <summary>One operation of the API.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with its parameters in braces.</param>
/// <param name="OnlyReads">Sending it twice does nothing that sending it once does not.</param>
/// <param name="NeedsToken">It is for callers that are signed in.</param>
internal sealed record Operation(HttpMethod Method, string Path, bool OnlyReads, bool NeedsToken = true)
{
    /// <summary>Where a request carries its operation.</summary>
    public static readonly HttpRequestOptionsKey<Operation> Key = new("RunAiRbac.Operation");

    public static Operation Get(string path) => new(HttpMethod.Get, path, OnlyReads: true);

    public static Operation Post(string path) => new(HttpMethod.Post, path, OnlyReads: false);

    /// <summary>A question that is too long for a query string.</summary>
    public static Operation Ask(string path) => new(HttpMethod.Post, path, OnlyReads: true);

    public static Operation Put(string path) => new(HttpMethod.Put, path, OnlyReads: false);

    public static Operation Patch(string path) => new(HttpMethod.Patch, path, OnlyReads: false);

    /// <summary>Not repeated although it could be: the answer after a lost success would be 404.</summary>
    public static Operation Delete(string path) => new(HttpMethod.Delete, path, OnlyReads: false);

    /// <summary>The same operation, open to callers without a token.</summary>
    public Operation Open() => this with { NeedsToken = false };
}
