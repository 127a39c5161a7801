using System.Net;
using System.Net.Sockets;
using System.Text;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>What the real server does below the requests: protocol versions, bodies without a length, heads that never end.</summary>
public sealed class ProtocolTests(PostgresFixture postgres)
{
    /// <summary>More than sockets and the server hold before somebody reads.</summary>
    private const int Enough = 64 << 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Http2_WithoutTls_IsNotSpoken()
    {
        await using var host = await InputHost.StartAsync(StorageProvider.Sqlite, postgres);
        using var http = new HttpClient();
        using var exactly = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Host.Address, "/health/live")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var ask = () => http.SendAsync(exactly, Cancel);
        await ask.Should().ThrowAsync<HttpRequestException>();

        // An upgrade is not taken: the request is answered as the HTTP/1.1 request that it is.
        var answer = await SendAsync(host, "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
        answer.Should().StartWith("HTTP/1.1 200").And.NotContain("101");
    }

    [Theory]
    [InlineData("/api/v1/users")]
    [InlineData("/api/v1/token")]
    [InlineData("/api/v1/idps")]
    [InlineData("/api/v1/authorize/batch")]
    public async Task ChunkedBody_ThatNeverEnds_IsRefusedAtTheLimit(string path)
    {
        await using var host = await InputHost.StartAsync(StorageProvider.Sqlite, postgres);
        var before = await host.RevisionAsync();
        using var socket = new TcpClient(host.Host.Address.Host, host.Host.Address.Port);
        var stream = socket.GetStream();
        var answer = ReadToEndAsync(stream);
        var sent = 0;
        var chunk = Encoding.ASCII.GetBytes($"4000\r\n{new string(' ', 0x4000)}\r\n");
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {host.AdminToken}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"), Cancel);
            for (; !answer.IsCompleted && sent < Enough; sent += 0x4000) await stream.WriteAsync(chunk, Cancel);
        }
        catch (IOException)
        {
            // The server has hung up, as it should.
        }

        // The reset may overtake the answer; what arrives is the refusal.
        (await answer).Should().MatchRegex("^(HTTP/1.1 413[^\0]*body_too_large[^\0]*|)$");
        sent.Should().BeLessThan(Enough);
        (await host.RevisionAsync()).Should().Be(before);
    }

    [Fact]
    public async Task Head_ThatNeverEnds_IsGivenUp()
    {
        await using var host = await InputHost.StartAsync(StorageProvider.Sqlite, postgres);
        using var socket = new TcpClient(host.Host.Address.Host, host.Host.Address.Port);
        var stream = socket.GetStream();
        var answer = ReadToEndAsync(stream);
        for (var i = 0; i < 60 && !answer.IsCompleted; i++)
        {
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(i == 0 ? "GET /health/live HTTP/1.1\r\n" : $"X-{i}: y\r\n"), Cancel);
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromSeconds(1), Cancel));
        }

        answer.IsCompleted.Should().BeTrue("the server ends what takes for ever");
        (await answer).Should().MatchRegex("^(HTTP/1.1 408[^\0]*|)$");
    }

    private static async Task<string> SendAsync(InputHost host, string text)
    {
        using var socket = new TcpClient(host.Host.Address.Host, host.Host.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), Cancel);
        return await ReadToEndAsync(stream);
    }

    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, Cancel);
        }
        catch (IOException)
        {
            // A reset after the answer: what arrived counts.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
