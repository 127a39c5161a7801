using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Policy;

namespace RunAiRbac.Api.Features.SubjectManagement;

/// <summary>A kind of subject with a home scope.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="ResourceType">The resource type that guards it.</param>
/// <param name="Noun">What people call one.</param>
internal sealed record HomedKind(SubjectKind Kind, string ResourceType, string Noun)
{
    public static readonly HomedKind User = new(SubjectKind.User, "users", "user");
    public static readonly HomedKind Application = new(SubjectKind.Application, "apps", "application");
}

/// <summary>Who may read and change users and applications (design.md §6).</summary>
internal static class SubjectGuard
{
    /// <summary>Reading needs the permission at any scope.</summary>
    public static bool CanRead(this Acting acting, HomedKind kind) => acting.CanAnywhere(kind.ResourceType, "read");

    /// <summary>The subject of that kind and id; 404 when there is none or the caller may not read it. Everybody may read their own user.</summary>
    public static SubjectRef DemandReadable(this Acting acting, HomedKind kind, string id)
    {
        var subject = acting.Snapshot.FindSubject(id);
        var isOne = subject.IsKnown && acting.Snapshot.Subject(subject).Kind == kind.Kind;
        if (isOne && (acting.CanRead(kind) || (subject == acting.Subject && kind.Kind == SubjectKind.User))) return subject;
        throw ApiException.NotFound(kind.Noun);
    }

    /// <summary>As <see cref="DemandReadable"/>; 403 without the permission at its home scope, or when it holds what the caller does not.</summary>
    public static SubjectRef DemandManaged(this Acting acting, HomedKind kind, string id, string action)
    {
        var subject = acting.DemandReadable(kind, id);
        acting.Demand(kind.ResourceType, action, acting.HomeOf(subject));
        acting.DemandChange(subject);
        return subject;
    }

    /// <summary>An access key acts as its user, but is no way to that user's password, sessions and identities (design.md §6).</summary>
    public static void DemandNotByOwnKey(this Acting acting, HttpContext context, SubjectRef target)
    {
        if (target == acting.Subject && context.Admitted().Caller.ViaAccessKey)
            throw new ApiException(Kinds.Forbidden, "A session begun with an access key cannot manage its user's password, sessions and identities.");
    }
}
