using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

public sealed partial class PolicyWrite
{
    private readonly Dictionary<int, AccessRuleRow> _addedRules = [];
    private readonly List<int> _endedRules = [];

    /// <summary>
    /// Adds a rule. When one that has not expired stands for the same subject, role and scope, nothing is added and its id is given; an expired one is
    /// ended in the same step.
    /// </summary>
    public async Task<(AccessRuleRow? Row, int? ExistingId)> AddRuleAsync(NewRule rule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (!rule.Subject.IsKnown || !rule.Scope.IsKnown) throw new ArgumentException("The rule's subject or scope is unknown.", nameof(rule));
        var standing = After.FindRule(rule.Subject, rule.RoleId, rule.Scope);
        if (standing is not null)
        {
            if (standing.ExpiresAt > Now) return (null, standing.Id);
            await EndRuleAsync(standing.Id, cancellationToken);
        }

        var row = new AccessRuleRow
        {
            TenantId = TenantId,
            Id = _revision.LastRuleId = checked(_revision.LastRuleId + 1),
            SubjectId = After.Subject(rule.Subject).Id,
            SubjectType = rule.SubjectType,
            RoleId = rule.RoleId,
            ScopeId = After.Scope(rule.Scope).Id,
            NotBefore = rule.NotBefore,
            ExpiresAt = rule.ExpiresAt,
            Reason = rule.Reason,
            CreatedAt = Now,
            CreatedById = Actor.SubjectId,
            CreatedByName = Actor.Name,
            UpdatedAt = Now,
            MadeRevision = Revision,
        };
        _addedRules.Add(row.Id, row);
        Db.AccessRules.Add(row);
        Record(new RulePut(row.ToFact()));
        if (row.Reason is not null) _trail.Rule(row.Id).Extras.Add(("reason", null, row.Reason));
        return (row, null);
    }

    /// <summary>Ends a living rule. False: no such rule.</summary>
    public Task<bool> EndRuleAsync(int id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!After.TryGetRule(id, out _)) return Task.FromResult(false);

        // A row of this very write may not have been sent yet: it is changed where it is, and sent as ended.
        if (_addedRules.TryGetValue(id, out var added)) End(added);
        else _endedRules.Add(id);
        Record(new RuleEnd(id));
        return Task.FromResult(true);
    }

    private void End(AccessRuleRow row) => (row.DeletedAt, row.UpdatedAt, row.EndedRevision) = (Now, Now, Revision);

    private async Task SendEndedRulesAsync(CancellationToken cancellationToken)
    {
        if (_endedRules.Count == 0) return;
        var ids = _endedRules.ToArray();
        _endedRules.Clear();
        await Db.AccessRules.Where(x => x.TenantId == TenantId && ids.Contains(x.Id)).ExecuteUpdateAsync(
            x => x.SetProperty(r => r.DeletedAt, Now).SetProperty(r => r.UpdatedAt, Now).SetProperty(r => r.EndedRevision, Revision), cancellationToken);
        Align<AccessRuleRow>(x => ids.Contains(x.Id), End);
    }
}
