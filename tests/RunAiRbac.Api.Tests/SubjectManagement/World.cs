using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using RunAiRbac.Api.Tests.Fixtures;

namespace RunAiRbac.Api.Tests.SubjectManagement;

/// <summary>One test's own corner of a running service: everything it makes has names that no other test uses.</summary>
internal sealed class World(HttpClient http, Person admin)
{
    public const int SystemAdministrator = 1;
    public const int Editor = 3;
    public const int L1Researcher = 5;
    public const int Viewer = 7;
    public const int ApplicationAdministrator = 1708;
    public const int DepartmentAdministrator = 1710;
    public const int PlatformAdministrator = 4003;

    public static readonly Scope Tenant = new("tenant", ApiHost.Tenant.ToString(CultureInfo.InvariantCulture));

    public static readonly Scope System = new("system", "system");

    private int _names;

    public Person Admin => admin;

    /// <summary>Unlike every other test's.</summary>
    public string Tag { get; } = Guid.NewGuid().ToString("N")[..12];

    public static async Task<World> OpenAsync(ApiHost host) => new(host.Http, await SignInAsync(host.Http, "", ApiHost.AdminEmail, ApiHost.AdminPassword));

    public string NewName() => $"t{Tag}-{Interlocked.Increment(ref _names)}";

    public string NewEmail() => NewName() + "@example.com";

    public async Task<Reply> TokenAsync(object body)
    {
        using var response = await http.PostAsJsonAsync("/api/v1/token", body);
        return await Reply.ReadAsync(response);
    }

    public Task<Reply> TryPasswordAsync(string email, string password) => TokenAsync(new { grantType = "password", username = email, password });

    public Task<Reply> TrySecretAsync(string name, string secret) => TokenAsync(new { grantType = "app_token", appID = name, appSecret = secret });

    public async Task<Person> SignInAsync(Reply created)
        => await SignInAsync(http, created.Id, created.Field("username")!, created.Field("tempPassword")!);

    public async Task<Person> SignInApplicationAsync(Reply created)
    {
        var token = (await TrySecretAsync(created.Field("name")!, created.Field("secret")!)).Expect(HttpStatusCode.OK);
        return new Person(http, created.Id, created.Field("name")!, token.Field("accessToken")!);
    }

    public async Task<Person> SignInAsync(string id, string email, string password) => await SignInAsync(http, id, email, password);

    /// <summary>A user as it was created.</summary>
    public async Task<Reply> CreateUserAsync(Scope? home = null)
        => (await admin.PostAsync("/api/v1/users", new { email = NewEmail(), scopeType = home?.Type, scopeId = home?.Id })).Expect(HttpStatusCode.Created);

    public async Task<Reply> CreateApplicationAsync(Scope? home = null)
        => (await admin.PostAsync("/api/v1/apps", new { name = NewName(), scopeType = home?.Type, scopeId = home?.Id })).Expect(HttpStatusCode.Created);

    /// <summary>A user with a rule, signed in.</summary>
    public async Task<Person> PersonAsync(int role, Scope scope)
    {
        var created = await CreateUserAsync();
        await GrantAsync("user", created.Field("username")!, role, scope);
        return await SignInAsync(created);
    }

    public async Task<Reply> GrantAsync(string subjectType, string subject, int role, Scope scope)
        => (await admin.PostAsync("/api/v1/authorization/access-rules", new { subjectType, subjectId = subject, roleId = role, scopeType = scope.Type, scopeId = scope.Id }))
            .Expect(HttpStatusCode.Created);

    /// <summary>An access key of that user, as it was created.</summary>
    public async Task<Reply> KeyAsync(Person owner) => (await owner.PostAsync("/api/v1/access-keys", new { name = NewName() })).Expect(HttpStatusCode.Created);

    public Task<Reply> TryKeyAsync(Reply key, string? secret = null)
        => TokenAsync(new { grantType = "client_credentials", clientID = key.Field("clientId"), clientSecret = secret ?? key.Field("clientSecret") });

    /// <summary>The user, signed in with that access key.</summary>
    public async Task<Person> SignInWithKeyAsync(Person owner, Reply key)
        => new Person(http, owner.Id, owner.Name, (await TryKeyAsync(key)).Expect(HttpStatusCode.OK).Field("accessToken")!);

    public async Task<Scope> ClusterAsync()
    {
        var cluster = (await admin.PostAsync("/api/v1/clusters", new { name = NewName() })).Expect(HttpStatusCode.Created);
        return new Scope("cluster", cluster.Field("uuid")!);
    }

    public async Task<Scope> DepartmentAsync(Scope cluster)
    {
        var department = (await admin.PostAsync("/api/v1/org-unit/departments", new { name = NewName(), clusterId = cluster.Id, resources = Array.Empty<object>() })).Expect(HttpStatusCode.Created);
        return new Scope("department", department.Id);
    }

    public async Task<Scope> ProjectAsync(Scope cluster, Scope department)
    {
        var project = (await admin.PostAsync("/api/v1/org-unit/projects", new { name = NewName(), clusterId = cluster.Id, parentId = department.Id, resources = Array.Empty<object>() }))
            .Expect(HttpStatusCode.Created);
        return new Scope("project", project.Id);
    }

    private static async Task<Person> SignInAsync(HttpClient http, string id, string email, string password)
    {
        using var response = await http.PostAsJsonAsync("/api/v1/token", new { grantType = "password", username = email, password });
        var token = (await Reply.ReadAsync(response)).Expect(HttpStatusCode.OK);
        return new Person(http, id, email, token.Field("accessToken")!);
    }
}

internal sealed record Scope(string Type, string Id);
