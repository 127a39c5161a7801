using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Client.AspNetCore;

/// <summary>Where a guarded endpoint's permission is asked.</summary>
public sealed class ScopeFrom
{
    private readonly Func<HttpContext, string?> _id;
    private readonly string? _routeParameter;

    private ScopeFrom(string type, Func<HttpContext, string?> id, string? routeParameter = null)
    {
        if (type is not ("tenant" or "cluster" or "department" or "project"))
            throw new ArgumentException($"`{type}` is no type of scope: tenant, cluster, department or project.", nameof(type));
        (Type, _id, _routeParameter) = (type, id, routeParameter);
    }

    /// <summary><c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</summary>
    public string Type { get; }

    /// <summary>The scope whose id is a parameter of the endpoint's route. A route without that parameter stops the service; a missing value refuses (403).</summary>
    /// <param name="type"><c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</param>
    /// <param name="parameter">The route parameter's name, without braces.</param>
    public static ScopeFrom Route(string type, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(parameter);
        return new ScopeFrom(type, context => context.Request.RouteValues[parameter] as string, parameter);
    }

    /// <summary>Always the same scope.</summary>
    /// <param name="type"><c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</param>
    /// <param name="id">The scope's id.</param>
    public static ScopeFrom Fixed(string type, string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new ScopeFrom(type, _ => id);
    }

    /// <summary>The scope that a function finds in the request. It must be the one that the endpoint then acts on.</summary>
    /// <param name="type"><c>tenant</c>, <c>cluster</c>, <c>department</c> or <c>project</c>.</param>
    /// <param name="id">Gives the scope's id; null or empty refuses the request (403).</param>
    public static ScopeFrom Request(string type, Func<HttpContext, string?> id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new ScopeFrom(type, id);
    }

    /// <summary>The scope of a request; null: it names none.</summary>
    internal CheckScope? Of(HttpContext context) => _id(context) is { Length: > 0 } id ? new CheckScope { Type = Type, Id = id } : null;

    /// <summary>Throws when the endpoint cannot have the route value.</summary>
    internal void Validate(EndpointBuilder endpoint)
    {
        if (_routeParameter is null || (endpoint as RouteEndpointBuilder)?.RoutePattern.GetParameter(_routeParameter) is not null) return;
        throw new InvalidOperationException($"The endpoint `{endpoint.DisplayName}` requires a permission in the {Type} `{_routeParameter}`, which is no parameter of its route.");
    }
}
