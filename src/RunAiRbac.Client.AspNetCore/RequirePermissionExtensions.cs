using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace RunAiRbac.Client.AspNetCore;

/// <summary>Guards endpoints.</summary>
public static class RequirePermissionExtensions
{
    /// <summary>
    /// Runs the endpoint only when RunAiRbac says, for this request, that the caller may. Otherwise it answers a problem document: 401 without a valid
    /// token, 403 when denied, 503 with <c>Retry-After</c> when there is no decision (RunAiRbac cannot be reached, is overloaded, answers too late or
    /// something else). No decision is kept.
    /// <para>
    /// The guard is the endpoint's own delegate, so there is no middleware to forget, and it runs before the body is read. Without
    /// <see cref="GuardServiceExtensions.AddRunAiRbac"/> no endpoint of the service can be built, so that no request gets through. It works for whatever has endpoints: minimal APIs and
    /// groups of them, <c>MapControllers()</c> (all its actions alike), hubs, gRPC services. Several requirements must all hold.
    /// </para>
    /// </summary>
    /// <typeparam name="TBuilder">The endpoint's builder.</typeparam>
    /// <param name="builder">The endpoint, or a group of them.</param>
    /// <param name="resourceType">The resource type, such as <c>workloads</c>.</param>
    /// <param name="action"><c>create</c>, <c>read</c>, <c>update</c> or <c>delete</c>.</param>
    /// <param name="scope">Where.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, string resourceType, string action, ScopeFrom scope)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentException.ThrowIfNullOrEmpty(resourceType);
        ArgumentException.ThrowIfNullOrEmpty(action);
        ArgumentNullException.ThrowIfNull(scope);
        var requirement = new PermissionRequirement(resourceType, action, scope);
        builder.Add(endpoint => endpoint.Metadata.Add(requirement));
        // Last, so that it wraps whatever else the endpoint was given.
        builder.Finally(endpoint => Guard(endpoint, requirement));
        return builder;
    }

    private static void Guard(EndpointBuilder endpoint, PermissionRequirement requirement)
    {
        var guard = endpoint.ApplicationServices.GetService<PermissionGuard>()
            ?? throw new InvalidOperationException($"The endpoint `{endpoint.DisplayName}` requires a permission: call services.AddRunAiRbac(…).");
        requirement.Scope.Validate(endpoint);
        var inner = endpoint.RequestDelegate ?? throw new InvalidOperationException($"The endpoint `{endpoint.DisplayName}` requires a permission but does nothing that could be guarded.");
        endpoint.RequestDelegate = context => guard.RunAsync(context, requirement, inner);
    }
}
