namespace RunAiRbac.Client;

/// <summary>The outcome of a call that writes.</summary>
/// <param name="Revision">
/// The consistency token of the state after this call (<c>X-Revision</c>): give it to a check as <c>consistency.atLeast</c> and the answer takes this
/// write into account. Null when the service sent none.
/// </param>
public record Written(string? Revision);

/// <summary>The outcome of a call that writes and answers something.</summary>
/// <typeparam name="T">What it answers.</typeparam>
/// <param name="Value">The answer.</param>
/// <param name="Revision">The consistency token of the state after this call (<c>X-Revision</c>); null when the service sent none.</param>
public sealed record Written<T>(T Value, string? Revision) : Written(Revision);
