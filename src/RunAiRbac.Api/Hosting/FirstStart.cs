using Microsoft.Extensions.Options;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Hosting;

/// <summary>Everything that must stand before the host listens: valid options, the schema, the first tenant, roles, the policy in memory, a signing key.</summary>
internal sealed class FirstStart(
    IStartupValidator validator, IOptions<BootstrapOptions> bootstrap, IOptions<StorageOptions> storage, IHostEnvironment environment, IServiceProvider services)
{
    /// <summary>The administrator's generated password, on the first start only; shown once, on the console.</summary>
    public string? GeneratedPassword { get; private set; }

    public string AdminEmail => bootstrap.Value.AdminEmail;

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Validate();
        // Storage is built from the options, so it is asked for only now.
        var migrator = services.GetRequiredService<StoreMigrator>();
        if (storage.Value.MigrateOnStart) await MigrateAsync(cancellationToken);
        else Lock(migrator);
        if (await migrator.IsEmptyAsync(cancellationToken)) await CreateTenantAsync(migrator, cancellationToken);
        // Loads the policy first.
        await migrator.SyncRolesAsync(cancellationToken);
        await services.GetRequiredService<SigningKeys>().RefreshAsync(cancellationToken);
    }

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        Validate();
        var migrator = services.GetRequiredService<StoreMigrator>();
        Lock(migrator);
        await migrator.MigrateAsync(cancellationToken);
    }

    public async Task NewEpochAsync(CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        await services.GetRequiredService<StoreMigrator>().NewEpochAsync(cancellationToken);
    }

    private void Validate()
    {
        try
        {
            validator.Validate();
        }
        catch (InvalidOperationException conversion)
        {
            // The binder's message names the key and the value's type.
            throw new StartFailure(conversion.Message, conversion);
        }
    }

    private static void Lock(StoreMigrator migrator)
    {
        try
        {
            migrator.LockFile();
        }
        catch (InvalidOperationException held)
        {
            throw new StartFailure(held.Message, held);
        }
    }

    private async Task CreateTenantAsync(StoreMigrator migrator, CancellationToken cancellationToken)
    {
        var given = bootstrap.Value.AdminPassword;
        if (given is null && !environment.IsDevelopment())
            throw new StartFailure("Bootstrap:AdminPassword is required for the first start outside Development: the first administrator's password.");
        EmailAddress.TryCanonicalize(bootstrap.Value.AdminEmail, out var email);
        var password = given ?? Passwords.NewTemporary();
        var hash = await services.GetRequiredService<Passwords>().HashAsync(password, cancellationToken);
        var made = await migrator.CreateTenantAsync(new FirstTenant(bootstrap.Value.TenantId, bootstrap.Value.TenantName, email!, hash), isFirst: true, cancellationToken);
        if (made && given is null) GeneratedPassword = password;
    }
}
