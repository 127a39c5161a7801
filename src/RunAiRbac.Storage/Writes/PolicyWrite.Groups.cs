using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

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
    public async Task SetGroupsAsync(string userId, string source, IReadOnlyCollection<string> groupNames, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(groupNames);
        await FlushAsync(cancellationToken);
        var trusted = await GroupSources.TrustedAsync(Db, TenantId, cancellationToken);
        var members = await MembersOfUserAsync(userId, cancellationToken);
        var before = Effective(members.Select(x => x.ToSaid()), trusted);
        var wanted = groupNames.ToHashSet(StringComparer.Ordinal);
        var touched = new HashSet<(string, string)>();
        var confirmed = new List<MembershipRow>();

        foreach (var member in members.Where(x => x.Group.Source == source).ToList())
        {
            if (wanted.Remove(member.Group.Name))
            {
                confirmed.Add(member.Row);
                if (member.Row.ValidUntil is not null) touched.Add((userId, member.Group.SubjectId));
                member.Row.ValidUntil = null;
                continue;
            }

            EndMember(member.Row);
            members.Remove(member);
            touched.Add((userId, member.Group.SubjectId));
        }

        var groups = await GroupsAsync(source, wanted, cancellationToken);
        foreach (var group in groups)
        {
            members.Add(new(AddMember(userId, group), group));
            touched.Add((userId, group.SubjectId));
        }

        if (touched.Count == 0) return;
        foreach (var row in confirmed) row.SeenAt = Now;
        _trail.Groups(userId).Metadata["source"] = source;
        RecordMemberships(touched, before, Effective(members.Select(x => x.ToSaid()), trusted));
    }

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

    private MembershipRow AddMember(string userId, GroupRow group)
    {
        var row = new MembershipRow { TenantId = TenantId, UserId = userId, GroupId = group.Id, MadeRevision = Revision, SeenAt = Now };
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
