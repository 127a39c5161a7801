using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

public sealed partial class PolicyWrite
{
    /// <summary>A living membership row of a user, with the group as its source knows it.</summary>
    private sealed record Member(MembershipRow Row, GroupRow Group);

    /// <summary>Replaces a user's memberships of one source by these group names (groups made when unknown). Only real differences are recorded.</summary>
    public async Task SetGroupsAsync(string userId, string source, IReadOnlyCollection<string> groupNames, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(groupNames);
        await FlushAsync(cancellationToken);
        var members = await MembersOfUserAsync(userId, cancellationToken);
        var before = Effective(userId, members);
        var wanted = groupNames.ToHashSet(StringComparer.Ordinal);
        var touched = new HashSet<string>(StringComparer.Ordinal);

        foreach (var member in members.Where(x => x.Group.Source == source).ToList())
        {
            if (wanted.Remove(member.Group.Name))
            {
                member.Row.SeenAt = Now;
                if (member.Row.ValidUntil is not null) touched.Add(member.Group.SubjectId);
                member.Row.ValidUntil = null;
                continue;
            }

            EndMember(member.Row);
            members.Remove(member);
            touched.Add(member.Group.SubjectId);
        }

        var groups = await GroupsAsync(source, wanted, cancellationToken);
        foreach (var group in groups)
        {
            members.Add(new(AddMember(userId, group), group));
            touched.Add(group.SubjectId);
        }

        RecordMemberships(userId, touched, before, Effective(userId, members));
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

    private static Dictionary<string, MembershipFact> Effective(string userId, List<Member> members)
        => Memberships.Fold(members.Where(x => PolicyReader.IsTrusted(x.Group.Source)).Select(x => new MembershipFact(userId, x.Group.SubjectId, x.Row.ValidUntil)))
            .ToDictionary(x => x.GroupId, StringComparer.Ordinal);

    /// <summary>Rows may change without an effect (another source says the same): that is written all the same, as a revision without this change.</summary>
    private void RecordMemberships(string userId, HashSet<string> touched, Dictionary<string, MembershipFact> before, Dictionary<string, MembershipFact> after)
    {
        _hasSilentChanges |= touched.Count > 0;
        foreach (var groupId in touched.Order(StringComparer.Ordinal))
        {
            var had = before.GetValueOrDefault(groupId);
            var has = after.GetValueOrDefault(groupId);
            if (has is not null && has != had) Record(new MembershipPut(has));
            else if (has is null && had is not null) Record(new MembershipEnd(userId, groupId));
        }
    }
}
