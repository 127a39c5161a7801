using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RunAiRbac.AdminUi.Tests.Sso;

/// <summary>A SAML identity provider made with the npm package samlify (saml.mjs): ada and bob may sign in there.</summary>
public sealed class SamlServer : NodeProvider
{
    private SamlServer(Process process, string address) : base(process) => MetadataAddress = address + "/metadata";

    public string MetadataAddress { get; }

    public static async Task<SamlServer> StartAsync()
    {
        var (process, answer) = await StartAsync("saml.mjs", "samlify", new { keys = new[] { NewKey(), NewKey() } });
        return new SamlServer(process, answer.GetProperty("address").GetString()!);
    }

    /// <summary>Takes requests of the service whose metadata is there.</summary>
    public Task TrustAsync(string metadataAddress) => CommandAsync(new { serviceProvider = metadataAddress });

    /// <summary>Names this one of its two keys in its metadata.</summary>
    public Task PublishKeyAsync(int key) => CommandAsync(new { publish = key });

    public Task SignWithKeyAsync(int key) => CommandAsync(new { sign = key });

    private static object NewKey()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        return new { privateKey = key.ExportPkcs8PrivateKeyPem(), certificate = Convert.ToBase64String(certificate.RawData) };
    }
}
