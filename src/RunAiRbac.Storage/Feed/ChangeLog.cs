using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>The JSON of the change log and of role rows.</summary>
internal static class ChangeLog
{
    /// <summary>The entry of a revision that cannot be told as changes (a tenant's first, a new epoch): whoever meets it reads everything again.</summary>
    public const string Reload = "\"reload\"";

    private static readonly ChangeLogJson Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Write(IReadOnlyList<PolicyChange> changes) => JsonSerializer.Serialize(changes, Json.IReadOnlyListPolicyChange);

    /// <summary>False for <see cref="Reload"/> and for an entry that cannot be read (of a newer version of this program, say).</summary>
    public static bool TryRead(string json, [NotNullWhen(true)] out IReadOnlyList<PolicyChange>? changes)
    {
        changes = null;
        if (json == Reload) return false;
        try
        {
            changes = JsonSerializer.Deserialize(json, Json.IReadOnlyListPolicyChange);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return false;
        }

        return changes is not null && !changes.Contains(null!);
    }

    public static string WritePermissions(IReadOnlyList<Permission> permissions) => JsonSerializer.Serialize(permissions, Json.IReadOnlyListPermission);

    public static IReadOnlyList<Permission> ReadPermissions(string json)
        => JsonSerializer.Deserialize(json, Json.IReadOnlyListPermission) ?? throw new JsonException("A role's permissions are null.");
}

[JsonSerializable(typeof(IReadOnlyList<PolicyChange>))]
[JsonSerializable(typeof(IReadOnlyList<Permission>))]
internal sealed partial class ChangeLogJson : JsonSerializerContext;
