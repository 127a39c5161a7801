using System.Net;
using RunAiRbac.Client.Http;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Client;

/// <summary>
/// A typed client of the RunAiRbac API. One instance serves a whole program: it may be used from many threads at once and keeps its connections and its
/// token.
/// <para>
/// Every method ends with its answer or with a <see cref="RunAiRbacException"/>; a denied check is an answer (<c>Allowed</c> false), not an exception.
/// Times are UTC. Only calls that read are sent again after a failure.
/// </para>
/// </summary>
public sealed class RunAiRbacClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly Transport _transport;

    /// <summary>A client with connections of its own, which follow no redirect and keep no cookie.</summary>
    /// <param name="options">Where and as whom; a wrong option is an <see cref="ArgumentException"/> that names it.</param>
    public RunAiRbacClient(RunAiRbacClientOptions options)
        : this(OwnHttp(), options) => _ownsHttp = true;

    /// <summary>A client on somebody's <see cref="HttpClient"/> (of a factory, with handlers, for tests). It is not disposed with this client.</summary>
    /// <param name="http">The client; its base address does not count. Its handlers should follow no redirect.</param>
    /// <param name="options">Where and as whom; a wrong option is an <see cref="ArgumentException"/> that names it.</param>
    public RunAiRbacClient(HttpClient http, RunAiRbacClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _http = http;
        _transport = new Transport(http, options, Credentials.NoToken.Instance).As(options.Credentials);
    }

    private RunAiRbacClient(HttpClient http, Transport transport) => (_http, _transport) = (http, transport);

    /// <summary>The caller's access keys.</summary>
    public AccessKeysClient AccessKeys => field ??= new(_transport);

    /// <summary>Access rules: who is which role where.</summary>
    public AccessRulesClient AccessRules => field ??= new(_transport);

    /// <summary>Everybody's access keys.</summary>
    public AdministrationClient Administration => field ??= new(_transport);

    /// <summary>Applications, under their older name.</summary>
    public ApplicationsClient Applications => field ??= new(_transport);

    /// <summary>The audit log.</summary>
    public AuditClient Audit => field ??= new(_transport);

    /// <summary>Checks, explanations, who-can and what-can.</summary>
    public AuthorizeClient Authorize => field ??= new(_transport);

    /// <summary>Clusters.</summary>
    public ClustersClient Clusters => field ??= new(_transport);

    /// <summary>Departments.</summary>
    public DepartmentsClient Departments => field ??= new(_transport);

    /// <summary>Groups.</summary>
    public GroupsClient Groups => field ??= new(_transport);

    /// <summary>Identity providers.</summary>
    public IdentityProvidersClient IdentityProviders => field ??= new(_transport);

    /// <summary>The caller.</summary>
    public MeClient Me => field ??= new(_transport);

    /// <summary>Permission sets.</summary>
    public PermissionSetsClient PermissionSets => field ??= new(_transport);

    /// <summary>Projects.</summary>
    public ProjectsClient Projects => field ??= new(_transport);

    /// <summary>Roles.</summary>
    public RolesClient Roles => field ??= new(_transport);

    /// <summary>How people sign in to the tenant and out of it.</summary>
    public SecuritySettingsClient SecuritySettings => field ??= new(_transport);

    /// <summary>Service accounts.</summary>
    public ServiceAccountsClient ServiceAccounts => field ??= new(_transport);

    /// <summary>Tenants.</summary>
    public TenantsClient Tenants => field ??= new(_transport);

    /// <summary>Taking and ending tokens by hand.</summary>
    public TokensClient Tokens => field ??= new(_transport);

    /// <summary>The caller's access keys, under their older name.</summary>
    public UserApplicationsClient UserApplications => field ??= new(_transport);

    /// <summary>Users.</summary>
    public UsersClient Users => field ??= new(_transport);

    /// <summary>The same service for another caller. It uses this client's connections, so it ends with it; it has a token of its own, so keep it.</summary>
    /// <param name="credentials">As whom.</param>
    public RunAiRbacClient As(RunAiRbacCredentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return new RunAiRbacClient(_http, _transport.As(credentials));
    }

    /// <summary>Closes the connections, if they are this client's own.</summary>
    public void Dispose()
    {
        if (_ownsHttp) _http.Dispose();
    }

    private static HttpClient OwnHttp() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        // Follows changes of the service's addresses.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
