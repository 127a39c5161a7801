using System.Net;
using System.Net.Http.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>Somebody with rights here and there who tries everything.</summary>
internal sealed class EscalationActor(ApiHost host, SubjectKind kind, string id, string key, string secret, string what, string ground)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private Person? _person;

    /// <summary>The access key that it signs in with; null: its password or secret.</summary>
    public string? AccessKeyId { get; init; }

    public SubjectKind Kind => kind;

    public string Id => id;

    public string Key => key;

    /// <summary>What it is, for messages and counts.</summary>
    public string What => what;

    /// <summary>The scope where it has a say.</summary>
    public string Ground => ground;

    /// <summary>Its password or secret at this moment.</summary>
    public string Secret { get; private set; } = secret;

    /// <summary>The password that it would choose next.</summary>
    public string NextSecret => "another " + (Secret.StartsWith("another ", StringComparison.Ordinal) ? Secret[8..] + "!" : key);

    /// <summary>A token of another session.</summary>
    public string SpareToken { get; private set; } = string.Empty;

    /// <summary>The same user by an access key.</summary>
    public EscalationActor ByKey(string keyId, string keySecret) => new(host, kind, id, key, keySecret, what, ground) { AccessKeyId = keyId };

    /// <summary>Signs in; false: it cannot (any more).</summary>
    public async Task<bool> SignInAsync()
    {
        var token = await TokenAsync();
        if (token is null) return false;
        _person = new Person(host.Http, id, key, token);
        if (SpareToken.Length == 0) await RenewSpareAsync();
        return true;
    }

    public async Task RenewSpareAsync() => SpareToken = await TokenAsync() ?? string.Empty;

    public async Task<Reply> SendAsync(WriteCall call)
    {
        var reply = await call.SendAsync(_person!);
        if ((int)reply.Status >= 300) return reply;
        if (call.Path == "/api/v1/me/password") Secret = NextSecret;
        else if (call.Path.Contains(id, StringComparison.Ordinal)) Secret = reply.Field("tempPassword") ?? reply.Field("secret") ?? reply.Field("clientSecret") ?? Secret;
        return reply;
    }

    private async Task<string?> TokenAsync()
    {
        object body = kind == SubjectKind.User && AccessKeyId is null ? new { grantType = "password", username = key, password = Secret } : new { grantType = "app_token", appID = AccessKeyId ?? key, appSecret = Secret };
        using var response = await host.Http.PostAsJsonAsync("/api/v1/token", body, None);
        var reply = await Reply.ReadAsync(response);
        return reply.Status == HttpStatusCode.OK ? reply.Field("accessToken") : null;
    }
}
