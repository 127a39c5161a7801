namespace RunAiRbac.Client.AspNetCore;

/// <summary>What a guarded endpoint requires; in the endpoint's metadata, for lists and documents. The guard itself does not depend on it being there.</summary>
/// <param name="ResourceType">The resource type, such as <c>workloads</c>.</param>
/// <param name="Action"><c>create</c>, <c>read</c>, <c>update</c> or <c>delete</c>.</param>
/// <param name="Scope">Where.</param>
public sealed record PermissionRequirement(string ResourceType, string Action, ScopeFrom Scope);
