using System.Diagnostics;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>Bodies that are no valid JSON, too large, too deep, mislabelled or slow: a clear answer, nothing written, nobody else held up.</summary>
public sealed class OddBodyTests(PostgresFixture postgres)
{
    private const string Groups = "/api/v1/authorization/access-rules";
    private const string Check = """{"action":"read","resourceType":"users","scope":{"type":"tenant","id":"1"}}""";

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Json_Malformed_IsRefusedOnEveryRouteThatReadsOne(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var before = await host.RevisionAsync();
        byte[][] bad =
        [
            .. new[]
            {
                "{", "}", "[", "[]", "null", "true", "17", "\"x\"", "{}{}", "{} x", "{'a':1}", "{a:1}", "{\"a\":}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":NaN}", "{\"a\":1,}", "/**/{}", "{}//",
                "{\"a\":\"\u0001\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\"", "\u0000", " ", "\n\t",
                "{\"name\":\"a\",\"name\":\"a\",\"email\":\"a\",\"email\":\"a\",\"enabled\":true,\"enabled\":true,\"action\":\"a\",\"action\":\"a\",\"checks\":[],\"checks\":[],\"resourceType\":\"a\",\"resourceType\":\"a\",\"source\":\"a\",\"source\":\"a\",\"currentPassword\":\"a\",\"currentPassword\":\"a\",\"subjectId\":\"a\",\"subjectId\":\"a\",\"description\":\"a\",\"description\":\"a\",\"gracePeriodSeconds\":1,\"gracePeriodSeconds\":1,\"grantType\":\"a\",\"grantType\":\"b\"}",
            }.Select(Encoding.UTF8.GetBytes),
            [.. Encoding.UTF8.Preamble, .. "{\"name\":\"x\"}"u8],
            Encoding.Unicode.GetBytes("{\"name\":\"x\"}"),
            [.. "{\"name\":\"a"u8, 0xFF, 0xFE, .. "\"}"u8],
            [.. "{\"name\":\"a"u8, 0xED, 0xA0, 0x80, .. "\"}"u8],
            [.. "{\"na"u8, 0xC3, .. "me\":\"a\"}"u8],
        ];
        var routes = Routes.Of(host.Host).Where(route => route.Body is { ContentType: "application/json" } && route.Pattern != "/api/v1/token").ToList();
        routes.Should().HaveCountGreaterThan(15);
        foreach (var route in routes)
        {
            var path = route.Fill(_ => "0193b6c2-5d0e-7d3e-9a53-0d1f6f0b8a11");
            foreach (var body in bad)
            {
                // A whitespace or empty body is no body, which some take.
                var answer = await host.Wire.SendAsync(new Sent(route.Method, path) { Token = host.AdminToken, Body = body });
                if (route.Body!.Optional || path.EndsWith("/what-can", StringComparison.Ordinal)) answer.Code.Should().BeOneOf([200, 400, 404], "{0}", answer.Sent);
                else answer.Code.Should().BeOneOf([400, 404], "{0} was answered {1}", answer.Sent, answer.Text); // 404: bad UTF-8 in a member that nobody reads.
                (answer.Code < 300 ? null : answer.Flaw()).Should().BeNull("{0} was answered {1}", answer.Sent, answer.Text);
            }
        }

        (await host.RevisionAsync()).Should().Be(before);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Json_LabelledOtherwise_IsReadOrRefusedAsStated(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var body = Encoding.UTF8.GetBytes(Check);
        var good = new Sent("POST", "/api/v1/authorize") { Token = host.AdminToken, Body = body };
        foreach (var type in new[] { null, "", " ", "application/json", "APPLICATION/JSON", "application/json; charset=utf-8", "application/problem+json", "application/vnd.x+json" })
            (await host.Wire.SendAsync(good with { ContentType = type })).Good();
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "application/jsonx", "json", "*/*", "application/json, text/plain", "x" })
            (await host.Wire.SendAsync(good with { ContentType = type })).Refused(415);
        (await host.Wire.SendAsync(good with { Chunked = true })).Good();
        (await host.Wire.SendAsync(good with { Chunked = true, ContentType = "text/plain" })).Refused(415);

        // Nobody unpacks here: a packed body is no JSON, however it is announced.
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(body, TestContext.Current.CancellationToken);
        (await host.Wire.SendAsync(good with { Body = packed.ToArray(), Headers = [("Content-Encoding", "gzip")] })).Refused(400);

        foreach (var (method, path) in new[] { ("POST", "/api/v1/authorize"), ("POST", "/api/v1/users"), ("PUT", "/api/v1/clusters/x"), ("PATCH", "/api/v1/users/x"), ("POST", Groups) })
        {
            (await host.Wire.SendAsync(new Sent(method, path) { Token = host.AdminToken })).Refused(400);
            (await host.Wire.SendAsync(new Sent(method, path) { Token = host.AdminToken, Body = [] })).Refused(400);
        }

        (await host.Wire.SendAsync(new Sent("GET", "/api/v1/users") { Token = host.AdminToken, Body = [] })).Good();
        (await host.Wire.SendAsync(new Sent("DELETE", "/api/v1/users/x") { Token = host.AdminToken, Body = [] })).Refused(404);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Json_TooLargeOrTooDeep_IsRefused(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var before = await host.RevisionAsync();
        foreach (var chunked in new[] { false, true })
        {
            foreach (var (path, limit) in new[] { ("/api/v1/authorize", 1 << 20), ("/api/v1/users", 1 << 20), (Groups, 1 << 20), ("/api/v1/authorize/batch", 10 << 20), (Groups + "/batch", 10 << 20), (Groups + "/batch-create", 10 << 20), ("/api/v1/authorize/simulate", 10 << 20), ("/api/v1/token", 1 << 20) })
            {
                // Without a length the server hangs up in the middle, and most clients see only that.
                if (chunked && limit > 1 << 20) continue;
                var sent = new Sent("POST", path) { Token = host.AdminToken, Body = Encoding.UTF8.GetBytes(new string(' ', limit - 1) + "{}"), Chunked = chunked };
                (await host.Wire.SendAsync(sent)).Refused(413);
                (await host.Wire.SendAsync(sent with { Body = sent.Body![(chunked ? 10_000 : 1)..] })).Refused(400);
            }

            foreach (var path in new[] { "/api/v2/token", "/oauth2/revoke" })
            {
                var form = Sent.Form(path, null, "grant_type=password&x=" + new string('x', 70_000)) with { Chunked = chunked };
                (await host.Wire.SendAsync(form)).Refused(413);
                (await host.Wire.SendAsync(Sent.Form(path, null, string.Join('&', Enumerable.Range(0, 2000).Select(i => $"a{i}=1"))) with { Chunked = chunked })).Refused(400);
            }
        }

        foreach (var path in new[] { "/api/v1/authorize", "/api/v1/users", "/api/v1/org-unit/projects", "/api/v1/token" })
        {
            (await host.JsonAsync("POST", path, "{\"x\":" + new string('[', 32) + new string(']', 32) + "}")).Refused(400);
            (await host.JsonAsync("POST", path, "{\"x\":" + new string('[', 300_000))).Refused(400);
        }

        // Unknown members are ignored on the compatible endpoints as deep as JSON may be.
        (await host.JsonAsync("POST", "/api/v1/users", "{\"email\":\"deep@example.com\",\"x\":" + new string('[', 31) + new string(']', 31) + "}")).Good();
        (await host.RevisionAsync()).Should().NotBe(before);
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Json_WrongTypesAndExtremeNumbers_AreRefused(StorageProvider provider)
    {
        await using var host = await InputHost.StartAsync(provider, postgres);
        var cluster = (await host.MakeAsync("/api/v1/clusters", new { name = "east" })).GetProperty("uuid").GetString();
        var before = await host.RevisionAsync();
        var rule = "\"subjectType\":\"group\",\"subjectId\":\"g\",\"scopeType\":\"tenant\",\"scopeId\":\"1\"";
        foreach (var number in new[] { "-1", "0", "2147483648", "-2147483649", "1e999", "1.5", "9223372036854775808", "\"7\"", "true", "{}", "[]", "null" })
            (await host.JsonAsync("POST", Groups, $$"""{{{rule}},"roleId":{{number}}}""")).Code.Should().BeOneOf([400, 404], "roleId was {0}", number);
        foreach (var time in new[] { "", "now", "2030-01-01", "2030-01-01T00:00:00", "2030-01-01T00:00:00.1234567Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2030-13-01T00:00:00Z", "2030-02-30T00:00:00Z", "2030-01-01T24:00:00Z", "٢٠٣٠-01-01T00:00:00Z", "2030-01-01T00:00:00+99:99" })
        {
            foreach (var field in new[] { "notBefore", "expiresAt" })
                (await host.JsonAsync("POST", Groups, $$"""{{{rule}},"roleId":7,"{{field}}":"{{time}}"}""")).Refused(400).Details.Should().Be(field, "the time was {0}", time);
        }

        foreach (var number in new[] { "1e999", "-1e999", "1e400" })
        {
            foreach (var path in new[] { "departments", "projects" })
                (await host.JsonAsync("POST", "/api/v1/org-unit/" + path, $$$"""{"name":"x","clusterId":"{{{cluster}}}","resources":[{"gpu":{"deserved":{{{number}}}}}]}""")).Refused(400).Details.Should().Be("resources[0].gpu.deserved");
        }

        foreach (var grace in new[] { "-1", "604801", "1e9", "2147483648", "\"5\"", "1.5" })
        {
            var app = (await host.JsonAsync("GET", "/api/v1/apps")).Json;
            var id = app.GetArrayLength() > 0 ? app[0].GetProperty("id").GetString() : (await host.MakeAsync("/api/v1/apps", new { name = "bot" })).GetProperty("id").GetString();
            (await host.JsonAsync("POST", $"/api/v1/apps/{id}/secret", $$"""{"gracePeriodSeconds":{{grace}}}""")).Refused(400).Details.Should().Be("gracePeriodSeconds");
        }

        before.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Socket_SlowBrokenAndLyingBodies_HoldNobodyUp()
    {
        await using var host = await InputHost.StartAsync(StorageProvider.Sqlite, postgres);
        var before = await host.RevisionAsync();
        var started = Stopwatch.StartNew();
        var slow = Enumerable.Range(0, 20).Select(i => DribbleAsync(host, i % 2 == 0 ? "/api/v1/users" : "/api/v1/token")).ToList();
        for (var i = 0; i < 50; i++) (await host.JsonAsync("POST", "/api/v1/authorize", Check)).Good();
        started.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20), "slow clients hold nobody up");

        // Longer than it says: the rest is another, broken request. Shorter: the server waits, then gives up.
        (await SendRawAsync(host, "POST", "/api/v1/users", "Content-Length: 3", "{}{}{}{}")).Should().StartWith("HTTP/1.1 400");
        (await SendRawAsync(host, "POST", "/api/v1/users", "Content-Length: -1", "{}")).Should().StartWith("HTTP/1.1 400");
        (await SendRawAsync(host, "POST", "/api/v1/users", "Content-Length: 2\r\nContent-Length: 3", "{}")).Should().StartWith("HTTP/1.1 400");
        (await SendRawAsync(host, "POST", "/api/v1/users", "Content-Length: 2\r\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n")).Should().StartWith("HTTP/1.1 400");
        (await SendRawAsync(host, "POST", "/api/v1/users", "Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n")).Should().StartWith("HTTP/1.1 400").And.Contain("application/problem+json");
        (await SendRawAsync(host, "POST", "/api/v1/users", "Transfer-Encoding: gzip", "{}")).Should().MatchRegex("^HTTP/1.1 (400|501)");

        // Paths that the server itself refuses before the service sees them (docs/architecture.md): no document, and nothing else either.
        foreach (var path in new[] { "/api/v1/users/%00", "/api/v1/users/a%00b" })
            (await SendRawAsync(host, "GET", path, "X: y", "")).Should().StartWith("HTTP/1.1 400");
        (await SendRawAsync(host, "GET", "/api/v1/users?x=" + new string('x', 20_000), "X: y", "")).Should().StartWith("HTTP/1.1 414");
        (await SendRawAsync(host, "GET", "/api/v1/users", "X: " + new string('y', 40_000), "")).Should().StartWith("HTTP/1.1 431");

        foreach (var answer in await Task.WhenAll(slow)) answer.Should().MatchRegex("^(HTTP/1.1 408[^\0]*application/problem\\+json[^\0]*|)$");
        started.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
        (await host.RevisionAsync()).Should().Be(before);
    }

    /// <summary>A byte a second of a body that never ends, until the server has had enough.</summary>
    private static async Task<string> DribbleAsync(InputHost host, string path)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var socket = new TcpClient(host.Host.Address.Host, host.Host.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Head(host, "POST", path, "Content-Length: 1000")), cancel);
        var reading = ReadToEndAsync(stream);
        for (var i = 0; i < 45 && !reading.IsCompleted; i++)
        {
            try
            {
                await stream.WriteAsync("{"u8.ToArray(), cancel);
            }
            catch (IOException)
            {
                // The server has hung up, as it should.
                break;
            }

            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), cancel));
        }

        reading.IsCompleted.Should().BeTrue("the server ends what takes for ever");
        return await reading;
    }

    private static async Task<string> SendRawAsync(InputHost host, string method, string path, string headers, string body)
    {
        using var socket = new TcpClient(host.Host.Address.Host, host.Host.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(Head(host, method, path, headers) + body), TestContext.Current.CancellationToken);
        return await ReadToEndAsync(stream);
    }

    private static string Head(InputHost host, string method, string path, string headers)
        => $"{method} {path} HTTP/1.1\r\nHost: {host.Host.Address.Authority}\r\nAuthorization: Bearer {host.AdminToken}\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}\r\n\r\n";

    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // A reset after the answer: what arrived counts.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
