namespace RunAiRbac.Api.Features.AccessRules;

internal static class AccessRulesEndpoints
{
    public static void MapAccessRules(this IEndpointRouteBuilder routes)
    {
    }
}
