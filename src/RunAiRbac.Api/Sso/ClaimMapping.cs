using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Sso;

/// <summary>From what a provider says to what we keep of it, by the provider's mappers.</summary>
internal static class ClaimMapping
{
    private const string EmailClaim = "email";
    private const string EmailVerifiedClaim = "email_verified";

    public static ProviderSignIn Map(SsoProvider provider, string subject, ProviderClaims claims)
    {
        var mappers = provider.Settings.Mappers;
        return new ProviderSignIn
        {
            Provider = provider,
            SubjectClaim = subject,
            Email = claims.FindText(mappers.Email),
            EmailVerified = IsVerified(mappers, claims),
            FirstName = Name(mappers.FirstName, "given_name", claims),
            LastName = Name(mappers.LastName, "family_name", claims),
            Groups = claims.Find(mappers.Groups) is { } groups ? GroupClaim.Read(groups) : null,
            Attributes = Attributes(mappers, claims),
        };
    }

    /// <summary>Claims that the mappers name; what is not mapped is not among them.</summary>
    public static IEnumerable<string> Mapped(Mappers mappers)
        => new[] { mappers.Email, mappers.FirstName, mappers.LastName, mappers.Groups, mappers.Uid, mappers.Gid, mappers.SupplementaryGroups }.Where(name => !string.IsNullOrEmpty(name))!;

    /// <summary>One "no" counts more than any "yes". The word is about the standard claim and no other.</summary>
    private static bool? IsVerified(Mappers mappers, ProviderClaims claims)
    {
        if (mappers.Email != EmailClaim) return null;
        if (claims.Says(EmailVerifiedClaim, false)) return false;
        return claims.Says(EmailVerifiedClaim, true) ? true : null;
    }

    /// <summary>Names only help people: where the mapped claim is not sent, the standard one will do.</summary>
    private static string? Name(string? mapped, string standard, ProviderClaims claims)
        => string.IsNullOrEmpty(mapped) ? null : claims.FindText(mapped) ?? claims.FindText(standard);

    private static Dictionary<string, IReadOnlyList<string>> Attributes(Mappers mappers, ProviderClaims claims)
    {
        var found = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, mapped) in new[] { ("uid", mappers.Uid), ("gid", mappers.Gid), ("supplementaryGroups", mappers.SupplementaryGroups) })
            if (claims.FindTexts(mapped) is { } values) found[name] = values;
        return found;
    }
}
