using Microsoft.EntityFrameworkCore;
using RunAiRbac.Api.Errors;
using RunAiRbac.Api.Features.SecuritySettings;
using RunAiRbac.Api.Http;
using RunAiRbac.Client.Contracts;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Features.IdentityProviders;

/// <summary>
/// A tenant's identity providers. Whoever sets one up can act as anyone it is trusted for, so that besides the permission it needs what System
/// administrators hold in the whole tenant (design.md §6), judged inside each write.
/// </summary>
internal sealed class IdentityProvidersService(Writes writes, PolicyStore store, ProviderReader reader, ProviderSecrets secrets, ProviderAnswers answers)
{
    public const string ResourceType = "security-settings";

    public async Task<List<IdentityProvider>> ListAsync(HttpContext context)
    {
        await using var db = await store.OpenAsync(context.RequestAborted);
        var rows = await Living(db, context).OrderBy(x => x.Alias).ToListAsync(context.RequestAborted);
        return rows.ConvertAll(answers.Show);
    }

    public async Task<IdentityProvider> GetAsync(HttpContext context, string alias)
    {
        var stored = Aliases.Read(alias) ?? throw Unknown();
        await using var db = await store.OpenAsync(context.RequestAborted);
        return answers.Show(await Living(db, context).SingleOrDefaultAsync(x => x.Alias == stored, context.RequestAborted) ?? throw Unknown());
    }

    public async Task<string> CreateAsync(HttpContext context, IdentityProviderRequest request)
    {
        var values = reader.Read(request);
        DemandComplete(values);
        var alias = Aliases.Make(values.Name ?? values.Type);
        var protectedSecret = Protect(context, values.Secret);
        await writes.RunAsync(context, async (write, acting) =>
        {
            DemandAdministrator(acting, "create", long.MaxValue);
            if (await write.FindProviderAsync(alias, CancellationToken.None) is not null)
                throw new ApiException(Kinds.AlreadyExists, $"An identity provider with the alias {alias} exists already.", "name");
            var isFirst = !await write.HasProvidersAsync(CancellationToken.None);
            await write.AddProviderAsync(NewRow(alias, values, protectedSecret, isFirst), CancellationToken.None);
            return alias;
        });
        return alias;
    }

    public Task UpdateAsync(HttpContext context, string alias, IdentityProviderRequest request)
    {
        var values = reader.Read(request);
        var protectedSecret = Protect(context, values.Secret);
        return ChangeAsync(context, alias, async (write, row) =>
        {
            if (row.Type != values.Type) throw ApiException.Invalid("type", $"must stay {row.Type}");
            row.Settings = Over(ProviderSettings.Read(row.Settings), values.Settings).ToText();
            if (values.Name is { } name) row.Name = name;
            if (protectedSecret is not null) row.ProtectedSecret = protectedSecret;
            if (values.TrustedEmailDomains is { } domains) row.TrustedEmailDomains = ProviderSettings.DomainsToText(domains);
            if (values.GroupsTrusted is { } trusted) await write.TrustGroupsAsync(row, trusted, CancellationToken.None);
        });
    }

    public Task UpdateMappersAsync(HttpContext context, string alias, Mappers given)
    {
        var mappers = ProviderReader.Mappers(given, string.Empty);
        return ChangeAsync(context, alias, (_, row) =>
        {
            var settings = ProviderSettings.Read(row.Settings);
            row.Settings = (settings with { Mappers = Over(settings.Mappers, mappers) }).ToText();
            return Task.CompletedTask;
        });
    }

    /// <summary>Ends it with all that hangs on it. This hands nothing out: it is enough to be System administrator now.</summary>
    public Task DeleteAsync(HttpContext context, string alias)
        => writes.RunAsync(context, async (write, acting) =>
        {
            DemandAdministrator(acting, "delete", acting.Moment);
            var row = await FindAsync(write, alias);
            await write.EndProviderAsync(row, CancellationToken.None);
            await SecuritySettingRows.ForgetProviderAsync(write, row.Alias);
            return row.Alias;
        });

    private Task ChangeAsync(HttpContext context, string alias, Func<PolicyWrite, IdentityProviderRow, Task> change)
        => writes.RunAsync(context, async (write, acting) =>
        {
            DemandAdministrator(acting, "update", long.MaxValue);
            var row = await FindAsync(write, alias);
            await change(write, row);
            write.TouchProvider(row);
            return row.Alias;
        });

    /// <summary>All that a new provider needs is there.</summary>
    public static void DemandComplete(ProviderValues values)
    {
        if (!values.HasData) throw ApiException.Invalid(DataOf(values.Type), "is missing");
        if (values.KeepsSecret) throw ApiException.Invalid(DataOf(values.Type) + ".clientSecret", "is the mask of a secret, not a secret");
    }

    /// <summary>The permission, and all that System administrators hold.</summary>
    public static void DemandAdministrator(Acting acting, string action, long until)
    {
        acting.Demand(ResourceType, action, acting.Tenant);
        if (!acting.Snapshot.TryGetRole(PredefinedRoles.SystemAdministrator, out var administrator)) throw new InvalidOperationException("The tenant has no System administrator role.");
        acting.DemandGrant(administrator, acting.Tenant, until);
    }

    private static async Task<IdentityProviderRow> FindAsync(PolicyWrite write, string alias)
        => (Aliases.Read(alias) is { } stored ? await write.FindProviderAsync(stored, CancellationToken.None) : null) ?? throw Unknown();

    /// <summary>A tenant's first provider is trusted by default, as the only one there is; a later one has to be told so.</summary>
    private static IdentityProviderRow NewRow(string alias, ProviderValues values, string? protectedSecret, bool isFirst) => new()
    {
        Id = string.Empty,
        Alias = alias,
        Type = values.Type,
        Name = values.Name ?? values.Type,
        Settings = (values.Settings with { Mappers = Over(ProviderTypes.DefaultMappers(values.Type), values.Settings.Mappers) }).ToText(),
        ProtectedSecret = protectedSecret,
        TrustedEmailDomains = ProviderSettings.DomainsToText(values.TrustedEmailDomains ?? (isFirst ? ["*"] : [])),
        GroupsTrusted = values.GroupsTrusted ?? isFirst,
        CreatedByName = string.Empty,
    };

    /// <summary>What was given, laid over what stands.</summary>
    public static ProviderSettings Over(ProviderSettings standing, ProviderSettings given) => new()
    {
        Oidc = given.Oidc ?? standing.Oidc,
        Saml = given.Saml ?? standing.Saml,
        OpenShift = given.OpenShift ?? standing.OpenShift,
        Mappers = Over(standing.Mappers, given.Mappers),
    };

    private static Mappers Over(Mappers standing, Mappers given) => new()
    {
        Gid = given.Gid ?? standing.Gid,
        Uid = given.Uid ?? standing.Uid,
        Groups = given.Groups ?? standing.Groups,
        SupplementaryGroups = given.SupplementaryGroups ?? standing.SupplementaryGroups,
        Email = given.Email ?? standing.Email,
        FirstName = given.FirstName ?? standing.FirstName,
        LastName = given.LastName ?? standing.LastName,
    };

    private string? Protect(HttpContext context, string? secret) => secret is null ? null : secrets.Protect(context.Admitted().Caller.TenantId, secret);

    private static string DataOf(string type) => type switch
    {
        ProviderTypes.Saml => "samlData",
        ProviderTypes.OpenShift => "ocpData",
        _ => "oidcData",
    };

    private static IQueryable<IdentityProviderRow> Living(RunAiRbacDbContext db, HttpContext context)
    {
        var tenantId = context.Admitted().Caller.TenantId;
        return db.IdentityProviders.AsNoTracking().Where(x => x.TenantId == tenantId && x.DeletedAt == null);
    }

    private static ApiException Unknown() => ApiException.NotFound("identity provider");
}
