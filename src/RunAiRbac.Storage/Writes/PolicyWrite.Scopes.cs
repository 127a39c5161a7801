using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

public sealed partial class PolicyWrite
{
    /// <summary>Adds a scope. The row's tenant and its Made/Created/Updated fields, an empty id and the folded name are set here.</summary>
    public void AddScope(ScopeRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.TenantId = TenantId;
        if (row.Id.Length == 0) row.Id = Ids.New();
        row.NameFolded = Folding.Fold(row.Name);
        (row.CreatedAt, row.CreatedById, row.CreatedByName) = (Now, Actor.SubjectId, Actor.Name);
        (row.UpdatedAt, row.UpdatedById, row.UpdatedByName) = (Now, Actor.SubjectId, Actor.Name);
        row.MadeRevision = Revision;
        Db.Scopes.Add(row);
        Record(new ScopePut(row.ToFact()));
        NoteDetails(row, before: null);
    }

    /// <summary>Whether a living scope of this type has this name within the name scope (cluster id or empty).</summary>
    public async Task<bool> ScopeNameExistsAsync(string type, string nameScope, string name, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return await Db.Scopes.AnyAsync(
            x => x.TenantId == TenantId && x.Type == type && x.NameScope == nameScope && x.Name == name && x.DeletedAt == null, cancellationToken);
    }

    /// <summary>Whether a living project of the cluster has this namespace.</summary>
    public async Task<bool> NamespaceExistsAsync(string clusterId, string @namespace, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return await Db.Scopes.AnyAsync(
            x => x.TenantId == TenantId && x.ClusterId == clusterId && x.Namespace == @namespace && x.DeletedAt == null, cancellationToken);
    }

    /// <summary>The living row of a scope, tracked; null: none.</summary>
    public async Task<ScopeRow?> FindScopeAsync(string id, CancellationToken cancellationToken)
    {
        if (!After.FindScope(id).IsKnown) return null;
        var row = await Db.Scopes.FindAsync([TenantId, id], cancellationToken);
        if (row is not null) _detailsBefore.TryAdd(id, row.Details);
        return row;
    }

    /// <summary>Renames a scope (row tracked by <see cref="FindScopeAsync"/>); other columns may be changed on the row directly, followed by <see cref="TouchScope"/>.</summary>
    public void RenameScope(ScopeRow row, string name)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.Name = name;
        TouchScope(row);
    }

    /// <summary>Marks changed details of a scope: sets the Updated fields and records a <see cref="ScopePut"/>.</summary>
    public void TouchScope(ScopeRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!After.FindScope(row.Id).IsKnown) throw new InvalidOperationException($"The scope {row.Id} has ended.");
        row.NameFolded = Folding.Fold(row.Name);
        (row.UpdatedAt, row.UpdatedById, row.UpdatedByName) = (Now, Actor.SubjectId, Actor.Name);
        Record(new ScopePut(row.ToFact()));
        NoteDetails(row, _detailsBefore.GetValueOrDefault(row.Id));
    }

    /// <summary>Ends a scope, everything below it and the rules there, in rows and as one change.</summary>
    public async Task EndScopeAsync(string id, CancellationToken cancellationToken)
    {
        var scope = After.FindScope(id);
        if (!scope.IsKnown) throw new InvalidOperationException($"There is no scope {id}.");
        var ids = After.Subtree(scope).Select(x => After.Scope(x).Id).ToArray();
        await FlushAsync(cancellationToken);

        await Db.AccessRules.Where(x => x.TenantId == TenantId && x.DeletedAt == null && ids.Contains(x.ScopeId)).ExecuteUpdateAsync(
            x => x.SetProperty(r => r.DeletedAt, Now).SetProperty(r => r.UpdatedAt, Now).SetProperty(r => r.EndedRevision, Revision), cancellationToken);
        await Db.Subjects.Where(x => x.TenantId == TenantId && x.HomeScopeId != null && ids.Contains(x.HomeScopeId)).ExecuteUpdateAsync(
            x => x.SetProperty(s => s.HomeScopeId, (string?)null), cancellationToken);
        await Db.Scopes.Where(x => x.TenantId == TenantId && x.DeletedAt == null && ids.Contains(x.Id)).ExecuteUpdateAsync(
            x => x.SetProperty(s => s.DeletedAt, Now).SetProperty(s => s.EndedRevision, Revision), cancellationToken);

        var ended = ids.ToHashSet(StringComparer.Ordinal);
        Align<AccessRuleRow>(x => ended.Contains(x.ScopeId) && x.DeletedAt is null, End);
        Align<SubjectRow>(x => x.HomeScopeId is not null && ended.Contains(x.HomeScopeId), x => x.HomeScopeId = null);
        Align<ScopeRow>(x => ended.Contains(x.Id) && x.DeletedAt is null, x => (x.DeletedAt, x.EndedRevision) = (Now, Revision));
        Record(new ScopeEnd(id));
    }
}
