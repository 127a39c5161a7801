using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.SignIn;

public sealed class HostTests(ApiHosts hosts)
{
    [Theory, ClassData(typeof(BothStorages))]
    public async Task Host_JustStarted_IsReady(StorageProvider provider)
    {
        var api = await hosts.GetAsync(provider);

        var ready = await ApiHost.GetAsync(api.Http, "/health/ready");

        ready.GetProperty("status").GetString().Should().Be("ready");
    }

    [Theory, ClassData(typeof(BothStorages))]
    public async Task Administrator_SignedIn_SeesItsSession(StorageProvider provider)
    {
        var api = await hosts.GetAsync(provider);
        using var admin = await api.SignInAsAdminAsync();

        var sessions = await ApiHost.GetAsync(admin, "/api/v1/me/sessions");

        sessions.GetProperty("sessions").EnumerateArray().Should().ContainSingle(session => session.GetProperty("current").GetBoolean());
    }
}
