using Microsoft.EntityFrameworkCore;
using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>Values of a new rule. <c>SubjectType</c>: how the creator named the subject's type; null: by its kind.</summary>
public sealed record NewRule(SubjectRef Subject, int RoleId, ScopeRef Scope, long? NotBefore, long? ExpiresAt, string? Reason, string? SubjectType = null);

/// <summary>
/// One policy write in progress. Its operations change the rows and record the change-log entries together, so that the two cannot drift apart. They
/// do not judge permissions or the no-escalation law: the caller does, on <see cref="Before"/> (its own rights) and <see cref="After"/>.
/// </summary>
/// <remarks>
/// Added and changed rows are sent in batches: before the first statement that must see them, and at the end. Rows that end together are ended by one
/// statement each table, and the tracked copies of them are brought in line.
/// </remarks>
public sealed partial class PolicyWrite
{
    private readonly RevisionRow _revision;
    private readonly long _longestTokenLifetime;
    private readonly List<PolicyChange> _changes = [];
    private PolicySnapshot _after;
    private int _applied;
    private int _rowsSent;

    internal PolicyWrite(RunAiRbacDbContext db, RevisionRow revision, PolicySnapshot before, Actor actor, long now, TimeSpan longestTokenLifetime)
    {
        (Db, _revision, Before, _after, Actor, Now) = (db, revision, before, before, actor, now);
        _trail = new(before);
        _longestTokenLifetime = longestTokenLifetime.Ticks / TimeSpan.TicksPerMicrosecond;
        db.Attach(revision);
    }

    public int TenantId => _revision.TenantId;
    public Actor Actor { get; }

    /// <summary>The transaction's context; rows changed by hand here need a matching <see cref="Record"/>.</summary>
    public RunAiRbacDbContext Db { get; }

    /// <summary>This write's revision.</summary>
    public long Revision => _revision.Revision;

    /// <summary>The moment of the write, UTC microseconds since 1970.</summary>
    public long Now { get; }

    /// <summary>The state before this write: what the caller's rights are judged on.</summary>
    public PolicySnapshot Before { get; }

    /// <summary>The state with everything recorded so far; resolve subjects and scopes made in this write here. References of <see cref="Before"/> to what has not ended are good in it too.</summary>
    public PolicySnapshot After
    {
        get
        {
            if (_applied < _changes.Count)
            {
                _after = _after.Apply(Revision, _changes.GetRange(_applied, _changes.Count - _applied));
                _applied = _changes.Count;
            }

            return _after;
        }
    }

    /// <summary>A write is what its events say: each recorded change has one, and changes that decisions do not depend on are told by <see cref="RecordEvent"/>.</summary>
    internal bool HasChanges => _trail.Count > 0;

    /// <summary>Whether rows were changed: then there must be events too.</summary>
    internal bool HasTouchedRows => _rowsSent > 0 || Db.ChangeTracker.HasChanges();

    /// <summary>The state that this write leaves: <see cref="After"/>, at this revision even when rows changed without an effect on decisions.</summary>
    internal PolicySnapshot Final => After.Revision == Revision ? After : After.Apply(Revision, []);

    /// <summary>Adds changes to this revision's entry, with their events. Each is applied before the next, so that the events tell what was there.</summary>
    public void Record(params ReadOnlySpan<PolicyChange> changes)
    {
        foreach (var change in changes)
        {
            _trail.Note(change, After);
            _changes.Add(change);
        }
    }

    /// <summary>Whether this change, after all that has been recorded, would leave the tenant without the local administrator that it had.</summary>
    public bool WouldEndLastAdministrator(PolicyChange change)
        => Before.LocalAdministrators(Now) > 0 && After.Apply(Revision, [change]).LocalAdministrators(Now) == 0;

    /// <exception cref="LastAdministratorException">There was a local administrator and none is left.</exception>
    internal void GuardLastAdministrator()
    {
        if (After.LocalAdministrators(Now) == 0 && Before.LocalAdministrators(Now) > 0) throw new LastAdministratorException();
    }

    /// <summary>Writes the change-log entry, the events and everything that has not been sent yet.</summary>
    internal Task FinishAsync(CancellationToken cancellationToken)
    {
        Db.Changes.Add(new()
        {
            TenantId = TenantId,
            Revision = Revision,
            At = Now,
            ActorId = Actor.SubjectId,
            ActorName = Actor.Name,
            RequestId = Actor.Origin?.RequestId,
            Changes = ChangeLog.Write(Before.WithBefore(_changes)),
        });
        AddEvents();
        return FlushAsync(cancellationToken);
    }

    /// <summary>Sends what has been added and changed, so that the next statement sees it. Ended rules go first: their successors could not be added beside them.</summary>
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        await SendEndedRulesAsync(cancellationToken);
        _rowsSent += await Db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Makes the tracked copies of rows equal to what a set-based statement has just done to them, so that they are not written again.</summary>
    private void Align<TRow>(Func<TRow, bool> isAffected, Action<TRow> change)
        where TRow : class
    {
        foreach (var entry in Db.ChangeTracker.Entries<TRow>().Where(entry => isAffected(entry.Entity)).ToList())
        {
            change(entry.Entity);
            entry.OriginalValues.SetValues(entry.CurrentValues);
            entry.State = EntityState.Unchanged;
        }
    }
}
