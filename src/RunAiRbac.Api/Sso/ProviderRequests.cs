using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.SignIn;

namespace RunAiRbac.Api.Sso;

/// <summary>What every request at <c>/auth/{tenantId}/{alias}/…</c> has: a provider that it names, and perhaps a form.</summary>
internal sealed class ProviderRequests(SsoProviders providers, Tenancy tenancy)
{
    private const long MaxFormBytes = 1 << 20;

    /// <summary>The provider that the path names; null: none. By the host too: what a tenant's host serves is that tenant's alone.</summary>
    public async Task<SsoProvider?> FindProviderAsync(HttpContext context, string tenantId, string alias)
    {
        if (tenancy.Of(context, tenantId).TenantId is not { } id || id.ToString(CultureInfo.InvariantCulture) != tenantId || Aliases.Read(alias) is not { } stored) return null;
        return await providers.FindAsync(id, stored, context.RequestAborted);
    }

    /// <summary>The form of a POST; null: another method.</summary>
    /// <exception cref="SsoRefusal">It is no form, or one that cannot be read.</exception>
    public static async Task<IFormCollection?> FindFormAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method)) return null;
        // As browsers send forms without files: what parses others is nobody's to reach.
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            throw new SsoRefusal(SsoRefusalCodes.SignInFailed, "The answer is no form.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxFormBytes;
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception odd) when (odd is InvalidDataException or IOException)
        {
            throw new SsoRefusal(SsoRefusalCodes.SignInFailed, "The form could not be read: " + odd.Message);
        }
    }
}
