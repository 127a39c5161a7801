using System.Globalization;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Features.OrgUnits;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Hosting;

/// <summary>What a person needs to try the example organization.</summary>
/// <param name="Secret">The example application's secret, new at every planting.</param>
/// <param name="UserPassword">The example user's password; null when the organization stood already.</param>
/// <param name="Allowed">A project where the application may create workloads.</param>
/// <param name="Denied">One where it may not.</param>
internal sealed record Demo(string Secret, string? UserPassword, string Allowed, string Denied)
{
    /// <summary>Three commands to paste, with real values.</summary>
    public string Commands(string address)
    {
        var user = UserPassword is null ? string.Empty : $"Example user:  {DemoSeed.User}, password {UserPassword}   (shown this once)\n";
        return $$"""

            {{user}}Three commands to try: a token for the application {{DemoSeed.Application}}, a check that is allowed, one that is denied.

            TOKEN=$(curl -s {{address}}/api/v1/token -H 'Content-Type: application/json' -d '{"grantType":"app_token","appID":"{{DemoSeed.Application}}","appSecret":"{{Secret}}"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')

            curl -s {{address}}/api/v1/authorize -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{Check(Allowed)}}'

            curl -s {{address}}/api/v1/authorize -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{Check(Denied)}}'

            """;
    }

    private static string Check(string projectId) => $$$"""{"action":"create","resourceType":"workloads","scope":{"type":"project","id":"{{{projectId}}}"}}""";
}

/// <summary>Fills in a small example organization, once; planting again only gives its application a new secret.</summary>
internal sealed class DemoSeed(PolicyStore store, Passwords passwords, IOptions<BootstrapOptions> bootstrap)
{
    public const string Application = "nightly-training";
    public const string User = "alice@example.com";
    private const string AllowedProject = "detection";
    private const string DeniedProject = "translation";
    private const string Team = "vision-team";

    private static class Role
    {
        public const int L1Researcher = 5;
        public const int Viewer = 7;
        public const int L2Researcher = 8;
        public const int DepartmentAdministrator = 1710;
        public const int AuthorizationDelegate = 4001;
    }

    public async Task<Demo> PlantAsync()
    {
        var secret = Secrets.New();
        var password = Passwords.NewTemporary();
        var hash = await passwords.HashAsync(password, CancellationToken.None);
        var planted = await store.WriteAsync(bootstrap.Value.TenantId, Actor.System, async write =>
        {
            var standing = write.Before.FindSubject(SubjectKind.Application, Application);
            if (standing.IsKnown) await RenewSecretAsync(write, write.Before.Subject(standing).Id, secret);
            else await PlantAllAsync(write, secret, hash);
            return !standing.IsKnown;
        }, CancellationToken.None);
        var snapshot = planted.Version.Snapshot;
        return new Demo(secret, planted.Value ? password : null, ProjectId(snapshot, AllowedProject), ProjectId(snapshot, DeniedProject));
    }

    private static async Task RenewSecretAsync(PolicyWrite write, string applicationId, string secret)
    {
        foreach (var living in await write.CredentialsAsync(applicationId, CredentialKinds.Secret, CancellationToken.None)) living.DeletedAt = write.Now;
        write.AddCredential(applicationId, CredentialKinds.Secret, Secrets.Hash(secret));
        await write.TouchSubjectAsync((await write.FindSubjectAsync(applicationId, CancellationToken.None))!, CancellationToken.None);
    }

    private static async Task PlantAllAsync(PolicyWrite write, string secret, string passwordHash)
    {
        var tenant = write.TenantId.ToString(CultureInfo.InvariantCulture);
        var amsterdam = await UnitWrites.AddClusterAsync(write, tenant, "amsterdam", null);
        var oslo = await UnitWrites.AddClusterAsync(write, tenant, "oslo", null);
        var vision = await AddDepartmentAsync(write, amsterdam, "vision");
        var language = await AddDepartmentAsync(write, amsterdam, "language");
        var genomics = await AddDepartmentAsync(write, oslo, "genomics");
        var detection = await AddProjectAsync(write, vision, AllowedProject);
        await AddProjectAsync(write, vision, "segmentation");
        await AddProjectAsync(write, language, DeniedProject);
        await AddProjectAsync(write, genomics, "folding");

        var nightly = await AddApplicationAsync(write, Application, secret);
        var gateway = await AddApplicationAsync(write, "job-gateway", Secrets.New());
        var alice = await AddUserAsync(write, User, passwordHash);
        await write.SetGroupsAsync(write.After.Subject(alice).Id, "directory", [Team], CancellationToken.None);

        await AddRuleAsync(write, nightly, Role.L1Researcher, detection.Id);
        await AddRuleAsync(write, gateway, Role.AuthorizationDelegate, tenant);
        await AddRuleAsync(write, write.EnsureGroup(Team), Role.L2Researcher, vision.Id);
        await AddRuleAsync(write, alice, Role.Viewer, amsterdam.Id);
        await AddRuleAsync(write, write.EnsureUser("bob@example.com", "bob@example.com"), Role.DepartmentAdministrator, language.Id);
    }

    private static Task<ScopeRow> AddDepartmentAsync(PolicyWrite write, ScopeRow cluster, string name)
        => UnitWrites.AddDepartmentAsync(write, cluster.Id, name, new UnitDetails());

    private static Task<ScopeRow> AddProjectAsync(PolicyWrite write, ScopeRow department, string name)
        => UnitWrites.AddProjectAsync(write, department.ClusterId!, department.Id, name, "runai-" + name, new UnitDetails());

    private static async Task<SubjectRef> AddApplicationAsync(PolicyWrite write, string name, string secret)
    {
        var row = NewSubject(write, SubjectKind.Application, name);
        write.AddSubject(row);
        write.AddCredential(row.Id, CredentialKinds.Secret, Secrets.Hash(secret));
        await write.TouchSubjectAsync(row, CancellationToken.None);
        return write.After.FindSubject(row.Id);
    }

    private static async Task<SubjectRef> AddUserAsync(PolicyWrite write, string email, string passwordHash)
    {
        var row = NewSubject(write, SubjectKind.User, email);
        row.IsLocal = true;
        write.AddSubject(row);
        write.Db.Identities.Add(new IdentityRow { TenantId = write.TenantId, Id = Ids.New(), SubjectId = row.Id, Provider = "local", Claim = row.Id, CreatedAt = write.Now });
        write.AddCredential(row.Id, CredentialKinds.Password, passwordHash);
        await write.TouchSubjectAsync(row, CancellationToken.None);
        return write.After.FindSubject(row.Id);
    }

    private static SubjectRow NewSubject(PolicyWrite write, SubjectKind kind, string key)
        => new() { TenantId = write.TenantId, Id = string.Empty, Kind = kind, Key = key, Name = key, NameFolded = string.Empty, CreatedByName = write.Actor.Name };

    private static Task AddRuleAsync(PolicyWrite write, SubjectRef subject, int role, string scopeId)
        => write.AddRuleAsync(new NewRule(subject, role, write.After.FindScope(scopeId), null, null, "Example"), CancellationToken.None);

    private string ProjectId(PolicySnapshot snapshot, string name)
        => snapshot.Subtree(snapshot.FindScope("tenant", bootstrap.Value.TenantId.ToString(CultureInfo.InvariantCulture)))
            .Select(snapshot.Scope).FirstOrDefault(scope => scope.Type == UnitTypes.Project && scope.Name == name)?.Id ?? name;
}
