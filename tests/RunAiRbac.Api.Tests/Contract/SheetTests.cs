using System.Net;
using System.Text;
using System.Text.Json;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Contract;

/// <summary>
/// Every operation of the reference sheet over HTTP: its good case, and the errors it documents where design.md lets them happen. (Lists answer with what one
/// may see and never 403; what one may not see is 404, not 403.)
/// </summary>
public sealed class SheetTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const int AccessAuditor = 4002;

    /// <summary>Operations whose features have these tests in folders of their own.</summary>
    private static readonly string[] Elsewhere =
        ["/access-rules/batch", "/idps", "/api/v1/access-keys", "/user-applications", "/administration/", "/security/settings", "/audit/", "/me/password"];

    /// <summary>The sheet's errors 400, 401, 403, 404 and 409 of each operation.</summary>
    private static readonly Dictionary<string, int[]> Documented = JsonSerializer.Deserialize<Dictionary<string, int[]>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contract", "errors.json")))!;

    public static TheoryData<StorageProvider, string> Operations => new(Providers.SelectMany(provider => SheetCases.All.Keys.Select(operation => (provider.Data, operation))));

    [Fact]
    public void EveryOperation_HasItsCases()
    {
        var expected = Documented.Keys.Where(operation => !Elsewhere.Any(part => operation.Contains(part, StringComparison.Ordinal))).ToList();

        SheetCases.All.Keys.Should().BeEquivalentTo(expected);
        Documented.Keys.Where(o => Documented[o].Contains(409) && !Elsewhere.Any(part => o.Contains(part, StringComparison.Ordinal)))
            .Should().BeSubsetOf(SheetCases.Duplicates.Select(d => d.Operation));
        SheetCases.All.Where(c => c.Value.Body is not null && Documented[c.Key].Contains(400) && c.Key != "POST /api/v2/token").Select(c => c.Key)
            .Should().BeSubsetOf(SheetCases.WrongBodies.Select(w => w.Operation));
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task Operation_Rightly_AnswersAsTheSheetSays(StorageProvider provider, string operation)
    {
        var world = await OpenAsync(provider);
        var sheet = SheetCases.All[operation];
        using var request = await sheet.RequestAsync(operation, world);

        var reply = await world.Admin.SendAsync(request);

        ((int)reply.Status).Should().Be(sheet.Status, "{0} answered {1}", operation, reply.Text);
        if (sheet.Shape is null) reply.Text.Should().BeEmpty();
        else SheetShapes.Flaws(sheet.Shape, reply.Json).Should().BeEmpty("{0} answered {1}", operation, reply.Text);
        if (sheet.Shape == "Empty") reply.Text.Should().Be("{}", "clients parse it");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task ClosedOperation_WithoutAGoodToken_Is401(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var host = await Hosts.GetAsync(provider);
        foreach (var (operation, sheet) in SheetCases.All.Where(c => !c.Value.IsOpen))
        {
            foreach (var token in new[] { null, "not.a.token" })
            {
                using var request = await sheet.RequestAsync(operation, world, Guid.NewGuid().ToString());
                if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
                using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
                IsProblem(await Reply.ReadAsync(response), 401, "unauthorized", operation);
            }
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task ChangingOperation_ByOneWhoOnlyReads_Is403(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var auditor = await world.PersonAsync(AccessAuditor, World.Tenant);
        foreach (var (operation, sheet) in SheetCases.All.Where(c => !c.Key.StartsWith("GET", StringComparison.Ordinal) && Documented[c.Key].Contains(403)))
        {
            using var request = await sheet.RequestAsync(operation, world);
            IsProblem(await auditor.SendAsync(request), 403, "forbidden", operation);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task EveryOperation_BeforeThePasswordIsChanged_Is403(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var created = (await world.Admin.PostAsync("/api/v1/users", new { email = world.NewEmail(), resetPassword = true })).Expect(HttpStatusCode.Created);
        await world.GrantAsync("user", created.Field("username")!, World.SystemAdministrator, World.Tenant);
        var person = await world.SignInAsync(created);
        foreach (var (operation, sheet) in SheetCases.All.Where(c => !c.Value.IsOpen))
        {
            using var request = await sheet.RequestAsync(operation, world, Guid.NewGuid().ToString());
            IsProblem(await person.SendAsync(request), 403, "password_change_required", operation);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task OperationOnOneObject_WithAnUnknownId_Is404(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        foreach (var (operation, sheet) in SheetCases.All.Where(c => c.Value.Id is not null))
        {
            foreach (var id in new[] { Guid.NewGuid().ToString(), "999999999", "x" })
            {
                using var request = await sheet.RequestAsync(operation, world, id);
                IsProblem(await world.Admin.SendAsync(request), 404, "not_found", operation);
            }
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task OperationWithABody_ThatIsWrong_Is400NamingTheField(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        foreach (var (operation, body, field) in SheetCases.WrongBodies)
        {
            var sheet = SheetCases.All.GetValueOrDefault(operation) ?? new SheetCase(200, null);
            using var request = await sheet.RequestAsync(operation, world);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            var reply = await world.Admin.SendAsync(request);
            IsProblem(reply, 400, field == "grantType" && body.Contains("exchange", StringComparison.Ordinal) ? "unsupported_grant_type" : "invalid_request", operation);
            reply.Details.Should().Be(field, "{0} with {1}", operation, body);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Creation_OfWhatIsThere_Is409(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        foreach (var (operation, existing) in SheetCases.Duplicates)
        {
            var reply = await world.Admin.PostAsync(operation.Split(' ')[1], await existing(world));
            IsProblem(reply, 409, "already_exists", operation);
            reply.Field("message").Should().Contain("already exists", "scripts look for these words");
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task CompatibleListParameter_ThatIsWrong_Is400NamingIt(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        foreach (var (path, query, name) in new[]
        {
            ("/api/v1/clusters", "verbosity=brief", "verbosity"),
            ("/api/v1/clusters", "verbosity=full&verbosity=metadata", "verbosity"),
            ("/api/v1/clusters", "includeRequestedForDelete=maybe", "includeRequestedForDelete"),
            ("/api/v1/org-unit/departments", "verbosity=full", "verbosity"),
            ("/api/v1/org-unit/projects", "limit=501", "limit"),
            ("/api/v1/authorization/me/access-rules", "limit=0", "limit"),
            ("/api/v1/authorization/me/access-rules", "offset=-1", "offset"),
            ("/api/v1/users", "filter=runai.is_local", "filter"),
            ("/api/v1/users", "sortBy=isLocal", "sortBy"),
            ("/api/v1/authorization/access-rules", "sortOrder=ASC", "sortOrder"),
        })
        {
            var reply = await world.Admin.GetAsync($"{path}?{query}");
            IsProblem(reply, 400, "invalid_request", path);
            reply.Details.Should().Be(name, "of {0}?{1}", path, query);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task LeftOutOnPurpose_Is404AsAProblem(StorageProvider provider)
    {
        var world = await OpenAsync(provider);
        var cluster = (await world.ClusterAsync()).Id;
        foreach (var (method, path) in new[]
        {
            ("GET", $"/api/v1/clusters/{cluster}/cluster-install-info?version=2.24"),
            ("GET", "/api/v1/logo"),
            ("POST", "/api/v1/logo"),
            ("GET", "/v1/k8s/setting"),
            ("PUT", "/v1/k8s/setting"),
            ("GET", "/v1/k8s/setting/tenant.enable_custom_roles"),
            ("GET", "/api/v1/org-unit/priorities"),
            ("GET", $"/api/v1/clusters/{cluster}/metrics?start=2024-01-01T00:00:00Z&end=2024-01-02T00:00:00Z"),
            ("GET", "/api/v1/workloads/telemetry"),
            ("GET", "/api/v2/nodepools"),
            ("GET", $"/v1/k8s/clusters/{cluster}/node-pools"),
            ("GET", "/api/v1/nodes/telemetry"),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method != "GET") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            IsProblem(await world.Admin.SendAsync(request), 404, "not_found", path);
        }
    }

    private static void IsProblem(Reply reply, int status, string errorCode, string operation)
    {
        ((int)reply.Status).Should().Be(status, "{0} answered {1}", operation, reply.Text);
        reply.ErrorCode.Should().Be(errorCode, "{0} answered {1}", operation, reply.Text);
        reply.Json.GetProperty("code").GetInt32().Should().Be(status);
        reply.Field("message").Should().NotBeNullOrEmpty();
    }
}
