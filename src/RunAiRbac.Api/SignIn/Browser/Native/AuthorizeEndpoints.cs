using System.Text.Encodings.Web;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn.Browser.Pages;

namespace RunAiRbac.Api.SignIn.Browser.Native;

/// <summary>
/// Where programs on a person's own machine ask for a code (RFC 6749 and 8252, PKCE with S256 only). A page asks the person first, since any program of the
/// machine could have opened the browser.
/// </summary>
internal static class AuthorizeEndpoints
{
    private static readonly string[] Fields = ["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"];

    public static void MapNativeSignIn(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        var get = pages.MapGet("/oauth2/authorize", ShowAsync)
            .Describe("authorize_native", "Ask for an authorization code", "Code flow with PKCE (S256) on a loopback redirect; the answer names the issuer (RFC 9207).");
        foreach (var field in Fields) get.TakesQuery(field, "As RFC 6749 and RFC 7636 say.");
        pages.MapPost("/oauth2/authorize", AnswerAsync).Describe("answer_authorize_native", "Give or refuse an authorization code", "The form of the page that asks.");
    }

    private static async Task<IResult> ShowAsync(HttpContext context, BrowserSessions sessions, TokenIdentity identity)
    {
        var query = context.Request.Query;
        if (Array.Find(Fields, field => query[field].Count > 1) is { } twice) throw ApiException.Invalid(twice, "is given more than once");
        var request = AuthorizationRequest.Read(field => query[field].ToString() is { Length: > 0 } text ? text : null);
        if (request.Problem is { } problem) return Redirect(request, identity, "error", problem);
        var here = LocalPath.Read(context.Request.Path + context.Request.QueryString.Value);
        if (await sessions.FindAsync(context) is not { } signedIn) return new SeeOther(LoginEndpoints.Address(here));
        if (signedIn.Admitted.Caller.MustChangePassword) return new SeeOther(LoginEndpoints.PasswordAddress(here));
        return new PageResult(Ask(request, query, signedIn.Admitted)) { FormTargets = request.FormTarget };
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, BrowserSessions sessions, AuthorizationCodes codes, TokenIdentity identity, OwnOrigin origin)
    {
        origin.Demand(context);
        var form = await TokenFields.ReadFormAsync(context);
        var request = AuthorizationRequest.Read(form.Find);
        if (request.Problem is { } problem) return Redirect(request, identity, "error", problem);
        if (form.Find("answer") != "allow") return Redirect(request, identity, "error", "access_denied");
        if (await sessions.FindAsync(context) is not { Admitted.Caller: { MustChangePassword: false } caller }) return Redirect(request, identity, "error", "login_required");
        return Redirect(request, identity, "code", await codes.CreateAsync(request, caller, context.RequestAborted));
    }

    private static SeeOther Redirect(AuthorizationRequest request, TokenIdentity identity, string name, string value)
    {
        var encode = UrlEncoder.Default;
        var state = request.State is null ? string.Empty : "&state=" + encode.Encode(request.State);
        return new SeeOther($"{request.RedirectUri}?{name}={encode.Encode(value)}{state}&iss={encode.Encode(identity.Issuer)}");
    }

    private static Markup Ask(AuthorizationRequest request, IQueryCollection query, Admitted admitted) => Layout.Page("Allow access?", $"""
        <p>The program <strong>{NativeClients.Name(request.ClientId)}</strong> on this computer wants to act as you.</p>
        <p>You are signed in as <span class="who">{admitted.Snapshot.Subject(admitted.Subject).Key}</span>. Allow it only if you have just started it yourself.</p>
        <form method="post" action="/oauth2/authorize">
        {Fields.Select(field => Layout.Hidden(field, query[field]))}
        <button type="submit" name="answer" value="allow">Allow</button>
        <button type="submit" name="answer" value="deny" class="plain">Do not allow</button>
        </form>
        """);
}
