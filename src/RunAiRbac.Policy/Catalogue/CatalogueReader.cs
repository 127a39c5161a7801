using System.Collections.Immutable;
using System.Text.Json;

namespace RunAiRbac.Policy;

/// <summary>Reads the embedded <c>catalogue.json</c>: permissions there are one letter per action, the first of its name (<c>CRUD</c>).</summary>
internal static class CatalogueReader
{
    public static Catalogue ReadEmbedded()
    {
        using var stream = typeof(CatalogueReader).Assembly.GetManifestResourceStream("catalogue.json")
            ?? throw new InvalidOperationException("The assembly was built without its catalogue.");
        using var document = JsonDocument.Parse(stream);
        return Read(document.RootElement);
    }

    private static Catalogue Read(JsonElement root)
    {
        var actions = Strings(root.GetProperty("actions"));
        var types = root.GetProperty("resourceTypes").EnumerateArray()
            .Select(type => new ResourceType(Text(type, "name"), Text(type, "displayName"), Text(type, "groupId")))
            .ToImmutableArray();
        var roles = root.GetProperty("roles").EnumerateArray()
            .Select(role => ReadRole(role, actions))
            .OrderBy(role => role.Id)
            .ToImmutableArray();
        return new Catalogue(types, actions, Strings(root.GetProperty("grantedToNobody")), roles);
    }

    private static RoleFact ReadRole(JsonElement role, ImmutableArray<string> actions)
    {
        var permissions = role.GetProperty("permissions").EnumerateObject()
            .Select(type => new Permission(type.Name, ReadActions(type.Value.GetString()!, actions)))
            .ToImmutableArray();
        return new RoleFact(role.GetProperty("id").GetInt32(), Text(role, "name"), Text(role, "description"), Enabled: true, permissions);
    }

    private static ImmutableArray<string> ReadActions(string letters, ImmutableArray<string> actions)
        => [.. letters.Select(letter => actions.Single(action => char.ToUpperInvariant(action[0]) == letter))];

    private static ImmutableArray<string> Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    private static string Text(JsonElement item, string property) => item.GetProperty(property).GetString()!;
}
