using System.Globalization;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Features.SecuritySettings;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Sso;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn.Browser.Pages;

/// <summary>Where a browser goes after signing out: to the provider that signed it in, else where the tenant's setting says, else to the sign-in page.</summary>
internal sealed partial class SignOutAddresses(
    PolicyStore store, SsoProviders providers, IEnumerable<IProviderProtocol> protocols, TokenIdentity identity, IOptions<BootstrapOptions> bootstrap, ILogger<SignOutAddresses> logger)
{
    /// <summary>Where providers send the browser back to; without a query, since they compare it as a whole with what was registered there.</summary>
    private const string Plain = "/logout";

    /// <summary>The sign-in page, which then goes on to no provider by itself.</summary>
    public static string SignedOut(int? tenantId)
        => tenantId is { } id ? string.Create(CultureInfo.InvariantCulture, $"/login?signedOut&tenant_id={id}") : "/login?signedOut";

    /// <summary>An address elsewhere; null: the sign-in page.</summary>
    public async Task<string?> FindAsync(EndedBrowserSession? ended, CancellationToken cancellationToken)
    {
        var tenantId = ended?.TenantId ?? bootstrap.Value.TenantId;
        await using var db = await store.OpenAsync(cancellationToken);
        var wanted = (await SecuritySettingRows.ReadAsync(db, tenantId, cancellationToken)).LogoutRedirectUri.Uri;
        var atProvider = ended?.ProviderId is null ? null : await AtProviderAsync(ended, wanted ?? identity.Issuer + Plain, cancellationToken);
        return atProvider ?? wanted;
    }

    /// <summary>The session here has ended already: a provider that fails now must not keep the person from going on.</summary>
    private async Task<string?> AtProviderAsync(EndedBrowserSession ended, string returnTo, CancellationToken cancellationToken)
    {
        try
        {
            if (await providers.FindByIdAsync(ended.TenantId, ended.ProviderId!, cancellationToken) is not { } provider) return null;
            var protocol = protocols.FirstOrDefault(x => x.Type == provider.Type);
            var address = protocol is null ? null : await protocol.SignOutAddressAsync(provider, ended.SignOutHint, returnTo, cancellationToken);
            // The page links to it: nothing but a web address may stand there.
            return Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri.AbsoluteUri : null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.Failed(logger, ended.TenantId, failure);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1221, Level = LogLevel.Warning, Message = "Somebody of tenant {TenantId} signed out here, but the identity provider's sign-out could not be found")]
        public static partial void Failed(ILogger logger, int tenantId, Exception exception);
    }
}
