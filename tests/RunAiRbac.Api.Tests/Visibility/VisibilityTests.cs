using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Policy;
using RunAiRbac.Policy.Tests.Reference;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Visibility;

/// <summary>Every list, count, search and single read shows each caller exactly the reference set; what is hidden answers as what was never there.</summary>
public sealed class VisibilityTests(ApiHosts hosts) : ApiTests(hosts)
{
    private const string Rules = "/api/v1/authorization/access-rules";
    private static readonly string[] Searches = ["a", "HALL-ONE", "pending-1", "tool", "auditor", "%", "nothing has this"];

    /// <summary>What a made-up id answers, by caller and route.</summary>
    private readonly Dictionary<(string, HttpMethod, string), string> _madeUp = [];

    [Theory, MemberData(nameof(Providers))]
    public async Task Reading_ByEveryActor_ShowsExactlyTheReferenceSet(StorageProvider provider)
    {
        var world = await ManyActors.CreateAsync(await Hosts.GetAsync(provider));
        await CompareAllAsync(world, world.Actors);
        await world.LetEverybodyViewAsync();
        await CompareAllAsync(world, world.Actors.Where(a => a.Name is "nobody@example.com" or "app-nobody" or "researcher@example.com" or "disabled-role@example.com"));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Changing_WhatOneMayNot_Is404WhereItIsHiddenAnd403WhereItIsSeen(StorageProvider provider)
    {
        var world = await ManyActors.CreateAsync(await Hosts.GetAsync(provider));
        var facts = await world.Tenant.FactsAsync();
        var rules = await Sights.RulesAsync(world.Tenant);
        foreach (var (actor, index) in world.Actors.Select((actor, index) => (actor, index)))
        {
            var sights = new Sights(facts, rules, world.Tenant.ScopeId, actor.Id, TimeProvider.System.NowMicros());
            await RefuseUnitsAsync(actor, sights, facts);
            await RefuseSubjectsAsync(actor, sights, facts, ThirdOf(facts.Subjects, index));
            await RefuseRulesAsync(actor, sights, ThirdOf(facts.Rules, index));
            await RefuseKeysAsync(actor, sights, world);
        }

        var after = await world.Tenant.FactsAsync();
        after.Scopes.Should().BeEquivalentTo(facts.Scopes);
        after.Subjects.Should().BeEquivalentTo(facts.Subjects);
        after.Rules.Should().BeEquivalentTo(facts.Rules);
    }

    private async Task CompareAllAsync(ManyActors world, IEnumerable<Person> actors)
    {
        var facts = await world.Tenant.FactsAsync();
        var rules = await Sights.RulesAsync(world.Tenant);
        foreach (var actor in actors)
        {
            var sights = new Sights(facts, rules, world.Tenant.ScopeId, actor.Id, TimeProvider.System.NowMicros());
            await CompareUnitsAsync(actor, sights, facts);
            await CompareSubjectsAsync(actor, sights, facts);
            await CompareRulesAsync(actor, sights, rules);
            await CompareOwnAsync(world, actor, sights, facts);
            await CompareKeysAsync(world, actor, sights, facts);
        }
    }

    private async Task CompareUnitsAsync(Person actor, Sights sights, ReferencePolicy facts)
    {
        foreach (var (type, path, member) in new[] { ("cluster", "/api/v1/clusters", null), ("department", "/api/v1/org-unit/departments", "departments"), ("project", "/api/v1/org-unit/projects", "projects") })
        {
            var expected = sights.Units(type);
            var listed = member is null ? Ids(await GetAsync(actor, path), null) : await PagesAsync(actor, path, member, 2);
            Same(actor, path, listed, expected);
            if (member is not null) await CountAsync(actor, path + "/count", expected.Count);
            if (type == "project") await SearchAsync(actor, path, member, expected);
            await GetEachAsync(actor, path, [.. facts.Scopes.Where(s => s.Type == type).Select(s => s.Id)], expected, Guid.NewGuid().ToString());

            var text = (await actor.GetAsync(path)).Text;
            sights.HiddenNames().Should().NotContain(name => text.Contains($"\"{name}\"", StringComparison.Ordinal), "{0} was shown {1}", actor.Name, text);
        }
    }

    private async Task CompareSubjectsAsync(Person actor, Sights sights, ReferencePolicy facts)
    {
        await CompareAsync("/api/v1/users", SubjectKind.User, sights.Users());
        await CompareAsync("/api/v1/apps", SubjectKind.Application, sights.Applications());
        await CompareAsync("/api/v1/service-accounts", SubjectKind.Application, sights.Applications());
        await CountAsync(actor, "/api/v1/users/count", sights.Users().Count);

        var groups = sights.Groups();
        Same(actor, "groups", await PagesAsync(actor, "/api/v1/groups", null, 3), groups);
        await SearchAsync(actor, "/api/v1/groups", null, groups);
        foreach (var group in facts.Subjects.Where(s => s.Kind == SubjectKind.Group))
        {
            var path = $"/api/v1/groups/{group.Id}/members";
            if (groups.Exists(g => g.Id == group.Id)) Same(actor, path, await PagesAsync(actor, path, null, 2), sights.Members(group.Id));
            else await LooksUnknownAsync(actor, HttpMethod.Get, path, group.Id, Guid.NewGuid().ToString());
        }

        async Task CompareAsync(string path, SubjectKind kind, List<Seen> expected)
        {
            Same(actor, path, Ids(await GetAsync(actor, path), null), expected);
            Same(actor, path, await PagesAsync(actor, path, null, 4), expected);
            await SearchAsync(actor, path, null, expected);
            // An id of another kind is no id of this one.
            var foreign = facts.Subjects.Where(s => s.Kind != kind).GroupBy(s => s.Kind).Select(kinds => kinds.First());
            await GetEachAsync(actor, path, [.. facts.Subjects.Where(s => s.Kind == kind).Concat(foreign).Select(s => s.Id)], expected, Guid.NewGuid().ToString());
        }
    }

    private async Task CompareRulesAsync(Person actor, Sights sights, IReadOnlyList<(RuleFact Rule, bool Deleted)> rules)
    {
        var expected = sights.Rules();
        Same(actor, Rules, await PagesAsync(actor, Rules, "accessRules", 9), expected);
        (await GetAsync(actor, Rules + "?limit=1")).GetProperty("totalRecords").GetInt32().Should().Be(expected.Count);
        await CountAsync(actor, Rules + "/count", expected.Count);
        await SearchAsync(actor, Rules, "accessRules", expected);
        foreach (var search in Searches) await CountAsync(actor, $"{Rules}/count?search={Uri.EscapeDataString(search)}", Matching(expected, search).Count);
        var withDeleted = sights.Rules(deletedToo: true);
        Same(actor, "deleted too", await PagesAsync(actor, Rules + "?includeDeleted=true", "accessRules", 50), withDeleted);
        await CountAsync(actor, Rules + "/count?includeDeleted=true", withDeleted.Count);
        await GetEachAsync(actor, Rules, [.. rules.Select(r => $"{r.Rule.Id}")], expected, "999999");
    }

    /// <summary>What everybody sees of themselves: roles, permissions, sessions.</summary>
    private async Task CompareOwnAsync(ManyActors world, Person actor, Sights sights, ReferencePolicy facts)
    {
        var roles = (await GetAsync(actor, "/api/v1/authorization/roles")).EnumerateArray().Select(r => r.GetProperty("id").GetInt32());
        roles.Should().BeEquivalentTo(facts.Roles.Select(r => r.Id));
        foreach (var role in facts.Roles) (await actor.GetAsync($"/api/v1/authorization/roles/{role.Id}")).Expect(HttpStatusCode.OK);
        var permissions = (await GetAsync(actor, "/api/v1/authorization/permissions")).EnumerateArray()
            .Select(p => $"{p.GetProperty("resourceType").GetString()} {string.Join(',', p.GetProperty("actions").EnumerateArray().Select(a => a.GetString()))}");
        permissions.Should().BeEquivalentTo(sights.Permissions(), "{0} may do that somewhere", actor.Name);

        await using var db = await world.Tenant.Store.OpenAsync(TestContext.Current.CancellationToken);
        var sessions = await db.Sessions.AsNoTracking().Where(s => s.TenantId == world.Tenant.Id && s.SubjectId == actor.Id && s.EndedAt == null).Select(s => s.Id).ToListAsync(TestContext.Current.CancellationToken);
        var answer = await GetAsync(actor, "/api/v1/me/sessions");
        Ids(answer.EnumerateObject().Single().Value, null).Should().BeEquivalentTo(sessions);
        var others = await db.Sessions.AsNoTracking().Where(s => s.TenantId == world.Tenant.Id && s.SubjectId != actor.Id).Select(s => s.Id).FirstAsync(TestContext.Current.CancellationToken);
        await LooksUnknownAsync(actor, HttpMethod.Delete, $"/api/v1/me/sessions/{others}", others, Guid.NewGuid().ToString());
    }

    /// <summary>One's own access keys, and everybody's for who may read them at the tenant.</summary>
    private async Task CompareKeysAsync(ManyActors world, Person actor, Sights sights, ReferencePolicy facts)
    {
        foreach (var (path, member) in new[] { ("/api/v1/access-keys", "accessKeys"), ("/api/v1/user-applications", (string?)null) })
        {
            if (facts.FindSubject(actor.Id)!.Kind == SubjectKind.Application)
            {
                foreach (var refused in world.Keys.Select(k => $"{path}/{k.Id}").Append(path)) (await actor.GetAsync(refused)).Expect(HttpStatusCode.Forbidden, "forbidden");
            }
            else
            {
                var own = world.Keys.Where(k => k.UserId == actor.Id).Select(k => new Seen(k.Id)).ToList();
                Same(actor, path, Ids(await GetAsync(actor, path), member), own);
                await GetEachAsync(actor, path, [.. world.Keys.Select(k => k.Id)], own, Guid.NewGuid().ToString());
            }

            var administration = path.Replace("/v1/", "/v1/administration/", StringComparison.Ordinal);
            if (sights.May("access-keys", "read", world.Tenant.ScopeId)) Same(actor, administration, Ids(await GetAsync(actor, administration), member), world.Keys.ConvertAll(k => new Seen(k.Id)));
            else (await actor.GetAsync(administration)).Expect(HttpStatusCode.Forbidden, "forbidden");
        }
    }

    /// <summary>403 for everybody without the permission, whether or not there is such a key.</summary>
    private async Task RefuseKeysAsync(Person actor, Sights sights, ManyActors world)
    {
        if (sights.May("access-keys", "delete", world.Tenant.ScopeId)) return;
        foreach (var path in new[] { "access-keys", "user-applications" })
        {
            foreach (var id in world.Keys.Select(k => k.Id).Append(Guid.NewGuid().ToString()))
                await RefusedAsync(actor, sights, isSeen: true, HttpMethod.Delete, $"/api/v1/administration/{path}/{id}", id);
        }
    }

    private async Task RefuseUnitsAsync(Person actor, Sights sights, ReferencePolicy facts)
    {
        foreach (var unit in facts.Scopes.Where(s => s.Type is "cluster" or "department" or "project"))
        {
            var path = unit.Type == "cluster" ? $"/api/v1/clusters/{unit.Id}" : $"/api/v1/org-unit/{unit.Type}s/{unit.Id}";
            if (!sights.May(unit.Type, "delete", unit.Id)) await RefusedAsync(actor, sights, sights.SeesUnit(unit), HttpMethod.Delete, path, unit.Id);
            if (sights.May(unit.Type, "update", unit.Id)) continue;
            await RefusedAsync(actor, sights, sights.SeesUnit(unit), HttpMethod.Put, path, unit.Id, """{"name":"taken","resources":[]}""");
            if (unit.Type == "cluster") continue;
            await RefusedAsync(actor, sights, sights.SeesUnit(unit), HttpMethod.Patch, path, unit.Id, """{"name":"taken"}""");
            await RefusedAsync(actor, sights, sights.SeesUnit(unit), HttpMethod.Put, path + "/resources", unit.Id, "[]");
            await RefusedAsync(actor, sights, sights.SeesUnit(unit), HttpMethod.Patch, path + "/resources", unit.Id, "[]");
        }
    }

    private async Task RefuseSubjectsAsync(Person actor, Sights sights, ReferencePolicy facts, IEnumerable<SubjectFact> subjects)
    {
        var (users, applications) = (sights.Users(), sights.Applications());
        foreach (var subject in subjects.Where(s => s.Kind is SubjectKind.User or SubjectKind.Application))
        {
            var (type, paths) = subject.Kind == SubjectKind.User ? ("users", new[] { "/api/v1/users/" }) : ("apps", ["/api/v1/apps/", "/api/v1/service-accounts/"]);
            var isSeen = (subject.Kind == SubjectKind.User ? users : applications).Exists(s => s.Id == subject.Id);
            foreach (var path in paths.Select(start => start + subject.Id))
            {
                if (!sights.MayChange(type, "delete", subject)) await RefusedAsync(actor, sights, isSeen, HttpMethod.Delete, path, subject.Id);
                if (sights.MayChange(type, "update", subject)) continue;
                await RefusedAsync(actor, sights, isSeen, HttpMethod.Patch, path, subject.Id, """{"enabled":false}""");
                var others = subject.Kind == SubjectKind.User ? new[] { "/logout", "/password" } : ["/secret"];
                foreach (var other in others) await RefusedAsync(actor, sights, isSeen, HttpMethod.Post, path + other, subject.Id, "{}");
            }

            if (subject.Kind == SubjectKind.User && !sights.May("groups", "update", facts.Scopes.Single(s => s.Type == "tenant").Id))
                await RefusedAsync(actor, sights, isSeen, HttpMethod.Put, $"/api/v1/users/{subject.Id}/groups", subject.Id, """{"source":"directory","groups":["mine"]}""");
        }
    }

    private async Task RefuseRulesAsync(Person actor, Sights sights, IEnumerable<RuleFact> rules)
    {
        foreach (var rule in rules.Where(rule => !sights.May("access_rules", "delete", rule.ScopeId)))
            await RefusedAsync(actor, sights, sights.May("access_rules", "read", rule.ScopeId), HttpMethod.Delete, $"{Rules}/{rule.Id}", $"{rule.Id}", randomId: "999999");
        await RefuseRuleBatchesAsync(actor, sights, [.. rules.Where(rule => !sights.May("access_rules", "delete", rule.ScopeId))]);
    }

    /// <summary>Batches and simulations tell no more of rules than deleting them one by one.</summary>
    private static async Task RefuseRuleBatchesAsync(Person actor, Sights sights, List<RuleFact> rules)
    {
        string[] ids = [.. rules.Select(rule => $"{rule.Id}"), "999999"];
        foreach (var action in new[] { "validate_delete", "delete" })
        {
            var reply = (await actor.PostAsync(Rules + "/batch", new { ids, action })).Expect(HttpStatusCode.OK);
            reply.Json.GetProperty("succeeded").GetArrayLength().Should().Be(0, "{0} may delete none of them", actor.Name);
            var failed = reply.Json.GetProperty("failed").EnumerateArray().ToList();
            failed.Select(f => f.GetProperty("id").GetString()).Should().Equal(ids);
            for (var i = 0; i < rules.Count; i++)
            {
                var isSeen = sights.May("access_rules", "read", rules[i].ScopeId);
                failed[i].GetProperty("code").GetInt32().Should().Be(isSeen ? 403 : 404, "{0} asked about the rule {1}", actor.Name, rules[i]);
                if (!isSeen) failed[i].GetProperty("message").GetString().Should().Be(failed[^1].GetProperty("message").GetString());
            }

            sights.HiddenNames().Should().NotContain(name => reply.Text.Contains($"`{name}`", StringComparison.Ordinal), "{0} was told {1}", actor.Name, reply.Text);
        }

        var madeUp = Answers.Essence(await actor.PostAsync("/api/v1/authorize/simulate", new { delete = new[] { 999_999 } }));
        foreach (var rule in rules)
        {
            var real = await actor.PostAsync("/api/v1/authorize/simulate", new { delete = new[] { rule.Id } });
            if (sights.May("access_rules", "read", rule.ScopeId)) real.Expect(HttpStatusCode.Forbidden, "forbidden");
            else Answers.Essence(real).Should().Be(madeUp, "{0} may not know of the rule {1}", actor.Name, rule);
        }
    }

    /// <summary>One third of the objects, and for the next caller the next: every kind of caller meets every kind of object.</summary>
    private static IEnumerable<T> ThirdOf<T>(IEnumerable<T> objects, int turn) => objects.Where((_, index) => index % 3 == turn % 3);

    /// <summary>403 when the object is seen, and then without a word of what is not; else exactly as a random id.</summary>
    private async Task RefusedAsync(Person actor, Sights sights, bool isSeen, HttpMethod method, string path, string id, string? body = null, string? randomId = null)
    {
        if (!isSeen)
        {
            await LooksUnknownAsync(actor, method, path, id, randomId ?? Guid.NewGuid().ToString(), body);
            return;
        }

        var reply = await SendAsync(actor, method, path, body);
        reply.Status.Should().Be(HttpStatusCode.Forbidden, "{0} {1} as {2} answered {3}", method, path, actor.Name, reply.Text);
        reply.ErrorCode.Should().Be("forbidden");
        sights.HiddenNames().Should().NotContain(name => reply.Text.Contains($"`{name}`", StringComparison.Ordinal), "{0} was told {1}", actor.Name, reply.Text);
    }

    private async Task GetEachAsync(Person actor, string path, List<string> ids, List<Seen> expected, string randomId)
    {
        foreach (var id in ids)
        {
            if (!expected.Exists(x => x.Id == id))
            {
                await LooksUnknownAsync(actor, HttpMethod.Get, $"{path}/{id}", id, randomId);
                continue;
            }

            var json = await GetAsync(actor, $"{path}/{id}");
            if (Id(json) != id) throw new InvalidOperationException($"GET {path}/{id} as {actor.Name} answered {json}");
        }
    }

    private async Task LooksUnknownAsync(Person actor, HttpMethod method, string path, string id, string randomId, string? body = null)
    {
        var madeUp = path.Replace("/" + id, "/" + randomId, StringComparison.Ordinal);
        var key = (actor.Id, method, path.Replace("/" + id, "/{id}", StringComparison.Ordinal));
        if (!_madeUp.TryGetValue(key, out var expected)) _madeUp[key] = expected = Answers.Essence(await SendAsync(actor, method, madeUp, body));
        var real = await SendAsync(actor, method, path, body);
        if (real.Status != HttpStatusCode.NotFound || Answers.Essence(real) != expected)
            throw new InvalidOperationException($"{method} {path} as {actor.Name} answered {real.Text}; a made-up id {expected}");
    }

    private static async Task SearchAsync(Person actor, string path, string? member, List<Seen> all)
    {
        foreach (var search in Searches)
        {
            var got = Ids(await GetAsync(actor, $"{path}?limit=500&search={Uri.EscapeDataString(search)}"), member);
            Same(actor, $"{path} searched for {search}", got, Matching(all, search));
        }
    }

    private static List<Seen> Matching(List<Seen> all, string search) => all.FindAll(x => x.Texts.Any(text => text.Contains(search, StringComparison.OrdinalIgnoreCase)));

    private static async Task CountAsync(Person actor, string path, int expected)
        => (await GetAsync(actor, path)).GetProperty("count").GetInt32().Should().Be(expected, "{0} sees as many at {1}", actor.Name, path);

    private static async Task<List<string>> PagesAsync(Person actor, string path, string? member, int limit)
    {
        var all = new List<string>();
        while (true)
        {
            var page = Ids(await GetAsync(actor, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}&offset={all.Count}"), member);
            page.Count.Should().BeLessThanOrEqualTo(limit);
            all.AddRange(page);
            if (page.Count < limit) return all;
        }
    }

    private static void Same(Person actor, string what, List<string> got, List<Seen> expected)
        => got.Order(StringComparer.Ordinal).Should().Equal(expected.Select(x => x.Id).Order(StringComparer.Ordinal), "{0} sees these at {1}", actor.Name, what);

    private static async Task<JsonElement> GetAsync(Person actor, string path)
    {
        var reply = await actor.GetAsync(path);
        if (reply.Status != HttpStatusCode.OK) throw new InvalidOperationException($"GET {path} as {actor.Name} answered {reply.Text}");
        return reply.Json;
    }

    private static Task<Reply> SendAsync(Person actor, HttpMethod method, string path, string? body)
        => body is null ? actor.SendAsync(new HttpRequestMessage(method, path)) : actor.SendTextAsync(method, path, body);

    private static List<string> Ids(JsonElement list, string? member) => [.. (member is null ? list : list.GetProperty(member)).EnumerateArray().Select(Id)];

    private static string Id(JsonElement json)
    {
        var id = json.TryGetProperty("id", out var found) ? found : json.GetProperty("uuid");
        return id.ValueKind == JsonValueKind.Number ? id.GetRawText() : id.GetString()!;
    }
}
