namespace RunAiRbac.Policy.Tests.Reference;

/// <summary>What changes do to the facts.</summary>
public sealed partial class ReferencePolicy
{
    private const long Week = 7L * 24 * 3600 * 1_000_000;

    public ReferencePolicy Copy() => new()
    {
        ResourceTypes = ResourceTypes,
        Actions = Actions,
        Roles = [.. Roles],
        Scopes = [.. Scopes],
        Subjects = [.. Subjects],
        Memberships = [.. Memberships],
        Rules = [.. Rules],
        EndedSessions = [.. EndedSessions],
    };

    public PolicyFacts ToFacts(long revision) => new(revision, Roles, Scopes, Subjects, Memberships, Rules, EndedSessions);

    /// <summary>Whether the change fits the facts; if so, it is made.</summary>
    public bool TryApply(PolicyChange change)
    {
        switch (change)
        {
            case RolePut put:
                Roles.RemoveAll(r => r.Id == put.Role.Id);
                Roles.Add(put.Role);
                return true;
            case ScopePut put: return TryPut(put.Scope);
            case ScopeEnd end: return TryEndScope(end.Id);
            case SubjectPut put: return TryPut(put.Subject);
            case SubjectEnd end: return TryEndSubject(end.Id);
            case MembershipPut put:
                var membership = put.Membership;
                if (FindSubject(membership.UserId)?.Kind != SubjectKind.User || FindSubject(membership.GroupId)?.Kind != SubjectKind.Group) return false;
                Memberships.RemoveAll(m => m.UserId == membership.UserId && m.GroupId == membership.GroupId);
                Memberships.Add(membership);
                return true;
            case MembershipEnd end: return Memberships.RemoveAll(m => m.UserId == end.UserId && m.GroupId == end.GroupId) > 0;
            case RulePut put:
                var rule = put.Rule;
                if (Rules.Exists(r => r.Id == rule.Id) || FindSubject(rule.SubjectId) is null || FindScope(rule.ScopeId) is null || !Roles.Exists(r => r.Id == rule.RoleId)) return false;
                Rules.Add(rule);
                return true;
            case RuleEnd end: return Rules.RemoveAll(r => r.Id == end.Id) > 0;
            case SessionEnd end: return Forgetting(end.Session);
            default: return false;
        }
    }

    private bool TryPut(ScopeFact scope)
    {
        if (scope.ParentId is not null && (FindScope(scope.ParentId) is not { } parent || parent.Type == "system")) return false;
        if (scope.ParentId is not null && (scope.Type is "tenant" or "system")) return false;
        if (FindScope(scope.Id) is { } old && (old.Type != scope.Type || (old.ParentId is null) != (scope.ParentId is null))) return false;
        if (scope.ParentId is not null && IsWithin(scope.ParentId, scope.Id)) return false;
        var after = Scopes.Where(s => s.Id != scope.Id).Append(scope).ToList();
        var tree = new ReferencePolicy { ResourceTypes = [], Actions = [], Scopes = after };
        if (after.Exists(s => tree.Path(s.Id).Count > 16)) return false;
        Scopes.RemoveAll(s => s.Id == scope.Id);
        Scopes.Add(scope);
        return true;
    }

    private bool TryEndScope(string id)
    {
        if (FindScope(id) is null) return false;
        var ended = Scopes.Where(s => IsWithin(s.Id, id)).Select(s => s.Id).ToList();
        Scopes.RemoveAll(s => ended.Contains(s.Id));
        Rules.RemoveAll(r => ended.Contains(r.ScopeId));
        for (var i = 0; i < Subjects.Count; i++)
        {
            if (Subjects[i].HomeScopeId is { } home && ended.Contains(home)) Subjects[i] = Subjects[i] with { HomeScopeId = null };
        }

        return true;
    }

    private bool TryPut(SubjectFact subject)
    {
        if (!subject.Enabled && (subject.Kind is SubjectKind.Group or SubjectKind.AllAuthenticated)) return false;
        if (FindSubject(subject.Id) is { } old && old.Kind != subject.Kind) return false;
        if (Subjects.Exists(s => s.Id != subject.Id && s.Kind == subject.Kind && (s.Key == subject.Key || s.Kind == SubjectKind.AllAuthenticated))) return false;
        Subjects.RemoveAll(s => s.Id == subject.Id);
        Subjects.Add(FindScope(subject.HomeScopeId) is null ? subject with { HomeScopeId = null } : subject);
        return true;
    }

    private bool TryEndSubject(string id)
    {
        Rules.RemoveAll(r => r.SubjectId == id);
        Memberships.RemoveAll(m => m.UserId == id || m.GroupId == id);
        return Subjects.RemoveAll(s => s.Id == id) > 0;
    }

    /// <summary>Remembers a session, and of the earlier ones those of the latest week and the one before.</summary>
    private bool Forgetting(EndedSession session)
    {
        EndedSessions.Add(session);
        var latest = EndedSessions.Max(s => WeekOf(s));
        EndedSessions.RemoveAll(s => WeekOf(s) < latest - 1);
        return true;

        static double WeekOf(EndedSession s) => Math.Floor((double)s.ForgetAfter / Week);
    }
}
