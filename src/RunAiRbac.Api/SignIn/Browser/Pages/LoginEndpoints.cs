using System.Text.Encodings.Web;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.Me;
using RunAiRbac.Api.Features.SecuritySettings;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Sso;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>Signing in with a local account, choosing another password, and signing out, in a browser.</summary>
internal static class LoginEndpoints
{
    private const string Wrong = "The e-mail address or the password is wrong.";

    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPages();
        pages.MapGet("/login", ShowAsync).Describe("show_login", "The sign-in page", "`local` keeps it from going on to a provider by itself; `returnUrl` is a path of this service.");
        pages.MapPost("/login", SignInAsync).Describe("login", "Sign in with a local account", "A form of the sign-in page; gives the session cookie.");
        pages.MapGet("/login/password", ShowPasswordAsync).Describe("show_password", "The page for choosing another password");
        pages.MapPost("/login/password", ChangePasswordAsync).Describe("change_password", "Choose another password", "A form; ends all other sessions and begins a new one.");
        pages.MapGet("/logout", ShowLogoutAsync).Describe("show_logout", "The page that asks whether to sign out");
        pages.MapPost("/logout", SignOutAsync).Describe("logout", "Sign out, at the identity provider too where it offers that");
        routes.MapGet(Stylesheet.Path, Stylesheet.Get).IsPublic().WithTags("Sign-in").WithMetadata(PageMark.Instance).Produces(200, contentType: "text/css")
            .Describe("get_sign_in_style", "The stylesheet of the pages");
    }

    /// <summary>A group of routes whose answers are pages: open, with security headers, failures as pages.</summary>
    public static RouteGroupBuilder MapPages(this IEndpointRouteBuilder routes)
        => routes.MapGroup("").WithTags("Sign-in").IsPublic().WithMetadata(PageMark.Instance).AddEndpointFilter<PageFailures>()
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(string), ["text/html"]));

    /// <summary>The sign-in page, and back to where one was afterwards.</summary>
    public static string Address(string returnUrl) => "/login?returnUrl=" + UrlEncoder.Default.Encode(returnUrl);

    /// <summary>The page for choosing another password, and back.</summary>
    public static string PasswordAddress(string returnUrl) => "/login/password?returnUrl=" + UrlEncoder.Default.Encode(returnUrl);

    private static async Task<IResult> ShowAsync(HttpContext context, BrowserSessions sessions, Tenancy tenancy, SsoProviders providers, PolicyStore store)
    {
        var query = context.Request.Query;
        var (isLocal, isSignedOut) = (query.ContainsKey("local"), query.ContainsKey("signedOut"));
        var returnUrl = LocalPath.Read(query["returnUrl"]);
        if (!isLocal && !isSignedOut && await sessions.FindAsync(context) is { } signedIn)
            return new SeeOther(signedIn.Admitted.Caller.MustChangePassword ? PasswordAddress(returnUrl) : returnUrl);
        var page = await PageAsync(context, tenancy, providers, query["tenant_id"], returnUrl);
        if (!isLocal && !isSignedOut && await AutomaticAsync(context, store, page) is { } address) return new SeeOther(address);
        return new PageResult((page with { Done = isSignedOut ? "You are signed out." : null }).Show());
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, BrowserSessions sessions, SignInService signIn, GrantObserver observer, Tenancy tenancy, SsoProviders providers, OwnOrigin origin)
    {
        origin.Demand(context);
        var form = await TokenFields.ReadFormAsync(context);
        var (email, password) = (form.Find("email") ?? string.Empty, form.Find("password") ?? string.Empty);
        var from = tenancy.Of(context, form.Find("tenant_id"));
        var returnUrl = LocalPath.Read(form.Find("returnUrl"));
        try
        {
            var known = await observer.ObserveAsync(from, "password", email, BeginAsync());
            return new SeeOther(known.MustChange ? PasswordAddress(returnUrl) : returnUrl);
        }
        catch (ApiException wrong) when (wrong.Kind == Kinds.InvalidCredentials)
        {
            var page = await PageAsync(context, tenancy, providers, form.Find("tenant_id"), returnUrl);
            return new PageResult((page with { Email = email, Problem = Wrong }).Show(), StatusCodes.Status401Unauthorized);
        }

        async Task<KnownSubject> BeginAsync()
        {
            var known = await signIn.JudgePasswordAsync(from, email, password, context.RequestAborted);
            await sessions.BeginAsync(context, from.TenantId!.Value, known, "password", provider: null, signOutHint: null);
            return known;
        }
    }

    private static async Task<IResult> ShowPasswordAsync(HttpContext context, BrowserSessions sessions)
    {
        var returnUrl = LocalPath.Read(context.Request.Query["returnUrl"]);
        return await sessions.FindAsync(context) is { } signedIn ? PasswordPage(signedIn.Admitted, null, returnUrl) : new SeeOther(Address(PasswordAddress(returnUrl)));
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext context, BrowserSessions sessions, MeService me, SignInService signIn, OwnOrigin origin)
    {
        origin.Demand(context);
        var form = await TokenFields.ReadFormAsync(context);
        var returnUrl = LocalPath.Read(form.Find("returnUrl"));
        if (await sessions.FindAsync(context) is not { } signedIn) return new SeeOther(Address(PasswordAddress(returnUrl)));
        context.User = signedIn;
        var next = form.Find("newPassword");
        if (next != form.Find("repeatPassword")) return PasswordPage(signedIn.Admitted, "The new password was not the same both times.", returnUrl, StatusCodes.Status400BadRequest);
        try
        {
            await me.ChangePasswordAsync(context, new PasswordChange { CurrentPassword = form.Find("currentPassword"), NewPassword = next });
        }
        catch (ApiException invalid) when (invalid.Kind == Kinds.InvalidRequest && invalid.Field is not null)
        {
            var sentence = invalid.Message.Replace("`currentPassword`", "The present password", StringComparison.Ordinal).Replace("`newPassword`", "The new password", StringComparison.Ordinal);
            return PasswordPage(signedIn.Admitted, sentence, returnUrl, StatusCodes.Status400BadRequest);
        }

        var caller = signedIn.Admitted.Caller;
        var from = new Requester(caller.TenantId, Tenancy.AddressOf(context), context.Origin());
        var known = await signIn.JudgePasswordAsync(from, signedIn.Admitted.Snapshot.Subject(signedIn.Admitted.Subject).Key, next!, context.RequestAborted);
        await sessions.BeginAsync(context, caller.TenantId, known, "password", provider: null, signOutHint: null);
        return new SeeOther(returnUrl);
    }

    private static async Task<IResult> ShowLogoutAsync(HttpContext context, BrowserSessions sessions)
    {
        var signedIn = (await sessions.FindAsync(context))?.Admitted;
        return new PageResult(signedIn is null ? Layout.SignedOut() : Layout.SignOut(signedIn.Snapshot.Subject(signedIn.Subject).Key));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, BrowserSessions sessions, SignOutAddresses addresses, OwnOrigin origin)
    {
        origin.Demand(context);
        var ended = await sessions.EndAsync(context);
        var address = await addresses.FindAsync(ended, context.RequestAborted);
        // A form may not be sent on elsewhere, so a page is between.
        return address is null ? new SeeOther(SignOutAddresses.SignedOut(ended?.TenantId)) : new PageResult(Layout.Leaving(address)) { GoesTo = address };
    }

    private static PageResult PasswordPage(Admitted admitted, string? problem, string returnUrl, int status = StatusCodes.Status200OK)
        => new(Layout.ChangePassword(admitted.Snapshot.Subject(admitted.Subject).Key, admitted.Caller.MustChangePassword, problem, returnUrl), status);

    private static async Task<LoginPage> PageAsync(HttpContext context, Tenancy tenancy, SsoProviders providers, string? named, string returnUrl)
    {
        var tenantId = tenancy.Of(context, named).TenantId;
        return new LoginPage
        {
            ReturnUrl = returnUrl,
            NamedTenant = string.IsNullOrEmpty(named) ? null : named,
            TenantId = tenantId,
            Providers = tenantId is { } id ? await providers.ListAsync(id, context.RequestAborted) : [],
        };
    }

    /// <summary>Where the page goes on to by itself; null: it stays.</summary>
    private static async Task<string?> AutomaticAsync(HttpContext context, PolicyStore store, LoginPage page)
    {
        if (page.TenantId is not { } tenantId || page.Providers.Count == 0) return null;
        await using var db = await store.OpenAsync(context.RequestAborted);
        var setting = (await SecuritySettingRows.ReadAsync(db, tenantId, context.RequestAborted)).AutoRedirectSSO;
        return setting is { Enabled: true, IdpAlias: { } alias } && page.Providers.Any(x => x.Alias == alias) ? ProviderEndpoints.LoginAddress(tenantId, alias, page.ReturnUrl) : null;
    }
}
