namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>The frame of every page, and the pages themselves. They need no script.</summary>
internal static class Layout
{
    public static Markup Page(string title, Markup content) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} · RunAiRbac</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{Stylesheet.Address}">
        </head>
        <body>
        <main>
        <p class="brand">RunAiRbac</p>
        <h1>{title}</h1>
        {content}
        </main>
        </body>
        </html>
        """;

    public static Markup Problem(string? text) => text is null ? Markup.Nothing : $"""<p class="note problem" role="alert">{text}</p>""";

    public static Markup Done(string? text) => text is null ? Markup.Nothing : $"""<p class="note done" role="status">{text}</p>""";

    public static Markup Hidden(string name, string? value) => value is null ? Markup.Nothing : $"""<input type="hidden" name="{name}" value="{value}">""";

    /// <summary>What went wrong, and the way back. The local form is always offered: it works when no provider does.</summary>
    public static Markup Error(string title, string sentence, string traceId) => Page(title, $"""
        <p class="note problem" role="alert">{sentence}</p>
        <p><a class="button" href="/login?local">Back to sign-in</a></p>
        <p class="trace">Trace id: {traceId}</p>
        """);

    public static Markup SignedOut() => Page("Signed out", $"""
        <p>Nobody is signed in to this service in this browser.</p>
        <a class="button" href="/login?signedOut">Sign in</a>
        """);

    public static Markup SignOut(string name) => Page("Sign out", $"""
        <p>You are signed in as <span class="who">{name}</span></p>
        <form method="post" action="/logout"><button type="submit">Sign out</button></form>
        <a class="button plain" href="/">Cancel</a>
        """);

    public static Markup Leaving(string address) => Page("Signed out", $"""
        <p>You are signed out here.</p>
        <p><a class="button" href="{address}">Go on</a></p>
        """);

    public static Markup ChangePassword(string name, bool isDemanded, string? problem, string returnUrl) => Page("Choose a password", $"""
        {Problem(problem)}
        <p>{(isDemanded ? "Your password must be changed before you go on." : "All other sessions end when you change your password.")}</p>
        <form method="post" action="/login/password">
        <input type="text" name="username" value="{name}" autocomplete="username" aria-label="E-mail address" readonly>
        <label for="current">Present password</label>
        <input id="current" name="currentPassword" type="password" autocomplete="current-password" required autofocus>
        <label for="new">New password</label>
        <input id="new" name="newPassword" type="password" autocomplete="new-password" required minlength="{PasswordPolicy.MinLength}" maxlength="{Passwords.MaxLength}" aria-describedby="rule">
        <p class="hint" id="rule">At least {PasswordPolicy.MinLength} characters; no common password, not your name or address.</p>
        <label for="repeat">New password once more</label>
        <input id="repeat" name="repeatPassword" type="password" autocomplete="new-password" required>
        {Hidden("returnUrl", returnUrl)}
        <button type="submit">Change password</button>
        </form>
        """);
}
