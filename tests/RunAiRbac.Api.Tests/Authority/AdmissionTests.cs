using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>The permissions that the admission itself demands, for handlers of any kind.</summary>
public sealed class AdmissionTests(ApiHosts hosts)
{
    [Fact]
    public async Task TenantPermission_Held_ReachesTheHandler()
        => (await AdmitAsync(ApiHost.AdminEmail, ApiHost.AdminPassword, new EndpointPermission("settings", "update", At.Tenant))).Should().BeTrue();

    [Fact]
    public async Task TenantPermission_HeldByNobody_IsForbiddenBeforeTheHandler()
    {
        var call = () => AdmitAsync(ApiHost.AdminEmail, ApiHost.AdminPassword, new EndpointPermission("settings", "sync", At.Tenant));

        (await call.Should().ThrowAsync<ApiException>()).Which.Kind.Should().Be(Kinds.Forbidden);
    }

    [Fact]
    public async Task TenantPermission_Lacking_IsForbiddenBeforeTheHandler()
    {
        var host = await hosts.GetAsync(StorageProvider.Sqlite);
        using var admin = await host.SignInAsAdminAsync();
        var email = ApiHost.NewName("weak") + "@example.com";
        var made = await ApiHost.PostAsync(admin, "/api/v1/users", new { email });
        var call = () => AdmitAsync(email, made.GetProperty("tempPassword").GetString()!, new EndpointPermission("settings", "read", At.Tenant));

        (await call.Should().ThrowAsync<ApiException>()).Which.Kind.Should().Be(Kinds.Forbidden);
    }

    [Fact]
    public async Task Endpoint_ThatStatesNothing_IsClosedWithoutAToken()
    {
        var context = Context(await hosts.GetAsync(StorageProvider.Sqlite));

        (await InvokeAsync(context)).Should().BeFalse();

        context.Response.StatusCode.Should().Be(StatusCodes.Status401Unauthorized);
    }

    private async Task<bool> AdmitAsync(string email, string password, EndpointPermission permission)
    {
        var host = await hosts.GetAsync(StorageProvider.Sqlite);
        var token = (await host.TokenAsync(new { grantType = "password", username = email, password })).GetProperty("accessToken").GetString();
        var context = Context(host, permission);
        context.Request.Headers.Authorization = $"Bearer {token}";
        return await InvokeAsync(context);
    }

    /// <summary>A request for an endpoint whose handler no endpoint filter would guard.</summary>
    private static DefaultHttpContext Context(ApiHost host, params object[] metadata)
    {
        var context = new DefaultHttpContext { RequestServices = host.Services };
        context.SetEndpoint(new Endpoint(_ => Task.CompletedTask, new EndpointMetadataCollection(metadata), "made up"));
        return context;
    }

    private static async Task<bool> InvokeAsync(HttpContext context)
    {
        var isReached = false;
        var admission = ActivatorUtilities.CreateInstance<TokenAdmission>(context.RequestServices, (RequestDelegate)(_ =>
        {
            isReached = true;
            return Task.CompletedTask;
        }));
        await admission.InvokeAsync(context);
        return isReached;
    }
}
