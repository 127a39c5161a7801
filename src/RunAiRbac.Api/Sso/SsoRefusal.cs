namespace RunAiRbac.Api.Sso;

/// <summary>A sign-in that is refused.</summary>
/// <param name="code">One of <see cref="SsoRefusalCodes"/>: decides which sentence the page shows.</param>
/// <param name="detail">Goes to the log only; no secrets, no tokens.</param>
internal sealed class SsoRefusal(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;

    /// <summary>The user whom it concerns; null: none, or nobody knows.</summary>
    public string? UserId { get; init; }
}

internal static class SsoRefusalCodes
{
    /// <summary>Every failure of a protocol: one uniform page, 400.</summary>
    public const string SignInFailed = "sign_in_failed";

    /// <summary>401.</summary>
    public const string EmailMissing = "email_missing";

    public const string EmailUnverified = "email_unverified";

    /// <summary>The address is taken by a user whom this provider has not been linked to.</summary>
    public const string AccountExists = "account_exists";

    public const string AccountDisabled = "account_disabled";

    /// <summary>The provider's mandatory claim is not there.</summary>
    public const string NotPermitted = "not_permitted";

    /// <summary>503.</summary>
    public const string ProviderUnavailable = "provider_unavailable";
}
