using System.Data.Common;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Errors;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Hosting;

/// <summary>Why the host cannot start, in words for the person who starts it.</summary>
internal sealed class StartFailure(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The words; null when it is a mistake of ours, which needs its stack trace.</summary>
    public static string? Describe(Exception exception) => exception switch
    {
        StartFailure known => known.Message,
        OptionsValidationException options => string.Join(Environment.NewLine, options.Failures),
        AggregateException many when many.InnerExceptions.All(e => Describe(e) is not null) => string.Join(Environment.NewLine, many.InnerExceptions.Select(Describe)),
        ApiException refused => refused.Message,
        _ when DatabaseFailures.IsUnavailable(exception) => "The database cannot be used: " + Innermost(exception).Message,
        // The address is taken, or a folder cannot be written.
        IOException or UnauthorizedAccessException => exception.Message,
        _ => null,
    };

    private static Exception Innermost(Exception exception)
    {
        var e = exception;
        while (e is not DbException && e.InnerException is not null) e = e.InnerException;
        return e;
    }
}
