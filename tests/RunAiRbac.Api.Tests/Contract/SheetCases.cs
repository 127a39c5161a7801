using System.Net;
using RunAiRbac.Api.Tests.SubjectManagement;

namespace RunAiRbac.Api.Tests.Contract;

/// <summary>The good case of one operation of the reference sheet.</summary>
/// <param name="Status">The success code.</param>
/// <param name="Shape">What the reply is (<see cref="SheetShapes"/>); null: no body at all.</param>
/// <param name="Id">Makes an object for the path's parameter.</param>
/// <param name="Body">Makes a body.</param>
/// <param name="Query">The query.</param>
internal sealed record SheetCase(int Status, string? Shape, Func<World, Task<string>>? Id = null, Func<World, Task<object>>? Body = null, string? Query = null)
{
    /// <summary>Whether anybody may call it, with or without a token.</summary>
    public bool IsOpen { get; init; }

    public async Task<HttpRequestMessage> RequestAsync(string operation, World world, string? id = null)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        var start = path.IndexOf('{', StringComparison.Ordinal);
        if (start >= 0) path = path[..start] + (id ?? await Id!(world)) + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
        var request = new HttpRequestMessage(new HttpMethod(method), Query is null ? path : $"{path}?{Query}");
        if (Body is not null) request.Content = await Body(world) is var body && body is IReadOnlyDictionary<string, string> form ? new FormUrlEncodedContent(form) : System.Net.Http.Json.JsonContent.Create(body, body.GetType());
        return request;
    }
}

/// <summary>The good case of each operation that has no contract test of its own elsewhere.</summary>
internal static class SheetCases
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const string Users = "/api/v1/users";
    private const string Apps = "/api/v1/apps";
    private const string Accounts = "/api/v1/service-accounts";
    private const string Clusters = "/api/v1/clusters";
    private const string Departments = "/api/v1/org-unit/departments";
    private const string Projects = "/api/v1/org-unit/projects";

    private static readonly object[] Quotas = [new { nodePool = new { id = "default", name = "default" }, gpu = new { deserved = 8 }, memory = new { deserved = 5, units = "GB" } }];

    public static readonly IReadOnlyDictionary<string, SheetCase> All = new Dictionary<string, SheetCase>(StringComparer.Ordinal)
    {
        ["POST " + Rules] = new(201, "AccessRule", Body: NewRuleAsync),
        ["GET " + Rules] = new(200, "AccessRulePage", Query: "limit=3&sortBy=createdAt&sortOrder=desc"),
        ["GET " + Rules + "/{accessRuleId}"] = new(200, "AccessRuleById", RuleAsync),
        ["DELETE " + Rules + "/{accessRuleId}"] = new(204, null, RuleAsync),
        ["GET " + Rules + "/count"] = new(200, "Count", Query: "includeDeleted=True"),
        ["GET /api/v1/authorization/roles"] = new(200, "[Role]"),
        ["GET /api/v1/authorization/roles/{roleIdPath}"] = new(200, "Role", _ => Task.FromResult("1")),
        ["GET /api/v1/authorization/permissions"] = new(200, "[Permission]"),
        ["POST /api/v1/authorization/permitted-scopes"] = new(200, "PermittedScopesActions", Body: _ => Body(new { resourceType = "project", action = (string?)null })),
        ["GET /api/v1/authorization/me/access-rules"] = new(200, "MeAccessRules", Query: "limit=2&search=admin"),
        ["GET /api/v1/authorization/me/access-rules/count"] = new(200, "Count"),

        ["GET " + Users] = new(200, "[User]", Query: "limit=5&sortBy=lastLogin&sortOrder=desc&filterBy=isLocal%3D%3Dtrue"),
        ["POST " + Users] = new(201, "UserCreated", Body: world => Body(new { email = world.NewEmail(), resetPassword = (bool?)null, notify = true })),
        ["GET " + Users + "/count"] = new(200, "Count"),
        ["POST " + Users + "/{userId}/logout"] = new(200, "Empty", UserAsync),
        ["POST " + Users + "/{userId}/password"] = new(200, "UserPassword", UserAsync),
        ["GET " + Users + "/{userId}"] = new(200, "User", UserAsync),
        ["DELETE " + Users + "/{userId}"] = new(204, null, UserAsync),

        ["GET " + Accounts] = new(200, "[Application]"),
        ["POST " + Accounts] = new(201, "ServiceAccountCreated", Body: world => Body(new { name = world.NewName() })),
        ["GET " + Accounts + "/{serviceAccountId}"] = new(200, "Application", AppAsync),
        ["PATCH " + Accounts + "/{serviceAccountId}"] = new(200, "Empty", AppAsync, _ => Body(new { enabled = false })),
        ["DELETE " + Accounts + "/{serviceAccountId}"] = new(204, null, AppAsync),
        ["POST " + Accounts + "/{serviceAccountId}/secret"] = new(200, "ServiceAccountSecret", AppAsync),
        ["GET " + Apps] = new(200, "[Application]"),
        ["POST " + Apps] = new(201, "ApplicationCreated", Body: world => Body(new { name = world.NewName() })),
        ["GET " + Apps + "/{appId}"] = new(200, "Application", AppAsync),
        ["PATCH " + Apps + "/{appId}"] = new(200, "Empty", AppAsync, _ => Body(new { enabled = true })),
        ["DELETE " + Apps + "/{appId}"] = new(204, null, AppAsync),
        ["POST " + Apps + "/{appId}/secret"] = new(200, "ApplicationSecret", AppAsync),

        ["POST /api/v1/token"] = new(200, "Tokens", Body: async world => await SecretAsync(world) is var (id, secret) ? new { grantType = "app_token", appID = id, appSecret = secret } : null!) { IsOpen = true },
        ["POST /api/v2/token"] = new(200, "OAuthTokens", Body: async world => await SecretAsync(world) is var (id, secret)
            ? new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = id, ["client_secret"] = secret } : null!)
        { IsOpen = true },
        ["POST /v1/k8s/auth/oauth/apptoken"] = new(200, "AppTokens", Body: async world => await SecretAsync(world) is var (id, secret) ? new { id, name = id, secret } : null!) { IsOpen = true },

        ["GET " + Clusters] = new(200, "[Cluster]", Query: "verbosity=full&verbosity=full&includeRequestedForDelete=True"),
        ["POST " + Clusters] = new(201, "Cluster", Body: world => Body(new { name = world.NewName(), domain = "x.example.com", version = "2.24" })),
        ["GET " + Clusters + "/{clusterUuid}"] = new(200, "Cluster", ClusterAsync, Query: "verbosity=metadata"),
        ["DELETE " + Clusters + "/{clusterUuid}"] = new(202, "Accepted", ClusterAsync),
        ["PUT " + Clusters + "/{clusterUuid}"] = new(204, null, ClusterAsync, world => Body(new { name = world.NewName() })),

        ["POST " + Departments] = new(201, "Department", Body: NewUnitAsync),
        ["GET " + Departments] = new(200, "DepartmentPage", Query: "limit=3&verbosity=verbose&sortBy=createdAt&sortOrder=desc"),
        ["PUT " + Departments + "/{departmentId}"] = new(200, "Department", DepartmentAsync, _ => Body(new { description = "changed", resources = Quotas })),
        ["GET " + Departments + "/{departmentId}"] = new(200, "Department", DepartmentAsync),
        ["DELETE " + Departments + "/{departmentId}"] = new(204, null, DepartmentAsync),
        ["PUT " + Departments + "/{departmentId}/resources"] = new(200, "[Resources]", DepartmentAsync, _ => Body(Quotas)),
        ["PATCH " + Departments + "/{departmentId}/resources"] = new(200, "[Resources]", DepartmentAsync, _ => Body(Quotas)),
        ["GET " + Departments + "/count"] = new(200, "Count", Query: "filterBy=name%3D%3Ddefault"),
        ["POST " + Projects] = new(201, "Project", Body: NewUnitAsync),
        ["GET " + Projects] = new(200, "ProjectPage", Query: "limit=3&search=t&sortBy=parentName"),
        ["PUT " + Projects + "/{projectId}"] = new(200, "Project", ProjectAsync, _ => Body(new { description = "changed", enforceRunaiScheduler = (bool?)null, resources = Quotas })),
        ["GET " + Projects + "/{projectId}"] = new(200, "Project", ProjectAsync),
        ["DELETE " + Projects + "/{projectId}"] = new(204, null, ProjectAsync),
        ["PUT " + Projects + "/{projectId}/resources"] = new(200, "[Resources]", ProjectAsync, _ => Body(Quotas)),
        ["PATCH " + Projects + "/{projectId}/resources"] = new(200, "[Resources]", ProjectAsync, _ => Body(Quotas)),
        ["GET " + Projects + "/count"] = new(200, "Count", Query: "search=t"),
    };

    /// <summary>
    /// What a wrong body of an operation is told to be: the field. Each operation that reads one and documents 400 is here.
    /// </summary>
    public static readonly (string Operation, string Body, string Field)[] WrongBodies =
    [
        ("POST " + Rules, "{}", "subjectType"),
        ("POST " + Rules, """{"subjectType":"robot","subjectId":"x","roleId":5,"scopeId":"1","scopeType":"tenant"}""", "subjectType"),
        ("POST " + Rules, """{"subjectType":"user","roleId":5,"scopeId":"1","scopeType":"tenant"}""", "subjectId"),
        ("POST " + Rules, """{"subjectType":"user","subjectId":"a@example.com","scopeId":"1","scopeType":"tenant"}""", "roleId"),
        ("POST " + Rules, """{"subjectType":"user","subjectId":"a@example.com","roleId":"five","scopeId":"1","scopeType":"tenant"}""", "roleId"),
        ("POST " + Rules, """{"subjectType":"user","subjectId":"a@example.com","roleId":5,"scopeType":"tenant"}""", "scopeId"),
        ("POST " + Rules, """{"subjectType":"user","subjectId":"a@example.com","roleId":5,"scopeId":"1","scopeType":"node"}""", "scopeType"),
        ("POST /api/v1/authorization/permitted-scopes", """{"action":"read"}""", "resourceType"),
        ("POST " + Users, "{}", "email"),
        ("POST " + Users, """{"email":"no address"}""", "email"),
        ("POST " + Users, """{"email":"a@example.com","resetPassword":"yes"}""", "resetPassword"),
        ("POST /api/v1/me/password", """{"newPassword":"long enough"}""", "currentPassword"),
        ("POST " + Accounts, "{}", "name"),
        ("POST " + Accounts, """{"name":"Upper"}""", "name"),
        ("POST " + Accounts, """{"name":"ends-"}""", "name"),
        ("PATCH " + Accounts + "/{serviceAccountId}", "{}", "enabled"),
        ("POST " + Accounts + "/{serviceAccountId}/secret", """{"gracePeriodSeconds":-1}""", "gracePeriodSeconds"),
        ("POST " + Apps, """{"name":"1st"}""", "name"),
        ("PATCH " + Apps + "/{appId}", """{"enabled":"no"}""", "enabled"),
        ("POST " + Apps + "/{appId}/secret", """{"gracePeriodSeconds":604801}""", "gracePeriodSeconds"),
        ("POST /api/v1/token", "{}", "grantType"),
        ("POST /api/v1/token", """{"grantType":"exchange_token","code":"x"}""", "grantType"),
        ("POST /v1/k8s/auth/oauth/apptoken", "{}", "name"),
        ("PUT " + Clusters + "/{clusterUuid}", "{}", "name"),
        ("POST " + Departments, """{"clusterId":"0199c0de-0000-7000-8000-000000000001","resources":[]}""", "name"),
        ("POST " + Departments, """{"name":"x","resources":[]}""", "clusterId"),
        ("PUT " + Departments + "/{departmentId}", """{"schedulingRules":{"trainingJobTimeLimitSeconds":0},"resources":[]}""", "schedulingRules.trainingJobTimeLimitSeconds"),
        ("PUT " + Departments + "/{departmentId}/resources", """[{"memory":{}}]""", "resources[0].memory.units"),
        ("PATCH " + Departments + "/{departmentId}/resources", """[{"memory":{"units":"TB"}}]""", "resources[0].memory.units"),
        ("POST " + Projects, """{"name":"Upper","clusterId":"0199c0de-0000-7000-8000-000000000001","resources":[]}""", "name"),
        ("PUT " + Projects + "/{projectId}", """{"resources":[{"nodePool":{}}]}""", "resources[0].nodePool.id"),
        ("PUT " + Projects + "/{projectId}/resources", "[null]", "resources[0]"),
        ("PATCH " + Projects + "/{projectId}/resources", "[null]", "resources[0]"),
    ];

    /// <summary>Creating what is there already.</summary>
    public static readonly (string Operation, Func<World, Task<object>> Existing)[] Duplicates =
    [
        ("POST " + Rules, async world =>
        {
            var body = await NewRuleAsync(world);
            (await world.Admin.PostAsync(Rules, body)).Expect(HttpStatusCode.Created);
            return body;
        }),
        ("POST " + Users, async world => new { email = (await world.CreateUserAsync()).Field("username") }),
        ("POST " + Apps, async world => new { name = (await world.CreateApplicationAsync()).Field("name") }),
        ("POST " + Accounts, async world => new { name = (await world.CreateApplicationAsync()).Field("name") }),
        ("POST " + Clusters, world => TwiceAsync(world, Clusters, new { name = world.NewName() })),
        ("POST " + Departments, async world => await TwiceAsync(world, Departments, await NewUnitAsync(world))),
        ("POST " + Projects, async world => await TwiceAsync(world, Projects, await NewUnitAsync(world))),
    ];

    public static async Task<(string Id, string Secret)> SecretAsync(World world)
    {
        var created = await world.CreateApplicationAsync();
        return (created.Id, created.Field("secret")!);
    }

    private static async Task<object> TwiceAsync(World world, string path, object body)
    {
        (await world.Admin.PostAsync(path, body)).Expect(HttpStatusCode.Created);
        return body;
    }

    private static Task<object> Body(object body) => Task.FromResult(body);

    private static async Task<object> NewRuleAsync(World world) => new
    {
        subjectId = (await world.CreateUserAsync()).Field("username"),
        subjectType = "user",
        roleId = World.Viewer,
        scopeId = World.Tenant.Id,
        scopeType = "tenant",
        clusterId = Guid.NewGuid(), // Always sent by some clients; it says nothing at tenant scope.
    };

    private static async Task<object> NewUnitAsync(World world) => new { name = world.NewName(), clusterId = (await world.ClusterAsync()).Id, description = "about", resources = Quotas };

    private static async Task<string> RuleAsync(World world)
        => (await world.GrantAsync("group", world.NewName(), World.Viewer, await world.ClusterAsync())).Json.GetProperty("id").GetRawText();

    private static async Task<string> UserAsync(World world) => (await world.CreateUserAsync()).Id;

    private static async Task<string> AppAsync(World world) => (await world.CreateApplicationAsync()).Id;

    private static async Task<string> ClusterAsync(World world) => (await world.ClusterAsync()).Id;

    private static async Task<string> DepartmentAsync(World world) => (await world.DepartmentAsync(await world.ClusterAsync())).Id;

    private static async Task<string> ProjectAsync(World world)
    {
        var cluster = await world.ClusterAsync();
        return (await world.ProjectAsync(cluster, await world.DepartmentAsync(cluster))).Id;
    }
}
