using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.Applications;

/// <summary>When old secrets die as a new one comes: at most two live, and only through a grace period.</summary>
internal static class SecretSchedule
{
    public const string Description =
        "The new secret is shown this once. Without a grace period all old secrets and all tokens of the application end at once. With one, the newest old "
        + "secret works until its end, older ones die at once, and tokens live on until they expire.";

    private const int MaxGraceSeconds = 604_800;

    /// <summary>The grace period of the optional body, in seconds; 0 without one.</summary>
    public static async Task<int> ReadGraceAsync(HttpContext context)
    {
        var grace = (await JsonBody.ReadOptionalAsync<SecretReset>(context, JsonBody.Lenient))?.GracePeriodSeconds ?? 0;
        return grace is >= 0 and <= MaxGraceSeconds ? grace : throw ApiException.Invalid("gracePeriodSeconds", $"must be a whole number from 0 to {MaxGraceSeconds}");
    }

    /// <summary>Retires the old secrets, oldest first as they come. A secret whose own grace period ends sooner keeps that end.</summary>
    public static void Retire(IReadOnlyList<CredentialRow> secrets, int graceSeconds, long now)
    {
        var until = now + (graceSeconds * 1_000_000L);
        for (var i = 0; i < secrets.Count; i++)
        {
            var secret = secrets[i];
            var stays = graceSeconds > 0 && i == secrets.Count - 1 && !(secret.ExpiresAt <= now);
            if (!stays) secret.DeletedAt = now;
            else if (secret.ExpiresAt is null || secret.ExpiresAt > until) secret.ExpiresAt = until;
        }
    }
}
