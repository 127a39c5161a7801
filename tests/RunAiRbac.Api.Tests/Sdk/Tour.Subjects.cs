using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Api.Tests.Sdk;

internal sealed partial class Tour
{
    public async Task UsersAsync()
    {
        var email = NewEmail();
        var made = Good(await Admin.Users.CreateAsync(new UserCreation { Email = email, FirstName = "Ada" }, Cancel));
        (await Admin.Users.GetAsync(made.Id, Cancel)).Should().Match<User>(u => u.Username == email && u.Enabled && u.FirstName == "Ada" && u.LastLogin == null);
        (await Admin.Users.ListAsync(new UserQuery { Search = email }, Cancel)).Should().ContainSingle().Which.Id.Should().Be(made.Id);
        (await Admin.Users.ListAllAsync(new UserQuery { Limit = 2 }, Cancel).ToListAsync(Cancel)).Should().OnlyHaveUniqueItems(u => u.Id).And.Contain(u => u.Id == made.Id);
        (await Admin.Users.CountAsync(new CountQuery { Search = email }, Cancel)).Should().Be(1);

        var group = NewName("group");
        (await Admin.Users.RehearseReplaceGroupsAsync(made.Id, new UserGroups { Source = "directory", Groups = [group] }, cancellationToken: Cancel)).Counts.Lost.Should().Be(0);
        Good(await Admin.Users.ReplaceGroupsAsync(made.Id, new UserGroups { Source = "directory", Groups = [group] }, Cancel)).Groups.Should().Equal(group);
        await GroupsAsync(group, made.Id);

        Good(await Admin.Users.UpdateAsync(made.Id, new UserPatch { Enabled = false }, Cancel)).Enabled.Should().BeFalse();
        Good(await Admin.Users.UpdateAsync(made.Id, new UserPatch { Enabled = true }, Cancel)).Enabled.Should().BeTrue();
        Good(await Admin.Users.ResetPasswordAsync(made.Id, Cancel)).TempPassword.Should().NotBeNullOrEmpty().And.NotBe(made.TempPassword);
        Good(await Admin.Users.SignOutAsync(made.Id, Cancel));
        await IdentitiesAsync(made.Id);
        Good(await Admin.Users.DeleteAsync(made.Id, Cancel));
        await NotFoundAsync(() => Admin.Users.GetAsync(made.Id, Cancel));
    }

    private async Task IdentitiesAsync(string user)
    {
        var provider = Good(await Admin.IdentityProviders.CreateAsync(
            new IdentityProviderRequest { Name = NewName("idp"), Type = "openshift-v4", OcpData = new OcpCreationData { IdpBaseUrl = "https://api.example.com", ClientSecret = "x" } }, Cancel)).Alias;
        var local = (await Admin.Users.ListIdentitiesAsync(user, Cancel)).Identities.Should().ContainSingle().Which;
        local.Should().Match<UserIdentity>(i => i.Provider == "local" && i.SubjectClaim == user);
        var linked = Good(await Admin.Users.LinkIdentityAsync(user, new IdentityLink { Provider = provider, SubjectClaim = "00u1" }, Cancel));
        (await Admin.Users.ListIdentitiesAsync(user, Cancel)).Identities.Select(i => i.Id).Should().Equal(local.Id, linked.Id);
        Good(await Admin.Users.UnlinkIdentityAsync(user, linked.Id, Cancel)).Remaining.Should().Be(1);
        (await Admin.Users.ListIdentityRequestsAsync(user, Cancel)).Requests.Should().BeEmpty();
        Good(await Admin.IdentityProviders.DeleteAsync(provider, Cancel));
    }

    public async Task MeAsync()
    {
        var user = Good(await Admin.Users.CreateAsync(new UserCreation { Email = NewEmail() }, Cancel));
        var project = await ProjectAsync((await ClusterAsync()).Uuid);
        await RuleAsync("user", user.Username, project);
        var me = Admin.As(RunAiRbacCredentials.Password(user.Username, user.TempPassword)).Me;

        (await me.GetAsync(Cancel)).Should().Match<SignedIn>(x => x.Type == "user" && x.Name == user.Username && x.Id == user.Id && x.HasPassword && !x.MustChangePassword);
        (await me.ListAccessRulesAsync(cancellationToken: Cancel)).AccessRules.Should().ContainSingle().Which.ScopeId.Should().Be(project.Id);
        (await me.ListAllAccessRulesAsync(new PageQuery { Limit = 1 }, Cancel).ToListAsync(Cancel)).Should().ContainSingle();
        (await me.CountAccessRulesAsync(cancellationToken: Cancel)).Should().Be(1);
        (await me.ListPermissionsAsync(Cancel)).Should().Contain(p => p.ResourceType == "workloads" && p.Actions.Contains("create"));
        (await me.GetPermittedScopesAsync(new PermittedScopesRequest { ResourceType = "workloads" }, Cancel)).Create.Projects.Should().Equal(project.Id);
        var session = (await me.ListSessionsAsync(Cancel)).Should().ContainSingle().Which;
        session.Current.Should().BeTrue();
        Good(await me.EndSessionAsync(session.Id, Cancel));
        // The token has just died: the client takes another by itself.
        Good(await me.ChangePasswordAsync(new PasswordChange { CurrentPassword = user.TempPassword, NewPassword = "correct horse battery 2" }, Cancel));
        (await ErrorTests.FailureAsync(() => me.ListSessionsAsync(Cancel))).ErrorCode.Should().Be("invalid_grant", "the old password is not good any more");
    }

    public async Task ApplicationsAsync()
    {
        var made = Good(await Admin.Applications.CreateAsync(new ApplicationCreation { Name = NewName("app") }, Cancel));
        (await Admin.Applications.GetAsync(made.Id, Cancel)).ClientId.Should().Be(made.Name);
        (await Admin.Applications.ListAsync(new ListQuery { Search = made.Name }, Cancel)).Should().ContainSingle();
        (await Admin.Applications.ListAllAsync(new ListQuery { Limit = 3 }, Cancel).ToListAsync(Cancel)).Should().OnlyHaveUniqueItems(a => a.Id).And.Contain(a => a.Id == made.Id);
        Good(await Admin.Applications.UpdateAsync(made.Id, new ApplicationPatch { Enabled = false }, Cancel));
        Good(await Admin.Applications.ResetSecretAsync(made.Id, cancellationToken: Cancel)).Secret.Should().NotBe(made.Secret);
        Good(await Admin.Applications.DeleteAsync(made.Id, Cancel));
        await NotFoundAsync(() => Admin.Applications.GetAsync(made.Id, Cancel));
    }

    public async Task ServiceAccountsAsync()
    {
        var made = Good(await Admin.ServiceAccounts.CreateAsync(new ApplicationCreation { Name = NewName("app") }, Cancel));
        (await Admin.ServiceAccounts.GetAsync(made.Id, Cancel)).ClientId.Should().Be(made.Name);
        (await Admin.ServiceAccounts.ListAsync(new ListQuery { Search = made.Name }, Cancel)).Should().ContainSingle();
        (await Admin.ServiceAccounts.ListAllAsync(cancellationToken: Cancel).ToListAsync(Cancel)).Should().Contain(a => a.Id == made.Id);
        var reset = Good(await Admin.ServiceAccounts.ResetSecretAsync(made.Id, new SecretReset { GracePeriodSeconds = 60 }, Cancel));
        foreach (var secret in new[] { made.ClientSecret, reset.ClientSecret })
            (await Admin.As(RunAiRbacCredentials.ClientCredentials(made.Name, secret)).Me.CountAccessRulesAsync(cancellationToken: Cancel)).Should().Be(0);
        Good(await Admin.ServiceAccounts.UpdateAsync(made.Id, new ApplicationPatch { Enabled = false }, Cancel));
        Good(await Admin.ServiceAccounts.DeleteAsync(made.Id, Cancel));
        await NotFoundAsync(() => Admin.ServiceAccounts.GetAsync(made.Id, Cancel));
    }

    private async Task GroupsAsync(string name, string member)
    {
        var group = (await Admin.Groups.ListAsync(new ListQuery { Search = name }, Cancel)).Should().ContainSingle().Which;
        group.MemberCount.Should().Be(1);
        (await Admin.Groups.ListAllAsync(new ListQuery { Limit = 2 }, Cancel).ToListAsync(Cancel)).Should().OnlyHaveUniqueItems(g => g.Id).And.Contain(g => g.Id == group.Id);
        (await Admin.Groups.ListMembersAsync(group.Id, cancellationToken: Cancel)).Should().ContainSingle().Which.Id.Should().Be(member);
        (await Admin.Groups.ListAllMembersAsync(group.Id, new ListQuery { Limit = 1 }, Cancel).ToListAsync(Cancel)).Should().ContainSingle().Which.Id.Should().Be(member);
    }
}
