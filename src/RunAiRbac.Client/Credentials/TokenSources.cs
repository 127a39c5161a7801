namespace RunAiRbac.Client.Credentials;

/// <summary>Gives the access token of a call.</summary>
internal interface ITokenSource
{
    /// <summary>A token; null: none is sent.</summary>
    /// <param name="rejected">The token that the service has just refused: another one is wanted, and the same one means that there is none.</param>
    /// <param name="cancellationToken">Ends the wait, not the work that others wait for.</param>
    ValueTask<string?> GetAsync(string? rejected, CancellationToken cancellationToken);
}

internal sealed class NoToken : ITokenSource
{
    public static NoToken Instance { get; } = new();

    public ValueTask<string?> GetAsync(string? rejected, CancellationToken cancellationToken) => default;
}

internal sealed class FixedToken(string token) : ITokenSource
{
    public ValueTask<string?> GetAsync(string? rejected, CancellationToken cancellationToken) => new(token);
}

internal sealed class ProvidedToken(Func<CancellationToken, ValueTask<string>> provider) : ITokenSource
{
    public async ValueTask<string?> GetAsync(string? rejected, CancellationToken cancellationToken)
    {
        string token;
        try
        {
            token = await provider(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or RunAiRbacException))
        {
            throw new RunAiRbacException(RunAiRbacErrorCodes.NoToken, "The token provider failed.", failure);
        }

        return RunAiRbacCredentials.IsToken(token) ? token : throw new RunAiRbacException(RunAiRbacErrorCodes.NoToken, "The token provider gave something that cannot be an access token.");
    }
}
