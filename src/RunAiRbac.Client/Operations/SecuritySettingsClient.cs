using System.Text.Json;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>How people sign in to the tenant and out of it. The keys are <c>autoRedirectSSO</c>, <c>browserSessionTimeout</c> and <c>logoutRedirectUri</c>.</summary>
public sealed class SecuritySettingsClient
{
    private const string Path = "/api/v1/security/settings";
    private static readonly Operation GetAll = Operation.Get(Path);
    private static readonly Operation Get = Operation.Get(Path + "/{key}");
    private static readonly Operation Put = Operation.Put(Path + "/{key}");
    private readonly Transport _transport;

    internal SecuritySettingsClient(Transport transport) => _transport = transport;

    /// <summary>All settings.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SecuritySettingsResponse> GetAllAsync(CancellationToken cancellationToken = default)
        => _transport.ReadAsync<SecuritySettingsResponse>(new Call(GetAll), cancellationToken);

    /// <summary>One setting, as an object whose members depend on the key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyDictionary<string, JsonElement>> GetAsync(string key, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyDictionary<string, JsonElement>>(new Call(Get, key), cancellationToken);

    /// <summary>Sets one setting; a member that is absent gets its default.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="update">The members of that setting.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> UpdateAsync(string key, SecuritySettingUpdate update, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Put, key).Json(update), cancellationToken);
}
