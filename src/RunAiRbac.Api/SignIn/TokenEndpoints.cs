using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn.Browser.Native;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.SignIn;

/// <summary>Takes tokens: the compatible JSON endpoint, the RFC 6749 form, and an older one.</summary>
internal static class TokenEndpoints
{
    private const string Example = """{"grantType":"app_token","appID":"my-app","appSecret":"rnai_…"}""";

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Tokens").IsPublic();
        group.MapPost("/api/v1/token", GrantAsync).Describe("grant_token", "Take an access token", "Grants: app_token, client_credentials, password, refresh_token. Member names are read in any case.")
            .Reads(typeof(TokenRequest), Example).Produces<TokenResponse>().FailsWith(401);
        group.MapPost("/api/v2/token", GrantFormAsync).Describe("grant_token_v2", "Take an access token (RFC 6749)", "A form; client authentication in the form or by HTTP Basic. Errors are the objects of RFC 6749, section 5.2.")
            .ReadsForm(typeof(OAuthTokenRequest)).Produces<OAuthTokenResponse>().FailsWith(401);
        group.MapPost("/v1/k8s/auth/oauth/apptoken", AppTokenAsync).Describe("app_token", "Take an application's access token (deprecated)", "Deprecated: use POST /api/v1/token.")
            .Reads(typeof(AppTokenRequest)).Produces<AppTokenResponse>().FailsWith(401).WithMetadata(new ObsoleteAttribute());
        group.MapPost("/oauth2/revoke", RevokeAsync).Describe("revoke_token", "End a token's session (RFC 7009)", "Takes an access or a refresh token; 200 also when it is not good any more.")
            .ReadsForm(typeof(RevocationRequest)).Produces(200).GivesRevision();
    }

    private static async Task<IResult> GrantAsync(HttpContext context, SignInService signIn, Tenancy tenancy, GrantObserver observer)
    {
        var fields = await TokenFields.ReadJsonAsync(context);
        var grant = fields.Need("grantType");
        var from = tenancy.Of(context, fields.Find("tenantId"));
        var name = fields.Find(grant switch { "password" => "username", "app_token" => "appID", _ => "clientID" });
        var issued = await observer.ObserveAsync(from, grant, name, Grant(fields, grant, from, signIn, context.RequestAborted));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new TokenResponse { AccessToken = issued.Access.Value, RefreshToken = issued.RefreshToken, ExpiresIn = issued.Access.ExpiresIn });
    }

    private static async Task<IssuedTokens> Grant(TokenFields fields, string grant, Requester from, SignInService signIn, CancellationToken cancellationToken) => grant switch
    {
        "app_token" => await signIn.WithSecretAsync(from, fields.Need("appID"), fields.Need("appSecret"), grant, cancellationToken),
        "client_credentials" => await signIn.WithSecretAsync(from, fields.Need("clientID"), fields.Need("clientSecret"), grant, cancellationToken),
        "password" => await signIn.WithPasswordAsync(from, fields.Need("username"), fields.Need("password"), ProgramName(fields, "clientID"), cancellationToken),
        "refresh_token" => await signIn.WithRefreshTokenAsync(from, fields.Need("refreshToken"), cancellationToken),
        _ => throw new ApiException(Kinds.UnsupportedGrantType, "`grantType` must be app_token, client_credentials, password or refresh_token.", "grantType"),
    };

    private static async Task<IResult> GrantFormAsync(HttpContext context, SignInService signIn, AuthorizationCodes codes, Tenancy tenancy, GrantObserver observer)
    {
        var fields = await TokenFields.ReadFormAsync(context);
        var grant = fields.Need("grant_type");
        var from = tenancy.Of(context, fields.Find("tenant_id"));
        var name = grant == "password" ? fields.Find("username") : fields.Find("client_id") ?? (BasicCredentials.TryRead(context.Request, out var basic) ? basic?.Client : null);
        var issued = await observer.ObserveAsync(from, grant, name, GrantForm(fields, grant, from, signIn, codes, context));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new OAuthTokenResponse { AccessToken = issued.Access.Value, TokenType = "Bearer", ExpiresIn = issued.Access.ExpiresIn, RefreshToken = issued.RefreshToken });
    }

    private static async Task<IssuedTokens> GrantForm(TokenFields fields, string grant, Requester from, SignInService signIn, AuthorizationCodes codes, HttpContext context)
    {
        try
        {
            return grant switch
            {
                "client_credentials" => await WithClientAsync(fields, from, signIn, context),
                "password" => await signIn.WithPasswordAsync(from, fields.Need("username"), fields.Need("password"), ProgramName(fields, "client_id"), context.RequestAborted),
                "refresh_token" => await signIn.WithRefreshTokenAsync(from, fields.Need("refresh_token"), context.RequestAborted),
                AuthorizationCodes.Grant => await codes.RedeemAsync(from, fields.Find("tenant_id"), Code(fields), context.RequestAborted),
                _ => throw new ApiException(Kinds.UnsupportedGrantType, "`grant_type` must be authorization_code, client_credentials, password or refresh_token.", "grant_type"),
            };
        }
        catch (ApiException wrong) when (wrong.Kind == Kinds.InvalidCredentials)
        {
            throw new ApiException(grant == "client_credentials" ? Kinds.InvalidClient : Kinds.InvalidGrant, wrong.Message);
        }
    }

    private static PresentedCode Code(TokenFields fields) => new(fields.Need("client_id"), fields.Need("code"), fields.Need("redirect_uri"), fields.Need("code_verifier"));

    private static Task<IssuedTokens> WithClientAsync(TokenFields fields, Requester from, SignInService signIn, HttpContext context)
    {
        if (!BasicCredentials.TryRead(context.Request, out var basic)) throw SignInService.Wrong();
        if (basic is null) return signIn.WithSecretAsync(from, fields.Need("client_id"), fields.Need("client_secret"), "client_credentials", context.RequestAborted);
        if (fields.Has("client_secret")) throw ApiException.Invalid("client_secret", "is given in the form and by HTTP Basic");
        return signIn.WithSecretAsync(from, basic.Value.Client, basic.Value.Secret, "client_credentials", context.RequestAborted);
    }

    private static async Task<IResult> AppTokenAsync(HttpContext context, SignInService signIn, Tenancy tenancy, GrantObserver observer)
    {
        var body = await JsonBody.ReadAsync<AppTokenRequest>(context, JsonBody.AnyCase);
        var client = body.Id ?? body.Name ?? throw ApiException.Invalid("name", "is missing");
        var from = tenancy.Of(context, null);
        var issued = await observer.ObserveAsync(from, "app_token", client, AppToken());
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new AppTokenResponse { AccessToken = issued.Access.Value, IdToken = issued.Access.Value });

        async Task<IssuedTokens> AppToken() => await signIn.WithSecretAsync(from, client, body.Secret ?? throw SignInService.Wrong(), "app_token", context.RequestAborted);
    }

    private static async Task<IResult> RevokeAsync(HttpContext context, Revocation revocation)
    {
        var fields = await TokenFields.ReadFormAsync(context);
        if (await revocation.RevokeAsync(fields.Need("token"), context.Origin(), context.RequestAborted) is { } version) context.Response.Headers[Writes.RevisionHeader] = version.Token;
        return TypedResults.Ok();
    }

    /// <summary>Goes into the token, so it must be short and printable.</summary>
    private static string? ProgramName(TokenFields fields, string name)
    {
        var value = fields.Find(name);
        if (value is { Length: > 128 } || value.AsSpan().ContainsAnyExceptInRange('!', '~')) throw ApiException.Invalid(name, "must be at most 128 visible ASCII characters");
        return value;
    }
}
