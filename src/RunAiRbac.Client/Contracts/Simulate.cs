using System.Text.Json.Serialization;

namespace RunAiRbac.Client.Contracts;

/// <summary>
/// The question of <c>…/simulate</c>: what would change if these rules were deleted and those created, as one change? At most 1,000 rules together.
/// </summary>
public sealed record SimulationRequest
{
    /// <summary>Rules that would be created, as <c>POST /api/v1/authorization/access-rules</c> takes them; one of type <c>all-authenticated-users</c> without a subject's id is for everybody signed in.</summary>
    public IReadOnlyList<AccessRuleCreation> Create { get; init; } = null!;

    /// <summary>Ids of rules that would be deleted, as numbers or texts. They go first, so that another may take a deleted rule's place.</summary>
    [JsonConverter(typeof(RuleIdListConverter))]
    public IReadOnlyList<string> Delete { get; init; } = null!;

    /// <summary>Page size, 1 to 1,000; default 100. Gained and lost count together.</summary>
    public int? Limit { get; init; }

    /// <summary>The cursor of the page before.</summary>
    public string Cursor { get; init; } = null!;
}

/// <summary>Somebody whom a change concerns.</summary>
/// <param name="Type"><c>user</c>, <c>group</c>, <c>application</c> or <c>all-authenticated-users</c>.</param>
/// <param name="Id">The subject's id; absent for all authenticated and for a subject that the change itself would make.</param>
/// <param name="Name">Its name; absent for all authenticated.</param>
public sealed record SimulatedSubject(string Type, string? Id, string? Name);

/// <summary>Something that a subject may do after a change and not before it, or the other way round.</summary>
/// <param name="Subject">Who.</param>
/// <param name="ResourceType">The resource type.</param>
/// <param name="Actions">The actions.</param>
/// <param name="Scope">The highest scope where that is so.</param>
public sealed record SimulatedPermission(SimulatedSubject Subject, string ResourceType, IReadOnlyList<string> Actions, NamedReference Scope);

/// <summary>How much would change.</summary>
/// <param name="Gained">How many entries of <c>gained</c> there are on all pages.</param>
/// <param name="Lost">How many entries of <c>lost</c> there are on all pages.</param>
public sealed record SimulationCounts(int Gained, int Lost);

/// <summary>What would change at this moment, for the subjects of the changed rules and the known members of their groups. Nothing has been written.</summary>
/// <param name="Gained">What they may do after it and not before it: this page.</param>
/// <param name="Lost">What they may do before it and not after it: this page.</param>
/// <param name="Counts">How many there are on all pages.</param>
/// <param name="Cursor">The next page's cursor; absent at the end.</param>
/// <param name="Revision">The consistency token of the state that was judged.</param>
public sealed record SimulationResponse(
    IReadOnlyList<SimulatedPermission> Gained, IReadOnlyList<SimulatedPermission> Lost, SimulationCounts Counts, string? Cursor, string Revision);
