using System.Net;
using System.Text.Json;
using RunAiRbac.Client.Credentials;

namespace RunAiRbac.Client.Http;

/// <summary>Sends calls: token, time limit, retries, and every failure as a <see cref="RunAiRbacException"/>.</summary>
internal sealed class Transport(HttpClient http, RunAiRbacClientOptions options, ITokenSource tokens)
{
    private const string RevisionHeader = "X-Revision";

    private readonly string _baseAddress = options.BaseAddress.AbsoluteUri.TrimEnd('/');
    private readonly RetryPolicy _retries = new(options);

    /// <summary>The same, for another caller.</summary>
    public Transport As(RunAiRbacCredentials credentials) => new(http, options, credentials.Source(Anonymous(), options));

    /// <summary>A transport that sends no token.</summary>
    public Transport Anonymous() => new(http, options, NoToken.Instance);

    /// <summary>A call that answers JSON.</summary>
    public Task<T> ReadAsync<T>(Call call, CancellationToken cancellationToken) => SendAsync(call, call.Operation.OnlyReads, JsonAsync<T>, cancellationToken);

    /// <summary>A call that writes and answers JSON.</summary>
    public Task<Written<T>> WriteAsync<T>(Call call, CancellationToken cancellationToken) => SendAsync(call, call.Operation.OnlyReads,
        static async (response, token) => new Written<T>(await JsonAsync<T>(response, token).ConfigureAwait(false), Revision(response)), cancellationToken);

    /// <summary>A call that writes and answers nothing to be read.</summary>
    public Task<Written> WriteAsync(Call call, CancellationToken cancellationToken) => SendAsync(call, call.Operation.OnlyReads,
        static (response, _) => Task.FromResult(new Written(Revision(response))), cancellationToken);

    /// <summary>A call that answers a file.</summary>
    public Task<byte[]> DownloadAsync(Call call, CancellationToken cancellationToken) => SendAsync(call, call.Operation.OnlyReads,
        static (response, token) => response.Content.ReadAsByteArrayAsync(token), cancellationToken);

    /// <summary>Asks for a token: writes a session, which does no harm twice.</summary>
    public Task<T> SignInAsync<T>(Call call, bool mayRepeat, CancellationToken cancellationToken) => SendAsync(call, mayRepeat, JsonAsync<T>, cancellationToken);

    private async Task<T> SendAsync<T>(Call call, bool mayRepeat, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = new Deadline(options.Timeout, options.TimeProvider, cancellationToken);
        var token = call.Operation.NeedsToken ? await TokenAsync(deadline, null).ConfigureAwait(false) : null;
        var renewed = false;
        for (var attempt = 1; ;)
        {
            try
            {
                return await OnceAsync(call, token, read, deadline).ConfigureAwait(false);
            }
            catch (RunAiRbacException failure)
            {
                // A 401 is given before anything is done, so that writes may be sent again too.
                if (failure.Status == HttpStatusCode.Unauthorized && token is not null && !renewed)
                {
                    renewed = true;
                    var other = await TokenAsync(deadline, token).ConfigureAwait(false);
                    if (other is null || other == token) throw;
                    token = other;
                    continue;
                }

                if (_retries.WaitAfter(mayRepeat, failure, attempt++) is not { } wait || !deadline.Allows(wait)) throw;
                await WaitAsync(wait, deadline).ConfigureAwait(false);
            }
        }
    }

    private async Task<string?> TokenAsync(Deadline deadline, string? rejected)
    {
        try
        {
            return await tokens.GetAsync(rejected, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled)
        {
            throw deadline.TimedOut(cancelled);
        }
    }

    private async Task<T> OnceAsync<T>(Call call, string? token, Func<HttpResponseMessage, CancellationToken, Task<T>> read, Deadline deadline)
    {
        try
        {
            using var request = call.ToRequest(_baseAddress, token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw await Problems.ReadAsync(response, Revision(response), options.TimeProvider, deadline.Token).ConfigureAwait(false);
            return await read(response, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled)
        {
            throw deadline.TimedOut(cancelled);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new RunAiRbacException(RunAiRbacErrorCodes.Unreachable, "The service could not be reached, or the connection broke.", broken);
        }
        catch (JsonException malformed)
        {
            throw Malformed(malformed);
        }
    }

    private async Task WaitAsync(TimeSpan wait, Deadline deadline)
    {
        try
        {
            await Task.Delay(wait, options.TimeProvider, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled)
        {
            throw deadline.TimedOut(cancelled);
        }
    }

    private static async Task<T> JsonAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not "application/json") throw Malformed(null);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await JsonSerializer.DeserializeAsync(body, ClientJson.TypeInfo<T>(), cancellationToken).ConfigureAwait(false) ?? throw Malformed(null);
    }

    // The reader's own message may quote what was read, a secret among it: only its kind is kept.
    private static RunAiRbacException Malformed(JsonException? malformed)
        => new(RunAiRbacErrorCodes.MalformedAnswer, malformed?.Path is { } path ? $"The answer is not what the service sends (at {path})." : "The answer is not what the service sends.");

    private static string? Revision(HttpResponseMessage response)
        => response.Headers.TryGetValues(RevisionHeader, out var values) ? values.FirstOrDefault() : null;
}
