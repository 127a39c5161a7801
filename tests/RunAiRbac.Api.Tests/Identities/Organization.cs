using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Sso;
using RunAiRbac.Api.Tests.Agreement;
using RunAiRbac.Api.Tests.Fixtures;
using RunAiRbac.Api.Tests.IdentityProviders;
using RunAiRbac.Api.Tests.SubjectManagement;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Tests.Identities;

/// <summary>A tenant whose people sign in through providers: what these say is what a test says.</summary>
internal sealed class Organization(OwnTenant tenant)
{
    private const string Path = "/api/v1/users";

    public OwnTenant Tenant => tenant;

    public Person Admin => tenant.Admin;

    public long Revision => tenant.Store.Current(tenant.Id)!.Snapshot.Revision;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Organization> CreateAsync(ApiHost host) => new(await OwnTenant.CreateAsync(host));

    /// <summary>A provider, set up over the API.</summary>
    public async Task<Provider> ProviderAsync(string name, string[]? domains = null, bool? trusted = null)
    {
        (await Admin.PostAsync(Idps.Path, Idps.Oidc(name, domains: domains, trusted: trusted))).Expect(HttpStatusCode.Created);
        return await FindAsync(tenant.Host, name);
    }

    /// <summary>The provider as a host knows it.</summary>
    public async Task<Provider> FindAsync(ApiHost host, string alias)
        => new(host, (await host.Services.GetRequiredService<SsoProviders>().FindAsync(tenant.Id, alias, Cancel))!);

    public async Task<Reply> UserAsync(string id) => (await Admin.GetAsync($"{Path}/{id}")).Expect(HttpStatusCode.OK);

    /// <summary>Rules name the address before anybody has it; the pending user's id.</summary>
    public async Task<string> PendingAsync(string email, int role = World.Viewer)
    {
        await tenant.GrantAsync("user", email, role, tenant.Scope);
        return (await Admin.GetAsync($"{Path}?search={email}")).Ids.Single();
    }

    public async Task<Reply> LocalAsync(string email) => (await Admin.PostAsync(Path, new { email })).Expect(HttpStatusCode.Created);

    public async Task<List<string>> LivingUsersAsync(string email)
    {
        await using var db = await tenant.Store.OpenAsync(Cancel);
        return await db.Subjects.Where(x => x.TenantId == tenant.Id && x.Key == email && x.DeletedAt == null).Select(x => x.Id).ToListAsync(Cancel);
    }

    public async Task<List<AuditEventRow>> EventsAsync(string entityType)
    {
        await using var db = await tenant.Store.OpenAsync(Cancel);
        return await db.AuditEvents.AsNoTracking().Where(x => x.TenantId == tenant.Id && x.EntityType == entityType).OrderBy(x => x.At).ThenBy(x => x.Id).ToListAsync(Cancel);
    }

    public async Task<Reply> IdentitiesAsync(string userId) => (await Admin.GetAsync($"{Path}/{userId}/identities")).Expect(HttpStatusCode.OK);
}

/// <summary>A provider, as the protocols hand on what it says.</summary>
internal sealed class Provider(ApiHost host, SsoProvider provider)
{
    public static readonly RequestOrigin Origin = new(Guid.NewGuid().ToString(), "127.0.0.1", "GET", "/auth/callback", 200);

    public SsoProvider Set => provider;

    public string Alias => provider.Alias;

    public ProviderSignIn Says(string claim, string? email, string[]? groups = null, bool? verified = null, string? first = null, string? last = null)
        => new() { Provider = provider, SubjectClaim = claim, Email = email, EmailVerified = verified, Groups = groups, FirstName = first, LastName = last };

    public Task<KnownSubject> ResolveAsync(ProviderSignIn said)
        => host.Services.GetRequiredService<ExternalIdentities>().ResolveAsync(said, Origin, TestContext.Current.CancellationToken);

    public Task<KnownSubject> ResolveAsync(string claim, string? email, string[]? groups = null, bool? verified = null) => ResolveAsync(Says(claim, email, groups, verified));

    /// <summary>The user's id, or the code of the refusal.</summary>
    public async Task<string> OutcomeAsync(ProviderSignIn said)
    {
        try
        {
            return (await ResolveAsync(said)).SubjectId;
        }
        catch (SsoRefusal refusal)
        {
            return refusal.Code;
        }
    }

    public Task<string> OutcomeAsync(string claim, string? email, bool? verified = null) => OutcomeAsync(Says(claim, email, null, verified));

    /// <summary>Signs in, with a session of its own.</summary>
    public async Task<Person> SignInAsync(string claim, string? email, string[]? groups = null)
    {
        var known = await ResolveAsync(claim, email, groups);
        var issued = await host.Services.GetRequiredService<Sessions>().BeginAsync(provider.TenantId, Origin, known, "oidc", Sessions.NoClient, TestContext.Current.CancellationToken);
        return new Person(host.Http, known.SubjectId, known.Key, issued.Access.Value);
    }
}
