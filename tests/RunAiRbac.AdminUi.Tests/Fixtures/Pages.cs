namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>Every page of the UI with something on it: what holds for all pages is tested on these.</summary>
public static class Pages
{
    /// <summary>By a name; the text in braces is replaced by an id (see <see cref="AddressAsync"/>).</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["access-rules"] = "/access-rules",
        ["roles"] = "/roles",
        ["role"] = "/roles/5?compare=8",
        ["check-access"] = "/check-access?about=other&subjectType=user&subject=alice@example.com&action=create&resourceType=workloads&scopeType=project&scopeId={project detection}&scopeName=detection",
        ["check-access-denied"] = "/check-access?about=other&subjectType=user&subject=alice@example.com&action=delete&resourceType=project&scopeType=project&scopeId={project detection}&scopeName=detection",
        ["who-can"] = "/who-can?action=create&resourceType=workloads&scopeType=project&scopeId={project detection}&scopeName=detection",
        ["users"] = "/users",
        ["user"] = "/users/{user alice@example.com}",
        ["user-permissions"] = "/users/{user alice@example.com}?tab=permissions",
        ["user-access-keys"] = "/users/{user alice@example.com}?tab=access-keys",
        ["user-groups"] = "/users/{user alice@example.com}?tab=groups",
        ["user-identities"] = "/users/{user alice@example.com}?tab=identities",
        ["groups"] = "/groups",
        ["group"] = "/groups/vision-team",
        ["group-members"] = "/groups/vision-team?tab=members",
        ["applications"] = "/applications",
        ["application"] = "/applications/{application nightly-training}",
        ["organization"] = "/organization",
        ["organization-found"] = "/organization?search=e",
        ["cluster"] = "/organization/cluster/{cluster amsterdam}?tab=below",
        ["department"] = "/organization/department/{department vision}",
        ["project"] = "/organization/project/{project detection}",
        ["project-inherited"] = "/organization/project/{project detection}?tab=inherited",
        ["project-details"] = "/organization/project/{project detection}?tab=details",
        ["event-history"] = "/event-history",
        ["identity-providers"] = "/settings",
        ["sign-in-settings"] = "/settings?tab=sign-in",
        ["account"] = "/account",
        ["account-access-keys"] = "/account?tab=access-keys",
        ["account-sessions"] = "/account?tab=sessions",
        ["account-password"] = "/account?tab=password",
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The page's address in that service: <c>{project detection}</c> becomes the id of that scope.</summary>
    public static async Task<string> AddressAsync(DemoService demo, string name)
    {
        var address = All[name];
        var (open, close) = (address.IndexOf('{', StringComparison.Ordinal), address.IndexOf('}', StringComparison.Ordinal));
        if (open < 0) return address;
        var parts = address[(open + 1)..close].Split(' ');
        return address[..open] + await IdAsync(demo, parts[0], parts[1]) + address[(close + 1)..];
    }

    private static async Task<string> IdAsync(DemoService demo, string type, string name) => type switch
    {
        "user" => (await DemoService.GetAsync(demo.Admin, "/api/v1/users?search=" + name))[0].GetProperty("id").GetString()!,
        "application" => (await DemoService.GetAsync(demo.Admin, "/api/v1/service-accounts?search=" + name))[0].GetProperty("id").GetString()!,
        _ => (await demo.ScopeAsync(type, name)).Id,
    };
}
