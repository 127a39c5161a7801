using System.Text.RegularExpressions;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>The validated values of a request; null is what it does not speak of.</summary>
/// <param name="Type">The provider's type.</param>
/// <param name="Name">The name for people.</param>
/// <param name="Settings">What its type needs; the mappers in it are to be laid over the standing ones.</param>
/// <param name="Secret">The new client secret; null: there is none, or it stays (<paramref name="KeepsSecret"/>).</param>
/// <param name="KeepsSecret">The mask was sent back.</param>
/// <param name="TrustedEmailDomains">In canonical form.</param>
/// <param name="GroupsTrusted">Whether its groups count.</param>
internal sealed record ProviderValues(
    string Type, string? Name, ProviderSettings Settings, string? Secret, bool KeepsSecret, IReadOnlyList<string>? TrustedEmailDomains, bool? GroupsTrusted)
{
    public bool HasData => Settings is not { Oidc: null, Saml: null, OpenShift: null };
}

/// <summary>Validates what administrators say about a provider; what belongs to another type is not looked at.</summary>
internal sealed partial class ProviderReader(WebAddresses addresses, SamlMetadataReader metadata)
{
    public const string Mask = "*******";
    private const int MaxSecret = 2048;
    private const int MaxItems = 100;

    public ProviderValues Read(IdentityProviderRequest request)
    {
        var type = request.Type ?? throw ApiException.Invalid("type", "is missing");
        if (!ProviderTypes.All.Contains(type, StringComparer.Ordinal)) throw ApiException.Invalid("type", $"must be one of {string.Join(", ", ProviderTypes.All)}");
        var settings = new ProviderSettings
        {
            Oidc = type == ProviderTypes.Oidc && request.OidcData is { } oidc ? Oidc(oidc) : null,
            Saml = type == ProviderTypes.Saml && request.SamlData is { } saml ? Saml(saml) : null,
            OpenShift = type == ProviderTypes.OpenShift && request.OcpData is { } ocp ? OpenShift(ocp) : null,
            Mappers = Mappers(request.Mappers ?? new Mappers(), "mappers."),
        };
        var secret = settings.Oidc is not null ? Secret("oidcData.clientSecret", request.OidcData!.ClientSecret)
            : settings.OpenShift is not null ? Secret("ocpData.clientSecret", request.OcpData!.ClientSecret) : null;
        return new ProviderValues(
            type, Name(request.Name), settings, secret == Mask ? null : secret, secret == Mask, request.TrustedEmailDomains is { } domains ? Domains(domains) : null, request.GroupsTrusted);
    }

    /// <summary>The mappers that are named; an empty name is none, except for the e-mail address, which is the key of users.</summary>
    public static Mappers Mappers(Mappers given, string prefix)
    {
        foreach (var (name, value) in new[] { ("gid", given.Gid), ("uid", given.Uid), ("groups", given.Groups), ("supplementaryGroups", given.SupplementaryGroups), ("email", given.Email), ("firstName", given.FirstName), ("lastName", given.LastName) })
            if (value is not null) PlainText.Demand(prefix + name, value);
        return given.Email is { } email && string.IsNullOrWhiteSpace(email) ? throw ApiException.Invalid(prefix + "email", "must be mapped") : given;
    }

    private static string? Name(string? name)
        => string.IsNullOrEmpty(name) ? null : string.IsNullOrWhiteSpace(PlainText.DemandName("name", name)) ? throw ApiException.Invalid("name", "is blank") : name;

    private OidcSettings Oidc(OidcCreationData data) => new(
        Given("oidcData.clientId", data.ClientId),
        addresses.DemandService("oidcData.discoverDocumentUrl", Given("oidcData.discoverDocumentUrl", data.DiscoverDocumentUrl, WebAddresses.MaxLength)),
        Scopes("oidcData.scopes", data.Scopes),
        data.MandatoryClaim is { } claim ? Claim(claim) : null);

    private OpenShiftSettings OpenShift(OcpCreationData data) => new(
        addresses.DemandService("ocpData.idpBaseUrl", Given("ocpData.idpBaseUrl", data.IdpBaseUrl, WebAddresses.MaxLength)),
        data.ClientId is null ? null : Given("ocpData.clientId", data.ClientId),
        Scopes("ocpData.scopes", data.Scopes));

    private SamlSettings Saml(SamlCreationData data)
    {
        var hasFile = !string.IsNullOrEmpty(data.MetadataXmlFile);
        var entityId = PlainText.DemandOptional("samlData.entityId", data.EntityId, 1024);
        return data.MetadataXmlType switch
        {
            not (null or "url" or "file") => throw ApiException.Invalid("samlData.metadataXmlType", "must be url or file"),
            "file" when !hasFile => throw ApiException.Invalid("samlData.metadataXmlFile", "is missing"),
            "url" or null when data.MetadataXmlType is not null || !hasFile
                => new SamlSettings(addresses.DemandService("samlData.metadataXmlUrl", Given("samlData.metadataXmlUrl", data.MetadataXmlUrl, WebAddresses.MaxLength)), null, null, entityId),
            _ => new SamlSettings(null, PlainText.DemandOptional("samlData.fileName", data.FileName), metadata.Read(data.MetadataXmlFile!), entityId),
        };
    }

    private static MandatoryClaim Claim(MandatoryClaim given)
    {
        const string field = "oidcData.mandatoryClaim";
        if (!Given(field + ".claim", given.Claim).Any(char.IsAsciiLetter)) throw ApiException.Invalid(field + ".claim", "must hold a letter");
        var values = Items(field + ".values", given.Values ?? []);
        if (values.Count == 0) throw ApiException.Invalid(field + ".values", "must hold a value");
        for (var i = 0; i < values.Count; i++)
            if (values[i].Any(char.IsWhiteSpace) || !values[i].Any(char.IsAsciiLetter)) throw ApiException.Invalid($"{field}.values[{i}]", "must hold a letter and no blank");
        return new MandatoryClaim { Claim = given.Claim, Values = values };
    }

    private static List<string> Scopes(string field, IReadOnlyList<string?>? given)
    {
        var scopes = Items(field, given ?? []);
        for (var i = 0; i < scopes.Count; i++)
            if (!ScopeForm().IsMatch(scopes[i])) throw ApiException.Invalid($"{field}[{i}]", "must be scopes of letters, digits and -._:");
        return scopes;
    }

    /// <summary>Each once, as trusted addresses are compared.</summary>
    private static List<string> Domains(IReadOnlyList<string?> given)
    {
        var domains = Items("trustedEmailDomains", given);
        for (var i = 0; i < domains.Count; i++)
        {
            if (domains[i] == "*") continue;
            if (!EmailAddress.IsValid("x@" + domains[i], out var canonical)) throw ApiException.Invalid($"trustedEmailDomains[{i}]", "must be a mail domain such as example.com, or *");
            domains[i] = canonical[2..];
        }

        return [.. domains.Distinct(StringComparer.Ordinal)];
    }

    private static List<string> Items(string field, IReadOnlyList<string?> given)
    {
        if (given.Count > MaxItems) throw ApiException.Invalid(field, $"must hold at most {MaxItems} values");
        return [.. given.Select((item, i) => Given($"{field}[{i}]", item))];
    }

    private static string Secret(string field, string? secret) => Given(field, secret, MaxSecret);

    private static string Given(string field, string? text, int maxLength = PlainText.MaxLength)
        => string.IsNullOrWhiteSpace(text) ? throw ApiException.Invalid(field, "is missing") : PlainText.Demand(field, text, maxLength);

    [GeneratedRegex(@"^[a-zA-Z0-9\-._:]+(\s[a-zA-Z0-9\-._:]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ScopeForm();
}
