using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SubjectManagement;

/// <summary>Tests that run on the real host over each database.</summary>
public abstract class SubjectTests(ApiHosts hosts)
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.PostgreSql];

    internal async Task<World> OpenAsync(StorageProvider provider) => await World.OpenAsync(await hosts.GetAsync(provider));
}
