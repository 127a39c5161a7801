namespace RunAiRbac.Api.Http;

/// <summary>Where an endpoint's permission is asked.</summary>
internal enum At
{
    /// <summary>Nowhere: the endpoint is open without a token.</summary>
    Public,

    /// <summary>Nowhere: everybody signed in may call it (it concerns the caller, or shows only what the caller may see).</summary>
    SignedIn,

    /// <summary>At the tenant; enforced by the admission, before any handler runs.</summary>
    Tenant,

    /// <summary>At the scope of the object or body; enforced by the handler's service at the revision of the write.</summary>
    Object,

    /// <summary>At any scope (readers of subjects); enforced by the handler's service.</summary>
    Anywhere,
}

/// <summary>The permission an endpoint states; every endpoint has one (a test looks).</summary>
internal sealed record EndpointPermission(string? ResourceType, string? Action, At At);

internal static class EndpointPermissionExtensions
{
    /// <summary>States the permission. <see cref="At.Tenant"/> is enforced by the admission; the others where the object is known.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, string resourceType, string action, At at)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new EndpointPermission(resourceType, action, at));

    /// <summary>States that everybody signed in may call it.</summary>
    public static TBuilder NeedsSignIn<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new EndpointPermission(null, null, At.SignedIn));

    /// <summary>States that it is open.</summary>
    public static TBuilder IsPublic<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new EndpointPermission(null, null, At.Public));
}
