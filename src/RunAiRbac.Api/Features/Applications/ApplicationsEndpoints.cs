using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SubjectManagement;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Applications;

/// <summary>Applications under their older name; the same objects as <see cref="ServiceAccountsEndpoints"/>.</summary>
internal static class ApplicationsEndpoints
{
    public static void MapApplications(this IEndpointRouteBuilder routes)
    {
        var apps = routes.MapGroup("/api/v1/apps").WithTags("Applications");
        apps.MapGet("", ListAsync).Needs("apps", "read", At.Anywhere)
            .Describe("get_applications", "List applications", "The same objects as the service accounts.").TakesList(ApplicationLists.Table, search: true)
            .Produces<Application[]>();
        apps.MapPost("", CreateAsync).Needs("apps", "create", At.Object)
            .Describe("create_application", "Create an application", "The secret is shown this once; the client id is the name.")
            .Reads(typeof(ApplicationCreation), """{"name":"ci-bot"}""").Produces<ApplicationCreated>(201).FailsWith(404, 409).GivesRevision();
        apps.MapGet("/{appId}", GetAsync).Needs("apps", "read", At.Anywhere)
            .Describe("get_application_by_id", "Get an application").Produces<Application>().FailsWith(404);
        apps.MapPatch("/{appId}", PatchAsync).Needs("apps", "update", At.Object)
            .Describe("update_application_by_id", "Enable or disable an application", "Disabling ends its tokens at once.")
            .Reads(typeof(ApplicationPatch), """{"enabled":false}""").Produces<EmptyAnswer>().FailsWith(404).GivesRevision();
        apps.MapDelete("/{appId}", DeleteAsync).Needs("apps", "delete", At.Object)
            .Describe("delete_application_by_id", "Delete an application", "Its access rules end with it.").Produces(204).FailsWith(404).GivesRevision();
        apps.MapPost("/{appId}/secret", ResetSecretAsync).Needs("apps", "update", At.Object)
            .Describe("regenerate_application_secret", "Replace an application's secret", SecretSchedule.Description)
            .Reads(typeof(SecretReset), """{"gracePeriodSeconds":3600}""", optional: true).Produces<ApplicationSecret>().FailsWith(404).GivesRevision();
        routes.MapServiceAccounts();
    }

    internal static async Task<IResult> ListAsync(HttpContext context, ApplicationLists lists)
    {
        var query = ListQuery.Read(context.Request.Query, ApplicationLists.Table);
        return TypedResults.Json(await lists.PageAsync(context, query), JsonBody.Answers);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ApplicationsService applications)
    {
        var body = NewApplication.Read(await JsonBody.ReadAsync<ApplicationCreation>(context, JsonBody.Lenient));
        var (id, secret, revision) = await applications.CreateAsync(context, body);
        var created = new ApplicationCreated { Id = id, Name = body.Name, Secret = secret, ClientId = body.Name, Revision = revision };
        return TypedResults.Json(created, JsonBody.Answers, statusCode: 201);
    }

    private static Task<IResult> GetAsync(HttpContext context, string appId, ApplicationLists lists) => GetByIdAsync(context, appId, lists);

    private static Task<IResult> PatchAsync(HttpContext context, string appId, ApplicationsService applications) => PatchByIdAsync(context, appId, applications);

    private static Task<IResult> DeleteAsync(HttpContext context, string appId, ApplicationsService applications) => DeleteByIdAsync(context, appId, applications);

    private static async Task<IResult> ResetSecretAsync(HttpContext context, string appId, ApplicationsService applications)
    {
        var (secret, revision) = await applications.ResetSecretAsync(context, appId, await SecretSchedule.ReadGraceAsync(context));
        return TypedResults.Json(new ApplicationSecret { Secret = secret, Revision = revision }, JsonBody.Answers);
    }

    internal static async Task<IResult> GetByIdAsync(HttpContext context, string id, ApplicationLists lists)
        => TypedResults.Json(await lists.GetAsync(context, id), JsonBody.Answers);

    internal static async Task<IResult> PatchByIdAsync(HttpContext context, string id, ApplicationsService applications)
    {
        var body = await JsonBody.ReadAsync<ApplicationPatch>(context, JsonBody.Lenient);
        await applications.SetEnabledAsync(context, id, body.Enabled ?? throw ApiException.Invalid("enabled", "is missing"));
        return TypedResults.Json(new EmptyAnswer(), JsonBody.Answers);
    }

    internal static async Task<IResult> DeleteByIdAsync(HttpContext context, string id, ApplicationsService applications)
    {
        await applications.DeleteAsync(context, id);
        return TypedResults.NoContent();
    }
}
