using System.Text.Json.Serialization;
using RunAiRbac.Api.Http;

namespace RunAiRbac.Api.SignIn;

/// <summary>What others need to verify our tokens (RFC 8414, RFC 7517).</summary>
internal static class WellKnownEndpoints
{
    public static void MapWellKnown(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/.well-known").WithTags("Tokens").IsPublic();
        group.MapGet("/openid-configuration", Configuration).Describe("get_openid_configuration", "Where the token endpoints are and what they support");
        group.MapGet("/jwks.json", KeySet).Describe("get_jwks", "The public keys of access tokens", "A new key is published a day before it signs.");
    }

    private static IResult Configuration(TokenIdentity identity)
    {
        var issuer = identity.Issuer;
        return TypedResults.Ok(new Metadata
        {
            Issuer = issuer,
            AuthorizationEndpoint = issuer + "/oauth2/authorize",
            TokenEndpoint = issuer + "/api/v2/token",
            RevocationEndpoint = issuer + "/oauth2/revoke",
            KeySet = issuer + "/.well-known/jwks.json",
        });
    }

    private static IResult KeySet(HttpContext context, SigningKeys keys)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(new { keys = keys.Published });
    }

    private sealed record Metadata
    {
        [JsonPropertyName("issuer")]
        public required string Issuer { get; init; }

        [JsonPropertyName("authorization_endpoint")]
        public required string AuthorizationEndpoint { get; init; }

        [JsonPropertyName("token_endpoint")]
        public required string TokenEndpoint { get; init; }

        [JsonPropertyName("revocation_endpoint")]
        public required string RevocationEndpoint { get; init; }

        [JsonPropertyName("jwks_uri")]
        public required string KeySet { get; init; }

        [JsonPropertyName("grant_types_supported")]
        public string[] GrantTypes { get; } = ["authorization_code", "client_credentials", "password", "refresh_token"];

        [JsonPropertyName("response_types_supported")]
        public string[] ResponseTypes { get; } = ["code"];

        [JsonPropertyName("response_modes_supported")]
        public string[] ResponseModes { get; } = ["query"];

        [JsonPropertyName("code_challenge_methods_supported")]
        public string[] CodeChallengeMethods { get; } = ["S256"];

        [JsonPropertyName("authorization_response_iss_parameter_supported")]
        public bool NamesIssuer { get; } = true;

        [JsonPropertyName("subject_types_supported")]
        public string[] SubjectTypes { get; } = ["public"];

        [JsonPropertyName("id_token_signing_alg_values_supported")]
        public string[] Algorithms { get; } = [SigningKeys.Algorithm];

        [JsonPropertyName("token_endpoint_auth_methods_supported")]
        public string[] ClientAuthentication { get; } = ["client_secret_basic", "client_secret_post", "none"];

        [JsonPropertyName("revocation_endpoint_auth_methods_supported")]
        public string[] RevocationAuthentication { get; } = ["none"];
    }
}
