using System.Net;
using System.Text;

namespace RunAiRbac.Api.Sso;

/// <summary>Why an address could not be called, or gave nothing usable. For the log: it names the host and no query, body or header.</summary>
internal sealed class OutgoingHttpException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What an address answered.</summary>
internal sealed record OutgoingAnswer(HttpStatusCode Status, string? MediaType, byte[] Body);

/// <summary>
/// Every request to an address that an administrator or a provider named: https only, to machines that <see cref="OutgoingAddresses"/> lets through, without
/// proxy or cookies, at most 1 MiB and 10 seconds.
/// </summary>
internal sealed class OutgoingHttp : IDisposable
{
    public const int MaxBytes = 1 << 20;
    private const int MaxRedirects = 3;

    private readonly OutgoingAddresses _addresses;
    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;

    public OutgoingHttp(OutgoingAddresses addresses)
        : this(addresses, TimeSpan.FromSeconds(10))
    {
    }

    /// <param name="addresses">Who may be called.</param>
    /// <param name="timeout">How long one call may take, with its redirects and its body.</param>
    internal OutgoingHttp(OutgoingAddresses addresses, TimeSpan timeout)
    {
        (_addresses, _timeout) = (addresses, timeout);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (connection, cancellationToken) => addresses.ConnectAsync(connection.DnsEndPoint, cancellationToken),
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>A document: whatever else than a good answer is a failure. Follows at most three redirects, each judged as the first address.</summary>
    public async Task<byte[]> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        var at = address;
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            using var response = await SendAsync(request, limit, cancellationToken);
            if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
                && response.Headers.Location is { } location && Uri.TryCreate(at, location, out var next))
            {
                at = next;
                continue;
            }

            if (!response.IsSuccessStatusCode) throw new OutgoingHttpException($"{at.Host} answered {(int)response.StatusCode}.");
            return await ReadAsync(response, at, limit, cancellationToken);
        }

        throw new OutgoingHttpException($"{address.Host} redirects more than {MaxRedirects} times.");
    }

    /// <summary>As <see cref="GetAsync"/>, UTF-8.</summary>
    public async Task<string> GetTextAsync(Uri address, CancellationToken cancellationToken)
        => Encoding.UTF8.GetString(await GetAsync(address, cancellationToken));

    /// <summary>One request, which may carry secrets: a redirect is an answer like others and not followed.</summary>
    public async Task<OutgoingAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        using var response = await SendAsync(request, limit, cancellationToken);
        return new OutgoingAnswer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await ReadAsync(response, request.RequestUri!, limit, cancellationToken));
    }

    public void Dispose() => _http.Dispose();

    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        return limit;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationTokenSource limit, CancellationToken caller)
    {
        var address = request.RequestUri ?? throw new ArgumentException("A request needs an address.", nameof(request));
        _addresses.Demand(address);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (Exception failed) when (IsExpected(failed, caller))
        {
            throw Failed(address, failed);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, Uri address, CancellationTokenSource limit, CancellationToken caller)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            using var read = new MemoryStream();
            var buffer = new byte[16 << 10];
            while (await body.ReadAsync(buffer, limit.Token) is var count and > 0)
            {
                if (read.Length + count > MaxBytes) throw new OutgoingHttpException($"{address.Host}: the answer is larger than {MaxBytes >> 10} KiB.");
                read.Write(buffer, 0, count);
            }

            return read.ToArray();
        }
        catch (Exception failed) when (IsExpected(failed, caller))
        {
            throw Failed(address, failed);
        }
    }

    private static bool IsExpected(Exception failed, CancellationToken caller)
        => failed is HttpRequestException or IOException || (failed is OperationCanceledException && !caller.IsCancellationRequested);

    private static OutgoingHttpException Failed(Uri address, Exception failed)
    {
        var why = failed switch
        {
            OperationCanceledException => "no answer in time",
            { InnerException: OutgoingHttpException refused } => refused.Message,
            { InnerException: { } inner } => inner.Message,
            _ => failed.Message,
        };
        return new OutgoingHttpException($"{address.Host}: {why}", failed);
    }
}
