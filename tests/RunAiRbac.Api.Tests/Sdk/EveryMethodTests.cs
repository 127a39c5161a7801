using System.Reflection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Client;
using RunAiRbac.Client.Http;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>The SDK against the real host: every group of <see cref="Tour"/>, and all operations really sent.</summary>
public sealed class EveryMethodTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task EveryMethod_OfTheSdk_WorksAgainstTheService(StorageProvider provider)
    {
        using var tour = new Tour(await Hosts.GetAsync(provider));

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
