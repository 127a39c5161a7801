using RunAiRbac.Api.Sso;

namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>What the sign-in page shows.</summary>
internal sealed record LoginPage
{
    public required string ReturnUrl { get; init; }

    /// <summary>The tenant as the request named it; null: it named none.</summary>
    public string? NamedTenant { get; init; }

    /// <summary>The tenant; null: there is none by that name, which the page does not tell.</summary>
    public int? TenantId { get; init; }

    public IReadOnlyList<ProviderChoice> Providers { get; init; } = [];

    public string? Email { get; init; }

    public string? Problem { get; init; }

    public string? Done { get; init; }

    public Markup Show() => Layout.Page("Sign in", $"""
        {Layout.Problem(Problem)}{Layout.Done(Done)}
        {Choices()}
        <form method="post" action="/login">
        <label for="email">E-mail address</label>
        <input id="email" name="email" type="email" autocomplete="username" value="{Email}" required spellcheck="false" autocapitalize="none">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required>
        {Layout.Hidden("returnUrl", ReturnUrl)}{Layout.Hidden("tenant_id", NamedTenant)}
        <button type="submit">Sign in</button>
        </form>
        """);

    private Markup Choices() => Providers.Count == 0 ? Markup.Nothing : $"""
        <nav aria-label="Identity providers">{Providers.Select(Choice)}</nav>
        <p class="divider">or with a local account</p>
        """;

    private Markup Choice(ProviderChoice provider) => $"""
        <a class="button plain" href="{ProviderEndpoints.LoginAddress(TenantId ?? 0, provider.Alias, ReturnUrl)}">Continue with {provider.Name}</a>
        """;
}
