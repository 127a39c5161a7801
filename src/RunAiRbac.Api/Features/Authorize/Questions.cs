using RunAiRbac.Api.Errors;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.Authorize;

/// <summary>A check resolved against one snapshot.</summary>
/// <param name="Subject">Who; possibly unknown.</param>
/// <param name="Groups">What stands in for the stored memberships; null: nothing does.</param>
/// <param name="ResourceType">The catalogue's index, or -1.</param>
/// <param name="Action">The catalogue's index, or -1.</param>
/// <param name="Scope">Where; possibly unknown.</param>
internal readonly record struct Question(SubjectRef Subject, SubjectRef[]? Groups, int ResourceType, int Action, ScopeRef Scope);

/// <summary>Validates what arrived (400 naming the member) and resolves it.</summary>
internal static class Questions
{
    public const int MaxGroups = 1_000;

    /// <summary>Tests the shape of one check; <paramref name="index"/> is its place in a batch.</summary>
    public static void Validate(CheckItem? item, int? index = null)
    {
        if (item is null) throw ApiException.Invalid($"checks[{index}]", "must be an object");
        if (item.Action is null) throw Missing("action", index);
        if (item.ResourceType is null) throw Missing("resourceType", index);
        ValidateScope(item.Scope, index);
        if (item.Subject is not null) ValidateSubject(item.Subject, index);
    }

    public static void ValidateScope(CheckScope? scope, int? index = null)
    {
        if (scope is null) throw Missing("scope", index);
        if (scope.Type is null) throw Missing("scope.type", index);
        if (scope.Id is null) throw Missing("scope.id", index);
        if (scope.Type is not ("tenant" or "cluster" or "department" or "project"))
            throw ApiException.Invalid(At("scope.type", index), "must be tenant, cluster, department or project");
    }

    public static void ValidateSubject(CheckSubject subject, int? index = null)
    {
        if (subject.Type is null) throw Missing("subject.type", index);
        if (subject.Id is null) throw Missing("subject.id", index);
        if (Subjects.Kind(subject.Type) is not { } kind)
            throw ApiException.Invalid(At("subject.type", index), "must be user, group or application");
        if (subject.Groups is null) return;
        if (kind != SubjectKind.User) throw ApiException.Invalid(At("subject.groups", index), "is for users only");
        if (subject.Groups.Count > MaxGroups) throw ApiException.Invalid(At("subject.groups", index), $"must have at most {MaxGroups} names");
        foreach (var name in subject.Groups)
            if (name is null) throw ApiException.Invalid(At("subject.groups", index), "must hold names, not null");
    }

    public static Question Resolve(CheckItem item, PolicySnapshot snapshot, SubjectRef caller)
    {
        var (subject, groups) = ResolveSubject(item.Subject, snapshot, caller);
        return new Question(
            subject, groups, snapshot.Catalogue.FindResourceType(item.ResourceType), snapshot.Catalogue.FindAction(item.Action),
            snapshot.FindScope(item.Scope.Type, item.Scope.Id));
    }

    public static (SubjectRef Subject, SubjectRef[]? Groups) ResolveSubject(CheckSubject? subject, PolicySnapshot snapshot, SubjectRef caller)
    {
        if (subject is null) return (caller, null);
        var found = Subjects.Find(snapshot, Subjects.Kind(subject.Type)!.Value, subject.Id);
        if (subject.Groups is null) return (found, null);
        var groups = new SubjectRef[subject.Groups.Count];
        for (var i = 0; i < groups.Length; i++) groups[i] = snapshot.FindSubjectByKey(SubjectKind.Group, subject.Groups[i]);
        return (found, groups);
    }

    private static ApiException Missing(string member, int? index) => ApiException.Invalid(At(member, index), "is missing");

    private static string At(string member, int? index) => index is null ? member : $"checks[{index}].{member}";
}
