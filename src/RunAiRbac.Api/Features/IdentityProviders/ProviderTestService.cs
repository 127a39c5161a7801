using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Http;
using RunAiRbac.Api.Sso;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>
/// Tests providers as they are, or as a request would make them, and writes nothing. It calls what a sign-in would call: so it needs what saving the provider
/// needs, and goes through the same guarded requests.
/// </summary>
internal sealed class ProviderTestService(
    ProviderReader reader, PolicyStore store, ProviderSecrets secrets, IEnumerable<IProviderTester> testers, ProviderTestBudget budget)
{
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    /// <summary>A provider that is not there yet.</summary>
    public Task<IdentityProviderTest> NewAsync(HttpContext context, IdentityProviderRequest request)
    {
        var values = reader.Read(request);
        IdentityProvidersService.DemandComplete(values);
        var tenantId = Authorize(context, "create");
        var provider = new SsoProvider(tenantId, string.Empty, Aliases.Make(values.Name ?? values.Type), values.Type, values.Name ?? values.Type, values.Settings, values.Secret, []);
        return RunAsync(context, new ProviderTrial(provider, insteadOfClient: null));
    }

    /// <summary>One that is there; with a request, as it would be after it.</summary>
    public async Task<IdentityProviderTest> StoredAsync(HttpContext context, string alias, IdentityProviderRequest? request)
    {
        var values = request is null ? null : reader.Read(request);
        var tenantId = Authorize(context, "update");
        var row = await FindAsync(tenantId, alias, context.RequestAborted) ?? throw ApiException.NotFound("identity provider");
        if (values is not null && row.Type != values.Type) throw ApiException.Invalid("type", $"must stay {row.Type}");
        var stored = ProviderSettings.Read(row.Settings);
        var settings = values is null ? stored : IdentityProvidersService.Over(stored, values.Settings);
        var (secret, instead) = values?.Secret is { } given ? (given, null) : StoredSecret(row, stored, settings);
        return await RunAsync(context, new ProviderTrial(new SsoProvider(tenantId, row.Id, row.Alias, row.Type, row.Name, settings, secret, []), instead));
    }

    private static int Authorize(HttpContext context, string action)
    {
        var admitted = context.Admitted();
        IdentityProvidersService.DemandAdministrator(Acting.Now(context, admitted), action, long.MaxValue);
        return admitted.Caller.TenantId;
    }

    private async Task<IdentityProviderRow?> FindAsync(int tenantId, string alias, CancellationToken cancellationToken)
    {
        if (Aliases.Read(alias) is not { } known) return null;
        await using var db = await store.OpenAsync(cancellationToken);
        return await db.IdentityProviders.AsNoTracking().SingleOrDefaultAsync(x => x.TenantId == tenantId && x.DeletedAt == null && x.Alias == known, cancellationToken);
    }

    /// <summary>A secret that was given for one address is not sent to another that is only being tried.</summary>
    private (string? Secret, IdentityProviderCheck? Instead) StoredSecret(IdentityProviderRow row, ProviderSettings stored, ProviderSettings wanted)
    {
        if (stored.Oidc?.DiscoverDocumentUrl != wanted.Oidc?.DiscoverDocumentUrl)
            return (null, ProviderTrial.New("client", "not_checked", "The stored client secret is not sent to another address: enter it to have it tried."));
        if (row.ProtectedSecret is null) return (null, null);
        try
        {
            return (secrets.Unprotect(row.TenantId, row.ProtectedSecret), null);
        }
        catch (CryptographicException)
        {
            return (null, ProviderTrial.New("client", "failed", "The stored client secret cannot be decrypted: enter it again."));
        }
    }

    private async Task<IdentityProviderTest> RunAsync(HttpContext context, ProviderTrial trial)
    {
        using var turn = budget.Take(trial.Provider.TenantId);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(MostTime);
        try
        {
            await testers.Single(tester => tester.Type == trial.Provider.Type).TestAsync(trial, limit.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            trial.Failed("time", $"The provider took longer than {MostTime.TotalSeconds} seconds; what follows was not checked.");
        }

        return new IdentityProviderTest { Checks = trial.Checks, TraceId = TraceIds.Of(context) };
    }
}
