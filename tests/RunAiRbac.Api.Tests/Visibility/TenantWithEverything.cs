using System.Net;
using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Tests.Visibility;

/// <summary>A tenant with one object of every kind, under the same names in every tenant.</summary>
internal sealed class TenantWithEverything
{
    public const string Email = "ada@example.com";
    public const string ClientId = "ci-bot";
    private const int Custom = 100_777;

    private TenantWithEverything(OwnTenant tenant) => Tenant = tenant;

    public OwnTenant Tenant { get; }

    /// <summary>The ids of its objects by kind, with a made-up one of the same form.</summary>
    public Dictionary<string, (string Id, string Random)> Ids { get; } = new(StringComparer.Ordinal);

    public string Password { get; private set; } = null!;

    public string Secret { get; private set; } = null!;

    /// <summary>That of the administrator's access key.</summary>
    public string KeySecret { get; private set; } = null!;

    /// <param name="host">The host.</param>
    /// <param name="moreRules">So that its last rule's id is none of a tenant's with fewer.</param>
    /// <param name="customRole">Whether it has a role of its own.</param>
    public static async Task<TenantWithEverything> CreateAsync(ApiHost host, int moreRules = 0, bool customRole = false)
    {
        var world = new TenantWithEverything(await OwnTenant.CreateAsync(host));
        var tenant = world.Tenant;
        world.Add("tenant", tenant.ScopeId, "999999");
        var cluster = await tenant.ClusterAsync("cluster-a");
        var department = await tenant.DepartmentAsync(cluster, "research");
        var project = await tenant.ProjectAsync(cluster, department, "vision");
        foreach (var unit in new[] { cluster, department, project }) world.Add(unit.Type, unit.Id);

        var user = (await tenant.Admin.PostAsync("/api/v1/users", new { email = Email })).Expect(HttpStatusCode.Created);
        world.Password = user.Field("tempPassword")!;
        world.Add("user", user.Id);
        world.Add("identity", (await tenant.Admin.GetAsync($"/api/v1/users/{user.Id}/identities")).Expect(HttpStatusCode.OK).Json.GetProperty("identities")[0].GetProperty("id").GetString()!);
        var app = (await tenant.Admin.PostAsync("/api/v1/service-accounts", new { name = ClientId })).Expect(HttpStatusCode.Created);
        world.Secret = app.Field("clientSecret")!;
        world.Add("application", app.Id);
        (await tenant.Admin.PutAsync($"/api/v1/users/{user.Id}/groups", new { source = "directory", groups = new[] { "ml-team" } })).Expect(HttpStatusCode.OK);
        for (var i = 0; i < moreRules; i++) await tenant.GrantAsync("group", $"team-{i}", 7, cluster);
        await tenant.GrantAsync("group", "ml-team", 5, project);
        await tenant.GrantAsync("user", Email, 7, department);
        world.Add("rule", $"{await tenant.GrantAsync("app", ClientId, 4001, cluster)}", "987654");
        world.Add("group", (await tenant.FactsAsync()).FindSubject(SubjectKind.Group, "ml-team")!.Id);

        // Aliases are each tenant's own: this one must be nothing at all in the tenant that asks.
        var idp = new { name = ApiHost.NewName("idp"), type = "openshift-v4", ocpData = new { idpBaseUrl = "https://api.example.com", clientSecret = "x" } };
        world.Add("alias", (await tenant.Admin.PostAsync("/api/v1/idps", idp)).Expect(HttpStatusCode.Created).Field("alias")!);

        if (customRole) await tenant.WriteAsync(async write =>
        {
            await write.PutRoleAsync(new RoleFact(Custom, "Own", "", true, [new("project", ["read"])]), default);
            return true;
        });
        world.Add("role", $"{Custom}", "199999");

        var key = (await tenant.Admin.PostAsync("/api/v1/access-keys", new { name = "robot" })).Expect(HttpStatusCode.Created);
        world.KeySecret = key.Field("clientSecret")!;
        world.Add("key", key.Id);

        var sessions = (await tenant.Admin.GetAsync("/api/v1/me/sessions")).Expect(HttpStatusCode.OK).Json;
        world.Add("session", sessions.EnumerateObject().Single().Value[0].GetProperty("id").GetString()!);
        await world.AddOpaqueAsync(project);
        return world;
    }

    public string Filled(string template, bool random)
    {
        foreach (var (kind, (id, made)) in Ids) template = template.Replace("{" + kind + "}", random ? made : id, StringComparison.Ordinal);
        return template;
    }

    /// <summary>The text with either kind of id taken out.</summary>
    public string WithoutIds(string text)
    {
        foreach (var (id, made) in Ids.Values.Where(x => x.Id.Length > 6)) text = text.Replace(id, "ID", StringComparison.Ordinal).Replace(made, "ID", StringComparison.Ordinal);
        return text;
    }

    private void Add(string kind, string id, string? random = null) => Ids.Add(kind, (id, random ?? Guid.NewGuid().ToString()));

    /// <summary>Cursors and consistency tokens, with one of each that is no more than well-formed.</summary>
    private async Task AddOpaqueAsync(Scope project)
    {
        var who = (await Tenant.Admin.PostAsync("/api/v1/authorize/who-can", new { action = "read", resourceType = "project", scope = new { type = project.Type, id = project.Id }, limit = 1 })).Expect(HttpStatusCode.OK);
        Add("who-cursor", who.Field("cursor")!, "d2hv");
        Add("revision", who.Field("revision")!, new string('A', who.Field("revision")!.Length));
        var what = (await Tenant.Admin.PostAsync("/api/v1/authorize/what-can", new { limit = 1 })).Expect(HttpStatusCode.OK);
        Add("what-cursor", what.Field("cursor")!, "d2hhdA");
    }
}

/// <summary>What answers are compared by: everything but what differs from call to call.</summary>
internal static class Answers
{
    private static readonly string[] OfThisCall = ["instance", "traceId", "decisionId", "revision"];

    public static string Essence(Reply reply)
    {
        var json = reply.Text.Length == 0 ? null : JsonNode.Parse(reply.Text);
        if (json is JsonObject fields)
        {
            foreach (var name in OfThisCall) fields.Remove(name);
            if (fields["failed"] is JsonArray failed) ForgetIds(fields, failed);
        }

        return $"{(int)reply.Status} {json?.ToJsonString()}";
    }

    /// <summary>A batch has an id of its own, and its failures repeat the ids that were asked about.</summary>
    private static void ForgetIds(JsonObject batch, JsonArray failed)
    {
        batch.Remove("id");
        foreach (var failure in failed.OfType<JsonObject>()) failure.Remove("id");
    }
}
