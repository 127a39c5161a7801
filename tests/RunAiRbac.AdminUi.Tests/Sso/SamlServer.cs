using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>
/// A SAML identity provider made with the npm package samlify, as a process of its own (tests/identity-providers/saml.mjs): ada and bob may sign in there. Where
/// the package is not installed tests skip, but fail when RUNAIRBAC_REQUIRE_BROWSER=1 (as in CI).
/// </summary>
public sealed class SamlServer : IAsyncDisposable
{
    private readonly Process _process;
    private bool _isEnded;

    private SamlServer(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    public string MetadataAddress => Address + "/metadata";

    public static async Task<SamlServer> StartAsync()
    {
        var folder = FindFolder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "samlify")))
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("RUNAIRBAC_REQUIRE_BROWSER") != "1", "tests/identity-providers is not installed (npm ci).");
            Assert.Fail("tests/identity-providers is not installed (npm ci).");
        }

        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        start.ArgumentList.Add("saml.mjs");
        start.ArgumentList.Add(JsonSerializer.Serialize(new { keys = new[] { NewKey(), NewKey() } }));
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        return new SamlServer(process, (await AnswerAsync(process)).GetProperty("address").GetString()!);
    }

    /// <summary>Takes requests of the service whose metadata is there.</summary>
    public Task TrustAsync(string metadataAddress) => CommandAsync(new { serviceProvider = metadataAddress });

    public Task SetGroupsAsync(string user, params string[] groups) => CommandAsync(new { user, groups });

    /// <summary>Names this one of its two keys in its metadata.</summary>
    public Task PublishKeyAsync(int key) => CommandAsync(new { publish = key });

    public Task SignWithKeyAsync(int key) => CommandAsync(new { sign = key });

    public async ValueTask DisposeAsync()
    {
        if (_isEnded) return;
        _isEnded = true;
        _process.StandardInput.Close();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static object NewKey()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        return new { privateKey = key.ExportPkcs8PrivateKeyPem(), certificate = Convert.ToBase64String(certificate.RawData) };
    }

    private async Task CommandAsync(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var answer = await AnswerAsync(_process);
        answer.TryGetProperty("done", out _).Should().BeTrue("the provider answered {0}", answer);
    }

    private static async Task<JsonElement> AnswerAsync(Process process)
    {
        // Other lines are the library's remarks.
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith('{')) return JsonSerializer.Deserialize<JsonElement>(line);
        throw new InvalidOperationException("The provider stopped.");
    }

    /// <summary>Of the source tree that this was built from.</summary>
    private static string FindFolder()
    {
        for (var folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "RunAiRbac.sln"))) return Path.Combine(folder, "tests", "identity-providers");
        throw new InvalidOperationException("There is no source tree.");
    }
}
