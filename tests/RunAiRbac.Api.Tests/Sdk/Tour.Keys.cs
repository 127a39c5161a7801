using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Api.Tests.Sdk;

internal sealed partial class Tour
{
    public async Task AccessKeysAsync()
    {
        var keys = Admin.AccessKeys;
        var made = Good(await keys.CreateAsync(new AccessKeyCreation { Name = NewName("key") }, Cancel));
        (await keys.GetAsync(made.Id, Cancel)).ClientId.Should().Be(made.ClientId);
        (await keys.ListAsync(Cancel)).Should().Contain(k => k.Id == made.Id);
        (await Admin.As(RunAiRbacCredentials.ClientCredentials(made.ClientId, made.ClientSecret)).Users.CountAsync(cancellationToken: Cancel)).Should().BePositive("it acts as the administrator");
        Good(await keys.ResetSecretAsync(made.Id, Cancel)).ClientSecret.Should().NotBe(made.ClientSecret);
        (await Admin.Administration.ListAccessKeysAsync(made.ClientId, cancellationToken: Cancel)).Should().ContainSingle().Which.LastLogin.Should().NotBeNull();
        Good(await keys.DeleteAsync(made.Id, Cancel));
        await NotFoundAsync(() => keys.GetAsync(made.Id, Cancel));
        var other = Good(await keys.CreateAsync(new AccessKeyCreation { Name = NewName("key") }, Cancel));
        Good(await Admin.Administration.DeleteAccessKeyAsync(other.Id, Cancel));
    }

    public async Task UserApplicationsAsync()
    {
        var keys = Admin.UserApplications;
        var made = Good(await keys.CreateAsync(new AccessKeyCreation { Name = NewName("key") }, Cancel));
        (await keys.GetAsync(made.Id, Cancel)).Name.Should().Be(made.Name);
        (await keys.ListAsync(Cancel)).Should().Contain(k => k.Id == made.Id);
        Good(await keys.ResetSecretAsync(made.Id, Cancel)).ClientSecret.Should().NotBe(made.Secret);
        var createdBy = (await Admin.Administration.ListUserApplicationsAsync(clientId: made.ClientId, cancellationToken: Cancel)).Should().ContainSingle().Which.CreatedBy;
        (await Admin.Administration.ListUserApplicationsAsync(createdBy: createdBy, cancellationToken: Cancel)).Should().Contain(k => k.Id == made.Id);
        Good(await keys.DeleteAsync(made.Id, Cancel));
        var other = Good(await keys.CreateAsync(new AccessKeyCreation { Name = NewName("key") }, Cancel));
        Good(await Admin.Administration.DeleteUserApplicationAsync(other.Id, Cancel));
    }

    public async Task TenantsAsync()
    {
        var made = Good(await Admin.Tenants.CreateAsync(new TenantCreation { Name = NewName("tenant"), Email = NewEmail(), Password = "correct horse battery" }, Cancel));
        (await Admin.Tenants.ListAsync(cancellationToken: Cancel)).Should().Contain(t => t.Id == made.Id && t.Name == made.Name);
        (await Admin.Tenants.ListAsync(deleted: true, Cancel)).Should().NotContain(t => t.Id == made.Id);
        var there = Admin.As(RunAiRbacCredentials.Password(made.Email, "correct horse battery", made.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        (await there.Tenants.ListAsync(cancellationToken: Cancel)).Should().ContainSingle().Which.Id.Should().Be(made.Id);
    }

    public async Task PermissionSetsAsync()
    {
        var role = (await Admin.Roles.ListV2Async(new ListQuery { Limit = 500 }, Cancel)).Should().ContainSingle(r => r.Name == "L1 researcher").Which;
        var set = role.PermissionSets.Should().ContainSingle().Which;
        (await Admin.Roles.GetV2Async(role.Id, Cancel)).PermissionSets.Should().Equal(role.PermissionSets);
        (await Admin.Roles.ListAllV2Async(new ListQuery { Limit = 4 }, Cancel).ToListAsync(Cancel)).Should().OnlyHaveUniqueItems(r => r.Id).And.HaveCountGreaterThan(15);
        (await Admin.PermissionSets.GetAsync(set.Id, Cancel)).Permissions.Should().Contain(p => p.ResourceType == "workloads" && p.Actions.Contains("create"));
        (await Admin.PermissionSets.ListAsync(Cancel)).Should().ContainSingle(s => s.Id == set.Id);
    }
}
