using System.Globalization;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Authority;

/// <summary>Random parameters of one call: what there is, mostly where the actor has a say, now and then something that there is not.</summary>
internal sealed class Draw(Random random, TenantState state, EscalationActor actor, string tag, long now)
{
    /// <summary>Weak ones, strong ones, and any other now and then.</summary>
    private static readonly int[] Roles = [5, 7, 7, 4, 3, 3003, 1710, 1708, 1, 3001, 4002, 4001];

    private int _names;

    public EscalationActor Actor => actor;

    public bool Chance(int percent) => random.Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    public string NewName() => string.Create(CultureInfo.InvariantCulture, $"{tag}-r{state.Revision}-{random.Next(1000)}-{_names++}");

    public string ScopeId(string type) => Scope(s => s.Type == type)?.Id ?? NoId();

    public string UserId() => SubjectId(SubjectKind.User);

    public string ApplicationId() => SubjectId(SubjectKind.Application);

    public string RuleId()
    {
        var here = state.Policy.Rules.Where(r => state.Policy.IsWithin(r.ScopeId, actor.Ground)).ToList();
        var from = here.Count > 0 && Chance(70) ? here : state.Policy.Rules;
        return Pick(from).Id.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Now and then one twice.</summary>
    public string[] RuleIds() => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => RuleId())];

    public object NewRule()
    {
        var (type, id) = RuleSubject();
        var scope = Scope(s => s.Type != "system" || Chance(10))!;
        var (notBefore, expiresAt) = Term();
        return new { subjectType = type, subjectId = id, roleId = RoleFor(scope), scopeType = scope.Type, scopeId = scope.Id, notBefore, expiresAt };
    }

    public object NewRuleForAll()
    {
        var scope = Scope(s => s.Type != "system" || Chance(10))!;
        var (notBefore, expiresAt) = Term();
        return new { roleId = RoleFor(scope), scopeType = scope.Type, scopeId = scope.Id, notBefore, expiresAt };
    }

    public object NewRules()
    {
        var scopes = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Scope(s => s.Type != "system" || Chance(10))!).ToList();
        var (notBefore, expiresAt) = Term();
        return new
        {
            payload = new
            {
                roleId = RoleFor(scopes[0]),
                subjects = Enumerable.Range(0, random.Next(1, 4)).Select(_ => RuleSubject()).Select(s => new { subjectType = s.Type, subjectId = s.Id }).ToList(),
                scopes = scopes.ConvertAll(s => new { scopeType = s.Type, scopeId = s.Id }),
                notBefore,
                expiresAt,
            },
        };
    }

    public object NewUser()
    {
        var home = Home();
        var pending = state.Subjects.Values.Where(s => s is { Kind: SubjectKind.User, IsPending: true }).ToList();
        var email = pending.Count > 0 && Chance(60) ? Pick(pending).Key : Chance(15) ? Key(SubjectKind.User) : NewName() + "@example.com";
        return new { email = OddCase(email), scopeType = home?.Type, scopeId = home?.Id, resetPassword = Chance(20) };
    }

    public object NewApplication()
    {
        var home = Home();
        return new { name = Chance(10) ? Key(SubjectKind.Application) : NewName(), scopeType = home?.Type, scopeId = home?.Id };
    }

    public object NewProject()
    {
        var department = Scope(s => s.Type == "department");
        return new { name = NewName(), clusterId = department?.ParentId ?? NoId(), parentId = Chance(80) ? department?.Id : null, resources = Array.Empty<object>() };
    }

    public string[] GroupNames()
        => [.. Enumerable.Range(0, random.Next(4)).Select(_ => Chance(15) ? NewName() : Key(SubjectKind.Group))];

    /// <summary>Often one of the actor's own, else anybody's.</summary>
    public string AccessKeyId()
    {
        var own = state.AccessKeysOf(actor.Id).Select(k => k.Id).ToList();
        var any = state.Subjects.Keys.SelectMany(state.AccessKeysOf).Select(k => k.Id).ToList();
        return own.Count > 0 && Chance(40) ? Pick(own) : any.Count > 0 ? Pick(any) : NoId();
    }

    /// <summary>Mostly a spare one of the actor, else anybody's.</summary>
    public string SessionId()
    {
        var spare = state.Sessions[actor.Id].Select(s => s.Id).ToList();
        var any = state.Sessions.SelectMany(s => s).Select(s => s.Id).ToList();
        return spare.Count > 0 && Chance(50) ? Pick(spare) : any.Count > 0 ? Pick(any) : NoId();
    }

    /// <summary>A user with one of its identities, or with another's.</summary>
    public (string User, string Identity) Identity()
    {
        var (user, other) = (UserId(), UserId());
        var of = Chance(90) ? user : other;
        return (user, state.Identities[of].Select(x => x.Id).FirstOrDefault() ?? NoId());
    }

    public string Alias() => state.Providers.Count > 0 && Chance(90) ? Pick(state.Providers) : NewName();

    public object Provider() => new
    {
        name = Chance(80) ? NewName() : Alias(),
        type = "oidc",
        oidcData = new { clientId = "runai", clientSecret = Chance(50) ? "a secret" : "another", discoverDocumentUrl = "https://idp.example.com/" + NewName() },
        trustedEmailDomains = Chance(50) ? new[] { "*" } : null,
        groupsTrusted = Chance(50) ? Chance(50) : (bool?)null,
    };

    private int RoleFor(ScopeFact scope) => scope.Type == "system" ? 4003 : Chance(85) ? Pick(Roles) : Pick(state.Policy.Roles).Id;

    private (string? NotBefore, string? ExpiresAt) Term()
    {
        long? notBefore = Chance(20) ? now + Minutes(1, 60) : null;
        long? expiresAt = Chance(40) ? (notBefore ?? now) + Minutes(1, 120) : null;
        return (notBefore is { } from ? Text(from) : null, expiresAt is { } to ? Text(to) : null);
    }

    private (string Type, string Id) RuleSubject()
    {
        if (Chance(15)) return (actor.Kind == SubjectKind.User ? "user" : "app", actor.Key);
        return random.Next(4) switch
        {
            // A name of another kind is another subject.
            0 => ("group", Chance(80) ? Key(SubjectKind.Group) : Chance(50) ? Key(SubjectKind.User) : NewName()),
            1 => (Chance(50) ? "app" : "service-account", Key(SubjectKind.Application)),
            _ => ("user", Chance(75) ? OddCase(Key(SubjectKind.User)) : Chance(50) ? NewName() + "@example.com" : SubjectId(SubjectKind.User)),
        };
    }

    private ScopeFact? Home() => Chance(40) ? null : Scope(s => s.Type != "system");

    private ScopeFact? Scope(Func<ScopeFact, bool> fits)
    {
        var all = state.Policy.Scopes.Where(fits).ToList();
        var here = all.Where(s => state.Policy.IsWithin(s.Id, actor.Ground)).ToList();
        return here.Count > 0 && Chance(75) ? Pick(here) : all.Count > 0 ? Pick(all) : null;
    }

    /// <summary>Half of the time one whose home is where the actor has a say; never the first administrator more often than the others.</summary>
    private string SubjectId(SubjectKind kind)
    {
        if (Chance(3)) return NoId();
        var all = state.Subjects.Values.Where(s => s.Kind == kind).ToList();
        var here = all.Where(s => state.Policy.IsWithin(state.HomeOf(s.Id), actor.Ground)).ToList();
        return here.Count > 0 && Chance(75) ? Pick(here).Id : all.Count > 0 ? Pick(all).Id : NoId();
    }

    private string Key(SubjectKind kind)
    {
        var keys = state.Subjects.Values.Where(s => s.Kind == kind).Select(s => s.Key).ToList();
        return keys.Count > 0 ? Pick(keys) : NewName();
    }

    private string OddCase(string text) => Chance(70) ? text : string.Concat(text.Select(c => Chance(30) ? char.ToUpperInvariant(c) : c));

    private long Minutes(int from, int to) => random.Next(from, to) * 60_000_000L;

    private static string Text(long micros) => Micros.ToTime(micros).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static string NoId() => Guid.NewGuid().ToString();
}
