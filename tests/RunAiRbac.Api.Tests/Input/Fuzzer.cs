using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.Tests.Authority;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Input;

/// <summary>The objects that mutated requests are about. The administrator, the weak actor and their rules are never among them.</summary>
internal sealed class FuzzWorld(InputHost host, Random random)
{
    private readonly Dictionary<string, List<string>> _ids = new(StringComparer.Ordinal);
    private int _names;
    private string _setting = "";
    private string _user = "";

    public static async Task<FuzzWorld> BuildAsync(InputHost host, Random random)
    {
        var world = new FuzzWorld(host, random);
        await world.RefillAsync();
        return world;
    }

    public string Any(string kind) => _ids[kind][random.Next(_ids[kind].Count)];

    public string NewName() => string.Create(CultureInfo.InvariantCulture, $"n{++_names}");

    /// <summary>Makes what has probably been destroyed again.</summary>
    public async Task RefillAsync()
    {
        _ids.Clear();
        Note("cluster", (await host.MakeAsync("/api/v1/clusters", new { name = NewName() })).GetProperty("uuid").GetString()!);
        for (var i = 0; i < 2; i++) Note("department", (await host.MakeAsync("/api/v1/org-unit/departments", new { name = NewName(), clusterId = Any("cluster") })).GetProperty("id").GetString()!);
        for (var i = 0; i < 2; i++) Note("project", (await host.MakeAsync("/api/v1/org-unit/projects", new { name = NewName(), clusterId = Any("cluster"), parentId = Any("department") })).GetProperty("id").GetString()!);
        for (var i = 0; i < 3; i++)
        {
            var email = NewName() + "@example.com";
            Note("email", email);
            var user = (await host.MakeAsync("/api/v1/users", new { email })).GetProperty("id").GetString()!;
            Note("user", user);
            Note("identity of " + user, (await host.JsonAsync("GET", $"/api/v1/users/{user}/identities")).Json.GetProperty("identities")[0].GetProperty("id").GetString()!);
        }

        for (var i = 0; i < 2; i++)
        {
            var name = NewName();
            Note("client", name);
            var app = await host.MakeAsync("/api/v1/apps", new { name });
            Note("app", app.GetProperty("id").GetString()!);
            Note("secret", app.GetProperty("secret").GetString()!);
        }

        for (var i = 0; i < 3; i++)
        {
            var rule = await host.MakeAsync("/api/v1/authorization/access-rules", new { subjectType = "user", subjectId = _ids["email"][i], roleId = 7, scopeType = "project", scopeId = Any("project") });
            Note("rule", rule.GetProperty("id").GetInt32().ToString(CultureInfo.InvariantCulture));
        }

        var group = NewName();
        Note("groupName", group);
        await host.MakeAsync("/api/v1/authorization/access-rules", new { subjectType = "group", subjectId = group, roleId = 7, scopeType = "tenant", scopeId = "1" });
        foreach (var known in (await host.JsonAsync("GET", "/api/v1/groups?limit=500&search=" + group)).Json.EnumerateArray()) Note("group", known.GetProperty("id").GetString()!);
        Note("idp", (await host.MakeAsync("/api/v1/idps", new { name = NewName(), type = "openshift-v4", ocpData = new { idpBaseUrl = "https://api.example.com", clientSecret = "x" } })).GetProperty("alias").GetString()!);
        foreach (var key in new[] { "autoRedirectSSO", "browserSessionTimeout", "logoutRedirectUri" }) Note("setting", key);
        Note("role", "5");
        Note("role", "7");
        await NoteSessionAsync();
        await RefillKeysAsync();
        foreach (var set in (await host.JsonAsync("GET", "/api/v1/authorization/permission-sets")).Json.GetProperty("permissionSets").EnumerateArray().Take(2)) Note("set", set.GetProperty("id").GetString()!);
    }

    /// <summary>The administrator's own, of which there can be no more than a few.</summary>
    private async Task RefillKeysAsync()
    {
        foreach (var old in (await host.JsonAsync("GET", "/api/v1/user-applications")).Json.EnumerateArray())
            (await host.JsonAsync("DELETE", "/api/v1/access-keys/" + old.GetProperty("id").GetString())).Good();
        for (var i = 0; i < 3; i++) Note("key", (await host.MakeAsync("/api/v1/access-keys", new { name = NewName() })).GetProperty("id").GetString()!);
    }

    /// <summary>Ends everything but the administrator and what is everybody's, so that lists do not grow with the run.</summary>
    public async Task ClearAsync()
    {
        var store = host.Host.Services.GetRequiredService<PolicyStore>();
        var state = await TenantState.ReadAsync(store, ApiHost.Tenant, CancellationToken.None);
        await store.WriteAsync(ApiHost.Tenant, Actor.System, async write =>
        {
            foreach (var alias in state.Providers) await write.EndProviderAsync((await write.FindProviderAsync(alias, CancellationToken.None))!, CancellationToken.None);
            foreach (var scope in state.Scopes.Values.Where(s => s.Type == "cluster")) await write.EndScopeAsync(scope.Id, CancellationToken.None);
            foreach (var subject in state.Subjects.Values.Where(s => s.Kind != SubjectKind.AllAuthenticated && s.Key != ApiHost.AdminEmail)) await write.EndSubjectAsync(subject.Id, CancellationToken.None);
            return true;
        }, CancellationToken.None);
        await RefillAsync();
    }

    /// <summary>Another session of the administrator, which may be ended.</summary>
    private async Task NoteSessionAsync()
    {
        await InputHost.TokenAsync(host.Host, ApiHost.AdminEmail, ApiHost.AdminPassword);
        var sessions = (await host.JsonAsync("GET", "/api/v1/me/sessions")).Good().Json.GetProperty("sessions").EnumerateArray();
        Note("session", sessions.First(x => !x.GetProperty("current").GetBoolean()).GetProperty("id").GetString()!);
    }

    /// <summary>The id that the route's path parameter of this name takes.</summary>
    public string Parameter(MappedRoute route, string name) => name.ToUpperInvariant() switch
    {
        "CLUSTERUUID" => Any("cluster"),
        "DEPARTMENTID" => Any("department"),
        "PROJECTID" => Any("project"),
        "USERID" => _user = Any("user"),
        // Of a user that is none, it does not matter whose.
        "IDENTITYID" => Any(_ids.ContainsKey("identity of " + _user) ? "identity of " + _user : "user"),
        // The older name of access keys calls them applications too.
        "APPID" => Any(route.Pattern.Contains("user-applications", StringComparison.Ordinal) ? "key" : "app"),
        "APPLICATIONID" or "SERVICEACCOUNTID" => Any("app"),
        "ACCESSKEYID" => Any("key"),
        "PERMISSIONSETID" => Any("set"),
        "ACCESSRULEID" => Any("rule"),
        "GROUPID" => Any("group"),
        "ROLEIDPATH" => Any("role"),
        "IDP" => Any("idp"),
        "KEY" => _setting = Any("setting"),
        "ID" => Any("session"),
        _ => throw new InvalidOperationException($"FuzzWorld.Parameter must know {name}."),
    };

    /// <summary>A valid body; null: the route takes none. An operation that is not known here gets its documented example.</summary>
    public JsonNode? Body(MappedRoute route)
    {
        if (route.Body is null) return null;
        var scope = new JsonObject { ["type"] = "project", ["id"] = Any("project") };
        var subject = new JsonObject { ["type"] = "user", ["id"] = Any("email") };
        var client = random.Next(_ids["client"].Count);
        var check = new JsonObject { ["subject"] = subject.DeepClone(), ["action"] = "read", ["resourceType"] = "workloads", ["scope"] = scope.DeepClone() };
        return (route.Method + " " + route.Pattern) switch
        {
            "POST /api/v1/users" => new JsonObject { ["email"] = NewName() + "@example.com", ["firstName"] = "Ann", ["lastName"] = "Lee", ["resetPassword"] = false, ["scopeType"] = "project", ["scopeId"] = Any("project") },
            "PUT /api/v1/users/{userId}/groups" => new JsonObject { ["source"] = "directory", ["groups"] = new JsonArray(Any("groupName"), NewName()) },
            "POST /api/v1/users/{userId}/identities" => new JsonObject { ["provider"] = Any("idp"), ["subjectClaim"] = NewName() },
            "POST /api/v1/apps" or "POST /api/v1/service-accounts" => new JsonObject { ["name"] = NewName(), ["scopeType"] = "department", ["scopeId"] = Any("department") },
            "POST /api/v1/access-keys" or "POST /api/v1/user-applications" => new JsonObject { ["name"] = NewName() },
            "POST /api/v1/tenants" => new JsonObject
            {
                ["name"] = NewName(),
                ["email"] = NewName() + "@example.com",
                ["password"] = "a long password",
                ["contractType"] = "trial",
                ["role"] = "System administrator",
            },
            "POST /api/v1/clusters" => new JsonObject { ["name"] = NewName(), ["domain"] = "x.test", ["version"] = "1" },
            "PUT /api/v1/clusters/{clusterUuid}" => new JsonObject { ["name"] = NewName() },
            "POST /api/v1/org-unit/departments" => Unit(new JsonObject { ["name"] = NewName(), ["clusterId"] = Any("cluster") }),
            "POST /api/v1/org-unit/projects" => Unit(new JsonObject { ["name"] = NewName(), ["clusterId"] = Any("cluster"), ["parentId"] = Any("department"), ["requestedNamespace"] = NewName() }),
            "PUT /api/v1/org-unit/departments/{departmentId}" or "PUT /api/v1/org-unit/projects/{projectId}" => Unit([]),
            "POST /api/v1/authorization/access-rules" => new JsonObject
            {
                ["subjectType"] = "user",
                ["subjectId"] = Any("email"),
                ["roleId"] = 5,
                ["scopeType"] = "department",
                ["scopeId"] = Any("department"),
                ["clusterId"] = Any("cluster"),
                ["notBefore"] = "2030-01-01T00:00:00Z",
                ["expiresAt"] = "2999-01-01T00:00:00.123456Z",
                ["reason"] = "on call",
            },
            "POST /api/v1/authorization/access-rules/authenticated-users" => new JsonObject { ["roleId"] = 7, ["scopeType"] = "project", ["scopeId"] = Any("project"), ["expiresAt"] = "2999-01-01T00:00:00Z" },
            "POST /api/v1/authorization/access-rules/batch-create" => new JsonObject
            {
                ["payload"] = new JsonObject
                {
                    ["roleId"] = 5,
                    ["subjects"] = new JsonArray(new JsonObject { ["subjectType"] = "user", ["subjectId"] = Any("email") }, new JsonObject { ["subjectType"] = "app", ["subjectId"] = Any("client") }),
                    ["scopes"] = new JsonArray(new JsonObject { ["scopeType"] = "project", ["scopeId"] = Any("project") }, new JsonObject { ["scopeType"] = "department", ["scopeId"] = Any("department") }),
                    ["reason"] = "on call",
                },
            },
            "POST /api/v1/authorization/access-rules/batch" => new JsonObject { ["ids"] = new JsonArray(Any("rule"), int.Parse(Any("rule"), CultureInfo.InvariantCulture), Guid.NewGuid().ToString()), ["action"] = random.Next(2) == 0 ? "delete" : "validate_delete" },
            "POST /api/v1/authorize/simulate" => new JsonObject
            {
                ["create"] = new JsonArray(new JsonObject { ["subjectType"] = "group", ["subjectId"] = Any("groupName"), ["roleId"] = 5, ["scopeType"] = "project", ["scopeId"] = Any("project") }),
                ["delete"] = new JsonArray(Any("rule")),
                ["limit"] = 10,
            },
            "POST /api/v1/authorize" or "POST /api/v1/authorize/explain" => With(check, "consistency", new JsonObject { ["full"] = true }),
            "POST /api/v1/authorize/batch" => new JsonObject { ["checks"] = new JsonArray(check.DeepClone(), check) },
            "POST /api/v1/authorize/who-can" => new JsonObject { ["action"] = "read", ["resourceType"] = "workloads", ["scope"] = scope, ["limit"] = 10 },
            "POST /api/v1/authorize/what-can" => new JsonObject { ["subject"] = subject, ["resourceType"] = "workloads", ["action"] = "read", ["limit"] = 10 },
            "POST /api/v1/authorization/permitted-scopes" => new JsonObject { ["resourceType"] = "workloads", ["action"] = "read" },
            "POST /api/v1/me/password" => new JsonObject { ["currentPassword"] = "not the right one", ["newPassword"] = "another long password" },
            "POST /api/v1/token" => new JsonObject { ["grantType"] = "client_credentials", ["clientID"] = _ids["client"][client], ["clientSecret"] = _ids["secret"][client] },
            "POST /v1/k8s/auth/oauth/apptoken" => new JsonObject { ["name"] = _ids["client"][client], ["secret"] = _ids["secret"][client] },
            "POST /api/v2/token" => new JsonObject { ["grant_type"] = "client_credentials", ["client_id"] = _ids["client"][client], ["client_secret"] = _ids["secret"][client] },
            "POST /api/v1/idps" => Provider(),
            "POST /api/v1/idps/test" => With(Provider(), "type", "saml"),
            "POST /api/v1/idps/{idp}/test" => With(With(Provider(), "type", "openshift-v4"), "ocpData", new JsonObject { ["idpBaseUrl"] = "http://127.0.0.1:1", ["clientId"] = "runai", ["clientSecret"] = "x" }),
            "PUT /api/v1/idps/{idp}" => With(Provider(), "type", "openshift-v4"),
            "PUT /api/v1/idps/{idp}/mappers" => new JsonObject { ["email"] = "mail", ["groups"] = "groups", ["uid"] = "" },
            "PUT /api/v1/security/settings/{key}" => _setting switch
            {
                "autoRedirectSSO" => new JsonObject { ["enabled"] = true, ["idpAlias"] = Any("idp") },
                "browserSessionTimeout" => new JsonObject { ["idleTimeout"] = 30 },
                _ => new JsonObject { ["uri"] = "https://example.com/bye" },
            },
            "POST /oauth2/revoke" => new JsonObject { ["token"] = "nothing", ["token_type_hint"] = "access_token" },
            _ when route.Pattern.EndsWith("/resources", StringComparison.Ordinal) => Unit([])["resources"]!.DeepClone(),
            "PATCH /api/v1/org-unit/departments/{departmentId}" or "PATCH /api/v1/org-unit/projects/{projectId}" => new JsonObject { ["name"] = NewName() },
            _ when route.Method == "PATCH" => new JsonObject { ["enabled"] = random.Next(2) == 0 },
            _ when route.Pattern.EndsWith("/secret", StringComparison.Ordinal) => new JsonObject { ["gracePeriodSeconds"] = 60 },
            _ => JsonNode.Parse(route.Body.Example ?? "{}"),
        };
    }

    private void Note(string kind, string id)
    {
        if (!_ids.TryGetValue(kind, out var ids)) _ids[kind] = ids = [];
        ids.Add(id);
    }

    /// <summary>With the data of every type: what belongs to another one is not looked at.</summary>
    private JsonObject Provider() => new()
    {
        ["name"] = NewName(),
        ["type"] = random.Next(3) switch { 0 => "oidc", 1 => "saml", _ => "openshift-v4" },
        ["oidcData"] = new JsonObject
        {
            ["clientId"] = "runai",
            ["clientSecret"] = "x",
            ["discoverDocumentUrl"] = "https://idp.example.com/x",
            ["scopes"] = new JsonArray("profile"),
            ["mandatoryClaim"] = new JsonObject { ["claim"] = "c", ["values"] = new JsonArray("v") },
        },
        ["samlData"] = new JsonObject { ["metadataXmlType"] = "file", ["metadataXmlFile"] = Idps.Base64(Idps.Metadata()), ["fileName"] = "a.xml", ["entityId"] = "urn:us" },
        ["ocpData"] = new JsonObject { ["idpBaseUrl"] = "https://api.example.com", ["clientId"] = "runai", ["clientSecret"] = "x", ["scopes"] = new JsonArray("user:full") },
        ["mappers"] = new JsonObject { ["email"] = "mail" },
        ["trustedEmailDomains"] = new JsonArray("example.com", "*"),
        ["groupsTrusted"] = true,
    };

    private static JsonObject Unit(JsonObject unit)
    {
        unit["description"] = "about";
        unit["schedulingRules"] = new JsonObject { ["interactiveJobTimeLimitSeconds"] = 60 };
        unit["defaultNodePools"] = new JsonArray("default");
        unit["nodeTypes"] = new JsonObject { ["training"] = new JsonArray("a"), ["workspace"] = new JsonArray("b"), ["names"] = new JsonObject { ["a"] = "A" } };
        unit["resources"] = new JsonArray(new JsonObject
        {
            ["nodePool"] = new JsonObject { ["id"] = "1", ["name"] = "default" },
            ["gpu"] = new JsonObject { ["deserved"] = 1.5, ["limit"] = -1, ["overQuotaWeight"] = 2 },
            ["memory"] = new JsonObject { ["deserved"] = 5, ["units"] = "GB" },
        });
        return unit;
    }

    private static JsonObject With(JsonObject node, string name, JsonNode value)
    {
        node[name] = value;
        return node;
    }
}

/// <summary>Turns valid requests into odd ones. The same seed gives the same ones.</summary>
internal sealed class Fuzzer(FuzzWorld world, IReadOnlyList<MappedRoute> routes, Random random)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY", "get"];

    // Raw JSON. No plain small numbers: a rule or role id must not hit the administrator's own by chance.
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "1e999", "-0.0", "1.5", "1e-400", "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\u202e\"", "\"\\u200b\"", "\"\\ufeff\"", "\"😀\"", "\"İ\"", "\"ß\"", "\"'; DROP TABLE subjects; --\"", "\"%\"", "\"*\"", "\"../..\"", "\"<script>\"", "\"True\"", "\"-1\"", "\"9999-12-31T23:59:59.999999Z\"",
        "\"0001-01-01T00:00:00Z\"", "\"2999-12-31T23:59:59.9999999Z\"", "[]", "{}", "[null]", "[[[[[[]]]]]]", "{\"\":null}", "[\"a\",\"a\"]", "\"user\"", "\"group\"", "\"app\"", "\"system\"", "\"tenant\"", "\"cluster\"", "\"full\"", "\"refresh_token\"", "\"authorization_code\"",
    ];

    private static readonly string[] PathValues =
    [
        "-1", "0", "%20", "%25", "%2f", "a%2fb", "%5c", "%01", "%7f", "%ff", "%ed%a0%80", "%e2%80%ae", "%f0%9f%98%80", "2147483648", "99999999999999999999", "null", "*", ".", "..", "%2e%2e", "count", "a;b", "a,b", "'", "%27%20OR%201=1", "system", "1e9", "%D9%A1",
    ];

    private static readonly string[] Parameters =
    [
        "limit", "offset", "sortBy", "sortOrder", "filterBy", "search", "verbosity", "force", "subjectType", "subjectIds", "subjectIdFilter", "clusterId", "scopeType", "scopeId", "roleId", "includeDeleted", "lastUpdated", "includeRequestedForDelete", "filter", "dryRun", "clientId", "createdBy", "deleted", "x", "",
    ];

    private static readonly string[] QueryValues =
    [
        "", "0", "1", "500", "501", "2147483647", "2147483648", "-1", "1.5", "%00", "a%00", "%ff", "%e2%80%ae", "%25", "_", "%5c", "'", "%27", "true", "True", "TRUE", "asc", "desc", "name", "createdBy", "createdAt", "username", "lastLogin", "subjectId", "phase", "deletedAt", "type", "parentName",
        "name==a", "name=@%25", "username=@a,createdBy==b", "createdAt%3C=2020-01-01T00:00:00Z", "subjectId!@a,scopeName=$%5c", "roleId=^1", "roleId%3E=2147483648", "phase==ready", "deletedAt!=2020-01-01T00:00:00Z", "isLocal==True", "lastLogin%3E=9999-12-31T23:59:59.999999Z", "runai.is_local:true", "==", "a,b,c", "%2C%2C", "user", "all-authenticated-users", "tenant", "2020-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999%2B00:00", "metadata", "%f0%9f%98%80", "%c4%b0",
    ];

    private (MappedRoute Route, Sent Sent)? _last;

    /// <summary>The route's request as it should be.</summary>
    public Sent Valid(MappedRoute route, string token)
    {
        var path = route.Fill(name => world.Parameter(route, name)) + route.RequiredQuery;
        var body = world.Body(route);
        var isForm = IsForm(route);
        return new Sent(route.Method, path)
        {
            Token = token,
            Body = body is null ? null : Encoding.UTF8.GetBytes(isForm ? string.Join('&', Pairs(body.AsObject())) : body.ToJsonString()),
            ContentType = ContentType(isForm),
        };
    }

    /// <summary>Another mutated request; now and then the same once more, which finds what it made there already.</summary>
    public (MappedRoute Route, Sent Sent) Next(string adminToken, string weakToken)
    {
        var next = _last is { } last && random.Next(15) == 0 ? last : Make(adminToken, weakToken);
        _last = next;
        return next;
    }

    private (MappedRoute Route, Sent Sent) Make(string adminToken, string weakToken)
    {
        var route = routes[random.Next(routes.Count)];
        var path = route.Fill(name => random.Next(12) == 0 ? Pick(PathValues) : world.Parameter(route, name));
        if (random.Next(5) > 0) path += route.RequiredQuery;
        var join = path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        if (route.Query.Count > 0 && random.Next(3) > 0) path += join + string.Join('&', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Parameter(route)));
        else if (random.Next(route.Method == "GET" ? 4 : 12) == 0) path += join + string.Join('&', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(Parameters) + (random.Next(12) == 0 ? "" : "=") + Pick(QueryValues)));
        if (random.Next(40) == 0) path = random.Next(3) switch { 0 => path.ToUpperInvariant(), 1 => path + "/", _ => path.Replace("/v1/", "//v1/", StringComparison.Ordinal) };
        var isForm = IsForm(route);
        var body = Body(route, isForm);
        return (route, new Sent(random.Next(25) == 0 ? Pick(Methods) : route.Method, path)
        {
            Token = Token(adminToken, weakToken),
            Body = body,
            ContentType = random.Next(25) == 0 ? Pick([null, "", "text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "application/json", "x"]) : ContentType(isForm),
            Chunked = body is { Length: > 0 } && random.Next(20) == 0,
        });
    }

    private static bool IsForm(MappedRoute route) => route.Body?.ContentType.Contains("form", StringComparison.Ordinal) == true;

    private static string ContentType(bool isForm) => isForm ? "application/x-www-form-urlencoded" : "application/json";

    private static List<string> Pairs(JsonObject fields) => [.. fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value!.GetValue<string>())}")];

    /// <summary>Mostly good ones.</summary>
    private string? Token(string adminToken, string weakToken) => random.Next(40) switch
    {
        0 => null,
        1 => Broken(random.Next(2) == 0 ? adminToken : weakToken),
        < 12 => weakToken,
        _ => adminToken,
    };

    /// <summary>A part missing, twice, or another letter: never the very last one, of which some bits mean nothing.</summary>
    private string Broken(string token)
    {
        var at = random.Next(token.Length - 1);
        return random.Next(6) switch
        {
            0 => token[..at],
            1 => token[(at + 1)..],
            2 => token + token[^1],
            3 => token.Insert(at, "."),
            4 => Pick(["", "null", "Bearer", token.Split('.')[1], token.Replace(".", "", StringComparison.Ordinal)]),
            _ => token[..at] + (token[at] == 'a' ? 'b' : 'a') + token[(at + 1)..],
        };
    }

    /// <summary>A parameter that the route reads, mostly with a value that it takes.</summary>
    private string Parameter(MappedRoute route)
    {
        var (name, values) = route.Query[random.Next(route.Query.Count)];
        return $"{name}={(random.Next(3) > 0 ? Pick(values) : Pick(QueryValues))}";
    }

    private byte[]? Body(MappedRoute route, bool isForm)
    {
        if (world.Body(route) is not { } valid) return random.Next(20) == 0 ? "{}"u8.ToArray() : null;
        if (isForm) return Encoding.UTF8.GetBytes(Form(valid.AsObject()));
        var text = valid.ToJsonString();
        for (var changes = random.Next(4); changes > 0; changes--) text = Mutate(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (random.Next(40) == 0 && bytes.Length > 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private string Form(JsonObject fields)
    {
        var pairs = Pairs(fields);
        if (random.Next(2) == 0) pairs[random.Next(pairs.Count)] = Pick(["grant_type", "client_id", "client_secret", "token", "tenant_id", "username", ""]) + "=" + Pick(QueryValues);
        if (random.Next(4) == 0) pairs.Add(pairs[0]);
        return string.Join('&', pairs);
    }

    private string Mutate(string text)
    {
        try
        {
            return MutateTree(text);
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException or ArgumentException)
        {
            // Mutated before into what is no tree any more: cut some more.
            return Cut(text);
        }
    }

    private string MutateTree(string text)
    {
        var root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        var objects = new List<JsonObject>();
        Collect(root, objects);
        if (objects.Count == 0 || random.Next(20) == 0) return random.Next(2) == 0 ? Pick(Values) : Cut(text);
        var target = objects[random.Next(objects.Count)];
        if (target.Count == 0) return Pick(Values);
        var name = target.ElementAt(random.Next(target.Count)).Key;
        switch (random.Next(8))
        {
            case 0:
                target.Remove(name);
                break;
            case 1:
                var moved = target[name]?.DeepClone();
                target.Remove(name);
                target[random.Next(2) == 0 ? name.ToUpperInvariant() : name + "x"] = moved;
                break;
            case 2:
                var first = JsonSerializer.Serialize(name) + ":";
                var json = root!.ToJsonString();
                return json.Replace(first, first + Pick(Values) + "," + first, StringComparison.Ordinal);
            case 3:
                target["unknown"] = "x";
                break;
            default:
                // Placed by hand: many of these are no nodes.
                target[name] = "\u0001here\u0001";
                return root!.ToJsonString().Replace("\"\\u0001here\\u0001\"", Pick(Values), StringComparison.Ordinal);
        }

        return root!.ToJsonString();
    }

    private static void Collect(JsonNode? node, List<JsonObject> into)
    {
        if (node is JsonObject found)
        {
            into.Add(found);
            foreach (var (_, value) in found) Collect(value, into);
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items) Collect(item, into);
        }
    }

    private string Cut(string text) => text.Length == 0 ? "{" : text[..random.Next(text.Length)];

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
