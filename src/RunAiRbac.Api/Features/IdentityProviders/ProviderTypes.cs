using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.IdentityProviders;

internal static class ProviderTypes
{
    public const string Oidc = "oidc";
    public const string Saml = "saml";
    public const string OpenShift = "openshift-v4";

    public static readonly string[] All = [Saml, Oidc, OpenShift];

    /// <summary>The claims or attributes that say what unless somebody names others (reference sheet §5).</summary>
    public static Mappers DefaultMappers(string type) => type == OpenShift
        ? new Mappers { Gid = "metadata.gid", Uid = "metadata.uid", Groups = "groups", SupplementaryGroups = "supplementarygroups", Email = "metadata.name", FirstName = "firstName", LastName = "lastName" }
        : new Mappers { Gid = "GID", Uid = "UID", Groups = "GROUPS", SupplementaryGroups = "SUPPLEMENTARYGROUPS", Email = "email", FirstName = "firstName", LastName = "lastName" };
}
