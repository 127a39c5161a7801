using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Contract;

/// <summary>
/// The served OpenAPI document against <c>operations.json</c>, the compatible API's operations as data: no path, method, parameter, body or reply field or
/// success code may go missing. More is allowed.
/// </summary>
public sealed partial class OperationsTests(ApiHosts hosts) : ApiTests(hosts)
{
    /// <summary>What comes on top of the data: the sheet has it, <c>operations.json</c> does not.</summary>
    private static readonly Operation[] OnTop =
    [
        Quotas("PUT", "departments/{departmentId}"),
        Quotas("PATCH", "departments/{departmentId}"),
        Quotas("PUT", "projects/{projectId}"),
        Quotas("PATCH", "projects/{projectId}"),
        new("GET", "/api/v2/authorization/roles", ["limit", "offset", "sortOrder", "sortBy"], [], RoleFields, ["200"]),
        new("GET", "/api/v2/authorization/roles/{roleIdPath}", [], [], RoleFields, ["200"]),
        new("GET", "/api/v1/authorization/permission-sets", [], [], ["permissionSets"], ["200"]),
        new("GET", "/api/v1/authorization/permission-sets/{permissionSetId}", [], [], ["id", "name", "permissions", "description"], ["200"]),
    ];

    private static string[] RoleFields
        => ["name", "description", "id", "createdAt", "updatedAt", "createdBy", "effectiveEnabled", "custom", "permissions", "permissionSets", "enabled", "kubernetesPermissions", "deletedAt"];

    [Fact]
    public async Task Document_HasEveryOperationWithAllItsParts()
    {
        var document = await DocumentAsync();
        var operations = Expected();
        operations.Should().HaveCountGreaterThan(80);

        var missing = operations.SelectMany(document.Missing).ToList();

        missing.Should().BeEmpty();
    }

    private static Operation Quotas(string method, string unit)
        => new(method, $"/api/v1/org-unit/{unit}/resources", [], ["nodePool", "gpu", "cpu", "memory", "priority"], ["nodePool", "gpu", "cpu", "memory", "priority"], ["200"]);

    private static List<Operation> Expected()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contract", "operations.json"));
        return [.. JsonSerializer.Deserialize<Operation[]>(text, JsonSerializerOptions.Web)!, .. OnTop];
    }

    private async Task<ServedDocument> DocumentAsync()
    {
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        return new ServedDocument(JsonNode.Parse(await host.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!);
    }

    private sealed record Operation(string Method, string Path, string[] Query, string[] Body, string[] Reply, string[] Success)
    {
        public string Name => $"{Method} {Path}";
    }

    private sealed partial class ServedDocument(JsonNode document)
    {
        private readonly Dictionary<string, JsonNode> _paths = document["paths"]!.AsObject().ToDictionary(p => Shape(p.Key), p => p.Value!, StringComparer.Ordinal);

        public JsonNode? Find(Operation operation) => _paths.GetValueOrDefault(Shape(operation.Path))?[operation.Method.ToLowerInvariant()];

        public IEnumerable<string> Missing(Operation wanted)
        {
            if (Find(wanted) is not { } served) return [wanted.Name];
            var query = (served["parameters"]?.AsArray() ?? []).Where(p => p!["in"]!.GetValue<string>() == "query").Select(p => p!["name"]!.GetValue<string>());
            var answers = served["responses"]!.AsObject();
            return
            [
                .. wanted.Query.Except(query).Select(name => $"{wanted.Name}: query {name}"),
                .. wanted.Body.Except(Fields(served["requestBody"])).Select(name => $"{wanted.Name}: body {name}"),
                .. wanted.Reply.Except(answers.Where(a => a.Key.StartsWith('2')).SelectMany(a => Fields(a.Value))).Select(name => $"{wanted.Name}: reply {name}"),
                .. wanted.Success.Except(answers.Select(a => a.Key)).Select(status => $"{wanted.Name}: status {status}"),
            ];
        }

        private IEnumerable<string> Fields(JsonNode? bodyOrAnswer)
            => (bodyOrAnswer?["content"]?.AsObject() ?? []).SelectMany(content => FieldsOf(content.Value!["schema"]));

        /// <summary>The top-level fields: of an array, those of its items; of alternatives, all.</summary>
        private IEnumerable<string> FieldsOf(JsonNode? schema)
        {
            if (schema is null) return [];
            if (schema["$ref"]?.GetValue<string>() is { } name) return FieldsOf(document["components"]!["schemas"]![name.Split('/')[^1]]);
            if (schema["items"] is { } items) return FieldsOf(items);
            var parts = new[] { "allOf", "oneOf", "anyOf" }.SelectMany(kind => schema[kind]?.AsArray() ?? []).SelectMany(FieldsOf);
            return (schema["properties"]?.AsObject().Select(p => p.Key) ?? []).Concat(parts);
        }

        private static string Shape(string path) => Parameter().Replace(path, "{}");

        [GeneratedRegex(@"\{[^}]*\}")]
        private static partial Regex Parameter();
    }
}
