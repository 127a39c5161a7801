using Microsoft.Extensions.Options;

namespace RunAiRbac.Client.AspNetCore;

/// <summary>How guarded endpoints ask RunAiRbac; may be bound to a configuration section. Wrong values stop the start with a message that names them.</summary>
public sealed class GuardOptions
{
    /// <summary>RunAiRbac's address: absolute, <c>https</c> (or <c>http</c> inside a trusted network). Required.</summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>Whose permission is asked about; default: <see cref="SubjectFrom.ForwardedToken"/>.</summary>
    public SubjectFrom Subject { get; set; } = SubjectFrom.ForwardedToken;

    /// <summary>This service's own client id: needed by <see cref="SubjectFrom.Claim"/>, not by a forwarded token.</summary>
    public string? ClientId { get; set; }

    /// <summary>This service's own secret.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The tenant in which this service signs in; null: the one of RunAiRbac's host name, else its first one.</summary>
    public string? TenantId { get; set; }

    /// <summary>The longest time that one decision may take, retries and all; default 5 s. Then the endpoint answers 503.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a question is sent at most; default 2 (see <see cref="RunAiRbacClientOptions.MaxAttempts"/>).</summary>
    public int MaxAttempts { get; set; } = 2;

    /// <summary>The <c>Retry-After</c> of a 503 when RunAiRbac named none, in whole seconds; default 1 s.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Sends the requests to RunAiRbac instead of connections of the guard's own (certificates, proxies, tests). It must follow no redirect.</summary>
    public HttpMessageHandler? BackchannelHandler { get; set; }

    internal RunAiRbacClientOptions ClientOptions() => new()
    {
        BaseAddress = BaseAddress!,
        Credentials = ClientId is null ? RunAiRbacCredentials.None : RunAiRbacCredentials.ClientCredentials(ClientId, ClientSecret!, TenantId),
        Timeout = Timeout,
        MaxAttempts = MaxAttempts,
    };
}

/// <summary>Judges the options when the service starts.</summary>
internal sealed class GuardOptionsValidation : IValidateOptions<GuardOptions>
{
    public ValidateOptionsResult Validate(string? name, GuardOptions options)
    {
        var wrong = Wrong(options).ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Wrong(GuardOptions options)
    {
        if (options.BaseAddress is not { IsAbsoluteUri: true, Scheme: "https" or "http", Query: "", Fragment: "", UserInfo: "" })
            yield return "RunAiRbac: BaseAddress must be RunAiRbac's absolute http or https address.";
        if (string.IsNullOrEmpty(options.ClientId) != string.IsNullOrEmpty(options.ClientSecret))
            yield return "RunAiRbac: ClientId and ClientSecret go together.";
        if (options.Subject is null) yield return "RunAiRbac: Subject is missing.";
        if (options.Subject is ClaimSubject && string.IsNullOrEmpty(options.ClientId))
            yield return "RunAiRbac: asking about the subject of a claim needs this service's own ClientId and ClientSecret.";
        if (options.Timeout <= TimeSpan.Zero) yield return "RunAiRbac: Timeout must be positive.";
        if (options.MaxAttempts is < 1 or > 10) yield return "RunAiRbac: MaxAttempts must be 1 to 10.";
        if (options.RetryAfter <= TimeSpan.Zero) yield return "RunAiRbac: RetryAfter must be positive.";
    }
}
