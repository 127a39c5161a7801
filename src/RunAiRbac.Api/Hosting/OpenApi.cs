using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using Swashbuckle.AspNetCore.Swagger;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RunAiRbac.Api.Hosting;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, the same for every run: sorted paths and schemas, no server addresses.</summary>
internal static class OpenApi
{
    public const string Document = "v1";

    public static void AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc(Document, new OpenApiInfo
            {
                Title = "RunAiRbac",
                Version = Document,
                Description = "Central authentication and authorization for AI platforms that span many clusters: access rules, tokens, and the answer to who may do what where.",
            });
            options.OrderActionsBy(api => string.Create(CultureInfo.InvariantCulture, $"{api.RelativePath} {api.HttpMethod}"));
            options.SupportNonNullableReferenceTypes();
            options.AddSecurityDefinition("bearer", new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The access token of POST /api/v1/token.",
            });
            foreach (var assembly in new[] { typeof(OpenApi).Assembly, typeof(TokenResponse).Assembly })
                options.IncludeXmlComments(assembly);
            options.OperationFilter<OperationDocs>();
            options.DocumentFilter<SortedSchemas>();
        });
    }

    public static void UseOpenApiDocument(this WebApplication app)
    {
        app.UseSwagger(options =>
        {
            options.RouteTemplate = "openapi/{documentName}.json";
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        });
        app.UseSwaggerUI(options =>
        {
            options.SwaggerEndpoint($"/openapi/{Document}.json", "RunAiRbac");
            options.DocumentTitle = "RunAiRbac API";
        });
    }

    /// <summary>The document as text, without a running server (<c>-- openapi</c> and the golden test).</summary>
    public static async Task<string> WriteAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>().GetSwaggerAsync(Document);
        return await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1) + "\n";
    }

    private sealed class SortedSchemas : IDocumentFilter
    {
        public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
        {
            if (swaggerDoc.Components?.Schemas is { } schemas)
                swaggerDoc.Components.Schemas = schemas.OrderBy(s => s.Key, StringComparer.Ordinal).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal);
        }
    }
}

/// <summary>Writes what <see cref="EndpointDocs"/> said into an operation.</summary>
internal sealed class OperationDocs : IOperationFilter
{
    private static readonly Dictionary<int, string> Failures = new()
    {
        [400] = "The request is not valid; `details` names the field.",
        [401] = "A valid access token is needed.",
        [403] = "The caller may not do this.",
        [404] = "There is no such object, or the caller may not see it.",
        [409] = "The change conflicts with what is there.",
        [413] = "The body is too large.",
        [415] = "The body is not of the expected content type.",
        [500] = "Something went wrong on our side.",
        [501] = "Valid, but not served.",
        [503] = "The service cannot answer at this moment; try again.",
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        var permission = metadata.OfType<EndpointPermission>().LastOrDefault();
        var body = metadata.OfType<BodyDoc>().LastOrDefault();
        if (body is not null) operation.RequestBody = Body(body, context);
        foreach (var name in PathParameters(context.ApiDescription.RelativePath ?? string.Empty)) AddPathParameter(operation, name);
        var query = metadata.OfType<ListDoc>().SelectMany(ListParameters).Concat(metadata.OfType<QueryDoc>()).ToArray();
        foreach (var parameter in query) Add(operation, Query(parameter));
        AddPermission(operation, permission, context.Document);
        AddFailures(operation, metadata.OfType<FailureDoc>().SelectMany(f => f.Statuses).Concat(CommonFailures(permission, body, query.Length > 0)), context);
        foreach (var header in metadata.OfType<HeaderDoc>()) AddHeader(operation, header);
        operation.Deprecated = metadata.OfType<ObsoleteAttribute>().Any();
    }

    private static IEnumerable<int> CommonFailures(EndpointPermission? permission, BodyDoc? body, bool hasQuery)
    {
        if (body is not null || hasQuery) yield return 400;
        if (permission?.At != At.Public) yield return 401;
        if (permission?.ResourceType is not null) yield return 403;
        if (body is not null) yield return 413;
        if (body is not null) yield return 415;
        yield return 500;
        if (permission?.At != At.Public || body is not null) yield return 503;
    }

    private static void AddPermission(OpenApiOperation operation, EndpointPermission? permission, OpenApiDocument document)
    {
        if (permission?.At == At.Public) return;
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
        var needs = permission switch
        {
            { ResourceType: { } type, At: At.Tenant } => $"Needs the permission `{type}` {permission.Action} in the tenant.",
            { ResourceType: { } type, At: At.Anywhere } => $"Needs the permission `{type}` {permission.Action} in any scope.",
            { ResourceType: { } type } => $"Needs the permission `{type}` {permission.Action} in the scope concerned.",
            _ => "Open to everybody signed in.",
        };
        operation.Description = string.IsNullOrEmpty(operation.Description) ? needs : operation.Description + "\n\n" + needs;
    }

    private static OpenApiRequestBody Body(BodyDoc body, OperationFilterContext context)
    {
        var content = new OpenApiMediaType { Schema = context.SchemaGenerator.GenerateSchema(body.Type, context.SchemaRepository) };
        if (body.Example is not null) content.Example = JsonNode.Parse(body.Example);
        return new OpenApiRequestBody { Required = !body.Optional, Content = new Dictionary<string, IOpenApiMediaType> { [body.ContentType] = content } };
    }

    private static IEnumerable<string> PathParameters(string path)
        => path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}').Split(':')[0]);

    private static void AddPathParameter(OpenApiOperation operation, string name)
    {
        if (operation.Parameters?.Any(p => p.In == ParameterLocation.Path && p.Name == name) == true) return;
        Add(operation, new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
    }

    private static IEnumerable<QueryDoc> ListParameters(ListDoc list)
    {
        var limits = list.Spec.Limits;
        var absent = limits.Default == int.MaxValue ? "all rows" : limits.Default.ToString(CultureInfo.InvariantCulture);
        yield return new QueryDoc(limits.Name, $"Page size, {limits.Min} to {limits.Max}; {absent} when absent.", "integer", null);
        yield return new QueryDoc("offset", "Rows to leave out at the start.", "integer", null);
        if (list.Spec.SortFields.Length > 0) yield return new QueryDoc("sortBy", "The field to sort by.", "string", list.Spec.SortFields);
        if (list.Spec.SortFields.Length > 0) yield return new QueryDoc("sortOrder", "`asc` when absent.", "string", ["asc", "desc"]);
        if (list.Spec.FilterFields.Length > 0)
        {
            yield return new QueryDoc("filterBy",
                $"Terms of a field, an operator and a value, all of which must hold; comma-joined or repeated. Fields: {string.Join(", ", list.Spec.FilterFields)}. Operators: {string.Join(" ", list.Spec.FilterOperators)}.", "string", null);
        }

        if (list.Search) yield return new QueryDoc("search", "Free text.", "string", null);
    }

    private static OpenApiParameter Query(QueryDoc query)
    {
        var schema = new OpenApiSchema
        {
            Type = query.Type switch { "integer" => JsonSchemaType.Integer, "boolean" => JsonSchemaType.Boolean, _ => JsonSchemaType.String },
            Enum = query.Values?.Select(value => (JsonNode)JsonValue.Create(value)).ToList(),
        };
        return new OpenApiParameter { Name = query.Name, In = ParameterLocation.Query, Description = query.Description, Schema = schema };
    }

    private static void Add(OpenApiOperation operation, OpenApiParameter parameter)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(parameter);
    }

    private static void AddFailures(OpenApiOperation operation, IEnumerable<int> statuses, OperationFilterContext context)
    {
        var isOAuth = OAuthErrors.Covers("/" + context.ApiDescription.RelativePath);
        var error = context.SchemaGenerator.GenerateSchema(isOAuth ? typeof(OAuthError) : typeof(Problem), context.SchemaRepository);
        var all = operation.Responses ?? [];
        foreach (var status in statuses.Distinct())
        {
            all.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse
            {
                Description = Failures.GetValueOrDefault(status, "Refused."),
                Content = new Dictionary<string, IOpenApiMediaType> { [isOAuth ? "application/json" : "application/problem+json"] = new OpenApiMediaType { Schema = error } },
            });
        }

        operation.Responses = [];
        foreach (var (status, response) in all.OrderBy(r => r.Key, StringComparer.Ordinal)) operation.Responses.Add(status, response);
    }

    private static void AddHeader(OpenApiOperation operation, HeaderDoc header)
    {
        foreach (var response in operation.Responses!.Where(r => r.Key.StartsWith('2')).Select(r => r.Value).OfType<OpenApiResponse>())
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[header.Name] = new OpenApiHeader { Description = header.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }
    }
}
