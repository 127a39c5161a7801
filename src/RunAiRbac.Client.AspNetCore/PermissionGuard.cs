using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Client.AspNetCore;

/// <summary>Stands in front of an endpoint and asks RunAiRbac for every request. Nothing is remembered: the next request is asked again.</summary>
internal sealed partial class PermissionGuard(RunAiRbacClient client, IOptions<GuardOptions> options, ILogger<PermissionGuard> logger)
{
    // INVARIANT: the endpoint runs only after an answer that says allowed. Every other way out of here is a refusal or an exception.
    public async Task RunAsync(HttpContext context, PermissionRequirement requirement, RequestDelegate endpoint)
    {
        if (await RefuseAsync(context, requirement) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return;
        }

        await endpoint(context);
    }

    private async Task<Refusal?> RefuseAsync(HttpContext context, PermissionRequirement requirement)
    {
        if (options.Value.Subject.Of(context, client) is not { } asking) return Refusal.Unauthorized(isTokenWrong: false);
        if (requirement.Scope.Of(context) is not { } scope)
        {
            Log.NoScope(logger, requirement.ResourceType, requirement.Action, requirement.Scope.Type);
            return Refusal.Forbidden(requirement, null);
        }

        try
        {
            var question = new CheckRequest { Subject = asking.Subject!, Action = requirement.Action, ResourceType = requirement.ResourceType, Scope = scope };
            var answer = await asking.Client.Authorize.CheckAsync(question, context.RequestAborted);
            if (answer is { Allowed: true, Reason: "granted" }) return null;
            Log.Denied(logger, requirement.ResourceType, requirement.Action, scope.Type, scope.Id, answer.Reason, answer.DecisionId);
            return Refusal.Forbidden(requirement, answer.DecisionId);
        }
        catch (RunAiRbacException failure)
        {
            return Translate(failure, requirement);
        }
    }

    private Refusal Translate(RunAiRbacException failure, PermissionRequirement requirement)
    {
        if (failure.Status == HttpStatusCode.Unauthorized && options.Value.Subject.IsCallersToken) return Refusal.Unauthorized(isTokenWrong: true);
        Log.NoDecision(logger, failure, requirement.ResourceType, requirement.Action, failure.ErrorCode);
        return failure.Status == HttpStatusCode.Forbidden ? Refusal.Forbidden(requirement, null) : Refusal.Unavailable(failure.RetryAfter ?? options.Value.RetryAfter);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Denied: {ResourceType} {Action} in {ScopeType} {ScopeId} ({Reason}, decision {DecisionId})")]
        public static partial void Denied(ILogger logger, string resourceType, string action, string scopeType, string scopeId, string reason, string decisionId);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Refused: the request names no {ScopeType} in which to ask for {ResourceType} {Action}")]
        public static partial void NoScope(ILogger logger, string resourceType, string action, string scopeType);

        [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Refused: no decision on {ResourceType} {Action} ({ErrorCode})")]
        public static partial void NoDecision(ILogger logger, Exception failure, string resourceType, string action, string errorCode);
    }
}
