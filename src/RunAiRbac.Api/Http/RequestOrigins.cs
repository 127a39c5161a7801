using Microsoft.AspNetCore.Http.Metadata;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Http;

/// <summary>What the audit log keeps of a request.</summary>
internal static class RequestOrigins
{
    public static RequestOrigin Origin(this HttpContext context)
        => new(RequestId(context), Address(context), context.Request.Method, context.Request.Path.ToUriComponent(), SuccessStatus(context));

    /// <summary>One UUID per request. It becomes the request's trace identifier too, so that the log's line and problem documents name it.</summary>
    private static string RequestId(HttpContext context)
    {
        if (!Guid.TryParseExact(context.TraceIdentifier, "D", out _)) context.TraceIdentifier = Guid.CreateVersion7().ToString();
        return context.TraceIdentifier;
    }

    private static string? Address(HttpContext context)
        => context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;

    /// <summary>The event is written before the answer: its status is what the handler has set already, else what the endpoint says it answers.</summary>
    private static int SuccessStatus(HttpContext context)
    {
        if (context.Response.StatusCode != StatusCodes.Status200OK) return context.Response.StatusCode;
        var said = context.GetEndpoint()?.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().FirstOrDefault(x => x.StatusCode is >= 200 and < 300);
        return said?.StatusCode ?? StatusCodes.Status200OK;
    }
}
