using System.Diagnostics;

namespace RunAiRbac.Api.Http;

/// <summary>What finds a request in the log: the trace id when traces are collected, else the server's own id of the request.</summary>
internal static class TraceIds
{
    public static string Of(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}
