using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;

namespace RunAiRbac.Api.Tests.Agreement;

/// <summary>Asks random questions over HTTP as one caller, and says how each answer must be by the reference evaluator.</summary>
internal sealed class Questioner(RandomTenant world, ReferencePolicy facts, Person caller, long now)
{
    private static readonly string[] Resources = ["project", "department", "cluster", "workloads", "workloads", "users", "authorization", "access_rules", "tenant", "datavolumes/sharedscopes"];
    private static readonly string[] Unknown = ["", "*", "Project", "workload", "nothing"];

    /// <summary>How many answers have been compared.</summary>
    public int Asked { get; private set; }

    private string Tenant => world.Tenant.ScopeId;

    private sealed record Question(JsonObject Body, string? SubjectId, string[]? Groups, string ResourceType, string Action, string? ScopeId)
    {
        public override string ToString() => Body.ToJsonString();
    }

    public async Task CheckAsync()
    {
        var question = Ask();
        var reply = await caller.PostAsync("/api/v1/authorize", question.Body);
        if (!ExpectMayAsk(reply, question)) return;
        CompareDecision(question, reply.Expect(HttpStatusCode.OK).Json);
    }

    public async Task BatchAsync(int size)
    {
        var questions = Enumerable.Range(0, size).Select(_ => Ask()).ToList();
        var refused = questions.FindIndex(q => !MayAsk(q));
        var reply = await BatchAsync(questions);
        if (refused >= 0)
        {
            reply.Expect(HttpStatusCode.Forbidden, "forbidden").Details.Should().Be($"checks[{refused}]");
            questions.RemoveAll(q => !MayAsk(q));
            if (questions.Count == 0) return;
            reply = await BatchAsync(questions);
        }

        var results = reply.Expect(HttpStatusCode.OK).Json.GetProperty("results").EnumerateArray().ToList();
        results.Should().HaveCount(questions.Count);
        for (var i = 0; i < results.Count; i++) CompareDecision(questions[i], results[i]);
    }

    public async Task ExplainAsync()
    {
        var question = Ask();
        var reply = await caller.PostAsync("/api/v1/authorize/explain", question.Body);
        if (!ExpectMayAsk(reply, question)) return;
        var json = reply.Expect(HttpStatusCode.OK).Json;
        CompareDecision(question, json);
        var (subject, groups, resource, action, scope) = (question.SubjectId, question.Groups, question.ResourceType, question.Action, question.ScopeId);
        Same(question, "principals", Names(json, "principals"), facts.Principals(subject, groups, now).Select(p => $"{TypeOf(p.Subject)} {p.Subject.Id} {p.Subject.Name}"));
        Same(question, "path", Names(json, "path"), facts.Path(scope).Select(s => $"{s.Type} {s.Id} {s.Name}"));
        Same(question, "grants", json.GetProperty("grants").EnumerateArray().Select(Grant), facts.Grants(subject, groups, resource, action, scope, now).Select(Grant));
        var nearest = json.TryGetProperty("nearest", out var roles)
            ? roles.EnumerateArray().Select(r => $"{r.GetProperty("roleId").GetInt32()} {r.GetProperty("role").GetString()} {r.GetProperty("scope").GetProperty("id").GetString()}").ToList()
            : null;
        if (facts.Check(subject, groups, resource, action, scope, now).Reason == "no_matching_rule")
            Same(question, "nearest", nearest!, facts.Nearest(resource, action, scope!).Select(id => $"{id} {facts.Roles.Find(r => r.Id == id)!.Name} {scope}"));
        else nearest.Should().BeNull();
    }

    public async Task WhoCanAsync()
    {
        var (resource, action) = (Resource(), Action());
        var (scopeBody, scopeId) = ScopeOf();
        var limit = world.Pick<int?>([1, 2, 3, 7, null]);
        var mayAsk = MayAskAt(scopeId);
        var found = new List<string>();
        for (string? cursor = null; ;)
        {
            var body = new JsonObject { ["action"] = action, ["resourceType"] = resource, ["scope"] = scopeBody.DeepClone() };
            if (limit is not null) body["limit"] = limit;
            if (cursor is not null) body["cursor"] = cursor;
            var reply = await caller.PostAsync("/api/v1/authorize/who-can", body);
            if (!mayAsk)
            {
                reply.Expect(HttpStatusCode.Forbidden, "forbidden");
                Asked++;
                return;
            }

            var page = reply.Expect(HttpStatusCode.OK).Json;
            var entries = page.GetProperty("subjects").EnumerateArray().Select(s => $"{s.GetProperty("type").GetString()} {Text(s, "id")} {Text(s, "name")}: {Via(s)}").ToList();
            entries.Count.Should().BeLessThanOrEqualTo(limit ?? 100);
            found.AddRange(entries);
            cursor = Text(page, "cursor");
            if (cursor is null) break;
            entries.Count.Should().Be(limit ?? 100);
        }

        Same($"who can {action} {resource} {scopeBody.ToJsonString()}", "subjects", found, facts.WhoCan(resource, action, scopeId, now).Select(who =>
        {
            var subject = facts.FindSubject(who.SubjectId)!;
            var everybody = subject.Kind == SubjectKind.AllAuthenticated;
            return $"{TypeOf(subject)} {(everybody ? null : subject.Id)} {(everybody ? null : subject.Name)}: {string.Join(',', who.Rules.Select(Rule))}";
        }));
    }

    public async Task WhatCanAsync()
    {
        var (subjectBody, subjectId, groups) = Subject();
        var resource = world.Chance(6) ? null : Resource();
        var action = world.Chance(3) ? null : Action();
        var limit = world.Pick<int?>([1, 3, null]);
        var asking = subjectId == caller.Id && groups is null ? null : facts.PermittedScopes(caller.Id, "authorization", "read", now);
        var what = $"what can {subjectBody?.ToJsonString()} {action} {resource}";
        var found = new List<JsonElement>();
        var partial = false;
        for (string? cursor = null; ;)
        {
            var body = new JsonObject();
            if (subjectBody is not null) body["subject"] = subjectBody.DeepClone();
            if (resource is not null) body["resourceType"] = resource;
            if (action is not null) body["action"] = action;
            if (limit is not null) body["limit"] = limit;
            if (cursor is not null) body["cursor"] = cursor;
            var reply = await caller.PostAsync("/api/v1/authorize/what-can", body);
            if (asking is { Count: 0 })
            {
                reply.Expect(HttpStatusCode.Forbidden, "forbidden");
                Asked++;
                return;
            }

            var page = reply.Expect(HttpStatusCode.OK).Json;
            found.AddRange(page.GetProperty("permissions").EnumerateArray());
            partial = page.TryGetProperty("partial", out var cut) && cut.GetBoolean();
            cursor = Text(page, "cursor");
            if (cursor is null) break;
        }

        var whole = facts.WhatCan(subjectId, groups, resource, action, now);
        partial.Should().Be(asking is not null && whole.Exists(entry => !asking.Exists(ask => facts.IsWithin(entry.ScopeId, ask))), "{0} as {1}", what, caller.Name);
        if (partial) CompareCut(what, found, subjectId, groups, resource, action, asking!);
        else Same(what, "permissions", found.Select(p => $"{Permitted(p)}: {Via(p)}"), whole.Select(p => $"{p.ResourceType} {string.Join(',', p.Actions)} {Place(p.ScopeId)}: {string.Join(',', p.Rules.Select(Rule))}"));
    }

    public async Task PermittedScopesAsync()
    {
        var resource = Resource();
        var action = world.Chance(2) ? null : Action();
        var body = new JsonObject { ["resourceType"] = resource };
        if (action is not null) body["action"] = action;
        var json = (await caller.PostAsync("/api/v1/authorization/permitted-scopes", body)).Expect(HttpStatusCode.OK).Json;
        foreach (var one in new[] { "create", "read", "update", "delete" })
        {
            var expected = action is null || action == one ? facts.PermittedScopes(caller.Id, resource, one, now) : [];
            var got = json.GetProperty(one);
            var scopes = new[] { "tenants", "clusters", "departments", "projects" }.SelectMany(type => got.GetProperty(type).EnumerateArray().Select(id => $"{type} {id.GetString()}"));
            Same($"permitted {one} {resource} of {action}", "scopes", scopes.Order(StringComparer.Ordinal), expected.Select(id => $"{facts.FindScope(id)!.Type}s {id}").Order(StringComparer.Ordinal));
            Text(got, "tenant").Should().Be(expected.Contains(Tenant) ? Tenant : null);
        }
    }

    public async Task MineAsync()
    {
        var principals = facts.Principals(caller.Id, null, now).ConvertAll(p => p.Subject.Id);
        var expected = facts.Rules.Where(r => principals.Contains(r.SubjectId)).OrderBy(r => r.Id)
            .Select(r => $"{r.Id} {facts.FindSubject(r.SubjectId)!.Name} {r.RoleId} {facts.RoleOf(r).Name} {Place(r.ScopeId)} {facts.Path(r.ScopeId).Find(s => s.Type == "cluster")?.Id}").ToList();
        var found = new List<string>();
        do
        {
            var page = (await caller.GetAsync($"/api/v1/authorization/me/access-rules?limit=4&offset={found.Count}")).Expect(HttpStatusCode.OK).Json.GetProperty("accessRules");
            page.GetProperty("totalRecords").GetInt32().Should().Be(expected.Count);
            var rules = page.GetProperty("accessRules").EnumerateArray().ToList();
            page.GetProperty("displayRecords").GetInt32().Should().Be(rules.Count);
            found.AddRange(rules.Select(r => $"{r.GetProperty("id").GetInt32()} {Text(r, "subjectId")} {r.GetProperty("roleId").GetInt32()} {Text(r, "roleName")} {Text(r, "scopeType")} {Text(r, "scopeId")} {Text(r, "scopeName")} {Text(r, "clusterId")}"));
            if (rules.Count < 4) break;
        }
        while (found.Count < expected.Count);

        Same("my rules", "rules", found, expected);
        var count = (await caller.GetAsync("/api/v1/authorization/me/access-rules/count")).Expect(HttpStatusCode.OK).Json.GetProperty("count").GetInt32();
        count.Should().Be(expected.Count);
    }

    private Task<Reply> BatchAsync(List<Question> questions)
        => caller.PostAsync("/api/v1/authorize/batch", new JsonObject { ["checks"] = new JsonArray([.. questions.Select(q => q.Body.DeepClone())]) });

    private void CompareDecision(Question question, JsonElement json)
    {
        var (reason, rules) = facts.Check(question.SubjectId, question.Groups, question.ResourceType, question.Action, question.ScopeId, now);
        Same(question, "reason", [Text(json, "reason")!], [reason]);
        json.GetProperty("allowed").GetBoolean().Should().Be(reason == "granted");
        if (reason != "granted") json.TryGetProperty("accessRule", out _).Should().BeFalse("{0} was denied", question);
        else rules.Select(Rule).Should().Contain(Reference(json), "{0} as {1}", question, caller.Name);
    }

    /// <summary>Cut to where the caller may ask: right at exactly each such scope, and never anywhere else.</summary>
    private void CompareCut(string what, List<JsonElement> found, string? subjectId, string[]? groups, string? resource, string? action, List<string> asking)
    {
        var expected = new List<string>();
        foreach (var scope in facts.Scopes.Where(s => asking.Exists(ask => facts.IsWithin(s.Id, ask))))
        {
            foreach (var type in facts.ResourceTypes.Where(t => resource is null || t == resource))
            {
                var actions = facts.Actions.Where(a => action is null || a == action)
                    .Where(a => Granted(type, a, scope.Id) && (asking.Contains(scope.Id) || !Granted(type, a, scope.ParentId))).ToList();
                if (actions.Count > 0) expected.Add($"{type} {string.Join(',', actions)} {Place(scope.Id)}");
            }
        }

        Same(what, "cut permissions", found.Select(Permitted).Order(StringComparer.Ordinal), expected.Order(StringComparer.Ordinal));
        foreach (var entry in found)
        {
            var rules = entry.GetProperty("via").EnumerateArray().Select(Reference).ToList();
            foreach (var act in entry.GetProperty("actions").EnumerateArray().Select(a => a.GetString()!))
            {
                var allowing = facts.Check(subjectId, groups, Text(entry, "resourceType")!, act, Text(entry.GetProperty("scope"), "id"), now).Rules.ConvertAll(Rule);
                rules.Should().Contain(rule => allowing.Contains(rule), "{0} as {1}", what, caller.Name);
            }
        }

        bool Granted(string type, string act, string? scopeId) => facts.Check(subjectId, groups, type, act, scopeId, now).Reason == "granted";
    }

    private bool ExpectMayAsk(Reply reply, Question question)
    {
        if (MayAsk(question)) return true;
        reply.Expect(HttpStatusCode.Forbidden, "forbidden");
        Asked++;
        return false;
    }

    private bool MayAsk(Question question) => (question.SubjectId == caller.Id && question.Groups is null) || MayAskAt(question.ScopeId);

    private bool MayAskAt(string? scopeId) => facts.Check(caller.Id, null, "authorization", "read", scopeId ?? Tenant, now).Reason == "granted";

    private Question Ask()
    {
        var (subject, subjectId, groups) = Subject();
        var (scope, scopeId) = ScopeOf();
        var (resource, action) = (Resource(), Action());
        var body = new JsonObject { ["action"] = action, ["resourceType"] = resource, ["scope"] = scope };
        if (subject is not null) body["subject"] = subject;
        return new Question(body, subjectId, groups, resource, action, scopeId);
    }

    private string Resource() => world.Chance(20) ? world.Pick(Unknown) : world.Chance(8) ? world.Pick(facts.ResourceTypes) : world.Pick(Resources);

    private string Action() => world.Chance(20) ? world.Pick<string>(["", "*", "Read", "list"]) : world.Chance(20) ? "sync" : world.Pick<string>(["create", "read", "read", "update", "delete"]);

    private (JsonObject Body, string? Id) ScopeOf()
    {
        if (world.Chance(15))
        {
            var scope = world.Pick(facts.Scopes);
            return world.Below(4) switch
            {
                0 => (Body("project", "no-such-id"), null),
                1 => (Body("tenant", "1"), null),
                2 => (Body(scope.Type, scope.Id + " "), null),
                _ => (Body(scope.Type == "cluster" ? "project" : "cluster", scope.Id), null),
            };
        }

        var unit = world.Unit(facts);
        return (Body(unit.Type, unit.Id), unit.Id);

        static JsonObject Body(string type, string id) => new() { ["type"] = type, ["id"] = id };
    }

    private (JsonObject? Body, string? Id, string[]? Groups) Subject()
    {
        if (world.Chance(4)) return (null, caller.Id, null);
        if (world.Chance(12)) return (Body("user", world.Pick<string>(["", "*", "nobody@example.com", Guid.NewGuid().ToString(), "group-1"])), null, null);
        var subject = world.Chance(5) ? facts.FindSubject(caller.Id)! : world.Pick(facts.Subjects.FindAll(s => s.Kind != SubjectKind.AllAuthenticated));
        switch (subject.Kind)
        {
            case SubjectKind.Group: return (Body("group", subject.Key), subject.Id, null);
            case SubjectKind.Application: return (Body(world.Pick<string>(["application", "app", "service-account"]), world.Chance(2) ? subject.Id : subject.Key), subject.Id, null);
            default:
                var body = Body("user", world.Chance(2) ? subject.Id : world.Chance(2) ? subject.Key : subject.Key.ToUpperInvariant());
                if (!world.Chance(3)) return (body, subject.Id, null);
                var names = Enumerable.Range(0, world.Below(4)).Select(_ => world.Pick<string>(["group-0", "group-1", "group-2", "group-3", "group-x", "", subject.Id])).ToArray();
                body["groups"] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]);
                return (body, subject.Id, [.. names.Select(n => facts.Subjects.Find(s => s.Kind == SubjectKind.Group && s.Key == n)?.Id ?? "")]);
        }

        static JsonObject Body(string type, string id) => new() { ["type"] = type, ["id"] = id };
    }

    private void Same(object question, string what, IEnumerable<string> got, IEnumerable<string> expected)
    {
        Asked++;
        var (answer, reference) = (string.Join('\n', got), string.Join('\n', expected));
        if (answer != reference)
            throw new InvalidOperationException($"{question} as {caller.Name} at {now}: {what}: the service says\n{answer}\nthe reference\n{reference}");
    }

    private string Rule(int id) => $"{id} {facts.Sentence(facts.Rules.Find(r => r.Id == id)!)}";

    private string Grant(ReferencePolicy.Grant grant)
    {
        var rule = facts.Rules.Find(r => r.Id == grant.RuleId)!;
        return $"{Rule(rule.Id)} via {rule.SubjectId} at {rule.ScopeId} {grant.WhyNot is null} {WhyNot(grant.WhyNot)}";
    }

    private static string Grant(JsonElement json)
        => $"{Reference(json)} via {Text(json.GetProperty("via"), "id")} at {Text(json.GetProperty("scope"), "id")} {json.GetProperty("matches").GetBoolean()} {Text(json, "whyNot")}";

    private static string? WhyNot(string? reason) => reason switch
    {
        "PermissionNotInRole" => "permission_not_in_role",
        "RoleDisabled" => "role_disabled",
        "NotYetStarted" => "not_yet_started",
        "Expired" => "expired",
        "SubjectDisabled" => "subject_disabled",
        _ => reason,
    };

    private static string Reference(JsonElement json) => $"{json.GetProperty("accessRule").GetProperty("id").GetInt32()} {Text(json.GetProperty("accessRule"), "sentence")}";

    private static string Via(JsonElement json) => string.Join(',', json.GetProperty("via").EnumerateArray().Select(Reference));

    private static string Permitted(JsonElement json)
    {
        var scope = json.GetProperty("scope");
        return $"{Text(json, "resourceType")} {string.Join(',', json.GetProperty("actions").EnumerateArray().Select(a => a.GetString()))} {Text(scope, "type")} {Text(scope, "id")} {Text(scope, "name")}";
    }

    private string Place(string scopeId) => facts.FindScope(scopeId) is { } scope ? $"{scope.Type} {scope.Id} {scope.Name}" : scopeId;

    private static IEnumerable<string> Names(JsonElement json, string member)
        => json.GetProperty(member).EnumerateArray().Select(x => $"{Text(x, "type")} {Text(x, "id")} {Text(x, "name")}");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string TypeOf(SubjectFact subject) => subject.Kind switch
    {
        SubjectKind.User => "user",
        SubjectKind.Group => "group",
        SubjectKind.Application => "application",
        _ => "all-authenticated-users",
    };
}
