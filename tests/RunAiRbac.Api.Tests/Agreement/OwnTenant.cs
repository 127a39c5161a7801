using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Agreement;

/// <summary>A tenant of a test's own on a running host: nothing in it is anybody else's, so that what is not there can be told too.</summary>
internal sealed class OwnTenant
{
    public const string AdminEmail = ApiHost.AdminEmail;
    public const string AdminPassword = "a tenant's own password";

    private OwnTenant(ApiHost host, int id)
    {
        (Host, Id) = (host, id);
        Store = host.Services.GetRequiredService<PolicyStore>();
    }

    public ApiHost Host { get; }

    public int Id { get; }

    public PolicyStore Store { get; }

    /// <summary>The id of the tenant's scope.</summary>
    public string ScopeId => Id.ToString(CultureInfo.InvariantCulture);

    public Scope Scope => new("tenant", ScopeId);

    /// <summary>The administrator, signed in.</summary>
    public Person Admin { get; private set; } = null!;

    /// <summary>A new tenant, made by the first tenant's administrator over the API.</summary>
    public static async Task<OwnTenant> CreateAsync(ApiHost host)
    {
        using var platform = await host.SignInAsAdminAsync();
        var made = await ApiHost.PostAsync(platform, "/api/v1/tenants", new { name = ApiHost.NewName("tenant"), email = AdminEmail, password = AdminPassword });
        var tenant = new OwnTenant(host, made.GetProperty("id").GetInt32());
        var administrator = (await tenant.FactsAsync()).Subjects.Single(s => s.Key == AdminEmail);
        tenant.Admin = await tenant.SignInAsync(administrator.Id, AdminEmail, AdminPassword);
        return tenant;
    }

    /// <summary>The facts as the database's rows have them.</summary>
    public Task<ReferencePolicy> FactsAsync() => TenantRows.ReadAsync(Store, Id);

    public Task<Written<T>> WriteAsync<T>(Func<PolicyWrite, Task<T>> body)
        => Store.WriteAsync(Id, Actor.System, body, TestContext.Current.CancellationToken);

    public async Task<Reply> TokenAsync(object body)
    {
        using var response = await Host.Http.PostAsJsonAsync("/api/v1/token", body, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(response);
    }

    public async Task<Person> SignInAsync(string id, string email, string password)
    {
        var token = (await TokenAsync(new { grantType = "password", username = email, password, tenantId = ScopeId })).Expect(HttpStatusCode.OK);
        return new Person(Host.Http, id, email, token.Field("accessToken")!);
    }

    /// <summary>A new local user, signed in.</summary>
    public async Task<Person> PersonAsync(string email)
    {
        var made = (await Admin.PostAsync("/api/v1/users", new { email })).Expect(HttpStatusCode.Created);
        return await SignInAsync(made.Id, email, made.Field("tempPassword")!);
    }

    /// <summary>A new application, signed in.</summary>
    public async Task<Person> ApplicationAsync(string name)
    {
        var made = (await Admin.PostAsync("/api/v1/apps", new { name })).Expect(HttpStatusCode.Created);
        var token = (await TokenAsync(new { grantType = "app_token", appID = name, appSecret = made.Field("secret"), tenantId = ScopeId })).Expect(HttpStatusCode.OK);
        return new Person(Host.Http, made.Id, name, token.Field("accessToken")!);
    }

    /// <summary>The user, signed in with a new access key of its own.</summary>
    public async Task<Person> ByKeyAsync(Person user)
    {
        var key = (await user.PostAsync("/api/v1/access-keys", new { name = ApiHost.NewName("key") })).Expect(HttpStatusCode.Created);
        var token = (await TokenAsync(new { grantType = "client_credentials", clientID = key.Field("clientId"), clientSecret = key.Field("clientSecret"), tenantId = ScopeId })).Expect(HttpStatusCode.OK);
        return new Person(Host.Http, user.Id, user.Name, token.Field("accessToken")!);
    }

    /// <summary>A rule, by the administrator; its id.</summary>
    public async Task<int> GrantAsync(string subjectType, string subject, int role, Scope scope)
        => (await Admin.PostAsync("/api/v1/authorization/access-rules", new { subjectType, subjectId = subject, roleId = role, scopeType = scope.Type, scopeId = scope.Id }))
            .Expect(HttpStatusCode.Created).Json.GetProperty("id").GetInt32();

    public async Task<Scope> ClusterAsync(string name)
        => new("cluster", (await Admin.PostAsync("/api/v1/clusters", new { name })).Expect(HttpStatusCode.Created).Field("uuid")!);

    public async Task<Scope> DepartmentAsync(Scope cluster, string name)
        => new("department", (await Admin.PostAsync("/api/v1/org-unit/departments", new { name, clusterId = cluster.Id })).Expect(HttpStatusCode.Created).Id);

    public async Task<Scope> ProjectAsync(Scope cluster, Scope department, string name)
        => new("project", (await Admin.PostAsync("/api/v1/org-unit/projects", new { name, clusterId = cluster.Id, parentId = department.Id })).Expect(HttpStatusCode.Created).Id);
}
