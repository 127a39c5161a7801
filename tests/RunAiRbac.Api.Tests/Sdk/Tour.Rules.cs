using RunAiRbac.Client;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Api.Tests.Sdk;

internal sealed partial class Tour
{
    public async Task AccessRulesAsync()
    {
        var project = await ProjectAsync((await ClusterAsync()).Uuid);
        var group = NewName("group");
        var made = await RuleAsync("group", group, project);
        (made.RoleName, made.Status.Phase, made.Reason).Should().Be(("L1 researcher", "Ready", "tour"));
        (await ErrorTests.FailureAsync(() => RuleAsync("group", group, project))).Should().Match<RunAiRbacException>(f => f.ErrorCode == "already_exists" && f.Extensions.Count > 0);
        (await Admin.AccessRules.GetAsync(made.Id, Cancel)).ScopePath.Should().EndWith(project.Name);
        await RuleAsync("user", NewEmail(), project);
        var query = new AccessRuleQuery { ScopeId = project.Id, Limit = 1, SortBy = "subjectId" };
        (await Admin.AccessRules.ListAsync(query, Cancel)).Should().Match<AccessRulePage>(p => p.TotalRecords == 2 && p.DisplayRecords == 1);
        (await Admin.AccessRules.ListAllAsync(query, Cancel).ToListAsync(Cancel)).Should().OnlyHaveUniqueItems(r => r.Id).And.HaveCount(2);
        (await Admin.AccessRules.CountAsync(new AccessRuleCountQuery { Search = project.Name }, Cancel)).Should().Be(2);
        Good(await Admin.AccessRules.DeleteAsync(made.Id, Cancel));
        (await Admin.AccessRules.CountAsync(new AccessRuleCountQuery { Search = project.Name, IncludeDeleted = true }, Cancel)).Should().Be(2);
    }

    public async Task AccessRuleBatchesAsync()
    {
        var project = await ProjectAsync((await ClusterAsync()).Uuid);
        AccessRuleSubject[] subjects = [new() { SubjectType = "group", SubjectId = NewName("group") }, new() { SubjectType = "app", SubjectId = NewName("nobody") }];
        AccessRuleScope[] scopes = [new() { ScopeType = "project", ScopeId = project.Id }];
        var wanted = new AccessRuleCreation { SubjectType = "group", SubjectId = subjects[0].SubjectId, RoleId = L1Researcher, ScopeType = "project", ScopeId = project.Id };

        (await Admin.Authorize.SimulateAsync(new SimulationRequest { Create = [wanted], Limit = 1 }, Cancel)).Should().Match<SimulationResponse>(s => s.Gained.Count == 1 && s.Counts.Gained > 1 && s.Cursor != null);
        var made = Good(await Admin.AccessRules.CreateManyAsync(new AccessRuleBatchPayload { RoleId = L1Researcher, Subjects = subjects, Scopes = scopes }, Cancel));
        made.Failed.Should().ContainSingle(f => f.Code == 404 && f.Payload.SubjectId == subjects[1].SubjectId);
        var id = made.Succeeded.Should().ContainSingle().Which.Id;
        (await Admin.Authorize.SimulateAsync(new SimulationRequest { Delete = [$"{id}"] }, Cancel)).Counts.Lost.Should().BePositive();
        Good(await Admin.AccessRules.BatchAsync(new AccessRuleBatch { Ids = [$"{id}"], Action = "validate_delete" }, Cancel)).Succeeded.Should().Equal($"{id}");
        Good(await Admin.AccessRules.BatchAsync(new AccessRuleBatch { Ids = [$"{id}", "987654"], Action = "delete" }, Cancel)).Failed.Should().ContainSingle(f => f.Id == "987654" && f.Code == 404);
        // A rule for everybody would be everybody's, in the tests beside this one too.
        await NotFoundAsync(() => Admin.AccessRules.CreateForAllAsync(new AuthenticatedUsersRuleCreation { RoleId = 99_999, ScopeType = "project", ScopeId = project.Id }, Cancel));
    }

    public async Task RolesAsync()
    {
        var role = (await Admin.Roles.ListAsync(Cancel)).Should().ContainSingle(r => r.Name == "L1 researcher").Which;
        (await Admin.Roles.GetAsync(role.Id, Cancel)).Permissions.Should().Contain(p => p.ResourceType == "workloads" && p.Actions.Count == 4);
        await NotFoundAsync(() => Admin.Roles.GetAsync(99_999, Cancel));
    }

    public async Task TokensAsync()
    {
        var app = Good(await Admin.Applications.CreateAsync(new ApplicationCreation { Name = NewName("app") }, Cancel));
        var tokens = Admin.As(RunAiRbacCredentials.None).Tokens;

        var first = await tokens.GrantAsync(new TokenRequest { GrantType = "client_credentials", ClientId = app.ClientId, ClientSecret = app.Secret }, Cancel);
        var second = await tokens.GrantFormAsync(new OAuthTokenRequest { GrantType = "client_credentials", ClientId = app.ClientId, ClientSecret = app.Secret }, Cancel);
        var third = await tokens.GrantAppTokenAsync(new AppTokenRequest { Name = app.Name, Secret = app.Secret }, Cancel);
        foreach (var token in new[] { first.AccessToken, second.AccessToken, third.AccessToken })
            (await Admin.As(RunAiRbacCredentials.FromProvider(_ => new(token))).Me.CountAccessRulesAsync(cancellationToken: Cancel)).Should().Be(0);

        Good(await tokens.RevokeAsync(new RevocationRequest { Token = second.AccessToken }, Cancel));
        (await ErrorTests.FailureAsync(() => Admin.As(RunAiRbacCredentials.Bearer(second.AccessToken)).Roles.ListAsync(Cancel))).ErrorCode.Should().Be("unauthorized");
        (await ErrorTests.FailureAsync(() => tokens.GrantFormAsync(new OAuthTokenRequest { GrantType = "client_credentials", ClientId = app.ClientId, ClientSecret = "wrong" }, Cancel)))
            .ErrorCode.Should().Be("invalid_client");
    }

    public async Task AuthorizeAsync()
    {
        var cluster = await ClusterAsync();
        var mine = await ProjectAsync(cluster.Uuid);
        var other = await ProjectAsync(cluster.Uuid);
        var app = Good(await Admin.ServiceAccounts.CreateAsync(new ApplicationCreation { Name = NewName("app") }, Cancel));
        var rule = await RuleAsync("app", app.Name, mine);
        var authorize = Admin.Authorize;
        var bot = new CheckSubject { Type = "application", Id = app.ClientId };
        var itself = Admin.As(RunAiRbacCredentials.ClientCredentials(app.ClientId, app.ClientSecret)).Authorize;

        (await itself.CheckAsync(MaySubmit(mine), Cancel)).Should().Match<CheckResponse>(a => a.Allowed && a.AccessRule!.Id == rule.Id);
        (await itself.CheckAsync(MaySubmit(other), Cancel)).Should().Match<CheckResponse>(a => !a.Allowed && a.Reason == "no_matching_rule");
        (await authorize.BatchAsync(new BatchCheckRequest { Checks = [MaySubmit(mine, bot), MaySubmit(other, bot)] }, Cancel)).Results.Select(r => r.Allowed).Should().Equal(true, false);
        (await authorize.ExplainAsync(MaySubmit(other, bot), Cancel)).Nearest.Should().NotBeEmpty();
        var whoCan = new WhoCanRequest { Action = "create", ResourceType = "workloads", Scope = In(mine), Limit = 1 };
        (await authorize.WhoCanAsync(whoCan, Cancel)).Subjects.Should().ContainSingle();
        (await authorize.WhoCanAllAsync(whoCan, Cancel).ToListAsync(Cancel)).Should().ContainSingle(s => s.Name == app.Name);
        var whatCan = new WhatCanRequest { Subject = bot, ResourceType = "workloads", Limit = 1 };
        (await authorize.WhatCanAsync(whatCan, Cancel)).Permissions.Should().ContainSingle().Which.Scope.Id.Should().Be(mine.Id);
        (await authorize.WhatCanAllAsync(new WhatCanRequest { Subject = bot, Limit = 1 }, Cancel).ToListAsync(Cancel)).Should().OnlyHaveUniqueItems(p => p.ResourceType);

        var revision = (await Admin.AccessRules.DeleteAsync(rule.Id, Cancel)).Revision!;
        (await authorize.CheckAsync(MaySubmit(mine, bot, new Consistency { AtLeast = revision }), Cancel)).Allowed.Should().BeFalse();
        (await authorize.CheckAsync(MaySubmit(mine, bot, new Consistency { Full = true }), Cancel)).Allowed.Should().BeFalse();
    }
}
