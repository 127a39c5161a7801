using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using RunAiRbac.Storage;

[assembly: AssemblyFixture(typeof(RunAiRbac.Api.Tests.Fixtures.ApiHosts))]

namespace RunAiRbac.Api.Tests.Fixtures;

/// <summary>How a host of one's own is started.</summary>
/// <param name="Provider">The database.</param>
public sealed record ApiHostSetup(StorageProvider Provider)
{
    /// <summary>The clock of the whole host; null: the system's.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>The database and key ring of another host: this one is a second replica (PostgreSQL only).</summary>
    public ApiHost? ReplicaOf { get; init; }

    /// <summary>Where the log goes; null: nowhere.</summary>
    public ILoggerProvider? Logs { get; init; }

    /// <summary>Loses commits of this host; null: none.</summary>
    public LostCommits? Commits { get; init; }

    public string Environment { get; init; } = "Development";

    /// <summary>Replaces or adds services; null: none.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Further configuration keys.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>The real host over real HTTP, in Development, with a given administrator's password and few PBKDF2 rounds.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    public const int Tenant = 1;
    public const string AdminEmail = "admin@runairbac.local";
    public const string AdminPassword = "correct horse battery";
    public const string Issuer = "http://rbac.test";

    private readonly Factory _factory;
    private readonly string _folder;
    private readonly bool _ownsFolder;
    private readonly SemaphoreSlim _adminTurn = new(1);

    private ApiHost(Factory factory, StorageSettings database, string folder, bool ownsFolder)
    {
        (_factory, Database, _folder, _ownsFolder) = (factory, database, folder, ownsFolder);
        _factory.UseKestrel(0);
        _factory.StartServer();
        Address = _factory.ClientOptions.BaseAddress;
        Http = NewClient();
    }

    public Uri Address { get; }

    /// <summary>A client without a token.</summary>
    public HttpClient Http { get; }

    /// <summary>The host's own services, for what HTTP cannot show.</summary>
    public IServiceProvider Services => _factory.Services;

    internal StorageSettings Database { get; }

    /// <summary>Where the key ring is, for further replicas.</summary>
    internal string Folder => _folder;

    public static async Task<ApiHost> StartAsync(ApiHostSetup setup, PostgresFixture postgres)
    {
        var (database, folder) = setup.ReplicaOf is { } other ? (other.Database, other._folder) : await TestStore.NewDatabaseAsync(setup.Provider, postgres);
        var ownsFolder = setup.ReplicaOf is null;
        folder ??= Path.Combine(Path.GetTempPath(), $"runairbac-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        return new ApiHost(new Factory(setup, database, folder), database, folder, ownsFolder);
    }

    /// <summary>A client of its own, for other headers or cookies.</summary>
    public HttpClient NewClient() => new() { BaseAddress = Address };

    /// <summary>A client that sends this token.</summary>
    public HttpClient WithToken(string accessToken)
    {
        var client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return client;
    }

    /// <summary>One at a time: a try counts as failed until it has succeeded, so that many at once would lock the account.</summary>
    public async Task<HttpClient> SignInAsAdminAsync()
    {
        await _adminTurn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await SignInAsync(AdminEmail, AdminPassword);
        }
        finally
        {
            _adminTurn.Release();
        }
    }

    /// <summary>A client signed in as a local user.</summary>
    public async Task<HttpClient> SignInAsync(string email, string password)
        => WithToken((await TokenAsync(new { grantType = "password", username = email, password })).GetProperty("accessToken").GetString()!);

    /// <summary>A client signed in as an application.</summary>
    public async Task<HttpClient> SignInApplicationAsync(string clientId, string secret)
        => WithToken((await TokenAsync(new { grantType = "app_token", appID = clientId, appSecret = secret })).GetProperty("accessToken").GetString()!);

    /// <summary>The answer of <c>POST /api/v1/token</c>, which must be good.</summary>
    public Task<JsonElement> TokenAsync(object body) => PostAsync(Http, "/api/v1/token", body);

    /// <summary>An application with a name of its own; its client id and secret.</summary>
    public static async Task<(string ClientId, string Secret, string Id)> CreateApplicationAsync(HttpClient admin, string? name = null)
    {
        var made = await PostAsync(admin, "/api/v1/service-accounts", new { name = name ?? NewName("app") });
        return (made.GetProperty("clientId").GetString()!, made.GetProperty("clientSecret").GetString()!, made.GetProperty("id").GetString()!);
    }

    /// <summary>Posts JSON; the answer must be good.</summary>
    public static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    public static async Task<JsonElement> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    /// <summary>A name that no other test uses.</summary>
    public static string NewName(string what) => $"{what}-{Guid.NewGuid():N}"[..(what.Length + 13)];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _adminTurn.Dispose();
        await _factory.DisposeAsync();
        if (!_ownsFolder) return;
        if (Database.Provider == StorageProvider.Sqlite) SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.Should().BeTrue("the answer was {0}: {1}", response.StatusCode, text);
        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return document.RootElement.Clone();
    }

    private sealed class Factory(ApiHostSetup setup, StorageSettings database, string folder) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment(setup.Environment);
            var settings = new Dictionary<string, string>
            {
                ["Urls"] = "http://127.0.0.1:0",
                ["Storage:Provider"] = database.Provider.ToString(),
                ["ConnectionStrings:RunAiRbac"] = database.ConnectionString,
                ["DataProtection:KeyDirectory"] = Path.Combine(folder, "keys"),
                ["Bootstrap:AdminPassword"] = AdminPassword,
                ["Tokens:Issuer"] = Issuer,
                ["Passwords:Rounds"] = "2",
                ["RateLimits:SignIn:AddressFailuresPerMinute"] = "1000000",
            };
            foreach (var (key, value) in setup.Settings) settings[key] = value;
            foreach (var (key, value) in settings) builder.UseSetting(key, value);
            builder.ConfigureLogging(logging => logging.ClearProviders());
            if (setup.Logs is { } logs) builder.ConfigureLogging(logging => logging.AddProvider(logs));
            if (setup.Commits is { } commits)
                builder.ConfigureServices(services => services.ConfigureDbContext<RunAiRbacDbContext>((_, options) => options.AddInterceptors(commits)));
            if (setup.Services is { } change) builder.ConfigureServices(change);
            if (setup.Clock is { } clock) builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton(clock)));
        }
    }
}

/// <summary>One host per database for all tests that need no host of their own. They share it, so each makes its own objects with <see cref="ApiHost.NewName"/>.</summary>
public sealed class ApiHosts : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<StorageProvider, ApiHost> _hosts = [];

    public async Task<ApiHost> GetAsync(StorageProvider provider)
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_hosts.TryGetValue(provider, out var host)) return host;
            // One fixture cannot take another in its constructor.
            var postgres = await TestContext.Current.GetFixture<PostgresFixture>() ?? throw new InvalidOperationException("There is no PostgresFixture.");
            return _hosts[provider] = await ApiHost.StartAsync(new ApiHostSetup(provider), postgres);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values) await host.DisposeAsync();
        _gate.Dispose();
    }
}
