using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Tenants;

/// <summary>The list of tenants, which system-scope rules govern.</summary>
internal static class TenantsEndpoints
{
    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        var tenants = routes.MapGroup("/api/v1/tenants").WithTags("Tenants");
        tenants.MapGet("", ListAsync).Needs("tenant", "read", At.Anywhere)
            .Describe("get_tenants", "List tenants", "All of them for who may create tenants (`tenant` create at `system`); one's own for everybody else who may read it.")
            .TakesQuery("deleted", "Whether to list the deleted ones instead.", "boolean").Produces<IReadOnlyList<Tenant>>();
        tenants.MapPost("", CreateAsync).Needs("tenant", "create", At.Object)
            .Describe("create_tenant", "Create a tenant", "Needs `tenant` create at `system`. The tenant gets an administrator of its own; nobody of another tenant may do anything in it.")
            .Reads(typeof(TenantCreation), """{"name":"acme","email":"admin@example.com","password":"a long password"}""").Produces<TenantCreated>(201).FailsWith(409).GivesRevision();
    }

    private static async Task<IResult> ListAsync(HttpContext context, TenantsService tenants)
        => TypedResults.Json(await tenants.ListAsync(context), JsonBody.Answers);

    private static async Task<IResult> CreateAsync(HttpContext context, TenantsService tenants)
    {
        var wanted = NewTenant.Read(await JsonBody.ReadAsync<TenantCreation>(context, JsonBody.Lenient));
        return TypedResults.Json(await tenants.CreateAsync(context, wanted), JsonBody.Answers, statusCode: 201);
    }
}
