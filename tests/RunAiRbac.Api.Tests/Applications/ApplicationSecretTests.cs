using System.Net;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Applications;

public sealed class ApplicationSecretTests(ApiHosts hosts) : ApiTests(hosts)
{
    [Theory, MemberData(nameof(Providers))]
    public async Task Reset_WithoutGrace_EndsSecretAndTokensAtOnce(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateApplicationAsync();
        var application = await world.SignInApplicationAsync(created);

        var reset = (await world.Admin.PostAsync($"/api/v1/apps/{created.Id}/secret")).Expect(HttpStatusCode.OK);

        reset.Revision.Should().NotBeNullOrEmpty();
        (await application.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
        (await world.TrySecretAsync(application.Name, created.Field("secret")!)).Expect(HttpStatusCode.Unauthorized);
        (await world.TrySecretAsync(application.Name, reset.Field("secret")!)).Expect(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Reset_WithGrace_KeepsTheNewestOldSecretAndTheTokens(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateApplicationAsync();
        var application = await world.SignInApplicationAsync(created);
        var path = $"/api/v1/service-accounts/{created.Id}/secret";

        var second = (await world.Admin.PostAsync(path, new { gracePeriodSeconds = 3600 })).Expect(HttpStatusCode.OK).Field("clientSecret")!;

        (await application.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.OK);
        (await world.TrySecretAsync(application.Name, created.Field("secret")!)).Expect(HttpStatusCode.OK);
        (await world.TrySecretAsync(application.Name, second)).Expect(HttpStatusCode.OK);

        var third = (await world.Admin.PostAsync(path, new { gracePeriodSeconds = 604_800 })).Expect(HttpStatusCode.OK).Field("clientSecret")!;
        (await world.TrySecretAsync(application.Name, created.Field("secret")!)).Expect(HttpStatusCode.Unauthorized);
        (await world.TrySecretAsync(application.Name, second)).Expect(HttpStatusCode.OK);
        (await world.TrySecretAsync(application.Name, third)).Expect(HttpStatusCode.OK);

        var last = (await world.Admin.PostAsync(path, new { gracePeriodSeconds = (int?)null })).Expect(HttpStatusCode.OK).Field("clientSecret")!;
        (await world.TrySecretAsync(application.Name, second)).Expect(HttpStatusCode.Unauthorized);
        (await world.TrySecretAsync(application.Name, third)).Expect(HttpStatusCode.Unauthorized);
        (await world.TrySecretAsync(application.Name, last)).Expect(HttpStatusCode.OK);
        (await application.GetAsync("/api/v1/apps")).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Reset_GracePeriodThatEnds_EndsTheOldSecret(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateApplicationAsync();
        var name = created.Field("name")!;

        await world.Admin.PostAsync($"/api/v1/apps/{created.Id}/secret", new { gracePeriodSeconds = 1 });
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);

        (await world.TrySecretAsync(name, created.Field("secret")!)).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Reset_BadGrace_ChangesNothing(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = await world.CreateApplicationAsync();

        foreach (var grace in new[] { "-1", "604801", "1.5", "\"60\"", "99999999999" })
        {
            (await world.Admin.SendTextAsync(HttpMethod.Post, $"/api/v1/apps/{created.Id}/secret", $$"""{"gracePeriodSeconds":{{grace}}}"""))
                .Expect(HttpStatusCode.BadRequest, "invalid_request").Details.Should().Be("gracePeriodSeconds");
        }

        (await world.TrySecretAsync(created.Field("name")!, created.Field("secret")!)).Expect(HttpStatusCode.OK);
    }
}
