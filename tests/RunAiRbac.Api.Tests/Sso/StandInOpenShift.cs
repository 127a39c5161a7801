using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>
/// An OpenShift API server with its OAuth server, as their documentation describes them: OAuth metadata, codes with PKCE, opaque <c>sha256~</c> tokens, the user
/// API's <c>users/~</c> and the deletion of one's own tokens, which needs the scope <c>user:full</c>.
/// </summary>
internal sealed class StandInOpenShift : IAsyncDisposable
{
    public const string ClientId = "system:serviceaccount:runai:runai";
    public const string Secret = "sa token+/=";

    private readonly ConcurrentDictionary<string, Grant> _codes = new(StringComparer.Ordinal);
    private WebApplication? _app;

    public string Address { get; private set; } = "";

    /// <summary>Whoever comes.</summary>
    public JsonObject User { get; set; } = new()
    {
        ["kind"] = "User",
        ["apiVersion"] = "user.openshift.io/v1",
        ["metadata"] = new JsonObject { ["name"] = "ada@example.com", ["uid"] = "5f6c3c2e-0000-4000-8000-000000000001", ["creationTimestamp"] = "2026-01-01T00:00:00Z" },
        ["fullName"] = "Ada Lovelace",
        ["identities"] = new JsonArray("htpasswd:ada"),
        ["groups"] = new JsonArray("research", "system:authenticated:oauth"),
    };

    /// <summary>Living tokens by the name of their object, with their scope.</summary>
    public ConcurrentDictionary<string, string> Tokens { get; } = new(StringComparer.Ordinal);

    public Action<JsonObject> Metadata { get; set; } = static _ => { };

    public Action<Dictionary<string, string>> Answer { get; set; } = static _ => { };

    public Action<JsonObject> TokenAnswer { get; set; } = static _ => { };

    public bool IsDown { get; set; }

    public static async Task<StandInOpenShift> StartAsync()
    {
        var server = new StandInOpenShift();
        (server._app, server.Address) = await StandIn.StartAsync(server.Map);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (!IsDown) return next(context);
            context.Abort();
            return Task.CompletedTask;
        });
        app.MapGet("/.well-known/oauth-authorization-server", () => Json(Described()));
        app.MapGet("/oauth/authorize", Authorize);
        app.MapPost("/oauth/token", (Delegate)TokenAsync);
        app.MapGet("/apis/user.openshift.io/v1/users/~", (HttpContext context) => Scope(context) is null ? Status(401) : Json(User));
        app.MapDelete("/apis/oauth.openshift.io/v1/useroauthaccesstokens/{name}", (HttpContext context, string name) =>
        {
            if (Scope(context) is not { } scope) return Status(401);
            if (!scope.Split(' ').Contains("user:full")) return Status(403);
            return Tokens.TryRemove(name, out _) ? Status(200) : Status(404);
        });
    }

    private JsonObject Described()
    {
        var document = new JsonObject
        {
            ["issuer"] = Address,
            ["authorization_endpoint"] = Address + "/oauth/authorize",
            ["token_endpoint"] = Address + "/oauth/token",
            ["scopes_supported"] = new JsonArray("user:check-access", "user:full", "user:info", "user:list-projects", "user:list-scoped-projects"),
            ["response_types_supported"] = new JsonArray("code", "token"),
            ["grant_types_supported"] = new JsonArray("authorization_code", "implicit"),
            ["code_challenge_methods_supported"] = new JsonArray("plain", "S256"),
        };
        Metadata(document);
        return document;
    }

    private IResult Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256") return Results.BadRequest();
        var code = "sha256~" + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        _codes[code] = new Grant(query["redirect_uri"].ToString(), query["code_challenge"].ToString(), query["scope"].ToString());
        var answer = new Dictionary<string, string> { ["code"] = code, ["state"] = query["state"].ToString() };
        Answer(answer);
        return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"].ToString(), answer!));
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (form["client_id"] != ClientId || form["client_secret"] != Secret) return Json(new JsonObject { ["error"] = "unauthorized_client" }, 400);
        var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (!_codes.TryRemove(form["code"].ToString(), out var grant) || grant.RedirectUri != form["redirect_uri"] || grant.Challenge != challenge)
            return Json(new JsonObject { ["error"] = "access_denied" }, 400);
        var secret = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        Tokens[NameOf(secret)] = grant.Scope;
        var answer = new JsonObject { ["access_token"] = "sha256~" + secret, ["expires_in"] = 86400, ["scope"] = grant.Scope, ["token_type"] = "Bearer" };
        TokenAnswer(answer);
        return Json(answer);
    }

    private string? Scope(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        const string prefix = "Bearer sha256~";
        return header.StartsWith(prefix, StringComparison.Ordinal) && Tokens.TryGetValue(NameOf(header[prefix.Length..]), out var scope) ? scope : null;
    }

    private static string NameOf(string secret) => "sha256~" + WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));

    private static IResult Status(int code) => Json(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = code < 300 ? "Success" : "Failure", ["code"] = code }, code);

    private static IResult Json(JsonObject value, int status = 200) => Results.Text(value.ToJsonString(), "application/json", Encoding.UTF8, status);

    private sealed record Grant(string RedirectUri, string Challenge, string Scope);
}
