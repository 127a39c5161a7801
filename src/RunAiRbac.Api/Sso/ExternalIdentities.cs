using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RunAiRbac.Api.Features.Audit;
using RunAiRbac.Api.Features.IdentityProviders;
using RunAiRbac.Api.SignIn;
using RunAiRbac.Policy;
using RunAiRbac.Storage;

namespace RunAiRbac.Api.Sso;

/// <summary>
/// From what a provider said about a person to a living user: found by (provider, subject claim), never by e-mail alone (design.md §4). Judged in one policy
/// write, at its own revision, so that two sign-ins at once on two replicas make one user; when nothing changes no revision is used.
/// </summary>
internal sealed partial class ExternalIdentities(
    PolicyStore store, PendingLinks links, RefusalLog refusals, IOptions<SsoOptions> options, ILogger<ExternalIdentities> logger)
{
    /// <summary>Who it is, by which identity, at what moment.</summary>
    private sealed record Resolved(KnownSubject Known, string IdentityId, long At);

    // Often enough that memberships never end while somebody signs in, seldom enough that sign-ins cost no revisions.
    private static readonly TimeSpan LongestStep = TimeSpan.FromDays(1);

    /// <exception cref="SsoRefusal">The person is not let in; written to the audit log already.</exception>
    public async Task<KnownSubject> ResolveAsync(ProviderSignIn said, RequestOrigin origin, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var person = ClaimedPerson.Read(said);
            if (person.UnusableGroups > 0) Log.UnusableGroups(logger, said.Provider.Alias, said.Provider.TenantId, person.UnusableGroups);
            if (person.HasTooManyGroups) Log.TooManyGroups(logger, said.Provider.Alias, said.Provider.TenantId, person.Groups!.Count);
            var resolved = await JudgeAsync(said.Provider, person, origin);
            await NoteSeenAsync(said.Provider.TenantId, resolved, person);
            return resolved.Known;
        }
        catch (SsoRefusal refusal)
        {
            await refusals.SsoRefusedAsync(said, refusal, origin);
            throw;
        }
    }

    private async Task<Resolved> JudgeAsync(SsoProvider provider, ClaimedPerson person, RequestOrigin origin)
    {
        var actor = new Actor(null, "identity provider " + provider.Alias, origin);
        try
        {
            // Not the request's own token: a browser that goes away must not leave a commit's outcome unknown.
            return (await store.WriteAsync(provider.TenantId, actor, write => ResolveAsync(write, provider, person), CancellationToken.None)).Value;
        }
        catch (SsoRefusal refusal) when (refusal is { Code: SsoRefusalCodes.AccountExists, UserId: { } userId })
        {
            await links.NoteAsync(provider, person, userId);
            throw;
        }
    }

    private async Task<Resolved> ResolveAsync(PolicyWrite write, SsoProvider provider, ClaimedPerson person)
    {
        var row = await write.FindProviderByIdAsync(provider.Id, CancellationToken.None)
            ?? throw new SsoRefusal(SsoRefusalCodes.SignInFailed, $"The provider {provider.Alias} was deleted during the sign-in.");
        var identity = await write.FindIdentityAsync(row.Id, person.SubjectClaim, CancellationToken.None);
        var user = identity is null ? await BindAsync(write, row, person) : await FindUserAsync(write, identity);
        if (!user.Enabled) throw new SsoRefusal(SsoRefusalCodes.AccountDisabled, $"The user {user.Id} is disabled.") { UserId = user.Id };

        if (identity is null) identity = write.LinkIdentity(user.Id, row, person.SubjectClaim, person.Email, person.Attributes);
        else await FollowAsync(write, user, identity, person);
        await SetGroupsAsync(write, user.Id, row.Alias, person);
        return new Resolved(ToKnown(user), identity.Id, write.Now);
    }

    private static async Task<SubjectRow> FindUserAsync(PolicyWrite write, IdentityRow identity)
        => await write.FindSubjectAsync(identity.SubjectId, CancellationToken.None) ?? throw new InvalidOperationException("A living identity has no living user.");

    /// <summary>The user of an account that nobody has been yet: a new one, or the pending one that rules named by the address.</summary>
    private static async Task<SubjectRow> BindAsync(PolicyWrite write, IdentityProviderRow provider, ClaimedPerson person)
    {
        var email = person.Email ?? throw new SsoRefusal(SsoRefusalCodes.EmailMissing, "The provider says no address, or none that is one.");
        var known = write.Before.FindSubjectByKey(SubjectKind.User, email);
        if (!known.IsKnown)
        {
            DemandVerified(person, null);
            return AddUser(write, email, person);
        }

        var user = await FindByIdAsync(write, known);
        if (!user.IsPending) throw Taken("The address belongs to a user who signs in otherwise.", user.Id);
        if (!IsTrusted(provider, email)) throw Taken($"The address belongs to a pending user, and the provider {provider.Alias} is not trusted for its domain.", user.Id);
        DemandVerified(person, user.Id);
        // Nobody becomes a user that an administrator has disabled; it stays pending.
        if (!user.Enabled) return user;
        (user.IsPending, user.IsLocal, user.FirstName, user.LastName) = (false, false, person.FirstName, person.LastName);
        (user.CreatedAt, user.CreatedById, user.CreatedByName) = (write.Now, write.Actor.SubjectId, write.Actor.Name);
        await write.TouchSubjectAsync(user, CancellationToken.None);
        return user;
    }

    private static SubjectRow AddUser(PolicyWrite write, string email, ClaimedPerson person)
    {
        var user = new SubjectRow
        {
            Id = string.Empty,
            Kind = SubjectKind.User,
            Key = email,
            Name = email,
            NameFolded = string.Empty,
            FirstName = person.FirstName,
            LastName = person.LastName,
            IsLocal = false,
            CreatedByName = string.Empty,
        };
        write.AddSubject(user);
        return user;
    }

    /// <summary>Address and names go with what the user's first identity says now: of several providers one leads, and a local user's are its administrators'.</summary>
    private static async Task FollowAsync(PolicyWrite write, SubjectRow user, IdentityRow identity, ClaimedPerson person)
    {
        var isFirst = (await write.IdentitiesAsync(user.Id, CancellationToken.None))[0] == identity;
        var kept = isFirst && person.Email is { } email && email != user.Key ? WhyKept(write, person) : null;
        var newEmail = isFirst && kept is null ? person.Email ?? user.Key : user.Key;
        var (first, last) = isFirst ? (person.FirstName ?? user.FirstName, person.LastName ?? user.LastName) : (user.FirstName, user.LastName);
        if ((newEmail, first, last) != (user.Key, user.FirstName, user.LastName))
        {
            (user.Key, user.Name, user.FirstName, user.LastName) = (newEmail, newEmail, first, last);
            await write.TouchSubjectAsync(user, CancellationToken.None);
        }

        write.ChangeIdentity(identity, person.Email ?? identity.Email, person.Attributes, kept);
    }

    /// <summary>Why the user keeps its address although the provider says another; null: it may have the new one.</summary>
    private static string? WhyKept(PolicyWrite write, ClaimedPerson person)
    {
        if (person.IsEmailDoubtful) return "unverified: the user keeps the old one";
        return write.After.FindSubjectByKey(SubjectKind.User, person.Email!).IsKnown ? "taken: the user keeps the old one" : null;
    }

    private async Task SetGroupsAsync(PolicyWrite write, string userId, string source, ClaimedPerson person)
    {
        if (person.Groups is not { } groups) return;
        IReadOnlyCollection<string> names = groups;
        if (person.HasTooManyGroups)
        {
            var present = await write.GroupNamesAsync(userId, source, CancellationToken.None);
            present.IntersectWith(groups);
            names = present;
        }

        var lifetime = options.Value.MembershipLifetime;
        var step = TimeSpan.FromTicks(Math.Min(LongestStep.Ticks, lifetime.Ticks / 4));
        var term = new MembershipTerm(write.Now + (long)lifetime.TotalMicroseconds, (long)step.TotalMicroseconds);
        await write.SetGroupsAsync(userId, source, names, term, CancellationToken.None);
    }

    /// <summary>What is no policy: when the account was last seen, and since when its groups are not known exactly.</summary>
    private async Task NoteSeenAsync(int tenantId, Resolved resolved, ClaimedPerson person)
    {
        long? now = resolved.At;
        var isStale = person.Groups is null || person.HasTooManyGroups;
        await using var db = await store.OpenAsync(CancellationToken.None);
        await db.Identities.Where(x => x.TenantId == tenantId && x.Id == resolved.IdentityId).ExecuteUpdateAsync(
            x => x.SetProperty(i => i.SeenAt, now).SetProperty(i => i.GroupsStaleSince, i => isStale ? i.GroupsStaleSince ?? now : null), CancellationToken.None);
    }

    /// <summary>A user is named by its address in rules: whoever the provider itself does not vouch for gets none.</summary>
    private static void DemandVerified(ClaimedPerson person, string? userId)
    {
        if (person.IsEmailDoubtful) throw new SsoRefusal(SsoRefusalCodes.EmailUnverified, "The provider says that the address is not verified.") { UserId = userId };
    }

    private static bool IsTrusted(IdentityProviderRow provider, string email)
    {
        var domain = email[(email.LastIndexOf('@') + 1)..];
        return ProviderSettings.ReadDomains(provider.TrustedEmailDomains).Any(trusted => trusted == "*" || string.Equals(trusted, domain, StringComparison.Ordinal));
    }

    private static async Task<SubjectRow> FindByIdAsync(PolicyWrite write, SubjectRef known)
        => await write.FindSubjectAsync(write.IdOf(known), CancellationToken.None) ?? throw new InvalidOperationException("A subject of the snapshot has no living row.");

    private static SsoRefusal Taken(string detail, string userId) => new(SsoRefusalCodes.AccountExists, detail) { UserId = userId };

    private static KnownSubject ToKnown(SubjectRow user) => new()
    {
        SubjectId = user.Id,
        Kind = user.Kind,
        Key = user.Key,
        Enabled = user.Enabled,
        SessionEpoch = user.SessionEpoch,
        LastLogin = user.LastLogin,
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1400, Level = LogLevel.Warning, Message = "The identity provider {Alias} of tenant {TenantId} names {Count} groups that no rule can name (empty, too long or not printable); they are left out")]
        public static partial void UnusableGroups(ILogger logger, string alias, int tenantId, int count);

        [LoggerMessage(EventId = 1401, Level = LogLevel.Warning, Message = "The identity provider {Alias} of tenant {TenantId} names {Count} groups of one person, more than are kept; none is added")]
        public static partial void TooManyGroups(ILogger logger, string alias, int tenantId, int count);
    }
}
