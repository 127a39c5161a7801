using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Contract;

/// <summary>The API's shape is a golden file, so that every change of it shows in review.</summary>
public sealed class OpenApiTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Update = "RUNAIRBAC_UPDATE_GOLDEN";

    [Fact]
    public async Task Document_EqualsTheCommittedOne()
    {
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        var served = await host.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        var file = Path.Combine(Root(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable(Update) == "1") await File.WriteAllTextAsync(file, served.TrimEnd() + "\n", TestContext.Current.CancellationToken);

        var committed = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

        served.TrimEnd().Should().Be(committed.TrimEnd(), "docs/openapi.json must be what the service serves; to review and accept the change run the test with {0}=1", Update);
    }

    [Fact]
    public async Task Document_EveryOperation_HasAnIdASummaryATagAndAnswers()
    {
        var host = await Hosts.GetAsync(StorageProvider.Sqlite);
        var document = JsonNode.Parse(await host.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!;
        document["openapi"]!.GetValue<string>().Should().StartWith("3.1");
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (Name: $"{operation.Key} {path.Key}", Operation: operation.Value!))).ToList();

        operations.Should().HaveCountGreaterThan(40);
        operations.Select(o => o.Operation["operationId"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
        foreach (var (name, operation) in operations)
        {
            operation["summary"]?.GetValue<string>().Should().NotBeNullOrEmpty("{0} needs one line for people", name);
            operation["tags"]!.AsArray().Should().NotBeEmpty(name);
            operation["responses"]!.AsObject().Should().Contain(r => r.Key.StartsWith('2'), "{0} must say what it answers", name);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RunAiRbac.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        return folder.FullName;
    }
}
