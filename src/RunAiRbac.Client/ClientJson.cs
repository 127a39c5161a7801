using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Client;

/// <summary>
/// The JSON of all calls, generated at build. An answer is read with care: a member that must be there and is not, a null where there is none, or a
/// member twice make it malformed, never an answer with a default in it. Unknown members are newer than this client and are ignored.
/// </summary>
[JsonSerializable(typeof(AccessKey))]
[JsonSerializable(typeof(AccessKeyCreated))]
[JsonSerializable(typeof(AccessKeyCreation))]
[JsonSerializable(typeof(AccessKeyList))]
[JsonSerializable(typeof(AccessKeySecret))]
[JsonSerializable(typeof(AccessRule))]
[JsonSerializable(typeof(AccessRuleBatch))]
[JsonSerializable(typeof(AccessRuleBatchCreation))]
[JsonSerializable(typeof(AccessRuleBatchCreationResult))]
[JsonSerializable(typeof(AccessRuleBatchResult))]
[JsonSerializable(typeof(AccessRuleCreation))]
[JsonSerializable(typeof(AccessRulePage))]
[JsonSerializable(typeof(AuditChainState))]
[JsonSerializable(typeof(AuditLogPage))]
[JsonSerializable(typeof(AdministeredAccessKeyList))]
[JsonSerializable(typeof(AppTokenRequest))]
[JsonSerializable(typeof(AppTokenResponse))]
[JsonSerializable(typeof(Application))]
[JsonSerializable(typeof(ApplicationCreated))]
[JsonSerializable(typeof(ApplicationCreation))]
[JsonSerializable(typeof(ApplicationPatch))]
[JsonSerializable(typeof(ApplicationSecret))]
[JsonSerializable(typeof(AuthenticatedUsersRuleCreation))]
[JsonSerializable(typeof(BatchCheckRequest))]
[JsonSerializable(typeof(BatchCheckResponse))]
[JsonSerializable(typeof(CheckRequest))]
[JsonSerializable(typeof(CheckResponse))]
[JsonSerializable(typeof(ClusterCreationRequest))]
[JsonSerializable(typeof(ClusterUpdateRequest))]
[JsonSerializable(typeof(CountResponse))]
[JsonSerializable(typeof(Department))]
[JsonSerializable(typeof(DepartmentCreationRequest))]
[JsonSerializable(typeof(DepartmentPage))]
[JsonSerializable(typeof(DepartmentUpdateRequest))]
[JsonSerializable(typeof(DisplayedCluster))]
[JsonSerializable(typeof(ExplainResponse))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, JsonElement>))]
[JsonSerializable(typeof(IReadOnlyList<AccessKey>))]
[JsonSerializable(typeof(IReadOnlyList<AdministeredAccessKey>))]
[JsonSerializable(typeof(IReadOnlyList<Application>))]
[JsonSerializable(typeof(IReadOnlyList<DisplayedCluster>))]
[JsonSerializable(typeof(IReadOnlyList<Group>))]
[JsonSerializable(typeof(IReadOnlyList<GroupMember>))]
[JsonSerializable(typeof(IReadOnlyList<IdentityProvider>))]
[JsonSerializable(typeof(IReadOnlyList<Resources>))]
[JsonSerializable(typeof(IReadOnlyList<Role>))]
[JsonSerializable(typeof(IReadOnlyList<RolePermission>))]
[JsonSerializable(typeof(IReadOnlyList<Tenant>))]
[JsonSerializable(typeof(IReadOnlyList<User>))]
[JsonSerializable(typeof(IdentityProvider))]
[JsonSerializable(typeof(IdentityProviderCreated))]
[JsonSerializable(typeof(IdentityProviderTest))]
[JsonSerializable(typeof(IdentityProviderRequest))]
[JsonSerializable(typeof(Mappers))]
[JsonSerializable(typeof(MyAccessRulesResponse))]
[JsonSerializable(typeof(OAuthTokenResponse))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(PermissionSet))]
[JsonSerializable(typeof(PermissionSetList))]
[JsonSerializable(typeof(PermittedScopesRequest))]
[JsonSerializable(typeof(PermittedScopesResponse))]
[JsonSerializable(typeof(Project))]
[JsonSerializable(typeof(ProjectCreationRequest))]
[JsonSerializable(typeof(ProjectPage))]
[JsonSerializable(typeof(ProjectUpdateRequest))]
[JsonSerializable(typeof(UnitPatch))]
[JsonSerializable(typeof(Role))]
[JsonSerializable(typeof(SecretReset))]
[JsonSerializable(typeof(SecuritySettingUpdate))]
[JsonSerializable(typeof(SecuritySettingsResponse))]
[JsonSerializable(typeof(ServiceAccountCreated))]
[JsonSerializable(typeof(ServiceAccountSecret))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(SignedIn))]
[JsonSerializable(typeof(SimulationRequest))]
[JsonSerializable(typeof(SimulationResponse))]
[JsonSerializable(typeof(TenantCreated))]
[JsonSerializable(typeof(TenantCreation))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(UserApplicationCreated))]
[JsonSerializable(typeof(UserCreated))]
[JsonSerializable(typeof(UserCreation))]
[JsonSerializable(typeof(UserGroups))]
[JsonSerializable(typeof(UserPassword))]
[JsonSerializable(typeof(UserIdentities))]
[JsonSerializable(typeof(UserIdentity))]
[JsonSerializable(typeof(IdentityLink))]
[JsonSerializable(typeof(IdentityUnlinked))]
[JsonSerializable(typeof(IdentityRequests))]
[JsonSerializable(typeof(UserPatch))]
[JsonSerializable(typeof(WhatCanRequest))]
[JsonSerializable(typeof(WhatCanResponse))]
[JsonSerializable(typeof(WhoCanRequest))]
[JsonSerializable(typeof(WhoCanResponse))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    private static readonly JsonSerializerOptions Careful = Make();

    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Careful.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
            AllowDuplicateProperties = false,
            TypeInfoResolver = new ClientJson(),
        };
        options.MakeReadOnly();
        return options;
    }
}
