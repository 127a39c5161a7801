using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace RunAiRbac.Api.Sso;

/// <summary>Asks what addresses a host name has.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellationToken);

/// <summary>
/// Which machines this service may call because an administrator or a provider named them: those of the public Internet, and the networks of
/// <c>Sso:AllowedPrivateNetworks</c>. In Development this machine too.
/// </summary>
internal sealed class OutgoingAddresses(IOptions<SsoOptions> options, IHostEnvironment environment, ResolveHost? resolve = null)
{
    /// <summary>IPv4 that is not one machine of the public Internet (IANA's special-purpose registry), and a cloud's metadata server on a public address.</summary>
    private static readonly IPNetwork[] NotPublic4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32");

    /// <summary>All of IPv6 that is public, but for tunnels (which carry any IPv4 address), protocol assignments and documentation.</summary>
    private static readonly IPNetwork Public6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublic6 = Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    /// <summary>IPv4 as IPv6-only networks see it (RFC 6052).</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    private readonly IPNetwork[] _allowed = Networks([.. options.Value.AllowedPrivateNetworks]);
    private readonly bool _loopback = environment.IsDevelopment();
    private readonly ResolveHost _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>Plain http is for this machine alone, in Development.</summary>
    public void Demand(Uri address)
    {
        if (!address.IsAbsoluteUri || address.UserInfo.Length > 0) throw new OutgoingHttpException("An address is not absolute or carries credentials.");
        if (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && _loopback)) return;
        throw new OutgoingHttpException($"{address.Host}: only https addresses are called.");
    }

    public bool MayReach(IPAddress address)
    {
        var meant = Unwrap(address);
        return IsPublic(meant) || (_loopback && IPAddress.IsLoopback(meant)) || _allowed.Any(network => network.Contains(meant) || network.Contains(address));
    }

    /// <summary>Resolves the name once, judges every address it has, and connects to one of those: a name server has no second chance to answer otherwise.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var found = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await _resolve(target.Host, cancellationToken);
        if (Array.Find(found, address => !MayReach(address)) is not null)
            throw new OutgoingHttpException("its address is private or special; Sso:AllowedPrivateNetworks can allow its network");
        Exception? failure = null;
        foreach (var address in found)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, target.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception failed)
            {
                socket.Dispose();
                if (failed is not SocketException) throw;
                failure = failed;
            }
        }

        throw new OutgoingHttpException(failure?.Message ?? "its name has no address", failure);
    }

    private static bool IsPublic(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? !NotPublic4.Any(network => network.Contains(address))
        : Public6.Contains(address) && !NotPublic6.Any(network => network.Contains(address));

    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 && Nat64.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12)) : address;
    }

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
