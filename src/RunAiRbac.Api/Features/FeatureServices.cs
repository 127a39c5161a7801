using RunAiRbac.Api.Features.AccessKeys;
using RunAiRbac.Api.Features.AccessRules;
using RunAiRbac.Api.Features.Applications;
using RunAiRbac.Api.Features.Audit;
using RunAiRbac.Api.Features.Authorize;
using RunAiRbac.Api.Features.Groups;
using RunAiRbac.Api.Features.Identities;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.Features.Me;
using RunAiRbac.Api.Features.OrgUnits;
using RunAiRbac.Api.Features.Roles;
using RunAiRbac.Api.Features.SecuritySettings;
using RunAiRbac.Api.Features.Tenants;
using RunAiRbac.Api.Features.Users;
using RunAiRbac.Api.Hosting;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.SignIn.Browser;
using RunAiRbac.Api.SignIn.Browser.Native;
using RunAiRbac.Api.SignIn.Browser.Pages;
using RunAiRbac.Api.Sso.Saml;

namespace RunAiRbac.Api.Features;

/// <summary>Every feature, by name: no scanning.</summary>
internal static class FeatureServices
{
    public static void AddFeatures(this IServiceCollection services)
    {
        services.AddSingleton<UserLists>().AddSingleton<UsersService>();
        services.AddSingleton<IdentityLists>().AddSingleton<IdentitiesService>();
        services.AddSingleton<GroupLists>().AddSingleton<MembershipsService>();
        services.AddSingleton<ApplicationLists>().AddSingleton<ApplicationsService>();
        services.AddSingleton<AccessRulesService>().AddSingleton<RuleWritesService>().AddSingleton<SimulationService>();
        services.AddSingleton<ExpiredRules>().AddHostedService<ExpiredRulesUpkeep>();
        services.AddSingleton<ClustersService>();
        services.AddSingleton<DepartmentsService>();
        services.AddSingleton<ProjectsService>();
        services.AddSingleton<UnitResourcesService>();
        services.AddSingleton<RolesService>();
        services.AddSingleton<MeService>();
        services.AddSingleton<AuditLists>().AddSingleton<RefusalLog>().AddHostedService<AuditUpkeep>();
        services.AddSingleton<WebAddresses>().AddSingleton<SamlMetadataReader>().AddSingleton<ProviderReader>();
        services.AddSingleton<ProviderSecrets>().AddSingleton<ProviderAnswers>().AddSingleton<IdentityProvidersService>();
        services.AddSingleton<ProviderTestBudget>().AddSingleton<ProviderTestService>();
        services.AddSingleton<SecuritySettingsService>();
        services.AddSingleton<AccessKeysService>().AddSingleton<AccessKeyAdministration>();
        services.AddSingleton<TenantsService>();
    }

    public static void MapFeatures(this IEndpointRouteBuilder routes)
    {
        routes.MapUsers();
        routes.MapIdentities();
        routes.MapGroups();
        routes.MapApplications();
        routes.MapClusters();
        routes.MapDepartments();
        routes.MapProjects();
        routes.MapUnitResources();
        routes.MapRoles();
        routes.MapAccessRules();
        routes.MapSimulation();
        routes.MapAuthorize();
        routes.MapMe();
        routes.MapAudit();
        routes.MapIdentityProviders();
        routes.MapSecuritySettings();
        routes.MapAccessKeys();
        routes.MapTenants();
        routes.MapTokens();
        routes.MapWellKnown();
        routes.MapLogin();
        routes.MapProviderSignIn();
        routes.MapNativeSignIn();
        routes.MapSaml();
        routes.MapHealth();
    }
}
