using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Api.Sso;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Hosting;

/// <summary><c>Storage:</c></summary>
internal sealed record StorageOptions
{
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    public bool MigrateOnStart { get; init; } = true;
}

/// <summary><c>Bootstrap:</c>, the first start only; afterwards <see cref="TenantId"/> is the tenant of requests that name none.</summary>
internal sealed record BootstrapOptions
{
    public string TenantName { get; init; } = "default";

    public int TenantId { get; init; } = 1;

    public string AdminEmail { get; init; } = "admin@runairbac.local";

    /// <summary>Null: generated in Development; elsewhere the first start demands it.</summary>
    public string? AdminPassword { get; init; }
}

/// <summary><c>Tokens:</c></summary>
internal sealed record TokensOptions
{
    /// <summary>Null, in Development only: the first listening address.</summary>
    public string? Issuer { get; init; }

    /// <summary>Null: the issuer.</summary>
    public string? Audience { get; init; }

    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromHours(8);

    /// <summary>The longest <see cref="AccessTokenLifetime"/> that is accepted.</summary>
    public static readonly TimeSpan LongestAccessTokenLifetime = TimeSpan.FromHours(12);
}

/// <summary><c>Freshness:</c></summary>
internal sealed record FreshnessOptions
{
    public TimeSpan MaxStaleness { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Replicas on PostgreSQL tell one another of changes by LISTEN and NOTIFY; false where a pooler between does not carry that: they then only poll.</summary>
    public bool Notifications { get; init; } = true;
}

/// <summary><c>Shutdown:</c></summary>
internal sealed record ShutdownOptions
{
    /// <summary>How long requests are served after readiness has begun to fail; null: five seconds, none in Development.</summary>
    public TimeSpan? DrainFor { get; init; }

    /// <summary>How long the running requests may take after that.</summary>
    public TimeSpan FinishWithin { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan For(IHostEnvironment environment) => DrainFor ?? (environment.IsDevelopment() ? TimeSpan.Zero : TimeSpan.FromSeconds(5));
}

/// <summary><c>DataProtection:</c></summary>
internal sealed record KeyRingOptions
{
    public const string DefaultDirectory = "data/keys";

    /// <summary>Relative to the content root; null: <see cref="DefaultDirectory"/>.</summary>
    public string? KeyDirectory { get; init; }
}

/// <summary><c>BrowserSessions:</c></summary>
internal sealed record BrowserSessionOptions
{
    /// <summary>How long a browser's session lasts at most, however much it is used. (When an idle one ends is a tenant's security setting.)</summary>
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromHours(12);
}

/// <summary><c>Tenancy:</c></summary>
internal sealed record TenancyOptions
{
    /// <summary>Host name (no port) → tenant id.</summary>
    public Dictionary<string, int> Hosts { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary><c>Passwords:</c></summary>
internal sealed record PasswordOptions
{
    public const int SafeRounds = 600_000;

    /// <summary>PBKDF2 rounds; fewer than <see cref="SafeRounds"/> only in Development.</summary>
    public int Rounds { get; init; } = SafeRounds;
}

/// <summary><c>RateLimits:SignIn:</c></summary>
internal sealed record SignInLimitOptions
{
    /// <summary>Failures of one user's password from one address before the next try has to wait (1, 2, 4 … seconds).</summary>
    public int FailuresBeforeDelay { get; init; } = 5;

    /// <summary>Failures of one user's password from one address before that pair is locked.</summary>
    public int FailuresBeforeLock { get; init; } = 10;

    /// <summary>Failures of one user's password from anywhere before the user is locked for addresses it has not signed in from.</summary>
    public int UserFailuresBeforeLock { get; init; } = 100;

    /// <summary>How long a lock lasts after the last failure.</summary>
    public TimeSpan LockFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Failed sign-ins of any kind from one address in a minute, beyond which it gets 429.</summary>
    public int AddressFailuresPerMinute { get; init; } = 600;
}

/// <summary>One of the three budgets: <c>RateLimits:SignIn:</c>, <c>RateLimits:Checks:</c>, <c>RateLimits:Administration:</c></summary>
internal sealed record BudgetOptions
{
    public const string SignIn = "RateLimits:SignIn";
    public const string Checks = "RateLimits:Checks";
    public const string Administration = "RateLimits:Administration";

    /// <summary>Requests that one caller may send in a second (sign-in: one address); null: any number.</summary>
    public int? PerCallerPerSecond { get; set; }

    /// <summary>Requests that one caller may send at once after a pause; null: as many as in a second.</summary>
    public int? Burst { get; set; }

    /// <summary>Requests that run at a time; null: any number.</summary>
    public int? Concurrent { get; set; }

    /// <summary>Requests that wait for one of those to end; more are refused.</summary>
    public int Queue { get; set; } = 1000;
}

/// <summary><c>Audit:</c></summary>
internal sealed record AuditOptions
{
    /// <summary>Refused calls and failed sign-ins of a tenant that a replica writes one by one in a minute; the others are summed up.</summary>
    public int RefusalsPerMinute { get; init; } = 600;

    /// <summary>How long events are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);
}

/// <summary><c>ChangeLog:</c></summary>
internal sealed record ChangeLogOptions
{
    /// <summary>How long entries are kept: a replica that was away for longer reads everything anew.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>What OpenTelemetry calls its own keys; the exporter reads the others itself.</summary>
internal sealed record TelemetryOptions
{
    public const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Null or empty: nothing is sent.</summary>
    [ConfigurationKeyName(EndpointKey)]
    public string? Endpoint { get; init; }
}

/// <summary>Binds and judges every section at start; each message names the key.</summary>
internal static class HostOptions
{
    public static void AddHostOptions(this IServiceCollection services)
    {
        services.AddSection<StorageOptions>("Storage", Storage);
        services.AddSection<BootstrapOptions>("Bootstrap", Bootstrap);
        services.AddSection<TokensOptions>("Tokens", Tokens);
        services.AddSection<FreshnessOptions>("Freshness", Freshness);
        services.AddSection<ShutdownOptions>("Shutdown", Shutdown);
        services.AddSection<KeyRingOptions>("DataProtection", KeyRing);
        services.AddSection<TenancyOptions>("Tenancy", Tenancy);
        services.AddSection<PasswordOptions>("Passwords", PasswordRounds);
        services.AddSection<SignInLimitOptions>("RateLimits:SignIn", SignInLimits);
        // Fewer than the database's connections, so that neither can take them all from the other. A check needs none.
        services.AddBudget(BudgetOptions.SignIn, concurrent: 64);
        services.AddBudget(BudgetOptions.Checks, concurrent: null);
        services.AddBudget(BudgetOptions.Administration, concurrent: 64);
        services.AddSection<AuditOptions>("Audit", Audit);
        services.AddSection<ChangeLogOptions>("ChangeLog", ChangeLog);
        services.AddSection<BrowserSessionOptions>("BrowserSessions", BrowserSessions);
        services.AddSection<SsoOptions>("Sso", Sso);
        services.AddSection<TelemetryOptions>(string.Empty, Telemetry);
    }

    /// <summary>Judges all sections now, before anything is built from them.</summary>
    public static void Validate(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (InvalidOperationException conversion)
        {
            // The binder's message names the key and the value's type.
            throw new StartFailure(conversion.Message, conversion);
        }
    }

    public static string ConnectionString(IConfiguration configuration) => configuration.GetConnectionString("RunAiRbac") is { Length: > 0 } given ? given : "Data Source=data/runairbac.db";

    private static void AddSection<T>(this IServiceCollection services, string section, Func<T, Judge, IEnumerable<string>> problems)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(provider => new SectionValidator<T>(
            problems, new Judge(provider.GetRequiredService<IHostEnvironment>().IsDevelopment(), provider.GetRequiredService<IConfiguration>())));
    }

    private static void AddBudget(this IServiceCollection services, string section, int? concurrent)
        => services.AddOptions<BudgetOptions>(section)
            .Configure(options => options.Concurrent = concurrent)
            .BindConfiguration(section)
            .Validate(x => x.PerCallerPerSecond is null or >= 1, $"{section}:PerCallerPerSecond must be at least 1.")
            .Validate(x => x.Burst is null || x.Burst >= (x.PerCallerPerSecond ?? int.MaxValue), $"{section}:Burst must not be below PerCallerPerSecond, which it needs.")
            .Validate(x => x.Concurrent is null or >= 1, $"{section}:Concurrent must be at least 1.")
            .Validate(x => x.Queue >= 0, $"{section}:Queue must not be negative.")
            .ValidateOnStart();

    private static IEnumerable<string> Storage(StorageOptions options, Judge judge)
    {
        if (!Enum.IsDefined(options.Provider)) yield return "Storage:Provider must be Sqlite or PostgreSql.";
        if (options.Provider == StorageProvider.PostgreSql && judge.Configuration.GetConnectionString("RunAiRbac") is not { Length: > 0 })
            yield return "ConnectionStrings:RunAiRbac is required with Storage:Provider PostgreSql.";
        else if (WhyNoConnectionString(options.Provider, ConnectionString(judge.Configuration)) is { } why)
            yield return "ConnectionStrings:RunAiRbac is not a connection string: " + why;
    }

    private static IEnumerable<string> SignInLimits(SignInLimitOptions options, Judge judge)
    {
        if (options.FailuresBeforeDelay < 1) yield return "RateLimits:SignIn:FailuresBeforeDelay must be at least 1.";
        if (options.FailuresBeforeLock < options.FailuresBeforeDelay) yield return "RateLimits:SignIn:FailuresBeforeLock must not be below FailuresBeforeDelay.";
        if (options.UserFailuresBeforeLock < options.FailuresBeforeLock) yield return "RateLimits:SignIn:UserFailuresBeforeLock must not be below FailuresBeforeLock.";
        if (options.LockFor < TimeSpan.FromSeconds(1) || options.LockFor > TimeSpan.FromDays(1)) yield return "RateLimits:SignIn:LockFor must be from one second to one day.";
        if (options.AddressFailuresPerMinute < 1) yield return "RateLimits:SignIn:AddressFailuresPerMinute must be at least 1.";
    }

    private static IEnumerable<string> Audit(AuditOptions options, Judge judge)
    {
        if (options.RefusalsPerMinute < 0) yield return "Audit:RefusalsPerMinute must not be negative.";
        if (options.Retention < TimeSpan.FromDays(1) || options.Retention > TimeSpan.FromDays(36_500)) yield return "Audit:Retention must be from 1.00:00:00 to 36500.00:00:00.";
    }

    private static IEnumerable<string> ChangeLog(ChangeLogOptions options, Judge judge)
    {
        if (options.Retention < TimeSpan.FromHours(1) || options.Retention > TimeSpan.FromDays(36_500)) yield return "ChangeLog:Retention must be from 01:00:00 to 36500.00:00:00.";
    }

    private static IEnumerable<string> Bootstrap(BootstrapOptions options, Judge judge)
    {
        if (options.TenantId < 1) yield return "Bootstrap:TenantId must be a whole number of at least 1.";
        if (string.IsNullOrWhiteSpace(options.TenantName) || options.TenantName.Length > 256) yield return "Bootstrap:TenantName must have 1 to 256 characters.";
        if (!EmailAddress.TryCanonicalize(options.AdminEmail, out _)) yield return "Bootstrap:AdminEmail must be an e-mail address.";
        if (options.AdminPassword is { } password && PasswordPolicy.WhyRefused(password, options.AdminEmail) is { } why) yield return $"Bootstrap:AdminPassword {why}.";
    }

    private static IEnumerable<string> Tokens(TokensOptions options, Judge judge)
    {
        if (options.Issuer is null && !judge.IsDevelopment) yield return "Tokens:Issuer is required outside Development: the address at which clients reach the service.";
        if (options.Issuer is not null && !IsIssuer(options.Issuer)) yield return "Tokens:Issuer must be an http or https address without credentials, query and fragment.";
        if (options.Audience is { } audience && string.IsNullOrWhiteSpace(audience)) yield return "Tokens:Audience must not be empty.";
        if (options.AccessTokenLifetime < TimeSpan.FromMinutes(2) || options.AccessTokenLifetime > TokensOptions.LongestAccessTokenLifetime)
            yield return "Tokens:AccessTokenLifetime must be from 00:02:00 to 12:00:00.";
        if (options.RefreshTokenLifetime < options.AccessTokenLifetime || options.RefreshTokenLifetime > TimeSpan.FromDays(365))
            yield return "Tokens:RefreshTokenLifetime must be at least Tokens:AccessTokenLifetime and at most 365.00:00:00.";
    }

    private static IEnumerable<string> Freshness(FreshnessOptions options, Judge judge)
    {
        if (options.PollInterval < TimeSpan.FromMilliseconds(50)) yield return "Freshness:PollInterval must be at least 00:00:00.0500000.";
        if (options.MaxStaleness <= options.PollInterval) yield return "Freshness:MaxStaleness must be longer than Freshness:PollInterval.";
        if (options.MaxStaleness > TimeSpan.FromHours(1)) yield return "Freshness:MaxStaleness must be at most 01:00:00.";
    }

    private static IEnumerable<string> Shutdown(ShutdownOptions options, Judge judge)
    {
        if (options.DrainFor < TimeSpan.Zero || options.DrainFor > TimeSpan.FromMinutes(5)) yield return "Shutdown:DrainFor must be from 00:00:00 to 00:05:00.";
        if (options.FinishWithin < TimeSpan.FromSeconds(1) || options.FinishWithin > TimeSpan.FromMinutes(5)) yield return "Shutdown:FinishWithin must be from 00:00:01 to 00:05:00.";
    }

    private static IEnumerable<string> BrowserSessions(BrowserSessionOptions options, Judge judge)
    {
        if (options.AbsoluteLifetime < TimeSpan.FromMinutes(1) || options.AbsoluteLifetime > TimeSpan.FromDays(30)) yield return "BrowserSessions:AbsoluteLifetime must be from 00:01:00 to 30.00:00:00.";
    }

    private static IEnumerable<string> KeyRing(KeyRingOptions options, Judge judge)
    {
        if (options.KeyDirectory is { } directory && string.IsNullOrWhiteSpace(directory)) yield return "DataProtection:KeyDirectory must not be empty.";
        var shared = string.Equals(judge.Configuration["Storage:Provider"], nameof(StorageProvider.PostgreSql), StringComparison.OrdinalIgnoreCase);
        if (options.KeyDirectory is null && shared && !judge.IsDevelopment)
            yield return "DataProtection:KeyDirectory is required with PostgreSQL outside Development: a folder that all replicas share.";
    }

    /// <summary>Judged as it is written: the binder leaves out what is no number, and that host's sign-ins would be another tenant's.</summary>
    private static IEnumerable<string> Tenancy(TenancyOptions options, Judge judge)
    {
        var hosts = judge.Configuration.GetSection("Tenancy:Hosts");
        if (!string.IsNullOrEmpty(hosts.Value)) yield return "Tenancy:Hosts must name hosts: Tenancy:Hosts:<host name> = <tenant id>.";
        foreach (var host in hosts.GetChildren())
        {
            var isTenant = int.TryParse(host.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var tenantId) && tenantId >= 1;
            if (!isTenant || host.Key.Length == 0 || host.GetChildren().Any()) yield return $"Tenancy:Hosts:{host.Key} must be a host name without a port, and its value a tenant id of at least 1.";
        }
    }

    private static IEnumerable<string> Sso(SsoOptions options, Judge judge)
    {
        // The binder makes no list of a single text.
        if (!string.IsNullOrEmpty(judge.Configuration["Sso:AllowedPrivateNetworks"])) yield return "Sso:AllowedPrivateNetworks is a list: Sso:AllowedPrivateNetworks:0, :1 and so on.";
        foreach (var problem in SsoOptions.Problems(options)) yield return problem;
    }

    private static IEnumerable<string> Telemetry(TelemetryOptions options, Judge judge)
    {
        if (!string.IsNullOrEmpty(options.Endpoint) && !(Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return TelemetryOptions.EndpointKey + " must be an http or https address.";
    }

    private static IEnumerable<string> PasswordRounds(PasswordOptions options, Judge judge)
    {
        if (options.Rounds < 1) yield return "Passwords:Rounds must be at least 1.";
        else if (options.Rounds < PasswordOptions.SafeRounds && !judge.IsDevelopment) yield return $"Passwords:Rounds must be at least {PasswordOptions.SafeRounds} outside Development.";
    }

    private static string? WhyNoConnectionString(StorageProvider provider, string text)
    {
        try
        {
            DbConnectionStringBuilder parsed = provider == StorageProvider.PostgreSql ? new NpgsqlConnectionStringBuilder(text) : new SqliteConnectionStringBuilder(text);
            if (parsed.Count == 0) return "It is empty.";
            return parsed is SqliteConnectionStringBuilder sqlite && IsInMemory(sqlite) ? "It must name a file: a database in memory is gone with its connection." : null;
        }
        catch (ArgumentException wrong)
        {
            return wrong.Message;
        }
    }

    private static bool IsInMemory(SqliteConnectionStringBuilder sqlite)
        => sqlite.Mode == SqliteOpenMode.Memory || sqlite.DataSource.Length == 0 || sqlite.DataSource.Contains(":memory:", StringComparison.Ordinal);

    private static bool IsIssuer(string issuer)
        => Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;

    private sealed record Judge(bool IsDevelopment, IConfiguration Configuration);

    private sealed class SectionValidator<T>(Func<T, Judge, IEnumerable<string>> problems, Judge judge) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var found = problems(options, judge).ToArray();
            return found.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(found);
        }
    }
}
