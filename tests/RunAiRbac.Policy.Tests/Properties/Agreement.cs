using System.Text;
using RunAiRbac.Policy.Tests.Reference;

namespace RunAiRbac.Policy.Tests.Properties;

/// <summary>Asks the engine and the reference the same, by names, and compares the answers as text.</summary>
internal static class Agreement
{
    private static readonly string[] Reasons =
        ["unknown_resource_type", "unknown_action", "unknown_scope", "unknown_subject", "subject_disabled", "no_matching_rule", "granted"];

    public static void OnRandomQuestions(PolicySnapshot snapshot, ReferencePolicy reference, RandomWorld world)
    {
        for (var i = 0; i < 8; i++) OnCheck(snapshot, reference, world, explain: i == 0);
        OnLists(snapshot, reference, world);
        OnTheLaw(snapshot, reference, world);
        var (id, session, now) = (world.SubjectId(), world.SessionId(), world.Now());
        Same("administrators", snapshot.LocalAdministrators(now), reference.LocalAdministrators(now));
        Same("session", snapshot.IsSessionLive(id, 1, session), reference.IsSessionLive(id, 1, session));
        var kind = world.Pick<SubjectKind>([SubjectKind.User, SubjectKind.Group, SubjectKind.Application, SubjectKind.AllAuthenticated]);
        var found = snapshot.FindSubject(kind, id);
        Same("subject", found.IsKnown ? snapshot.Subject(found).Id : null, reference.FindSubject(kind, id)?.Id);
    }

    public static string Reason(Decision decision) => Reasons[(int)decision.Reason];

    /// <summary>All that a snapshot can be read for, as text.</summary>
    public static string Dump(PolicySnapshot snapshot, IEnumerable<string> subjectIds, IEnumerable<string> scopeIds)
    {
        var text = new StringBuilder();
        foreach (var role in snapshot.Roles) text.Append(role).AppendLine();
        foreach (var scope in scopeIds.Select(snapshot.FindScope).Where(scope => scope.IsKnown))
        {
            text.Append(snapshot.Scope(scope)).Append(" path ").AppendJoin('/', snapshot.Path(scope).Select(s => snapshot.Scope(s).Id));
            text.Append(" below ").AppendJoin(',', snapshot.Subtree(scope).Select(s => snapshot.Scope(s).Id).Order(StringComparer.Ordinal));
            text.Append(" children ").AppendJoin(',', snapshot.Children(scope).Select(s => snapshot.Scope(s).Id).Order(StringComparer.Ordinal));
            text.Append(" rules ").AppendJoin(',', snapshot.RulesAt(scope).OrderBy(rule => rule.Id).Select(rule => $"{rule.Id} {rule.NotBefore} {rule.ExpiresAt} {snapshot.Sentence(rule)}")).AppendLine();
        }

        foreach (var subject in subjectIds.Select(snapshot.FindSubject).Where(subject => subject.IsKnown))
        {
            text.Append(snapshot.Subject(subject)).Append(" rules ").AppendJoin(',', snapshot.RulesOf(subject).Select(rule => rule.Id).Order());
            text.Append(" groups ").AppendJoin(',', snapshot.GroupsOf(subject).Select(m => $"{snapshot.Subject(m.Group).Id} {m.ValidUntil}").Order(StringComparer.Ordinal));
            text.Append(" members ").AppendJoin(',', snapshot.MembersOf(subject).Select(m => $"{snapshot.Subject(m.User).Id} {m.ValidUntil}").Order(StringComparer.Ordinal));
            text.Append(" left ").AppendJoin(',', snapshot.MembersOf(subject).Select(m => m.ValidUntil).Where(end => end < long.MaxValue).Distinct().Order().Select(end => $"{end}: {snapshot.CountMembers(subject, end)}")).AppendLine();
        }

        return text.Append(snapshot.RuleCount).ToString();
    }

    /// <summary>The same text from the facts.</summary>
    public static string Dump(ReferencePolicy world, IEnumerable<string> subjectIds, IEnumerable<string> scopeIds)
    {
        var text = new StringBuilder();
        foreach (var role in world.Roles.OrderBy(role => role.Id)) text.Append(role).AppendLine();
        foreach (var scope in scopeIds.Select(world.FindScope).OfType<ScopeFact>())
        {
            text.Append(scope).Append(" path ").AppendJoin('/', world.Path(scope.Id).Select(s => s.Id));
            text.Append(" below ").AppendJoin(',', world.Scopes.Where(s => world.IsWithin(s.Id, scope.Id)).Select(s => s.Id).Order(StringComparer.Ordinal));
            text.Append(" children ").AppendJoin(',', world.Scopes.Where(s => s.ParentId == scope.Id).Select(s => s.Id).Order(StringComparer.Ordinal));
            var rules = world.Rules.Where(rule => rule.ScopeId == scope.Id).OrderBy(rule => rule.Id);
            text.Append(" rules ").AppendJoin(',', rules.Select(rule => $"{rule.Id} {rule.NotBefore ?? long.MinValue} {rule.ExpiresAt ?? long.MaxValue} {world.Sentence(rule)}")).AppendLine();
        }

        foreach (var subject in subjectIds.Select(world.FindSubject).OfType<SubjectFact>())
        {
            text.Append(subject).Append(" rules ").AppendJoin(',', world.Rules.Where(rule => rule.SubjectId == subject.Id).Select(rule => rule.Id).Order());
            text.Append(" groups ").AppendJoin(',', Ends(world.Memberships.Where(m => m.UserId == subject.Id), m => m.GroupId));
            var members = world.Memberships.Where(m => m.GroupId == subject.Id).ToList();
            text.Append(" members ").AppendJoin(',', Ends(members, m => m.UserId));
            var ends = members.ConvertAll(m => m.ValidUntil ?? long.MaxValue);
            text.Append(" left ").AppendJoin(',', ends.Where(end => end < long.MaxValue).Distinct().Order().Select(end => $"{end}: {ends.Count(other => other > end)}")).AppendLine();
        }

        return text.Append(world.Rules.Count).ToString();

        static IEnumerable<string> Ends(IEnumerable<MembershipFact> memberships, Func<MembershipFact, string> id)
            => memberships.Select(m => $"{id(m)} {m.ValidUntil ?? long.MaxValue}").Order(StringComparer.Ordinal);
    }

    public static void Same<T>(string what, T engine, T reference)
    {
        if (!EqualityComparer<T>.Default.Equals(engine, reference)) throw new InvalidOperationException($"{what}: the engine says <{engine}>, the reference <{reference}>");
    }

    private static void OnCheck(PolicySnapshot snapshot, ReferencePolicy reference, RandomWorld world, bool explain)
    {
        var (subject, scope, type, action, now) = (world.SubjectId(), world.ScopeId(), world.ResourceType(), world.Action(), world.Now());
        var groups = world.GroupsOverride();
        SubjectRef[]? groupRefs = groups is null ? null : [.. groups.Value.Select(snapshot.FindSubject)];
        var (t, a, who, where) = (snapshot.Catalogue.FindResourceType(type), snapshot.Catalogue.FindAction(action), snapshot.FindSubject(subject), snapshot.FindScope(scope));
        var what = $"check {subject} [{(groups is null ? "" : string.Join(',', groups))}] {type} {action} {scope} at {now}";

        var decision = groupRefs is null ? snapshot.Check(who, t, a, where, now) : snapshot.Check(who, groupRefs, t, a, where, now);
        var (reason, rules) = reference.Check(subject, groups, type, action, scope, now);
        Same(what, Reason(decision), reason);
        Same(what + " rule", decision.Rule is not null, decision.Allowed);
        if (decision.Rule is { } rule && !rules.Contains(rule.Id)) throw new InvalidOperationException($"{what}: rule {rule.Id} does not allow it");
        if (!explain) return;

        var explanation = snapshot.Explain(who, groupRefs, t, a, where, now);
        Same(what + " explained", Reason(explanation.Decision), reason);
        Same(what + " principals", string.Join(',', explanation.Principals.Select(p => snapshot.Subject(p).Id)), string.Join(',', reference.Principals(subject, groups, now).Select(p => p.Subject.Id)));
        Same(what + " path", string.Join(',', explanation.Path.Select(s => snapshot.Scope(s).Id)), string.Join(',', reference.Path(scope).Select(s => s.Id)));
        Same(what + " grants", string.Join(',', explanation.Grants.Select(g => $"{g.Rule.Id} {g.Matches} {g.WhyNot}")), string.Join(',', reference.Grants(subject, groups, type, action, scope, now).Select(g => $"{g.RuleId} {g.WhyNot is null} {g.WhyNot}")));
        var nearest = reason == "no_matching_rule" ? reference.Nearest(type, action, scope) : [];
        Same(what + " nearest", string.Join(',', explanation.Nearest.Select(role => role.Id)), string.Join(',', nearest));
    }

    private static void OnLists(PolicySnapshot snapshot, ReferencePolicy reference, RandomWorld world)
    {
        var (subject, scope, type, action, now) = (world.SubjectId(), world.ScopeId(), world.ResourceType(), world.Action(), world.Now());
        var catalogue = snapshot.Catalogue;
        var (t, a, who, where) = (catalogue.FindResourceType(type), catalogue.FindAction(action), snapshot.FindSubject(subject), snapshot.FindScope(scope));
        var what = $"{subject} {type} {action} {scope} at {now}";
        Same(
            "who can " + what,
            string.Join(';', snapshot.WhoCan(t, a, where, now).Select(entry => $"{snapshot.Subject(entry.Subject).Id} {Ids(entry.Rules)}")),
            string.Join(';', reference.WhoCan(type, action, scope, now).Select(entry => $"{entry.SubjectId} {string.Join(',', entry.Rules)}")));
        Same(
            "permitted scopes " + what,
            string.Join(',', snapshot.PermittedScopes(who, t, a, now).Select(s => snapshot.Scope(s).Id)),
            string.Join(',', reference.PermittedScopes(subject, type, action, now)));

        var everything = world.Chance(8) && ReferenceEquals(catalogue, RandomWorld.Tiny);
        var groups = world.GroupsOverride();
        var any = world.Chance(2);
        var refs = groups?.Select(snapshot.FindSubject).ToArray();
        Same(
            $"what can {what} {everything} {any}",
            string.Join(';', snapshot.WhatCan(who, refs, everything ? null : t, any ? null : a, now).Select(entry =>
                $"{catalogue.ResourceTypes[entry.ResourceType].Name} {string.Join(',', entry.Actions.Select(x => catalogue.Actions[x]))} {snapshot.Scope(entry.Scope).Id} {Ids(entry.Rules)}")),
            string.Join(';', reference.WhatCan(subject, groups, everything ? null : type, any ? null : action, now).Select(entry =>
                $"{entry.ResourceType} {string.Join(',', entry.Actions)} {entry.ScopeId} {string.Join(',', entry.Rules)}")));
    }

    private static void OnTheLaw(PolicySnapshot snapshot, ReferencePolicy reference, RandomWorld world)
    {
        var (actor, other, scope, now) = (world.SubjectId(), world.SubjectId(), world.ScopeId(), world.Now());
        var until = world.Moment() ?? long.MaxValue;
        var role = world.AnyRole(reference);
        var (who, target, where) = (snapshot.FindSubject(actor), snapshot.FindSubject(other), snapshot.FindScope(scope));
        var what = $"{actor} {other} {role.Id} {scope} until {until} at {now}";
        if (where.IsKnown) Same("grant " + what, Text(snapshot.LackingToGrant(who, role, where, until, now)), Text(reference.LackingToGrant(actor, role, scope, until, now)));
        if (!ReferenceEquals(snapshot.Catalogue, RandomWorld.Tiny)) return;
        Same("change " + what, Text(snapshot.LackingToChange(who, target, now)), Text(reference.LackingToChange(actor, other, now)));
        Same("add " + what, Text(snapshot.LackingToAddTo(who, target, until, now)), Text(reference.LackingToAddTo(actor, other, until, now)));

        string Text(object lacking) => string.Join(';', lacking switch
        {
            IReadOnlyList<Lacking> engine => engine.Select(x => $"{snapshot.Scope(x.Scope).Id} {x.Role.Id} {x.ResourceType} {x.Action} {x.HeldUntil}"),
            List<ReferencePolicy.Lack> expected => expected.Select(x => $"{x.ScopeId} {x.RoleId} {x.ResourceType} {x.Action} {x.HeldUntil}"),
            _ => throw new InvalidOperationException("Neither."),
        });
    }

    private static string Ids(IEnumerable<Rule> rules) => string.Join(',', rules.Select(rule => rule.Id));
}
