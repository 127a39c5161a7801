using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Identity providers through which people sign in. Changing one needs System administrator at the tenant. Secrets are masked on reading.</summary>
public sealed class IdentityProvidersClient
{
    private const string Path = "/api/v1/idps";
    private static readonly Operation List = Operation.Get(Path);
    private static readonly Operation Create = Operation.Post(Path);
    private static readonly Operation Get = Operation.Get(Path + "/{idp}");
    private static readonly Operation Put = Operation.Put(Path + "/{idp}");
    private static readonly Operation Delete = Operation.Delete(Path + "/{idp}");
    private static readonly Operation GetMappers = Operation.Get(Path + "/{idp}/mappers");
    private static readonly Operation PutMappers = Operation.Put(Path + "/{idp}/mappers");
    private static readonly Operation TestNew = Operation.Post(Path + "/test");
    private static readonly Operation Test = Operation.Post(Path + "/{idp}/test");
    private readonly Transport _transport;

    internal IdentityProvidersClient(Transport transport) => _transport = transport;

    /// <summary>All providers of the tenant.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<IdentityProvider>> ListAsync(CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<IdentityProvider>>(new Call(List), cancellationToken);

    /// <summary>Sets a provider up; the answer is its alias.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="cancellationToken">Gives up; whether it was created is then not known.</param>
    public Task<Written<IdentityProviderCreated>> CreateAsync(IdentityProviderRequest provider, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<IdentityProviderCreated>(new Call(Create).Json(provider), cancellationToken);

    /// <summary>One provider.</summary>
    /// <param name="alias">Its alias.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IdentityProvider> GetAsync(string alias, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IdentityProvider>(new Call(Get, alias), cancellationToken);

    /// <summary>Changes a provider: what is absent stays, the masked secret keeps the stored one.</summary>
    /// <param name="alias">Its alias.</param>
    /// <param name="provider">The new values.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> UpdateAsync(string alias, IdentityProviderRequest provider, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Put, alias).Json(provider), cancellationToken);

    /// <summary>Deletes a provider; its identities, groups and memberships end with it.</summary>
    /// <param name="alias">Its alias.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> DeleteAsync(string alias, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(Delete, alias), cancellationToken);

    /// <summary>Tests a provider before it is created, as far as that is possible without a person; writes nothing.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IdentityProviderTest> TestNewAsync(IdentityProviderRequest provider, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IdentityProviderTest>(new Call(TestNew).Json(provider), cancellationToken);

    /// <summary>Tests a provider, as far as that is possible without a person; writes nothing.</summary>
    /// <param name="alias">Its alias.</param>
    /// <param name="change">New values with which it is to be tested; null: as it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IdentityProviderTest> TestAsync(string alias, IdentityProviderRequest? change = null, CancellationToken cancellationToken = default)
    {
        var call = new Call(Test, alias);
        return _transport.ReadAsync<IdentityProviderTest>(change is null ? call : call.Json(change), cancellationToken);
    }

    /// <summary>Which claims or attributes of a provider say what.</summary>
    /// <param name="alias">Its alias.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Mappers> GetMappersAsync(string alias, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<Mappers>(new Call(GetMappers, alias), cancellationToken);

    /// <summary>Changes a provider's mappers: what is absent stays, an empty name maps nothing.</summary>
    /// <param name="alias">Its alias.</param>
    /// <param name="mappers">The new mappers.</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then not known.</param>
    public Task<Written> UpdateMappersAsync(string alias, Mappers mappers, CancellationToken cancellationToken = default)
        => _transport.WriteAsync(new Call(PutMappers, alias).Json(mappers), cancellationToken);
}
