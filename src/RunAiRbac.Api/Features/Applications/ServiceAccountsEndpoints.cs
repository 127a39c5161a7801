using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Applications;

/// <summary>Applications under their newer name; only the secret is called otherwise on the wire.</summary>
internal static class ServiceAccountsEndpoints
{
    public static void MapServiceAccounts(this IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("/api/v1/service-accounts").WithTags("Service accounts");
        accounts.MapGet("", ApplicationsEndpoints.ListAsync).Needs("apps", "read", At.Anywhere)
            .Describe("get_service_accounts", "List service accounts", "The same objects as the applications.").TakesList(ApplicationLists.Table, search: true)
            .Produces<Application[]>();
        accounts.MapPost("", CreateAsync).Needs("apps", "create", At.Object)
            .Describe("create_service_account", "Create a service account", "The secret is shown this once; the client id is the name.")
            .Reads(typeof(ApplicationCreation), """{"name":"ci-bot"}""").Produces<ServiceAccountCreated>(201).FailsWith(404, 409).GivesRevision();
        accounts.MapGet("/{serviceAccountId}", GetAsync).Needs("apps", "read", At.Anywhere)
            .Describe("get_service_account_by_id", "Get a service account").Produces<Application>().FailsWith(404);
        accounts.MapPatch("/{serviceAccountId}", PatchAsync).Needs("apps", "update", At.Object)
            .Describe("update_service_account_by_id", "Enable or disable a service account", "Disabling ends its tokens at once.")
            .Reads(typeof(ApplicationPatch), """{"enabled":false}""").Produces<EmptyAnswer>().FailsWith(404).GivesRevision();
        accounts.MapDelete("/{serviceAccountId}", DeleteAsync).Needs("apps", "delete", At.Object)
            .Describe("delete_service_account_by_id", "Delete a service account", "Its access rules end with it.").Produces(204).FailsWith(404).GivesRevision();
        accounts.MapPost("/{serviceAccountId}/secret", ResetSecretAsync).Needs("apps", "update", At.Object)
            .Describe("regenerate_service_account_secret", "Replace a service account's secret", SecretSchedule.Description)
            .Reads(typeof(SecretReset), """{"gracePeriodSeconds":3600}""", optional: true).Produces<ServiceAccountSecret>().FailsWith(404).GivesRevision();
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ApplicationsService applications)
    {
        var body = NewApplication.Read(await JsonBody.ReadAsync<ApplicationCreation>(context, JsonBody.Lenient));
        var (id, secret, revision) = await applications.CreateAsync(context, body);
        var created = new ServiceAccountCreated { Id = id, Name = body.Name, ClientSecret = secret, ClientId = body.Name, Revision = revision };
        return TypedResults.Json(created, JsonBody.Answers, statusCode: 201);
    }

    private static Task<IResult> GetAsync(HttpContext context, string serviceAccountId, ApplicationLists lists)
        => ApplicationsEndpoints.GetByIdAsync(context, serviceAccountId, lists);

    private static Task<IResult> PatchAsync(HttpContext context, string serviceAccountId, ApplicationsService applications)
        => ApplicationsEndpoints.PatchByIdAsync(context, serviceAccountId, applications);

    private static Task<IResult> DeleteAsync(HttpContext context, string serviceAccountId, ApplicationsService applications)
        => ApplicationsEndpoints.DeleteByIdAsync(context, serviceAccountId, applications);

    private static async Task<IResult> ResetSecretAsync(HttpContext context, string serviceAccountId, ApplicationsService applications)
    {
        var (secret, revision) = await applications.ResetSecretAsync(context, serviceAccountId, await SecretSchedule.ReadGraceAsync(context));
        return TypedResults.Json(new ServiceAccountSecret { ClientSecret = secret, Revision = revision }, JsonBody.Answers);
    }
}
