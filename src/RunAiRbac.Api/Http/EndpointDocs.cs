using System.Reflection;

namespace RunAiRbac.Api.Http;

/// <summary>What an endpoint reads. Not the framework's <c>Accepts</c>: that would also take part in routing and refuse a body without a content type.</summary>
internal sealed record BodyDoc(Type Type, bool Optional, string? Example, string ContentType);

/// <summary>A query parameter that the handler reads by hand.</summary>
internal sealed record QueryDoc(string Name, string Description, string Type, string[]? Values);

/// <summary>The paging, sorting and filtering parameters of a list.</summary>
internal sealed record ListDoc(ListSpec Spec, bool Search);

/// <summary>Statuses with a problem document besides the ones that every endpoint of its kind can give.</summary>
internal sealed record FailureDoc(int[] Statuses);

/// <summary>A response header of successes.</summary>
internal sealed record HeaderDoc(string Name, string Description);

/// <summary>
/// Describes endpoints in the OpenAPI document. Handlers bind bodies and lists by hand, so they say here what they read; answers are said by
/// <c>Produces</c>. Path parameters, the permission and the common failures (400, 401, 403, 413, 415, 500, 503) are added without being asked.
/// </summary>
internal static class EndpointDocs
{
    /// <summary>The operation's id (unique, snake_case as in the compatible API), one line, and optionally more.</summary>
    public static TBuilder Describe<TBuilder>(this TBuilder builder, string operationId, string summary, string? description = null)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithName(operationId).WithSummary(summary);
        if (description is not null) builder.WithDescription(description);
        // The document lists only endpoints with a method; a plain request delegate has none.
        builder.Finally(static endpoint =>
        {
            if (!endpoint.Metadata.OfType<MethodInfo>().Any()) endpoint.Metadata.Add(((Delegate)Undeclared).Method);
        });
        return builder;
    }

    /// <summary>A JSON body, read by <see cref="JsonBody"/>; the example is JSON text.</summary>
    public static TBuilder Reads<TBuilder>(this TBuilder builder, Type body, string? example = null, bool optional = false)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new BodyDoc(body, optional, example, "application/json"));

    /// <summary>A form, with the field names of the type's JSON.</summary>
    public static TBuilder ReadsForm<TBuilder>(this TBuilder builder, Type body)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new BodyDoc(body, false, null, "application/x-www-form-urlencoded"));

    /// <summary>Paging, sorting and filtering as <see cref="ListQuery"/> reads them.</summary>
    public static TBuilder TakesList<TBuilder>(this TBuilder builder, ListSpec spec, bool search = false)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new ListDoc(spec, search));

    /// <summary>A query parameter; <paramref name="type"/> is string, integer or boolean; values make it an enumeration.</summary>
    public static TBuilder TakesQuery<TBuilder>(this TBuilder builder, string name, string description, string type = "string", params string[] values)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new QueryDoc(name, description, type, values.Length == 0 ? null : values));

    /// <summary>Further failures, each with a problem document: 404, 409, 501 …</summary>
    public static TBuilder FailsWith<TBuilder>(this TBuilder builder, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new FailureDoc(statuses));

    /// <summary>The operation is a policy write: every answer carries <c>X-Revision</c>.</summary>
    public static TBuilder GivesRevision<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new HeaderDoc(Writes.RevisionHeader, "The consistency token of the tenant's revision after this call; give it to a check as `consistency.atLeast`."));

    private static void Undeclared(HttpContext context)
    {
    }
}
