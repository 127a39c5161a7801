using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Sso;

namespace RunAiRbac.Api.Tests.Sso;

/// <summary>Requests to addresses that administrators and providers name never reach what is not public.</summary>
public sealed class OutgoingHttpTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")] // a cloud's metadata
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")] // a cloud's metadata, on a public address
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.255.255")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.7")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::10.0.0.1")] // IPv4-compatible
    [InlineData("::ffff:10.0.0.1")] // IPv4-mapped
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0:10.0.0.1")] // IPv4-translated
    [InlineData("64:ff9b::10.0.0.1")] // NAT64
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::8.8.8.8")] // local NAT64
    [InlineData("100::1")] // discard
    [InlineData("2001::1")] // Teredo
    [InlineData("2001:10::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:a00:1::1")] // 6to4 of 10.0.0.1
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")] // a cloud's metadata
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void MayReach_PrivateOrSpecial_No(string address) => Production().MayReach(IPAddress.Parse(address)).Should().BeFalse();

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("192.167.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450::1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void MayReach_Public_Yes(string address) => Production().MayReach(IPAddress.Parse(address)).Should().BeTrue();

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("64:ff9b::10.1.2.3", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("fd12::1", true)]
    [InlineData("fd13::1", false)]
    [InlineData("127.0.0.1", false)]
    public void MayReach_AllowedNetworks_ThoseAlone(string address, bool allowed)
        => Production("10.1.0.0/16", "fd12::/16").MayReach(IPAddress.Parse(address)).Should().Be(allowed);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    public void MayReach_Development_ThisMachineToo(string address, bool allowed) => Development().MayReach(IPAddress.Parse(address)).Should().Be(allowed);

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0x7f.0.0.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://0/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[64:ff9b::a00:1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://localhost/")]
    public async Task Get_PrivateHostInAnyForm_Refused(string address)
    {
        using var http = new OutgoingHttp(Production());
        (await http.Invoking(x => x.GetAsync(new Uri(address), Stop)).Should().ThrowAsync<OutgoingHttpException>()).WithMessage("*private or special*");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.com/")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("/relative")]
    public async Task Get_NotHttps_Refused(string address)
    {
        using var http = new OutgoingHttp(Production());
        var refused = await http.Invoking(x => x.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), Stop)).Should().ThrowAsync<OutgoingHttpException>();
        refused.Which.Message.Should().NotContain("secret");
    }

    [Fact]
    public async Task Get_PlainHttpElsewhereInDevelopment_Refused()
    {
        using var http = new OutgoingHttp(Development());
        (await http.Invoking(x => x.GetAsync(new Uri("http://example.com/"), Stop)).Should().ThrowAsync<OutgoingHttpException>()).WithMessage("*https*");
    }

    [Fact]
    public async Task Get_NameWithAPublicAndAPrivateAddress_RefusedBeforeAnyConnection()
    {
        using var http = new OutgoingHttp(Answering("8.8.8.8", "10.0.0.1"));
        (await http.Invoking(x => x.GetAsync(new Uri("https://idp.test/"), Stop)).Should().ThrowAsync<OutgoingHttpException>()).WithMessage("*private or special*");
    }

    [Fact]
    public async Task Get_NameWithoutAddress_Refused()
    {
        using var http = new OutgoingHttp(Answering());
        (await http.Invoking(x => x.GetAsync(new Uri("https://idp.test/"), Stop)).Should().ThrowAsync<OutgoingHttpException>()).WithMessage("idp.test:*no address*");
    }

    [Fact]
    public async Task Connect_NameServerThatChangesItsMind_IsAskedOnce()
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/", () => "hello"));
        var asked = 0;
        Task<IPAddress[]> Rebind(string host, CancellationToken stop) => Task.FromResult(new[] { ++asked == 1 ? IPAddress.Loopback : IPAddress.Parse("10.0.0.1") });
        var addresses = new OutgoingAddresses(Options.Create(new SsoOptions()), Environment("Development"), Rebind);
        await using var stream = await addresses.ConnectAsync(new DnsEndPoint("idp.test", server.Port), Stop);
        stream.CanWrite.Should().BeTrue();
        asked.Should().Be(1);
    }

    [Fact]
    public async Task Get_UntrustedCertificate_Refused()
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/", () => "hello"));
        using var http = new OutgoingHttp(Development());
        // Plain http where TLS is expected stands for every failed handshake.
        await http.Invoking(x => x.GetAsync(new Uri($"https://127.0.0.1:{server.Port}/"), Stop)).Should().ThrowAsync<OutgoingHttpException>();
    }

    [Theory]
    [InlineData("https://10.0.0.1/", "*private or special*")]
    [InlineData("https://[::ffff:169.254.169.254]/", "*private or special*")]
    [InlineData("https://3232235777/", "*private or special*")]
    [InlineData("http://example.com/", "*https*")]
    [InlineData("file:///etc/passwd", "*https*")]
    [InlineData("/again", "*redirects more than 3 times*")]
    public async Task Get_RedirectToWhatMayNotBeCalled_Refused(string location, string message)
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/{any}", () => Results.Redirect(location)));
        using var http = new OutgoingHttp(Development());
        (await http.Invoking(x => x.GetAsync(new Uri(server.Address + "/begin"), Stop)).Should().ThrowAsync<OutgoingHttpException>()).WithMessage(message);
    }

    [Fact]
    public async Task Get_ThreeRedirects_Followed()
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/{n:int}", (int n) => n == 3 ? Results.Text("there") : Results.Redirect($"/{n + 1}")));
        using var http = new OutgoingHttp(Development());
        (await http.GetTextAsync(new Uri(server.Address + "/0"), Stop)).Should().Be("there");
    }

    [Fact]
    public async Task Send_Redirect_IsNotFollowed()
    {
        var followed = false;
        await using var server = await Server.StartAsync(app =>
        {
            app.MapPost("/token", () => Results.Redirect("/elsewhere", preserveMethod: true));
            app.MapPost("/elsewhere", () => followed = true);
        });
        using var http = new OutgoingHttp(Development());
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address + "/token");
        (await http.SendAsync(request, Stop)).Status.Should().Be(HttpStatusCode.TemporaryRedirect);
        followed.Should().BeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_TooLarge_Refused(bool saysSo)
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/", async context =>
        {
            if (saysSo) context.Response.ContentLength = OutgoingHttp.MaxBytes + 1;
            await context.Response.Body.WriteAsync(new byte[OutgoingHttp.MaxBytes + 1]);
        }));
        using var http = new OutgoingHttp(Development());
        (await http.Invoking(x => x.GetAsync(new Uri(server.Address), Stop)).Should().ThrowAsync<OutgoingHttpException>()).WithMessage("*larger than*");
    }

    [Fact]
    public async Task Get_JustSmallEnough_Read()
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/", () => Results.Bytes(new byte[OutgoingHttp.MaxBytes])));
        using var http = new OutgoingHttp(Development());
        (await http.GetAsync(new Uri(server.Address), Stop)).Should().HaveCount(OutgoingHttp.MaxBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_TooSlow_GivesUp(bool answers)
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/", async context =>
        {
            if (answers) await context.Response.WriteAsync("a part, and then nothing", context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        }));
        using var http = new OutgoingHttp(Development(), TimeSpan.FromMilliseconds(200));
        (await http.Invoking(x => x.GetAsync(new Uri(server.Address), Stop)).Should().ThrowAsync<OutgoingHttpException>()).WithMessage("*no answer in time*");
    }

    [Fact]
    public async Task Get_CallerGoesAway_IsTheCallersCancellation()
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/", context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default)));
        using var http = new OutgoingHttp(Development());
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await http.Invoking(x => x.GetAsync(new Uri(server.Address), gone.Token)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(304)]
    public async Task Get_NoGoodAnswer_Refused(int status)
    {
        await using var server = await Server.StartAsync(app => app.MapGet("/", () => Results.StatusCode(status)));
        using var http = new OutgoingHttp(Development());
        (await http.Invoking(x => x.GetAsync(new Uri(server.Address), Stop)).Should().ThrowAsync<OutgoingHttpException>()).WithMessage($"*{status}*");
    }

    [Fact]
    public async Task Get_Cookies_AreNotKept()
    {
        var sent = "";
        await using var server = await Server.StartAsync(app => app.MapGet("/", context =>
        {
            sent += context.Request.Headers.Cookie + context.Request.Headers["traceparent"];
            context.Response.Headers.SetCookie = "a=b";
            return Task.CompletedTask;
        }));
        using var http = new OutgoingHttp(Development());
        await http.GetAsync(new Uri(server.Address), Stop);
        await http.GetAsync(new Uri(server.Address), Stop);
        sent.Should().BeEmpty();
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("internal", false)]
    public void Options_AllowedNetworks_MustBeNetworks(string network, bool good)
        => SsoOptions.Problems(new SsoOptions { AllowedPrivateNetworks = [network] }).Any().Should().Be(!good);

    internal static OutgoingAddresses Development() => new(Options.Create(new SsoOptions()), Environment("Development"));

    private static OutgoingAddresses Production(params string[] allowed) => new(Options.Create(new SsoOptions { AllowedPrivateNetworks = allowed }), Environment("Production"));

    private static OutgoingAddresses Answering(params string[] answer)
        => new(Options.Create(new SsoOptions()), Environment("Production"), (_, _) => Task.FromResult(answer.Select(IPAddress.Parse).ToArray()));

    private static IHostEnvironment Environment(string name) => new HostingEnvironment { EnvironmentName = name };

    private sealed class Server(WebApplication app, string address) : IAsyncDisposable
    {
        public string Address => address;

        public int Port => new Uri(address).Port;

        public static async Task<Server> StartAsync(Action<WebApplication> map)
        {
            var (app, address) = await StandIn.StartAsync(map);
            return new Server(app, address);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
