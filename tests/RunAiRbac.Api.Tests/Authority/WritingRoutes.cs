using System.Net.Http.Json;
using RunAiRbac.Api.Tests.SubjectManagement;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>One call that writes policy.</summary>
internal sealed record WriteCall(HttpMethod Method, string Path, object? Body = null)
{
    public bool IsForm { get; init; }

    public async Task<Reply> SendAsync(Person person)
    {
        using var request = new HttpRequestMessage(Method, Path);
        if (Body is not null) request.Content = IsForm ? new FormUrlEncodedContent((IReadOnlyDictionary<string, string>)Body) : JsonContent.Create(Body);
        return await person.SendAsync(request);
    }

    public static WriteCall Post(string path, object? body = null) => new(HttpMethod.Post, path, body);

    public static WriteCall Put(string path, object body) => new(HttpMethod.Put, path, body);

    public static WriteCall Patch(string path, object body) => new(HttpMethod.Patch, path, body);

    public static WriteCall Delete(string path) => new(HttpMethod.Delete, path);
}

/// <summary>Every route that writes policy, with random calls of it: the cases of the no-escalation law. The route inventory fails when one is missing.</summary>
internal static class WritingRoutes
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private const string Users = "/api/v1/users";
    private const string Clusters = "/api/v1/clusters";
    private const string Departments = "/api/v1/org-unit/departments";
    private const string Idps = "/api/v1/idps";
    private const string Projects = "/api/v1/org-unit/projects";

    private static readonly object[] Quotas = [new { nodePool = new { id = "default" }, gpu = new { deserved = 8 } }];

    public static readonly IReadOnlyDictionary<string, Func<Draw, WriteCall>> All = new Dictionary<string, Func<Draw, WriteCall>>(StringComparer.Ordinal)
    {
        ["POST " + Rules] = draw => WriteCall.Post(Rules, draw.NewRule()),
        ["POST " + Rules + "/authenticated-users"] = draw => WriteCall.Post(Rules + "/authenticated-users", draw.NewRuleForAll()),
        ["POST " + Rules + "/batch-create"] = draw => WriteCall.Post(Rules + "/batch-create", draw.NewRules()),
        ["POST " + Rules + "/batch"] = draw => WriteCall.Post(Rules + "/batch", new { ids = draw.RuleIds(), action = draw.Chance(80) ? "delete" : "validate_delete" }),
        ["DELETE " + Rules + "/{accessRuleId}"] = draw => WriteCall.Delete($"{Rules}/{draw.RuleId()}"),
        ["POST " + Users] = draw => WriteCall.Post(Users, draw.NewUser()),
        ["PATCH " + Users + "/{userId}"] = draw => WriteCall.Patch($"{Users}/{draw.UserId()}", new { enabled = draw.Chance(70) }),
        ["DELETE " + Users + "/{userId}"] = draw => WriteCall.Delete($"{Users}/{draw.UserId()}"),
        ["POST " + Users + "/{userId}/password"] = draw => WriteCall.Post($"{Users}/{draw.UserId()}/password"),
        ["POST " + Users + "/{userId}/logout"] = draw => WriteCall.Post($"{Users}/{draw.UserId()}/logout"),
        ["PUT " + Users + "/{userId}/groups"] = draw => WriteCall.Put($"{Users}/{draw.UserId()}/groups", new { source = "directory", groups = draw.GroupNames() }),
        ["POST " + Users + "/{userId}/identities"] = draw => WriteCall.Post($"{Users}/{draw.UserId()}/identities", new { provider = draw.Alias(), subjectClaim = draw.NewName() }),
        ["DELETE " + Users + "/{userId}/identities/{identityId}"] = Unlink,
        ["POST /api/v1/apps"] = draw => WriteCall.Post("/api/v1/apps", draw.NewApplication()),
        ["PATCH /api/v1/apps/{appId}"] = draw => WriteCall.Patch($"/api/v1/apps/{draw.ApplicationId()}", new { enabled = draw.Chance(70) }),
        ["DELETE /api/v1/apps/{appId}"] = draw => WriteCall.Delete($"/api/v1/apps/{draw.ApplicationId()}"),
        ["POST /api/v1/apps/{appId}/secret"] = draw => WriteCall.Post($"/api/v1/apps/{draw.ApplicationId()}/secret", draw.Chance(50) ? new { gracePeriodSeconds = 3600 } : null),
        ["POST /api/v1/service-accounts"] = draw => WriteCall.Post("/api/v1/service-accounts", draw.NewApplication()),
        ["PATCH /api/v1/service-accounts/{serviceAccountId}"] = draw => WriteCall.Patch($"/api/v1/service-accounts/{draw.ApplicationId()}", new { enabled = draw.Chance(70) }),
        ["DELETE /api/v1/service-accounts/{serviceAccountId}"] = draw => WriteCall.Delete($"/api/v1/service-accounts/{draw.ApplicationId()}"),
        ["POST /api/v1/service-accounts/{serviceAccountId}/secret"] = draw => WriteCall.Post($"/api/v1/service-accounts/{draw.ApplicationId()}/secret"),
        ["POST " + Clusters] = draw => WriteCall.Post(Clusters, new { name = draw.NewName() }),
        ["PUT " + Clusters + "/{clusterUuid}"] = draw => WriteCall.Put($"{Clusters}/{draw.ScopeId("cluster")}", new { name = draw.NewName() }),
        ["DELETE " + Clusters + "/{clusterUuid}"] = draw => WriteCall.Delete($"{Clusters}/{draw.ScopeId("cluster")}"),
        ["POST " + Departments] = draw => WriteCall.Post(Departments, new { name = draw.NewName(), clusterId = draw.ScopeId("cluster"), resources = Array.Empty<object>() }),
        ["PUT " + Departments + "/{departmentId}"] = draw => WriteCall.Put($"{Departments}/{draw.ScopeId("department")}", new { description = draw.NewName(), resources = Array.Empty<object>() }),
        ["PATCH " + Departments + "/{departmentId}"] = draw => WriteCall.Patch($"{Departments}/{draw.ScopeId("department")}", new { name = draw.NewName() }),
        ["DELETE " + Departments + "/{departmentId}"] = draw => WriteCall.Delete($"{Departments}/{draw.ScopeId("department")}"),
        ["PUT " + Departments + "/{departmentId}/resources"] = draw => WriteCall.Put($"{Departments}/{draw.ScopeId("department")}/resources", Quotas),
        ["PATCH " + Departments + "/{departmentId}/resources"] = draw => WriteCall.Patch($"{Departments}/{draw.ScopeId("department")}/resources", Quotas),
        ["PUT " + Projects + "/{projectId}/resources"] = draw => WriteCall.Put($"{Projects}/{draw.ScopeId("project")}/resources", Quotas),
        ["PATCH " + Projects + "/{projectId}/resources"] = draw => WriteCall.Patch($"{Projects}/{draw.ScopeId("project")}/resources", Quotas),
        ["POST " + Projects] = draw => WriteCall.Post(Projects, draw.NewProject()),
        ["PUT " + Projects + "/{projectId}"] = draw => WriteCall.Put($"{Projects}/{draw.ScopeId("project")}", new { description = draw.NewName(), resources = Array.Empty<object>() }),
        ["PATCH " + Projects + "/{projectId}"] = draw => WriteCall.Patch($"{Projects}/{draw.ScopeId("project")}", new { name = draw.NewName() }),
        ["DELETE " + Projects + "/{projectId}"] = draw => WriteCall.Delete($"{Projects}/{draw.ScopeId("project")}"),
        ["POST /api/v1/access-keys"] = draw => WriteCall.Post("/api/v1/access-keys", new { name = draw.NewName() }),
        ["DELETE /api/v1/access-keys/{accessKeyId}"] = draw => WriteCall.Delete($"/api/v1/access-keys/{draw.AccessKeyId()}"),
        ["POST /api/v1/access-keys/{accessKeyId}/secret"] = draw => WriteCall.Post($"/api/v1/access-keys/{draw.AccessKeyId()}/secret"),
        ["POST /api/v1/user-applications"] = draw => WriteCall.Post("/api/v1/user-applications", new { name = draw.NewName() }),
        ["DELETE /api/v1/user-applications/{appId}"] = draw => WriteCall.Delete($"/api/v1/user-applications/{draw.AccessKeyId()}"),
        ["POST /api/v1/user-applications/{appId}/secret"] = draw => WriteCall.Post($"/api/v1/user-applications/{draw.AccessKeyId()}/secret"),
        ["DELETE /api/v1/administration/access-keys/{accessKeyId}"] = draw => WriteCall.Delete($"/api/v1/administration/access-keys/{draw.AccessKeyId()}"),
        ["DELETE /api/v1/administration/user-applications/{appId}"] = draw => WriteCall.Delete($"/api/v1/administration/user-applications/{draw.AccessKeyId()}"),
        ["POST /api/v1/tenants"] = draw => WriteCall.Post("/api/v1/tenants", new { name = draw.NewName(), email = "admin@example.com", password = "a long password" }),
        ["POST /api/v1/me/password"] = draw => WriteCall.Post("/api/v1/me/password", new { currentPassword = draw.Actor.Secret, newPassword = draw.Actor.NextSecret }),
        ["DELETE /api/v1/me/sessions/{id}"] = draw => WriteCall.Delete($"/api/v1/me/sessions/{draw.SessionId()}"),
        ["POST " + Idps] = draw => WriteCall.Post(Idps, draw.Provider()),
        ["PUT " + Idps + "/{idp}"] = draw => WriteCall.Put($"{Idps}/{draw.Alias()}", draw.Provider()),
        ["DELETE " + Idps + "/{idp}"] = draw => WriteCall.Delete($"{Idps}/{draw.Alias()}"),
        ["PUT " + Idps + "/{idp}/mappers"] = draw => WriteCall.Put($"{Idps}/{draw.Alias()}/mappers", new { email = draw.NewName() }),
        ["PUT /api/v1/security/settings/{key}"] = draw => WriteCall.Put("/api/v1/security/settings/autoRedirectSSO", new { enabled = true, idpAlias = draw.Alias() }),
        ["POST /oauth2/revoke"] = draw => WriteCall.Post("/oauth2/revoke", new Dictionary<string, string> { ["token"] = draw.Actor.SpareToken }) with { IsForm = true },
    };

    private static WriteCall Unlink(Draw draw)
    {
        var (user, identity) = draw.Identity();
        return WriteCall.Delete($"{Users}/{user}/identities/{identity}");
    }

    /// <summary>Routes that end the world's tree or the actor's own access, drawn less often than the rest.</summary>
    public static bool IsRare(string route)
        => route.StartsWith("DELETE " + Clusters, StringComparison.Ordinal) || route.StartsWith("DELETE /api/v1/org-unit", StringComparison.Ordinal)
            || route.Contains("/me/", StringComparison.Ordinal) || route.Contains("revoke", StringComparison.Ordinal) || route == "POST " + Clusters || route == "POST /api/v1/tenants";
}
