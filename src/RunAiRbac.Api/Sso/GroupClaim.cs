using System.Text.Json;

namespace RunAiRbac.Api.Sso;

/// <summary>
/// The groups in a claim. A list: each a name, or an object with a <c>name</c>. A text: one group. An object: of each member the value when it is a text,
/// the value's <c>name</c> when it is an object with one, else the member's own name (<c>{"admins":{}}</c>, <c>{"admins":true}</c>); members that are
/// false or null are no membership. Anything else is refused: whoever cannot be understood must neither gain nor lose a group.
/// </summary>
internal static class GroupClaim
{
    public static IReadOnlyList<string> Read(JsonElement claim)
    {
        IEnumerable<string> names = claim.ValueKind switch
        {
            JsonValueKind.String => [claim.GetString()!],
            JsonValueKind.Array => claim.EnumerateArray().Select(item => NameOf(item) ?? throw Unreadable()),
            JsonValueKind.Object => claim.EnumerateObject().Where(IsMember).Select(MemberName),
            _ => throw Unreadable(),
        };
        return [.. names.Where(name => !string.IsNullOrWhiteSpace(name)).Distinct(StringComparer.Ordinal)];
    }

    private static string? NameOf(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.String => item.GetString(),
        JsonValueKind.Object when item.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String => name.GetString(),
        _ => null,
    };

    private static bool IsMember(JsonProperty member) => member.Value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null);

    private static string MemberName(JsonProperty member)
        => NameOf(member.Value) ?? (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.True ? member.Name : throw Unreadable());

    private static SsoRefusal Unreadable() => new(SsoRefusalCodes.SignInFailed, "The groups claim is no list of names, no name and no object of groups.");
}
