using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.SignIn;

/// <summary>Where a sign-in comes from. <c>TenantId</c> null: it names something that is no tenant's id, which is to be answered as a wrong password.</summary>
internal sealed record Requester(int? TenantId, string Address, RequestOrigin Origin);

/// <summary>The tenant of a request without a token: its host, else what it names, else the first tenant. Never guessed from credentials.</summary>
internal sealed class Tenancy(IOptions<TenancyOptions> tenancy, IOptions<BootstrapOptions> bootstrap)
{
    private readonly Dictionary<string, int> _hosts = new(tenancy.Value.Hosts, StringComparer.OrdinalIgnoreCase);

    public Requester Of(HttpContext context, string? named) => new(TenantOf(context, named), AddressOf(context), context.Origin());

    /// <summary>The address that throttling goes by. Of IPv6 it is the network of 64 bits: whoever has one has all of its addresses.</summary>
    public static string AddressOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return string.Empty;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var network = address.GetAddressBytes();
        network.AsSpan(8).Clear();
        return new IPAddress(network) + "/64";
    }

    private int? TenantOf(HttpContext context, string? named)
    {
        if (_hosts.TryGetValue(context.Request.Host.Host, out var tenantId)) return tenantId;
        if (string.IsNullOrEmpty(named)) return bootstrap.Value.TenantId;
        return int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }
}
