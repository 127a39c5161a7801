using System.Reflection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Client;
using RunAiRbac.Client.Http;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>
/// The SDK against the real host: every group of <see cref="Tour"/>, and all operations really sent. The host is its own: the tour goes through whole lists page
/// by page, which must not change meanwhile.
/// </summary>
public sealed class EveryMethodTests(PostgresFixture postgres)
{
    [Theory, ClassData(typeof(BothStorages))]
    public async Task EveryMethod_OfTheSdk_WorksAgainstTheService(StorageProvider provider)
    {
        await using var host = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        using var tour = new Tour(host);

        foreach (var part in typeof(Tour).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(m => m.ReturnType == typeof(Task)))
            await (Task)part.Invoke(tour, null)!;

        tour.Recorder.Sent.Keys.Should().BeEquivalentTo(Operations, "each operation that the SDK knows is one that it sends");
    }

    /// <summary>Every operation of the SDK.</summary>
    internal static IReadOnlyList<Operation> Operations { get; } =
    [
        .. from type in typeof(RunAiRbacClient).Assembly.GetTypes()
           from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
           where field.FieldType == typeof(Operation)
           select (Operation)field.GetValue(null)!,
    ];
}
