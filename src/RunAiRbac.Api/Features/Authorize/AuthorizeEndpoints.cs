namespace RunAiRbac.Api.Features.Authorize;

internal static class AuthorizeEndpoints
{
    public static void MapAuthorize(this IEndpointRouteBuilder routes)
    {
    }
}
