using System.Globalization;
using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Until when a source's word holds without being said again.</summary>
/// <param name="ValidUntil">The first moment at which the memberships no longer hold, UTC microseconds since 1970.</param>
/// <param name="Step">How far (microseconds) that end must be from the present one to be worth a revision, when nothing else has changed.</param>
public sealed record MembershipTerm(long ValidUntil, long Step);

public sealed partial class PolicyWrite
{
    /// <summary>A living membership row of a user, with the group as its source knows it.</summary>
    private sealed record Member(MembershipRow Row, GroupRow Group)
    {
        public Said ToSaid() => new() { UserId = Row.UserId, GroupId = Group.SubjectId, Source = Group.Source, ValidUntil = Row.ValidUntil };
    }

    /// <summary>What a source says: the user is in the group that rules name.</summary>
    private sealed class Said
    {
        public required string UserId { get; init; }
        public required string GroupId { get; init; }
        public required string Source { get; init; }
        public required long? ValidUntil { get; init; }
    }

    /// <summary>Replaces a user's memberships of one source by these group names (groups made when unknown). Only real differences are recorded.</summary>
    public Task SetGroupsAsync(string userId, string source, IReadOnlyCollection<string> groupNames, CancellationToken cancellationToken)
        => SetGroupsAsync(userId, source, groupNames, term: null, cancellationToken);

    /// <summary>As the other, with the end that each membership has from now on; null: none has one.</summary>
    public async Task SetGroupsAsync(string userId, string source, IReadOnlyCollection<string> groupNames, MembershipTerm? term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(groupNames);
        await FlushAsync(cancellationToken);
        var trusted = await GroupSources.TrustedAsync(Db, TenantId, cancellationToken);
        var members = await MembersOfUserAsync(userId, cancellationToken);
        var before = Effective(members.Select(x => x.ToSaid()), trusted);
        var wanted = groupNames.ToHashSet(StringComparer.Ordinal);
        var touched = new HashSet<(string, string)>();
        var confirmed = new List<Member>();

        foreach (var member in members.Where(x => x.Group.Source == source).ToList())
        {
            if (wanted.Remove(member.Group.Name))
            {
                confirmed.Add(member);
                continue;
            }

            EndMember(member.Row);
            members.Remove(member);
            touched.Add((userId, member.Group.SubjectId));
        }

        foreach (var group in await GroupsAsync(source, wanted, cancellationToken))
        {
            members.Add(new(AddMember(userId, group, term?.ValidUntil), group));
            touched.Add((userId, group.SubjectId));
        }

        if (touched.Count == 0 && !confirmed.Exists(x => MustMove(x.Row.ValidUntil, term))) return;
        foreach (var (row, group) in confirmed)
        {
            row.SeenAt = Now;
            if (row.ValidUntil == term?.ValidUntil) continue;
            row.ValidUntil = term?.ValidUntil;
            touched.Add((userId, group.SubjectId));
        }

        var entry = _trail.Groups(userId);
        entry.Metadata["source"] = source;
        if (term is not null) entry.Metadata["valid_until"] = Micros.ToTime(term.ValidUntil).ToString("O", CultureInfo.InvariantCulture);
        RecordMemberships(touched, before, Effective(members.Select(x => x.ToSaid()), trusted));
    }

    /// <summary>The names of the user's groups as the source last told them, ended by time or not.</summary>
    public async Task<HashSet<string>> GroupNamesAsync(string userId, string source, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return (await MembersOfUserAsync(userId, cancellationToken)).Where(x => x.Group.Source == source).Select(x => x.Group.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether an end is too far from the one it should have. One that comes sooner always counts.</summary>
    private static bool MustMove(long? end, MembershipTerm? term)
        => term is null || end is null ? end is not null || term is not null : end > term.ValidUntil || term.ValidUntil - end >= term.Step;

    private async Task<List<Member>> MembersOfUserAsync(string userId, CancellationToken cancellationToken)
    {
        var query =
            from row in Db.Memberships
            join g in Db.Groups on new { row.TenantId, Id = row.GroupId } equals new { g.TenantId, g.Id }
            where row.TenantId == TenantId && row.UserId == userId && row.EndedRevision == null && g.DeletedAt == null
            select new { row, g };
        return (await query.ToListAsync(cancellationToken)).ConvertAll(x => new Member(x.row, x.g));
    }

    /// <summary>The source's groups of these names, made when unknown.</summary>
    private async Task<List<GroupRow>> GroupsAsync(string source, HashSet<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0) return [];
        var wanted = names.ToArray();
        var groups = await Db.Groups.Where(x => x.TenantId == TenantId && x.Source == source && x.DeletedAt == null && wanted.Contains(x.Name)).ToListAsync(cancellationToken);
        foreach (var name in wanted.Except(groups.Select(x => x.Name), StringComparer.Ordinal).ToList())
        {
            var subject = EnsureGroup(name);
            var group = new GroupRow { TenantId = TenantId, Id = Ids.New(), Source = source, Name = name, SubjectId = After.Subject(subject).Id, CreatedAt = Now };
            Db.Groups.Add(group);
            groups.Add(group);
        }

        return groups;
    }

    private MembershipRow AddMember(string userId, GroupRow group, long? validUntil)
    {
        var row = new MembershipRow { TenantId = TenantId, UserId = userId, GroupId = group.Id, MadeRevision = Revision, SeenAt = Now, ValidUntil = validUntil };
        Db.Memberships.Add(row);
        return row;
    }

    /// <summary>A row made by this very write never was: its key would stand in the way of another made by it.</summary>
    private void EndMember(MembershipRow row)
    {
        if (row.MadeRevision == Revision) Db.Memberships.Remove(row);
        else row.EndedRevision = Revision;
    }

    /// <summary>Every living membership, as its source says it.</summary>
    private IQueryable<Said> LivingMembers()
        => from row in Db.Memberships
           join g in Db.Groups on new { row.TenantId, Id = row.GroupId } equals new { g.TenantId, g.Id }
           where row.TenantId == TenantId && row.EndedRevision == null && g.DeletedAt == null
           select new Said { UserId = row.UserId, GroupId = g.SubjectId, Source = g.Source, ValidUntil = row.ValidUntil };

    /// <summary>What counts of it, when these sources do.</summary>
    private static Dictionary<(string, string), MembershipFact> Effective(IEnumerable<Said> members, HashSet<string> trusted)
        => Memberships.Fold(members.Where(x => trusted.Contains(x.Source)).Select(x => new MembershipFact(x.UserId, x.GroupId, x.ValidUntil)))
            .ToDictionary(x => (x.UserId, x.GroupId));

    /// <summary>Records the differences, if any: rows may change without an effect, when another source says the same or this one does not count.</summary>
    private void RecordMemberships(
        IEnumerable<(string UserId, string GroupId)> touched, Dictionary<(string, string), MembershipFact> before, Dictionary<(string, string), MembershipFact> after)
    {
        foreach (var key in touched.Distinct().OrderBy(x => x.UserId, StringComparer.Ordinal).ThenBy(x => x.GroupId, StringComparer.Ordinal))
        {
            var had = before.GetValueOrDefault(key);
            var has = after.GetValueOrDefault(key);
            if (has is not null && has != had) Record(new MembershipPut(has));
            else if (has is null && had is not null) Record(new MembershipEnd(key.UserId, key.GroupId));
        }
    }
}
