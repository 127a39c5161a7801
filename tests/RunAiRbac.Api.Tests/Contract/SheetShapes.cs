using System.Text.Json;
using System.Text.RegularExpressions;

namespace RunAiRbac.Api.Tests.Contract;

/// <summary>
/// The reply schemas of the reference sheet in short: <c>name:kind</c>, <c>?</c> after the name for a field that may be missing, <c>~</c> after the kind
/// for one that may be null. Kinds: s text, i whole number, n number, b boolean, t time, o object, a array, [s] texts, {X} and [X] another schema.
/// </summary>
internal static partial class SheetShapes
{
    private const string Rule = "subjectId:s subjectType:s roleId:i scopeId:s scopeType:s clusterId?:s roleName:s scopeName:s id:i createdAt:t updatedAt:t deletedAt?:t~ tenantId:i createdBy:s status?:{RuleStatus}";
    private const string Unit = "description:s schedulingRules?:o defaultNodePools?:[s]~ nodeTypes?:o name:s clusterId:s id:s createdAt:t updatedAt:t createdBy?:s updatedBy?:s totalResources:{Totals} resources:[Resources] overtimeData?:o";
    private const string App = "name:s createdBy:s createdAt:t~ updatedAt:t~ enabled:b tenantId?:s lastLogin:t~ id:s clientId:s";

    private static readonly Dictionary<string, string> Schemas = new(StringComparer.Ordinal)
    {
        ["Count"] = "count:i",
        ["Empty"] = "",
        ["RuleStatus"] = "phase?:s message?:s details?:s",
        ["AccessRule"] = Rule,
        ["AccessRuleById"] = Rule + " scopePath?:s~",
        ["AccessRulePage"] = "totalRecords:i displayRecords:i accessRules:[AccessRule]",
        ["MeAccessRule"] = "subjectId:s subjectType:s roleId:i scopeId:s scopeType:s clusterId?:s roleName:s scopeName:s id?:i tenantId:i",
        ["MeAccessRulePage"] = "totalRecords:i displayRecords:i accessRules:[MeAccessRule]",
        ["MeAccessRules"] = "accessRules?:{MeAccessRulePage}",
        ["Role"] = "id:i createdAt:t updatedAt:t deletedAt?:t~ createdBy:s custom:b effectiveEnabled:b permissions:[Permission] name:s description:s enabled?:b~ kubernetesPermissions?:{Kubernetes}",
        ["Kubernetes"] = "predefinedRole?:s~",
        ["Permission"] = "resourceType:s displayName:s groupId:s actions:[s]",
        ["PermittedScopesActions"] = "create:{PermittedScopes} read:{PermittedScopes} update:{PermittedScopes} delete:{PermittedScopes}",
        ["PermittedScopes"] = "system?:b tenants?:[s] tenant?:s clusters?:[s] departments?:[s] projects?:[s]",
        ["User"] = "id:s username:s createdBy:s createdAt:t~ updatedAt:t~ lastLogin:t~ isLocal:b~ groups?:[s]~",
        ["UserCreated"] = "id:s username:s tempPassword:s",
        ["UserPassword"] = "tempPassword?:s",
        ["Application"] = App,
        ["ApplicationCreated"] = "id:s name:s secret:s clientId?:s",
        ["ApplicationSecret"] = "secret?:s",
        ["ServiceAccountCreated"] = "id:s name:s clientSecret:s clientId?:s",
        ["ServiceAccountSecret"] = "clientSecret?:s",
        ["Tokens"] = "accessToken?:s idToken?:s refreshToken?:s expiresIn?:i",
        ["OAuthTokens"] = "access_token:s token_type:s expires_in?:i refresh_token?:s id_token?:s scope?:s",
        ["AppTokens"] = "access_token:s id_token:s",
        ["Cluster"] = "uuid:s tenantId:i name:s createdAt:t domain?:s~ version?:s~ status?:{ClusterStatus} updatedAt?:t~ deletedAt?:t~ lastLiveness?:t~ deleteRequestedAt?:t~",
        ["ClusterStatus"] = "conditions?:a operands?:o platform?:o config?:o dependencies?:{Dependencies} state?:s",
        ["Dependencies"] = "required:o optional:o",
        ["Accepted"] = "code:i message:s",
        ["Department"] = Unit + " children?:a~ projectsAggregatedResources?:a~ status?:{UnitStatus}",
        ["DepartmentPage"] = "departments:[Department] next?:i",
        ["Project"] = Unit + " parentId:s requestedNamespace?:s~ enforceRunaiScheduler:b status:{ProjectStatus} parent?:{Parent} effective:o",
        ["ProjectPage"] = "projects:[Project] next?:i",
        ["Parent"] = "id:s name:s parent?:o",
        ["UnitStatus"] = "nodePoolQuotaStatuses?:a quotaStatus?:{QuotaStatus}",
        ["ProjectStatus"] = "namespace?:s~ phase?:s phaseMessage?:s~ lastUpdatedTime?:t~ nodePoolQuotaStatuses?:a quotaStatus?:{QuotaStatus} additionalStatusData?:o",
        ["QuotaStatus"] = "allocated?:{Use} allocatedNonPreemptible?:{Use} requested?:{Use}",
        ["Use"] = "gpu?:n cpu?:n memory?:n",
        ["Totals"] = "gpuQuota?:n~ cpuQuota?:n~ memoryQuota?:n~",
        ["Resources"] = "nodePool?:o gpu:o cpu?:o memory?:{Memory} priority?:s~",
        ["Memory"] = "deserved?:n~ limit?:n~ overQuotaWeight?:n~ units:s",
    };

    /// <summary>What is not as the schema (a name, or a name in brackets for an array that must not be empty) says.</summary>
    public static List<string> Flaws(string schema, JsonElement json) => [.. schema.StartsWith('[') && json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 0 ? ["nothing in it"] : OfKind(schema.StartsWith('[') ? schema : $"{{{schema}}}", json, "$")];

    private static IEnumerable<string> OfKind(string kind, JsonElement value, string path)
    {
        var fits = kind switch
        {
            "s" => value.ValueKind == JsonValueKind.String,
            "i" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "n" => value.ValueKind == JsonValueKind.Number,
            "b" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "t" => value.ValueKind == JsonValueKind.String && Time().IsMatch(value.GetString()!),
            "a" => value.ValueKind == JsonValueKind.Array,
            _ when kind.StartsWith('[') => value.ValueKind == JsonValueKind.Array,
            _ => value.ValueKind == JsonValueKind.Object,
        };
        if (!fits) return [$"{path} is no {kind}: {value}"];
        if (kind.StartsWith('{')) return Fields(Schemas[kind[1..^1]], value, path);
        if (!kind.StartsWith('[')) return [];
        var item = kind[1..^1];
        return value.EnumerateArray().SelectMany((element, index) => OfKind(item == "s" ? "s" : $"{{{item}}}", element, $"{path}[{index}]"));
    }

    private static IEnumerable<string> Fields(string schema, JsonElement json, string path)
    {
        foreach (var field in schema.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, kind) = (field.Split(':')[0], field.Split(':')[1]);
            if (!json.TryGetProperty(name.TrimEnd('?'), out var value))
            {
                if (!name.EndsWith('?')) yield return $"{path}.{name} is missing";
                continue;
            }

            if (value.ValueKind == JsonValueKind.Null && kind.EndsWith('~')) continue;
            foreach (var flaw in OfKind(kind.TrimEnd('~'), value, $"{path}.{name.TrimEnd('?')}")) yield return flaw;
        }
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\z")]
    private static partial Regex Time();
}
