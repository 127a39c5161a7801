using Microsoft.Extensions.Options;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Hosting;

/// <summary>Everything that must stand before the host listens: the schema, the first tenant, roles, the policy in memory, a signing key.</summary>
internal sealed class FirstStart(
    StoreMigrator migrator, SigningKeys signingKeys, Passwords passwords, IOptions<BootstrapOptions> bootstrap, IOptions<StorageOptions> storage, IHostEnvironment environment)
{
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (storage.Value.MigrateOnStart) await MigrateAsync(cancellationToken);
        else await DemandMigratedAsync(cancellationToken);
        if (await migrator.IsEmptyAsync(cancellationToken)) await CreateTenantAsync(cancellationToken);
        // Loads the policy first.
        await migrator.SyncRolesAsync(cancellationToken);
        await signingKeys.RefreshAsync(cancellationToken);
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        Lock();
        await migrator.MigrateAsync(cancellationToken);
    }

    public async Task NewEpochAsync(CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        await migrator.NewEpochAsync(cancellationToken);
    }

    /// <summary>Where somebody else migrates, a forgotten migration is told here and not by the first request that needs it.</summary>
    private async Task DemandMigratedAsync(CancellationToken cancellationToken)
    {
        Lock();
        if (!await migrator.IsMigratedAsync(cancellationToken))
            throw new StartFailure("The database lacks migrations of this version, and Storage:MigrateOnStart is false: run the program with the command `migrate` first.");
    }

    private void Lock()
    {
        try
        {
            migrator.LockFile();
        }
        catch (InvalidOperationException held)
        {
            throw new StartFailure(held.Message, held);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartFailure("The file of ConnectionStrings:RunAiRbac cannot be used: " + failure.Message, failure);
        }
    }

    private async Task CreateTenantAsync(CancellationToken cancellationToken)
    {
        var given = bootstrap.Value.AdminPassword;
        if (given is null && !environment.IsDevelopment())
            throw new StartFailure("Bootstrap:AdminPassword is required for the first start outside Development: the first administrator's password.");
        EmailAddress.TryCanonicalize(bootstrap.Value.AdminEmail, out var email);
        var password = given ?? Passwords.NewTemporary();
        var hash = await passwords.HashAsync(password, cancellationToken);
        var made = await migrator.CreateTenantAsync(new FirstTenant(bootstrap.Value.TenantId, bootstrap.Value.TenantName, email!, hash), isFirst: true, cancellationToken);
        // At once, while it can still be shown, and to the console: a log is no place for a password.
        if (made && given is null) Console.WriteLine($"Administrator: {email}\nPassword:      {password}   (shown this once)");
    }
}
