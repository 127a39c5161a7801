using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Client.Operations;

/// <summary>Tenants. Who may create tenants (<c>tenant</c> create at <c>system</c>) sees all of them, everybody else their own.</summary>
public sealed class TenantsClient
{
    private static readonly Operation List = Operation.Get("/api/v1/tenants");
    private static readonly Operation Create = Operation.Post("/api/v1/tenants");
    private readonly Transport _transport;

    internal TenantsClient(Transport transport) => _transport = transport;

    /// <summary>The tenants that the caller may see.</summary>
    /// <param name="deleted">Whether to list the deleted ones instead.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Tenant>> ListAsync(bool? deleted = null, CancellationToken cancellationToken = default)
        => _transport.ReadAsync<IReadOnlyList<Tenant>>(new Call(List).Query("deleted", deleted), cancellationToken);

    /// <summary>Creates a tenant with an administrator of its own. 409 when the name is taken.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellationToken">Gives up; whether it was created is then not known.</param>
    public Task<Written<TenantCreated>> CreateAsync(TenantCreation tenant, CancellationToken cancellationToken = default)
        => _transport.WriteAsync<TenantCreated>(new Call(Create).Json(tenant), cancellationToken);
}
