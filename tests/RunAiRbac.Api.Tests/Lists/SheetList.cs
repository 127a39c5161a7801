namespace RunAiRbac.Api.Tests.Lists;

/// <summary>A list as the reference sheet has it.</summary>
internal sealed record SheetList(string Path, string[] Filters, string[] Sorts)
{
    private static readonly string[] Quota =
    [
        "totalGpuQuota", "gpuAllocated", "avgGpuAllocation24h", "avgGpuUtilization24h", "avgGpuMemoryUtilization24h", "avgGpuAllocation7d",
        "avgGpuUtilization7d", "avgGpuMemoryUtilization7d", "avgGpuAllocation30d", "avgGpuUtilization30d", "avgGpuMemoryUtilization30d",
    ];

    private static readonly string[] RuleFields =
        ["subjectId", "subjectType", "roleId", "scopeId", "scopeType", "roleName", "scopeName", "createdAt", "deletedAt", "createdBy", "phase"];

    private static readonly string[] DepartmentFields = ["name", "clusterId", "createdAt", .. Quota];
    private static readonly string[] ProjectFields = ["name", "clusterId", "departmentId", "parentId", "parentName", "phase", "createdAt", .. Quota];
    private static readonly string[] ApplicationFields = ["name", "clientId", "createdBy", "createdAt", "updatedAt", "lastLogin", "enabled"];

    public static readonly SheetList Rules = new("/api/v1/authorization/access-rules", RuleFields, RuleFields)
    {
        Member = "accessRules",
        DefaultSort = null,
        Searched = ["subjectId", "scopeName", "roleName"],
    };

    public static readonly SheetList Users = new(
        "/api/v1/users",
        ["username", "createdBy", "lastLogin", "creationTime", "lastUpdated", "isLocal"],
        ["username", "createdBy", "lastLogin", "creationTime", "lastUpdated", "type"])
    { Operators = ["==", "<=", ">=", "=@"], DefaultSort = "username", Searched = ["username"] };

    public static readonly SheetList Departments = new("/api/v1/org-unit/departments", DepartmentFields, DepartmentFields) { Member = "departments", Searched = [] };
    public static readonly SheetList Projects = new("/api/v1/org-unit/projects", ProjectFields, ProjectFields) { Member = "projects" };

    /// <summary>The sheet has no parameters here; these are ours.</summary>
    public static readonly SheetList Applications = new("/api/v1/apps", ApplicationFields, ApplicationFields) { HasCount = false };
    public static readonly SheetList Groups = new("/api/v1/groups", ["name", "createdBy", "createdAt"], ["name", "createdBy", "createdAt"]) { HasCount = false };

    public static readonly SheetList[] All = [Rules, Users, Departments, Projects, Applications, Groups];

    /// <summary>The order when none is asked for; null: by id.</summary>
    public string? DefaultSort { get; init; } = "name";

    /// <summary>Where <c>search</c> looks; nowhere: the list does not take it.</summary>
    public string[] Searched { get; init; } = ["name"];

    public string[] Operators { get; init; } = ["==", "!=", "<=", ">=", "=@", "!@", "=^", "=$"];

    /// <summary>The member with the rows; null: the answer is the array itself.</summary>
    public string? Member { get; init; }

    public bool HasCount { get; init; } = true;

    public string[] Dates { get; } = ["createdAt", "deletedAt", "updatedAt", "lastLogin", "creationTime", "lastUpdated"];

    public bool IsQuota(string field) => Quota.Contains(field);

    public bool IsDate(string field) => Dates.Contains(field);

    /// <summary>The words that <c>==</c> takes; null: any text.</summary>
    public static string[]? Words(string field) => field switch
    {
        "phase" => ["Creating", "Deleting", "NotReady", "Ready"],
        "subjectType" => ["user", "app", "service-account", "group", "all-authenticated-users"],
        "scopeType" => ["system", "tenant", "cluster", "department", "project"],
        "isLocal" or "enabled" => ["true", "false", "True"],
        _ => null,
    };

    /// <summary>A value that the field takes with every operator.</summary>
    public string ValueOf(string field) => field switch
    {
        _ when Dates.Contains(field) => "2024-01-31T12:00:00.123456Z",
        "roleId" => "5",
        "isLocal" or "enabled" => "True",
        "phase" => "ready",
        "subjectType" => "user",
        "scopeType" => "Project",
        _ => "x, it's 100%_\\\u00e9",
    };
}
