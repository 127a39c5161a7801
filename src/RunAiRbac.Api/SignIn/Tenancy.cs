using System.Globalization;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Hosting;

namespace RunAiRbac.Api.SignIn;

/// <summary>The tenant of a request without a token: its host, else what it names, else the first tenant. Never guessed from credentials.</summary>
internal sealed class Tenancy(IOptions<TenancyOptions> tenancy, IOptions<BootstrapOptions> bootstrap)
{
    private readonly Dictionary<string, int> _hosts = new(tenancy.Value.Hosts, StringComparer.OrdinalIgnoreCase);

    /// <summary>Null: it names something that is no tenant's id, which is to be answered as a wrong password.</summary>
    public int? Of(HttpContext context, string? named)
    {
        if (_hosts.TryGetValue(context.Request.Host.Host, out var tenantId)) return tenantId;
        if (string.IsNullOrEmpty(named)) return bootstrap.Value.TenantId;
        return int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }
}
