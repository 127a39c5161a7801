namespace RunAiRbac.Client.Credentials;

/// <summary>Keeps one token and takes another when it is needed: one sign-in at a time, whoever waits for it.</summary>
internal sealed class TokenCache(SignIn signIn, RunAiRbacClientOptions options) : ITokenSource
{
    private readonly Lock _gate = new();
    private IssuedToken? _token;
    private Task<string>? _flight;

    public ValueTask<string?> GetAsync(string? rejected, CancellationToken cancellationToken)
    {
        Task<string> flight;
        lock (_gate)
        {
            if (_token is { } token && token.Value != rejected && token.IsFresh(options.TimeProvider)) return new(token.Value);
            // Its own task: it must outlive the caller that happened to start it, and not run inside the lock.
            flight = _flight ??= Task.Run(() => FlyAsync(rejected), CancellationToken.None);
        }

        return new(flight.WaitAsync(cancellationToken)!);
    }

    private async Task<string> FlyAsync(string? rejected)
    {
        var old = _token;
        try
        {
            // The session behind a refused token may have ended: then its refresh token has too.
            var token = await signIn.TakeAsync(old?.Value == rejected ? null : old?.RefreshToken, options.TimeProvider).ConfigureAwait(false);
            _token = token;
            return token.Value;
        }
        catch (RunAiRbacException failure) when (failure.IsTransient && old is not null && old.Value != rejected && old.IsAlive(options.TimeProvider))
        {
            return old.Value;
        }
        finally
        {
            lock (_gate) _flight = null;
        }
    }
}
