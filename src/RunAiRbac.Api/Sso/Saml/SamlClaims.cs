using System.Text.Json;

namespace RunAiRbac.Api.Sso.Saml;

/// <summary>What the mappers make of an assertion. A mapper means an attribute's full name, else its friendly name; attributes of one name are one.</summary>
internal static class SamlClaims
{
    public static ProviderSignIn Read(SsoProvider provider, SamlAssertion assertion)
    {
        var mappers = provider.Settings.Mappers;
        return new ProviderSignIn
        {
            Provider = provider,
            SubjectClaim = assertion.Name.Value,
            Email = Email(assertion, mappers.Email),
            FirstName = Find(assertion, mappers.FirstName)?.FirstOrDefault(),
            LastName = Find(assertion, mappers.LastName)?.FirstOrDefault(),
            // Each value is a group, whatever it holds: names of groups may hold every separator there is.
            Groups = Find(assertion, mappers.Groups)?.Distinct(StringComparer.Ordinal).ToList(),
            Attributes = Attributes(assertion, ("uid", mappers.Uid), ("gid", mappers.Gid), ("supplementaryGroups", mappers.SupplementaryGroups)),
            SignOutHint = JsonSerializer.Serialize(new SamlSignOutHint(assertion.Name, assertion.SessionIndex)),
        };
    }

    /// <summary>One address and no other, else the name, if the provider says that it is an address. Null: none.</summary>
    private static string? Email(SamlAssertion assertion, string? mapper)
    {
        var values = (Find(assertion, mapper) ?? []).Distinct(StringComparer.Ordinal).ToList();
        if (values.Count > 1) throw SamlRefusal.Because("the assertion names several e-mail addresses");
        return values.Count == 1 ? values[0] : assertion.Name.Format == SamlNames.EmailName ? assertion.Name.Value : null;
    }

    private static Dictionary<string, IReadOnlyList<string>> Attributes(SamlAssertion assertion, params ReadOnlySpan<(string Name, string? Mapper)> mapped)
    {
        var attributes = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, mapper) in mapped)
            if (Find(assertion, mapper) is { Count: > 0 } values) attributes[name] = values;
        return attributes;
    }

    /// <summary>The texts of a mapped attribute that are not empty; null: nothing is mapped, or the assertion says nothing of it.</summary>
    private static List<string>? Find(SamlAssertion assertion, string? mapper)
    {
        if (string.IsNullOrEmpty(mapper)) return null;
        var found = assertion.Attributes.Where(x => x.Name == mapper).ToList();
        if (found.Count == 0) found = [.. assertion.Attributes.Where(x => x.FriendlyName == mapper)];
        return found.Count == 0 ? null : [.. found.SelectMany(x => x.Values).Where(x => !string.IsNullOrWhiteSpace(x)).Select(x => x!)];
    }
}

/// <summary>Whom to sign out at the provider; kept sealed with the session.</summary>
internal sealed record SamlSignOutHint(SamlNameId Name, string? SessionIndex);
