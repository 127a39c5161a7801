using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RunAiRbac.Client.AspNetCore;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>Another service with guarded endpoints, in front of a <see cref="ScriptedService"/>. The header <c>X-Claims</c> stands in for its own authentication.</summary>
internal sealed class GuardedApp : IAsyncDisposable
{
    public static readonly ScopeFrom Project = ScopeFrom.Route("project", "projectId");
    private readonly WebApplication _app;
    private int _runs;

    private GuardedApp(WebApplication app) => _app = app;

    /// <summary>How often an endpoint ran.</summary>
    public int Runs => _runs;

    public static async Task<GuardedApp> StartAsync(ScriptedService? rbac, Action<WebApplication, RequestDelegate>? map = null, Action<GuardOptions>? configure = null, bool controllers = false)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        if (controllers) builder.Services.AddControllers().AddApplicationPart(typeof(GuardedApp).Assembly);
        if (rbac is not null)
        {
            builder.Services.AddRunAiRbac(options =>
            {
                options.BaseAddress = ScriptedService.Address;
                options.BackchannelHandler = rbac;
                configure?.Invoke(options);
            });
        }

        var guarded = new GuardedApp(builder.Build());
        guarded._app.Use(AuthenticateAsync);
        (map ?? ((app, run) => app.MapPost("/projects/{projectId}/jobs", run).RequirePermission("workloads", "create", Project)))(guarded._app, guarded.RunAsync);
        try
        {
            await guarded._app.StartAsync(TestContext.Current.CancellationToken);
            return guarded;
        }
        catch
        {
            await guarded.DisposeAsync();
            throw;
        }
    }

    public async Task<(int Status, HttpResponseHeaders Headers, string Text)> PostAsync(string path, string? authorization = "Bearer caller", string? claims = null, string body = "{}", HttpMethod? method = null)
    {
        using var client = _app.GetTestClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization.Split('|'));
        if (claims is not null) request.Headers.Add("X-Claims", claims);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task RunAsync(HttpContext context)
    {
        Interlocked.Increment(ref _runs);
        return context.Response.WriteAsync("ran", context.RequestAborted);
    }

    /// <summary><c>type=value,type=value</c>; in front <c>!</c> when nobody authenticated it.</summary>
    private static Task AuthenticateAsync(HttpContext context, RequestDelegate next)
    {
        if ((string?)context.Request.Headers["X-Claims"] is { } text)
        {
            var claims = text.TrimStart('!').Split(',').Select(pair => new Claim(pair.Split('=')[0], pair.Split('=')[1]));
            context.User = new ClaimsPrincipal(new ClaimsIdentity(claims, text.StartsWith('!') ? null : "test"));
        }

        return next(context);
    }
}
