using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>Tests that drive the shared hosts over HTTP, on both databases.</summary>
public abstract class ApiTests(ApiHosts hosts)
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.PostgreSql];

    protected ApiHosts Hosts => hosts;

    /// <summary>A corner of its own in the shared host, with the administrator signed in.</summary>
    private protected async Task<World> OpenAsync(StorageProvider provider)
        => await World.OpenAsync(await hosts.GetAsync(provider));
}

internal static class Checks
{
    /// <summary>Asks about the person itself.</summary>
    public static Task<Reply> CheckAsync(this Person person, string resourceType, string action, Scope scope)
        => person.PostAsync("/api/v1/authorize", new { action, resourceType, scope = new { type = scope.Type, id = scope.Id } });

    public static async Task<bool> MayAsync(this Person person, string resourceType, string action, Scope scope)
        => (await person.CheckAsync(resourceType, action, scope)).Expect(System.Net.HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean();
}
