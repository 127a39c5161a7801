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
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The page's address in that service: <c>{project detection}</c> becomes the id of that scope.</summary>
    public static async Task<string> AddressAsync(DemoService demo, string name)
    {
        var address = All[name];
        var (open, close) = (address.IndexOf('{', StringComparison.Ordinal), address.IndexOf('}', StringComparison.Ordinal));
        if (open < 0) return address;
        var parts = address[(open + 1)..close].Split(' ');
        return address[..open] + (await demo.ScopeAsync(parts[0], parts[1])).Id + address[(close + 1)..];
    }
}
