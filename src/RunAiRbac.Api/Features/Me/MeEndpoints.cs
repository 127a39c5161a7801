using System.Globalization;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Api.Features.Me;

/// <summary>Who one is, and one's own password and sessions.</summary>
internal static class MeEndpoints
{
    public static void MapMe(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/me", WhoAmI).WithTags("Me").NeedsSignIn().WithMetadata(OpenToPasswordChange.Instance)
            .Describe("get_me", "Who the caller is").Produces<SignedIn>();
        var group = routes.MapGroup("/api/v1/me").WithTags("Me").NeedsSignIn().WithMetadata(ClosedToAccessKeys.Instance);
        group.MapPost("/password", ChangePasswordAsync).WithMetadata(OpenToPasswordChange.Instance)
            .Describe("change_user_password", "Change the caller's own password", "Ends all sessions of the caller, this one too: sign in again with the new password.")
            .Reads(typeof(PasswordChange)).Produces<PasswordChanged>().FailsWith(400, 403).GivesRevision();
        group.MapGet("/sessions", SessionsAsync).Describe("get_my_sessions", "The caller's living sessions").Produces<SessionList>();
        group.MapDelete("/sessions/{id}", EndSessionAsync).WithMetadata(OpenToPasswordChange.Instance)
            .Describe("end_my_session", "End one of the caller's sessions", "Its tokens are dead at once.").Produces(204).FailsWith(403, 404).GivesRevision();
    }

    private static IResult WhoAmI(HttpContext context)
    {
        var (caller, snapshot) = (context.Admitted().Caller, context.Admitted().Snapshot);
        var subject = snapshot.Subject(context.Admitted().Subject);
        var tenantId = caller.TenantId.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Json(new SignedIn(
            Subjects.Type(subject.Kind), subject.Id, subject.Name, tenantId, snapshot.Scope(snapshot.FindScope("tenant", tenantId)).Name,
            subject.HasPassword, caller.MustChangePassword, caller.ViaAccessKey), JsonBody.Answers);
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext context, MeService me)
    {
        await me.ChangePasswordAsync(context, await JsonBody.ReadAsync<PasswordChange>(context, JsonBody.Lenient));
        return TypedResults.Json(new PasswordChanged(), JsonBody.Answers);
    }

    private static async Task<IResult> SessionsAsync(HttpContext context, MeService me)
        => TypedResults.Ok(await me.SessionsAsync(context.Admitted().Caller, context.RequestAborted));

    private static async Task<IResult> EndSessionAsync(HttpContext context, MeService me, string id)
    {
        await me.EndSessionAsync(context, id);
        return TypedResults.NoContent();
    }
}
