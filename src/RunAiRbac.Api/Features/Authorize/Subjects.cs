using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.Authorize;

/// <summary>Subjects as the wire names them: types and how each is addressed (design.md §4: an id wins over a name; a group is its name).</summary>
internal static class Subjects
{
    /// <summary>The type of everybody signed in; it needs no id.</summary>
    public const string AllAuthenticated = "all-authenticated-users";

    /// <summary>The kind of a wire type; null for anything else.</summary>
    public static SubjectKind? Kind(string type) => type switch
    {
        "user" => SubjectKind.User,
        "group" => SubjectKind.Group,
        "application" or "app" or "service-account" => SubjectKind.Application,
        _ => null,
    };

    /// <summary>The type that decisions name a kind by.</summary>
    public static string Type(SubjectKind kind) => kind switch
    {
        SubjectKind.User => "user",
        SubjectKind.Group => "group",
        SubjectKind.Application => "application",
        _ => AllAuthenticated,
    };

    /// <summary>The living subject that the wire means; unknown when there is none.</summary>
    public static SubjectRef Find(PolicySnapshot snapshot, SubjectKind kind, string idOrName) => kind switch
    {
        SubjectKind.Group => snapshot.FindSubjectByKey(kind, idOrName),
        SubjectKind.User when EmailAddress.TryCanonicalize(idOrName, out var canonical) => snapshot.FindSubject(kind, canonical),
        _ => snapshot.FindSubject(kind, idOrName),
    };
}
