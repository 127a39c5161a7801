using System.Text.Json;

namespace RunAiRbac.Policy.Tests;

/// <summary>The predefined roles: locked by a golden file, and computed once more from the public record.</summary>
public class CatalogueTests
{
    private const string Letters = "CRUD";

    private static readonly string[] Assets =
        ["host-path-assets", "nfs-assets", "pvc-assets", "cm-volume-assets", "secret-volume-assets", "git-assets", "s3-assets"];

    private static readonly string[] ReadWithCluster = ["workload-properties", "network-topologies", "registries", "scrapeable-metrics"];

    private static Catalogue Catalogue => Catalogue.Default;

    [Fact]
    public void Matrix_AsShipped_IsTheGoldenOne()
    {
        var lines = Catalogue.Roles.SelectMany(role => Catalogue.ResourceTypes
            .Select(type => (type.Name, Held: Held(role, type.Name)))
            .Where(entry => entry.Held.Length > 0)
            .Select(entry => $"{role.Id} {role.Name}: {entry.Name} {entry.Held}"));

        string.Join('\n', lines).Should().Be(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "roles.txt")).TrimEnd());
    }

    [Fact]
    public void Matrix_AsShipped_FollowsFromThePublicRecord()
    {
        var expected = Recomputed();

        Catalogue.Roles.ToDictionary(role => role.Name, role => Matrix(role)).Should().BeEquivalentTo(expected);
    }

    [Fact]
    public void SystemAdministrator_AsShipped_HoldsWhatEveryOtherTenantRoleHolds()
    {
        var administrator = Catalogue.Roles.Single(role => role.Id == PredefinedRoles.SystemAdministrator);
        foreach (var role in Catalogue.Roles.Where(role => role.Id != PredefinedRoles.PlatformAdministrator))
        {
            foreach (var (type, actions) in Matrix(role)) actions.ToCharArray().Should().BeSubsetOf(Held(administrator, type).ToCharArray(), $"{role.Name} on {type}");
        }
    }

    [Fact]
    public void Roles_AsShipped_HaveIdsNamesAndDescriptions()
    {
        Catalogue.Roles.Should().HaveCount(24).And.BeInAscendingOrder(role => role.Id);
        Catalogue.Roles.Should().OnlyContain(role => role.Id < PredefinedRoles.FirstCustomId && role.Enabled && role.Description.Length > 0 && !role.Description.Contains('\n'));
        Catalogue.Roles.Select(role => role.Name).Should().OnlyHaveUniqueItems();
        Catalogue.Roles.Where(role => Record().Roles.ContainsKey(role.Name)).Should().HaveCount(18)
            .And.OnlyContain(role => Record().Roles[role.Name].Id == role.Id);
    }

    [Fact]
    public void ResourceTypes_AsShipped_AreTheKnownOnesInStableOrder()
    {
        Catalogue.Actions.Should().Equal("create", "read", "update", "delete", "sync");
        Catalogue.ResourceTypes.Should().HaveCount(46);
        Catalogue.ResourceTypes.Take(36).Select(type => type.Name).Should().BeEquivalentTo(Record().Types);
        Catalogue.ResourceTypes.Skip(36).Select(type => type.Name).Should().Equal(
            "service-account", "access-keys", "security-settings", "branding-settings", "storage-class-configuration",
            "workload-properties", "network-topologies", "registries", "scrapeable-metrics", "authorization");
        Catalogue.ResourceTypes.Select(type => type.GroupId).Distinct().Should()
            .BeEquivalentTo("organization", "physical-resource", "iam", "dashboard", "workload", "workload-asset");
        Catalogue.ResourceTypes.Should().OnlyContain(type => Catalogue.ResourceTypes[Catalogue.FindResourceType(type.Name)] == type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("Workloads")]
    [InlineData("workload")]
    [InlineData("workloads ")]
    public void Find_UnknownName_IsMinusOne(string name)
    {
        Catalogue.FindResourceType(name).Should().Be(-1);
        Catalogue.FindAction(name).Should().Be(-1);
    }

    private static string Held(RoleFact role, string type)
        => string.Concat(role.Permissions.Where(p => p.ResourceType == type).SelectMany(p => p.Actions).Select(action => char.ToUpperInvariant(action[0])));

    private static Dictionary<string, string> Matrix(RoleFact role)
        => Catalogue.ResourceTypes.Select(type => type.Name).Where(type => Held(role, type).Length > 0).ToDictionary(type => type, type => Held(role, type));

    /// <summary>The roles as design.md, section 8 derives them, step by step.</summary>
    private static Dictionary<string, Dictionary<string, string>> Recomputed()
    {
        var roles = Record().Roles.ToDictionary(role => role.Key, role => role.Value.Permissions);
        // Additions first.
        foreach (var name in new[] { "Department administrator", "Application administrator" })
        {
            foreach (var type in new[] { "users", "groups", "apps" }) Add(roles[name], type, Letters);
        }

        foreach (var type in new[] { "roles", "access-keys" }) Add(roles["System administrator"], type, Letters);
        foreach (var role in roles.Values) AddFollowers(role);
        foreach (var type in ReadWithCluster) Add(roles["System administrator"], type, Letters);
        roles["AI practitioner"] = With(roles["L1 researcher"], ("inferences", Letters), ("department", "R"));
        roles["Data and storage administrator"] = With(
            roles["Data source administrator"].Where(p => p.Value.Contains('R')).ToDictionary(p => p.Key, _ => "R"),
            [.. Assets.Concat(["credentials", "datavolumes", "datavolumes/sharedscopes"]).Select(type => (type, Letters))]);
        roles["Project administrator"] = new(roles["Department administrator"]) { ["department"] = "R", ["project"] = "RU" };
        roles["Authorization delegate"] = With([], ("authorization", "R"), ("tenant", "R"));
        string[] audited = ["access_rules", "roles", "users", "groups", "apps", "service-account", "access-keys", "events-history", "tenant", "cluster", "department", "project"];
        roles["Access auditor"] = With([], [.. audited.Select(type => (type, "R"))]);
        AddFollowers(roles["Access auditor"]);
        roles["Platform administrator"] = With([], ("tenant", Letters), ("access_rules", Letters), ("roles", "R"));
        return roles;
    }

    private static void AddFollowers(Dictionary<string, string> role)
    {
        (string New, string Leader)[] pairs =
            [("service-account", "apps"), ("access-keys", "apps"), ("security-settings", "settings"), ("branding-settings", "settings"), ("storage-class-configuration", "cluster-config")];
        foreach (var (type, leader) in pairs) Add(role, type, role.GetValueOrDefault(leader, ""));
        foreach (var type in ReadWithCluster) Add(role, type, role.GetValueOrDefault("cluster", "").Contains('R') ? "R" : "");
        Add(role, "authorization", role.GetValueOrDefault("access_rules", "").Contains('R') ? "R" : "");
    }

    private static Dictionary<string, string> With(Dictionary<string, string> role, params (string Type, string Actions)[] more)
    {
        var copy = new Dictionary<string, string>(role);
        foreach (var (type, actions) in more) Add(copy, type, actions);
        return copy;
    }

    private static void Add(Dictionary<string, string> role, string type, string actions)
    {
        var held = string.Concat(Letters.Where(letter => actions.Contains(letter) || role.GetValueOrDefault(type, "").Contains(letter)));
        if (held.Length > 0) role[type] = held;
    }

    private static (Dictionary<string, (int Id, Dictionary<string, string> Permissions)> Roles, HashSet<string> Types) Record()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "roles-matrix.json")));
        var roles = document.RootElement.GetProperty("roles").EnumerateArray().ToDictionary(
            role => role.GetProperty("name").GetString()!,
            role => (role.GetProperty("id").GetInt32(), role.GetProperty("permissions").EnumerateObject()
                .Where(p => p.Value.GetString() is { Length: > 0 } and not "-")
                .ToDictionary(p => p.Name, p => p.Value.GetString()!)));
        return (roles, [.. roles.Values.SelectMany(role => role.Item2.Keys)]);
    }
}
